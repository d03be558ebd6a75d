"""The whole record as JSON: what later runs are compared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import orjson

from mtqe.bench.report import Report
from mtqe.bench.writers.base import bench_writers


@bench_writers.register
@dataclass(frozen=True)
class Json:
    """Indented, with sorted keys, no time stamp: same input, same bytes."""

    name: ClassVar[str] = "json"
    suffixes: ClassVar[tuple[str, ...]] = (".json",)

    def write(self, report: Report) -> str:
        """The record; numbers that are not there are null."""
        options = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
        return orjson.dumps(report.record, option=options).decode()
