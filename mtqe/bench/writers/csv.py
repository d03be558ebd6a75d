"""A benchmark as CSV: a line for each system and score."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import ClassVar

from mtqe.bench.report import Report
from mtqe.bench.writers.base import bench_writers

_FIELDS = (
    "rank",
    "system",
    "score",
    "value",
    "mean",
    "low",
    "high",
    "cluster",
    "higher_is_better",
    "signature",
)

# A spreadsheet takes a cell that begins so for a formula.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


@bench_writers.register
@dataclass(frozen=True)
class Csv:
    """Long form, in full precision; rates of issues are lines too."""

    name: ClassVar[str] = "csv"
    suffixes: ClassVar[tuple[str, ...]] = (".csv",)

    def write(self, report: Report) -> str:
        """The table with its heading; empty cells are unknown."""
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(_FIELDS)
        for system in report.record["systems"]:
            start = [system["rank"], _harmless(system["name"])]
            for column in report.record["columns"]:
                cell = system["scores"][column["name"]]
                numbers = [cell[name] for name in ("value", "mean", "low", "high", "cluster")]
                writer.writerow(
                    [*start, column["name"], *numbers, int(column["higher_is_better"]), column["signature"]]
                )
            for name, rate in system["issues"].items():
                writer.writerow([*start, f"issues/{name}", rate, "", "", "", "", 0, "per 1,000 words"])
        return stream.getvalue()


def _harmless(name: str) -> str:
    return f"'{name}" if name.startswith(_FORMULAS) else name
