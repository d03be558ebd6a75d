"""JSON for people and programs: an object for one article, an array for several."""

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
class Json:
    """Indented, with sorted keys; all articles are in memory at once, so use JSONL for many."""

    name: ClassVar[str] = "json"
    suffixes: ClassVar[tuple[str, ...]] = (".json",)

    def check(self, output: Path | None) -> None:
        """Raise ``InputError`` if ``output`` is not a file that can be written."""
        if output is not None:
            check_writable(output)

    def write(self, reports: Iterable[ArticleReport], output: Path | None) -> None:
        """Write one object, or an array if there are several reports."""
        options = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
        with open_output(output) as stream:
            records = [report_record(report) for report in reports]
            content = records[0] if len(records) == 1 else records
            stream.write(orjson.dumps(content, option=options).decode())
