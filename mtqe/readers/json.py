"""One record, or an array of records, as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, ClassVar

import orjson

from mtqe.data import Article
from mtqe.errors import InputError
from mtqe.readers.base import ReadOptions, readers
from mtqe.readers.records import Line, articles, load_json, parse_json


@readers.register
@dataclass(frozen=True)
class Json:
    """Article or segment records; the whole file is in memory, so use JSONL for many."""

    name: ClassVar[str] = "json"
    suffixes: ClassVar[tuple[str, ...]] = (".json",)

    def read(self, stream: BinaryIO, file: str, options: ReadOptions) -> Iterator[Article]:
        """Articles in order; the "line" in messages is the record's number."""
        try:
            loaded = load_json(stream.read())
        except ValueError as error:
            raise InputError(f"{file}: is not JSON: {error}; one record a line is .jsonl") from error
        records: list[Any] = loaded if isinstance(loaded, list) else [loaded]
        lines = (Line(file, number, _dump(record)) for number, record in enumerate(records, 1))
        return articles(lines, parse_json, file, options)


def _dump(record: Any) -> bytes:
    return orjson.dumps(record)
