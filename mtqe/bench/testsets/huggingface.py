"""Datasets of Hugging Face that are on this machine: saved to disk, or as Parquet files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import orjson

from mtqe.bench.testset import TestSet
from mtqe.bench.testsets.base import test_set_readers
from mtqe.bench.testsets.records import test_set_of
from mtqe.errors import InputError


@test_set_readers.register
@dataclass(frozen=True)
class HuggingFace:
    """A folder of ``save_to_disk``, or Parquet files; columns as the fields of JSONL records.

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
        """The test set of all rows; an ``InputError`` if the extra ``parquet`` is not installed."""
        return test_set_of(self._records(), str(self.path))

    def _records(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        for number, row in enumerate(self._rows(), 1):
            record = {name: value for name, value in row.items() if name not in self.systems}
            if self.systems:
                record["systems"] = {name: self._system(row, name) for name in self.systems}
            yield number, record

    def _system(self, row: Mapping[str, Any], name: str) -> Any:
        if name not in row:
            raise InputError(f"{self.path}: no column is called {name!r}; there are {', '.join(row)}")
        return row[name]

    def _rows(self) -> Iterator[dict[str, Any]]:
        try:
            from pyarrow import ipc, parquet
        except ImportError as error:
            raise InputError("test_set: Hugging Face datasets need: pip install 'mtqe[parquet]'") from error
        folder = self._folder()
        if (folder / "state.json").is_file():
            files = orjson.loads((folder / "state.json").read_bytes())["_data_files"]
            for file in files:
                with (folder / file["filename"]).open("rb") as stream:
                    yield from ipc.open_stream(stream).read_all().to_pylist()
            return
        for path in self._parquet(folder):
            yield from parquet.read_table(path).to_pylist()

    def _folder(self) -> Path:
        """The folder, or file, of the split."""
        if not self.path.exists():
            raise InputError(
                f"{self.path}: is not there; save a dataset with save_to_disk, or give Parquet files"
            )
        splits = self.path / "dataset_dict.json"
        if not splits.is_file():
            return self.path
        names = orjson.loads(splits.read_bytes())["splits"]
        if self.split not in names:
            raise InputError(f"{self.path}: has the splits {', '.join(names)}; name one with 'split:'")
        return self.path / str(self.split)

    def _parquet(self, folder: Path) -> list[Path]:
        pattern = "*.parquet" if self.split is None else f"*{self.split}*.parquet"
        files = [folder] if folder.is_file() else sorted(folder.rglob(pattern))
        if not files:
            raise InputError(f"{folder}: holds no dataset: neither state.json nor {pattern}")
        return files
