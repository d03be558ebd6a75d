"""A record a row, as Parquet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, ClassVar

import orjson

from mtqe.data import Article
from mtqe.errors import InputError
from mtqe.readers.base import ReadOptions, readers
from mtqe.readers.records import FIELDS, Line, articles, parse_json

_ROWS = 512


@readers.register
@dataclass(frozen=True)
class Parquet:
    """Article or segment records, the columns of which are fields; needs ``mtqe[parquet]``."""

    name: ClassVar[str] = "parquet"
    suffixes: ClassVar[tuple[str, ...]] = (".parquet",)

    def read(self, stream: BinaryIO, file: str, options: ReadOptions) -> Iterator[Article]:
        """Articles in the order of the rows; an InputError if no column is a target."""
        parquet = open_parquet(stream, file)
        rows = (row for batch in parquet.iter_batches(_ROWS) for row in batch.to_pylist())
        lines = (Line(file, number, row_json(row), "record") for number, row in enumerate(rows, 1))
        return articles(lines, parse_json, file, options)


def row_json(row: dict[str, Any]) -> bytes:
    """A row as JSON; dates and other values that JSON lacks become text."""
    return orjson.dumps(row, default=_text, option=orjson.OPT_NON_STR_KEYS)


def _text(value: Any) -> str:
    return value.decode("utf-8", errors="backslashreplace") if isinstance(value, bytes) else str(value)


def open_parquet(source: Any, file: str) -> Any:
    """A ``pyarrow.parquet.ParquetFile``; an ``InputError`` for one that is damaged or has no target."""
    pyarrow = need_pyarrow(file)
    from pyarrow import parquet

    try:
        opened = parquet.ParquetFile(source)
    except (pyarrow.ArrowInvalid, OSError) as error:
        first = str(error).split("\n")[0]
        raise InputError(f"{file}: is no Parquet file, or damaged: {first}") from error
    check_columns(opened.schema_arrow.names, file)
    return opened


def check_columns(names: list[str], file: str) -> None:
    """An ``InputError`` if no column is a target text."""
    if not set(names) & FIELDS["target"]:
        wanted = ", ".join(sorted(FIELDS["target"]))
        raise InputError(
            f"{file}: lacks a column of target texts, one of {wanted}; it has {', '.join(names)}"
        )


def need_pyarrow(file: str) -> Any:
    """The package; an ``InputError`` that says how to get it."""
    try:
        import pyarrow
    except ImportError as error:
        raise InputError(f"{file}: needs the package pyarrow: pip install 'mtqe[parquet]'") from error
    return pyarrow
