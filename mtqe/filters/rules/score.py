"""Limits on a score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from mtqe.data import ArticleReport
from mtqe.filters import limits
from mtqe.filters.base import Needs, Null, Verdict, rules


@rules.register
@dataclass(frozen=True)
class Score:
    """Keep articles whose ``score`` ("quality", "fluency", "adequacy" ...) is within limits, 0 to 100.

    A score that is null (no source, a language without a model) says nothing: ``null`` decides.
    """

    score: str
    at_least: float | None = None
    at_most: float | None = None
    null: Null = "keep"

    name: ClassVar[str] = "score"
    edges: ClassVar[tuple[float, ...]] = tuple(float(edge) for edge in range(0, 101, 5))

    def __post_init__(self) -> None:
        limits.check(self.at_least, self.at_most)

    @property
    def label(self) -> str:
        """``quality at least 40``."""
        return limits.described(self.score, self.at_least, self.at_most)

    def needs(self) -> Needs:
        """That score."""
        return Needs(scores=frozenset((self.score,)))

    def measure(self, report: ArticleReport) -> float | None:
        """The article's score, 0 to 100 with higher being better."""
        return report.scores[self.score].value

    def limits(self) -> tuple[float | None, float | None]:
        """The least and the most score."""
        return self.at_least, self.at_most

    def judge(self, report: ArticleReport) -> Verdict:
        """Keep what is within the limits."""
        value = self.measure(report)
        if value is None:
            return limits.unknown(self.null, self.score, report.scores[self.score].note)
        return limits.compared(value, self.at_least, self.at_most, self.score)
