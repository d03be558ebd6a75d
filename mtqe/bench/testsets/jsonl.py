"""Test sets in JSONL: records of segments, and what WMT publishes since 2024."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from mtqe.bench.testset import TestSet
from mtqe.bench.testsets.base import test_set_readers
from mtqe.bench.testsets.records import test_set_of
from mtqe.errors import InputError
from mtqe.readers.files import numbered_lines, open_bytes
from mtqe.readers.records import BadRecordError, Line, parse_json


@test_set_readers.register
@dataclass(frozen=True)
class Jsonl:
    """A record is a segment of one system ("system", "target", ...) or of all ("tgt_text": {...}).

    ``pair`` keeps the records of a language pair, where names of documents begin with one (WMT25).
    """

    __test__: ClassVar[bool] = False
    name: ClassVar[str] = "jsonl"
    suffixes: ClassVar[tuple[str, ...]] = (".jsonl", ".ndjson")

    path: Path
    pair: str | None = None

    def read(self) -> TestSet:
        """The test set of all records, or of those of the pair."""
        return test_set_of(self._records(), str(self.path))

    def named(self) -> Iterator[tuple[str, str]]:
        """Name of segment and translation of each record of a system's own file, as WMT gets them."""
        for number, record in self._records():
            name, target = record.get("doc_id"), record.get("hypothesis")
            if not isinstance(name, str) or not isinstance(target, str):
                raise InputError(f'{self.path}:{number}: needs "doc_id" and "hypothesis", both text')
            yield name, target.rstrip()

    def _records(self) -> Iterator[tuple[int, dict[str, Any]]]:
        with open_bytes(str(self.path)) as stream:
            for number, raw in numbered_lines(stream, str(self.path)):
                if raw.strip():
                    record = _parsed(Line(str(self.path), number, raw))
                    if self.pair is None or _is_of(record, self.pair):
                        yield number, record


def _is_of(record: dict[str, Any], pair: str) -> bool:
    return record.get("lp") == pair or str(record.get("doc_id", "")).startswith(f"{pair}_#_")


def _parsed(line: Line) -> dict[str, Any]:
    try:
        return parse_json(line)
    except BadRecordError as error:
        raise InputError(f"{line.place()}: {error}") from error
