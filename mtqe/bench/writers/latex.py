"""A benchmark as a LaTeX table, for a paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from mtqe.bench import view
from mtqe.bench.report import Report
from mtqe.bench.writers.base import bench_writers
from mtqe.writers.view import one_line

_ESCAPES = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "±": r"$\pm$",
    "↑": r"$\uparrow$",
    "↓": r"$\downarrow$",
    "→": r"$\rightarrow$",
    "–": "--",
}


@bench_writers.register
@dataclass(frozen=True)
class Latex:
    """A ``booktabs`` table with a rule between clusters, and signatures as comments."""

    name: ClassVar[str] = "latex"
    suffixes: ClassVar[tuple[str, ...]] = (".tex",)

    def write(self, report: Report) -> str:
        """The table; it needs the package booktabs."""
        record = report.record
        head, rows = view.rows_with_head(view.table(record))
        align = "".join("l" if name == "system" else "r" for name in head)
        body: list[str] = []
        for number, row in enumerate(rows):
            if number and row[1] != rows[number - 1][1]:
                body.append(r"\midrule")
            body.append(_row(row))
        lines = [
            *(f"% {one_line(line)}" for line in view.signatures(record)),
            rf"\begin{{tabular}}{{{align}}}",
            r"\toprule",
            _row(head),
            r"\midrule",
            *body,
            r"\bottomrule",
            r"\end{tabular}",
            f"% {one_line(view.how_tested(record))}",
        ]
        return "\n".join(lines) + "\n"


def _row(cells: Sequence[str]) -> str:
    return " & ".join(map(_escaped, cells)) + r" \\"


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(character, character) for character in one_line(text))
