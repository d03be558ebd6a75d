"""The test sets of sacrebleu, by name, from its cache."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from mtqe.bench.testset import TestSet
from mtqe.bench.testsets.base import read_beside, read_lines, test_set_readers
from mtqe.errors import InputError
from mtqe.registry import nearest


@test_set_readers.register
@dataclass(frozen=True)
class Sacrebleu:
    """A test set that sacrebleu knows, such as ``set: wmt20``, ``pair: en-de``.

    Nothing is fetched: ``sacrebleu --download wmt20 -l en-de`` does that once. It has no systems
    but those that come with it (since WMT21); yours are named under ``systems``.
    """

    __test__: ClassVar[bool] = False
    name: ClassVar[str] = "sacrebleu"
    suffixes: ClassVar[tuple[str, ...]] = ()

    set: str
    pair: str

    def read(self) -> TestSet:
        """Sources, references and documents; an ``InputError`` if they are not in the cache."""
        fields = self._fields()
        source = fields["src"]
        sources = read_lines(source)
        names = [n for n in fields if n == "ref" or n.startswith("ref:") or n in ("refA", "refB")]
        references = [fields[name] for name in names]
        documents = fields.get("docid")
        source_lang, _, target_lang = self.pair.partition("-")
        return TestSet(
            systems={},
            sources=sources,
            references=tuple(read_beside(file, len(sources), source) for file in references),
            documents=None if documents is None else read_beside(documents, len(sources), source),
            source_lang=source_lang,
            target_lang=target_lang,
            files=tuple(map(str, (source, *references))),
        )

    def _fields(self) -> dict[str, Path]:
        """The files of the cache by what is in them."""
        dataset = self._dataset()
        names = dataset.fieldnames(self.pair)
        files = {name: Path(dataset._get_txt_file_path(self.pair, name)) for name in names}
        absent = next((file for name, file in files.items() if name == "src" and not file.is_file()), None)
        if absent is not None:
            raise InputError(
                f"{absent}: is not in sacrebleu's cache; fetch it with: "
                f"sacrebleu --download {self.set} -l {self.pair}"
            )
        return {name: file for name, file in files.items() if file.is_file()}

    def _dataset(self) -> Any:
        from sacrebleu.dataset import DATASETS

        if self.set not in DATASETS:
            raise InputError(f"sacrebleu has no test set {self.set!r}.{nearest(self.set, DATASETS)}")
        dataset = DATASETS[self.set]
        if self.pair not in dataset.langpairs:
            pairs = ", ".join(sorted(dataset.langpairs))
            raise InputError(f"sacrebleu's {self.set} has no pair {self.pair!r}; there are {pairs}")
        return dataset
