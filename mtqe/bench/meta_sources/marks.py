"""Metrics that mark places, from files of ratings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from mtqe.bench.human.ratings import Ratings
from mtqe.bench.meta_sources.base import Measured, metric_sources
from mtqe.bench.meta_table import HumanTable
from mtqe.bench.spans import MarkedSpan, spans_of
from mtqe.errors import InputError


@metric_sources.register
@dataclass(frozen=True)
class Marks:
    """A metric's marked errors in JSON Lines, as mt-metrics-eval stores ratings.

    A line has a system, a segment and "errors" (start, end, severity). The metric's score is the one
    in the file, or the errors' MQM points, negated. A translation without a line has neither.
    """

    name: ClassVar[str] = "marks"
    path: Path
    label: str | None = None
    weights: dict[str, float] | None = None

    def measure(self, table: HumanTable) -> Measured:
        """The one metric of the file, with its spans."""
        label = self.label or self.path.name.partition(".")[0]
        ratings = Ratings(self.path, self.weights).read().ratings
        scores = table.column(((r.system, r.segment), r.score) for r in ratings if r.score is not None)
        spans: dict[tuple[str, str], list[MarkedSpan]] = {
            (r.system, r.segment): spans_of(r.errors) for r in ratings if r.errors is not None
        }
        if not any(cell in spans for cell in table.targets):
            raise InputError(f"{self.path}: no line is of a system and segment that people judged")
        return Measured(
            {label: scores}, {label: spans}, {label: f"marks of {self.path}"}, files=(str(self.path),)
        )
