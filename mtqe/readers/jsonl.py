"""One record a line, as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, ClassVar

from mtqe.data import Article
from mtqe.readers.base import ReadOptions, readers
from mtqe.readers.files import numbered_lines
from mtqe.readers.records import Line, articles, parse_json


@readers.register
@dataclass(frozen=True)
class Jsonl:
    """Article or segment records; memory does not grow with the file."""

    name: ClassVar[str] = "jsonl"
    suffixes: ClassVar[tuple[str, ...]] = (".jsonl", ".ndjson")

    def read(self, stream: BinaryIO, file: str, options: ReadOptions) -> Iterator[Article]:
        """Articles in the order of their first lines; blank lines are passed over."""
        numbered = numbered_lines(stream, file, options.encoding)
        lines = (Line(file, number, raw) for number, raw in numbered if raw.strip())
        return articles(lines, parse_json, file, options)
