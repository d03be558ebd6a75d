"""Tab-separated records with the names of their fields in the first line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, ClassVar

from mtqe.data import Article
from mtqe.errors import InputError
from mtqe.readers.base import ReadOptions, readers
from mtqe.readers.files import numbered_lines
from mtqe.readers.records import FIELDS, BadRecordError, Line, articles, utf8


@readers.register
@dataclass(frozen=True)
class Tsv:
    """Article or segment records; no quoting: a tab ends a field, a newline ends a record."""

    name: ClassVar[str] = "tsv"
    suffixes: ClassVar[tuple[str, ...]] = (".tsv",)

    def read(self, stream: BinaryIO, file: str, options: ReadOptions) -> Iterator[Article]:
        """Articles in order; an InputError if the first line names no known field."""
        numbered = numbered_lines(stream, file, options.encoding)
        header = tsv_header(next(numbered, (1, b""))[1], file)
        lines = (Line(file, number, raw) for number, raw in numbered if raw.strip())

        def parse(line: Line) -> dict[str, Any]:
            try:
                cells = _cells(line.raw)
            except ValueError as error:
                raise BadRecordError(str(error)) from error
            if len(cells) != len(header):
                raise BadRecordError(f"columns: {len(cells)} here, {len(header)} in the first line")
            return {n: cell for n, cell in zip(header, cells, strict=True) if cell or n in FIELDS["target"]}

        return articles(lines, parse, file, options)


def tsv_header(raw: bytes, file: str) -> list[str]:
    """The names of the columns; an InputError if they are no good."""
    try:
        names = _cells(raw)
    except ValueError as error:
        raise InputError(f"{file}:1: {error}") from error
    if not set(names) & FIELDS["target"]:
        wanted = ", ".join(sorted(FIELDS["target"]))
        raise InputError(f"{file}:1: the first line must name the columns, one of them {wanted}")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"{file}:1: two columns are called {twice!r}; rename one of them")
    return names


def _cells(raw: bytes) -> list[str]:
    return utf8(raw).rstrip("\r\n").split("\t")
