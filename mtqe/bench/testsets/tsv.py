"""Test sets in TSV: the first line names the columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from mtqe.bench.testset import TestSet
from mtqe.bench.testsets.base import decoded, test_set_readers
from mtqe.bench.testsets.records import test_set_of
from mtqe.errors import InputError
from mtqe.readers.files import numbered_lines, open_bytes
from mtqe.readers.records import FIELDS

_TARGET = FIELDS["target"]


@test_set_readers.register
@dataclass(frozen=True)
class Tsv:
    """A line is a segment of one system, or of all: then ``systems`` names their columns."""

    __test__: ClassVar[bool] = False
    name: ClassVar[str] = "tsv"
    suffixes: ClassVar[tuple[str, ...]] = (".tsv",)

    path: Path
    systems: tuple[str, ...] = ()

    def read(self) -> TestSet:
        """The test set of all lines; an ``InputError`` if a line has other columns than the first."""
        return test_set_of(self._records(), str(self.path))

    def _records(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        with open_bytes(str(self.path)) as stream:
            lines = numbered_lines(stream, str(self.path))
            header = self._cells(*next(lines, (1, b"")))
            self._check(header)
            for number, raw in lines:
                if raw.strip():
                    yield number, self._record(header, number, self._cells(number, raw))

    def _cells(self, number: int, raw: bytes) -> list[str]:
        return decoded(raw, f"{self.path}:{number}").rstrip("\r\n").split("\t")

    def _check(self, header: list[str]) -> None:
        absent = next((name for name in self.systems if name not in header), None)
        if absent is not None:
            raise InputError(f"{self.path}:1: no column is called {absent!r}; there are {', '.join(header)}")
        if not self.systems and not _TARGET & set(header):
            wanted = ", ".join(sorted(_TARGET))
            raise InputError(f"{self.path}:1: needs a column {wanted}; or name the columns of systems")

    def _record(self, header: list[str], number: int, cells: list[str]) -> Mapping[str, Any]:
        if len(cells) != len(header):
            raise InputError(
                f"{self.path}:{number}: {len(cells)} columns here, {len(header)} in the first line"
            )
        record: dict[str, Any] = dict(zip(header, cells, strict=True))
        if self.systems:
            record["systems"] = {name: record.pop(name) for name in self.systems}
        return record
