"""One record, or an array of records, as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, ClassVar

from mtqe.data import Article
from mtqe.errors import InputError
from mtqe.readers.base import ReadOptions, readers
from mtqe.readers.files import decode_strictly
from mtqe.readers.records import Line, articles, as_record, load_json


@readers.register
@dataclass(frozen=True)
class Json:
    """Article or segment records; the whole file is in memory, so use JSONL for many."""

    name: ClassVar[str] = "json"
    suffixes: ClassVar[tuple[str, ...]] = (".json",)

    def read(self, stream: BinaryIO, file: str, options: ReadOptions) -> Iterator[Article]:
        """Articles in order; messages count records, as an array has no lines."""
        records = json_records(stream.read(), file, options.encoding)
        lines = (Line(file, number, _raw(record), "record") for number, record in enumerate(records, 1))
        return articles(lines, lambda line: as_record(records[line.number - 1]), file, options)


def json_records(data: bytes, file: str, encoding: str | None) -> list[Any]:
    """The records of a whole file of JSON; an ``InputError`` if it is none."""
    text = decode_strictly(data, file, encoding)
    if not text.strip():
        raise InputError(f"{file}: is empty; it needs a record, or an array of records")
    try:
        loaded = load_json(text.encode())
    except json.JSONDecodeError as error:
        place = f"{file}:{error.lineno}: is not JSON: {error.msg} (column {error.colno})"
        raise InputError(f"{place}; if each line is a record, the ending is .jsonl") from error
    except ValueError as error:
        raise InputError(f"{file}: is not JSON: {error}") from error
    return loaded if isinstance(loaded, list) else [loaded]


def _raw(record: Any) -> bytes:
    """A record for the rejects file."""
    try:
        return json.dumps(record).encode()
    except RecursionError:
        return b"(nested too deeply)"
