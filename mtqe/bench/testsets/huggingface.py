"""Datasets of Hugging Face that are on this machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from mtqe.bench.testset import TestSet
from mtqe.bench.testsets.base import test_set_readers
from mtqe.bench.testsets.records import test_set_of
from mtqe.errors import InputError


@test_set_readers.register
@dataclass(frozen=True)
class HuggingFace:
    """A folder of ``save_to_disk``, or of Parquet files; columns as the fields of JSONL records.

    ``systems`` names the columns that are systems, where a row holds several. ``split`` is that of
    a folder with several.
    """

    __test__: ClassVar[bool] = False
    name: ClassVar[str] = "huggingface"
    suffixes: ClassVar[tuple[str, ...]] = (".parquet",)

    path: Path
    split: str | None = None
    systems: tuple[str, ...] = ()

    def read(self) -> TestSet:
        """The test set of all rows; an ``InputError`` if the extra ``datasets`` is not installed."""
        return test_set_of(self._records(), str(self.path))

    def _records(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        for number, row in enumerate(self._rows(), 1):
            record = {name: value for name, value in row.items() if name not in self.systems}
            if self.systems:
                record["systems"] = {name: row[name] for name in self.systems}
            yield number, record

    def _rows(self) -> Any:
        try:
            import datasets
        except ImportError as error:
            raise InputError("test_set: Hugging Face datasets need: pip install 'mtqe[datasets]'") from error
        if not self.path.exists():
            raise InputError(
                f"{self.path}: is not there; save a dataset with save_to_disk, or give Parquet files"
            )
        if (self.path / "dataset_info.json").exists() or (self.path / "dataset_dict.json").exists():
            loaded = datasets.load_from_disk(str(self.path))
        else:
            files = (
                [str(self.path)] if self.path.is_file() else sorted(map(str, self.path.rglob("*.parquet")))
            )
            loaded = datasets.load_dataset("parquet", data_files=files, split="train")
        return self._of_split(loaded)

    def _of_split(self, loaded: Any) -> Any:
        if not isinstance(loaded, Mapping):
            return loaded
        if self.split not in loaded:
            raise InputError(f"{self.path}: has the splits {', '.join(loaded)}; name one with 'split:'")
        return loaded[self.split]
