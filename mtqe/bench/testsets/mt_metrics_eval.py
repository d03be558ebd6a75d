"""The folders of mt-metrics-eval, and those in which WMT publishes its systems as text."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import orjson

from mtqe.bench.testset import TestSet, Texts
from mtqe.bench.testsets.base import read_beside, read_lines, test_set_readers
from mtqe.errors import InputError


@test_set_readers.register
@dataclass(frozen=True)
class MtMetricsEval:
    """A folder of ``sources``, ``references``, ``documents`` or ``metadata``, and ``system-outputs``.

    ``pair`` is the language pair, such as en-de. ``references`` names those that are used, such as
    refA; all if none is named.
    """

    __test__: ClassVar[bool] = False
    name: ClassVar[str] = "mt_metrics_eval"
    suffixes: ClassVar[tuple[str, ...]] = ()

    path: Path
    pair: str
    references: tuple[str, ...] = ()

    def read(self) -> TestSet:
        """The test set of a pair; an ``InputError`` names the folder or file that is not there."""
        source = self.path / "sources" / f"{self.pair}.txt"
        if not source.is_file():
            pairs = ", ".join(sorted(file.stem for file in source.parent.glob("*.txt"))) or "none"
            raise InputError(f"{source}: is not there; language pairs in this folder: {pairs}")
        sources = read_lines(source)
        outputs = sorted((self.path / "system-outputs" / self.pair).glob("*.txt"))
        references = self._references()
        documents, domains = self._documents(len(sources), source)
        source_lang, _, target_lang = self.pair.partition("-")
        return TestSet(
            # A reference among the outputs is a system as well, as it is in WMT's own rankings.
            systems={file.stem: read_beside(file, len(sources), source) for file in outputs},
            sources=sources,
            references=tuple(read_beside(file, len(sources), source) for file in references),
            documents=documents,
            domains=domains,
            source_lang=source_lang,
            target_lang=target_lang,
            files=tuple(map(str, (source, *references, *outputs))),
        )

    def _references(self) -> list[Path]:
        found = sorted((self.path / "references").glob(f"{self.pair}.*.txt"))
        names = {file.name.removeprefix(f"{self.pair}.").removesuffix(".txt"): file for file in found}
        absent = next((name for name in self.references if name not in names), None)
        if absent is not None:
            raise InputError(
                f"{self.path}: has no reference {absent!r}; there are {', '.join(names) or 'none'}"
            )
        return [names[name] for name in self.references or names]

    def _documents(self, size: int, beside: Path) -> tuple[Texts | None, Texts | None]:
        """Document and domain of each segment: columns of a text file, or fields of records."""
        docs = self.path / "documents" / f"{self.pair}.docs"
        meta = self.path / "metadata" / f"{self.pair}.jsonl"
        if docs.is_file():
            cells = [line.split() for line in read_beside(docs, size, beside)]
            return tuple(cell[-1] if cell else "" for cell in cells), tuple(
                cell[0] if cell else "" for cell in cells
            )
        if meta.is_file():
            records = [orjson.loads(line) for line in read_beside(meta, size, beside)]
            return tuple(str(r.get("docid")) for r in records), tuple(str(r.get("domain")) for r in records)
        return None, None
