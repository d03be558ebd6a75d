"""Tab-separated records with the names of their fields in the first line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, ClassVar

from mtqe.data import Article
from mtqe.errors import InputError
from mtqe.readers.base import ReadOptions, readers
from mtqe.readers.files import decode
from mtqe.readers.records import FIELDS, BadRecordError, Line, articles


@readers.register
@dataclass(frozen=True)
class Tsv:
    """Article or segment records; no quoting: a tab ends a field, a newline ends a record."""

    name: ClassVar[str] = "tsv"
    suffixes: ClassVar[tuple[str, ...]] = (".tsv",)

    def read(self, stream: BinaryIO, file: str, options: ReadOptions) -> Iterator[Article]:
        """Articles in order; an InputError if the first line names no known field."""
        numbered = enumerate(stream, 1)
        header = _cells(next(numbered, (1, b""))[1], file)
        if not set(header) & FIELDS["target"]:
            wanted = ", ".join(sorted(FIELDS["target"]))
            raise InputError(f"{file}:1: the first line must name the columns, one of them {wanted}")
        lines = (Line(file, number, raw) for number, raw in numbered if raw.strip())

        def parse(line: Line) -> dict[str, Any]:
            cells = _cells(line.raw, file)
            if len(cells) != len(header):
                raise BadRecordError(f"has {len(cells)} columns, the first line {len(header)}")
            return {name: cell for name, cell in zip(header, cells, strict=True) if cell}

        return articles(lines, parse, file, options)


def _cells(raw: bytes, file: str) -> list[str]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text, _ = decode(raw, file)
    return text.rstrip("\r\n").split("\t")
