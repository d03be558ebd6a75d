"""A benchmark as Markdown, for a README or a pull request."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from mtqe.bench import view
from mtqe.bench.report import Report
from mtqe.bench.writers.base import bench_writers
from mtqe.writers.view import one_line

# What would be markup in a name or a note.
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~!&])")


@bench_writers.register
@dataclass(frozen=True)
class Markdown:
    """The leaderboard and what is beside it in the text report."""

    name: ClassVar[str] = "markdown"
    suffixes: ClassVar[tuple[str, ...]] = (".md", ".markdown")

    def write(self, report: Report) -> str:
        """A heading, a table and lists; what strangers wrote can't be markup."""
        record = report.record
        head, rows = view.rows_with_head(view.table(record))
        rule = ["---" if name == "system" else "--:" for name in head]
        parts = [
            f"## {escaped(view.heading(record))}",
            "\n".join([_row(head), f"| {' | '.join(rule)} |", *map(_row, rows)]),
            escaped(view.how_tested(record)),
            _list(view.neighbours(record)),
            _list(view.changes(record)),
            _list([f"Gate not met: {failure}" for failure in record["gate"]["failures"]]),
            _list([f"Note: {note}" for note in record["notes"]]),
            "\n".join(f"- `{one_line(line).replace('`', '')}`" for line in view.signatures(record)),
        ]
        return "\n\n".join(part for part in parts if part) + "\n"


def escaped(text: str) -> str:
    """``text`` on one line, without markup."""
    return _MARKUP.sub(r"\\\1", one_line(text))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(escaped, cells))} |"


def _list(lines: Sequence[str]) -> str:
    return "\n".join(f"- {escaped(line)}" for line in lines)
