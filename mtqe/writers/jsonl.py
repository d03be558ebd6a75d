"""JSON: one object for one article; JSONL: one line for each of many."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import orjson

from mtqe.data import ArticleReport
from mtqe.writers.atomic import check_writable, open_output
from mtqe.writers.base import writers
from mtqe.writers.record import report_record


@writers.register
@dataclass(frozen=True)
class Jsonl:
    """A line for each article, written as soon as it is judged."""

    name: ClassVar[str] = "jsonl"
    suffixes: ClassVar[tuple[str, ...]] = (".jsonl", ".ndjson")

    def check(self, output: Path | None) -> None:
        """Raise ``InputError`` if ``output`` is not a file that can be written."""
        if output is not None:
            check_writable(output)

    def write(self, reports: Iterable[ArticleReport], output: Path | None) -> None:
        """Write one line for each report."""
        with open_output(output) as stream:
            for report in reports:
                stream.write(orjson.dumps(report_record(report), option=orjson.OPT_SORT_KEYS).decode() + "\n")
