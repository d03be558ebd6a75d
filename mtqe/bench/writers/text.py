"""A benchmark on a terminal."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import ClassVar

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from rich.text import Text as Line

from mtqe.bench import view
from mtqe.bench.report import Report
from mtqe.bench.writers.base import bench_writers
from mtqe.writers.view import one_line

# Wide enough for all columns; a terminal wraps, a file does not care.
_WIDTH = 200

# The columns of a table that hold words and not numbers.
_WORDS = ("system",)


@bench_writers.register
@dataclass(frozen=True)
class Text:
    """The leaderboard, neighbours in it, changes and signatures."""

    name: ClassVar[str] = "text"
    suffixes: ClassVar[tuple[str, ...]] = (".txt",)

    def write(self, report: Report) -> str:
        """Plain text without colours."""
        record, stream = report.record, io.StringIO()
        console = Console(file=stream, width=_WIDTH, markup=False, highlight=False, emoji=False)
        console.print(Line(one_line(view.heading(record)), "bold"))
        console.print(_table(record))
        lines = [view.how_tested(record), *view.neighbours(record), *view.changes(record)]
        notes = [f"Note: {note}" for note in record["notes"]]
        failures = [f"Gate not met: {failure}" for failure in record["gate"]["failures"]]
        for line in (*lines, *failures, *notes, *view.signatures(record)):
            console.print(Line(one_line(line)), soft_wrap=True)
        return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def _table(record: view.Record) -> Table:
    head, rows = view.rows_with_head(view.table(record))
    table = Table(box=SIMPLE, pad_edge=False)
    for name in head:
        table.add_column(one_line(name), justify="left" if name in _WORDS else "right", overflow="fold")
    for row in rows:
        table.add_row(*(Line(one_line(cell)) for cell in row))
    return table
