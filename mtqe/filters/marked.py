"""Limits on how much of an article lies in issues of some categories."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from mtqe.data import ArticleReport
from mtqe.filters import limits
from mtqe.filters.base import Needs, Verdict
from mtqe.scale import HINT_CONFIDENCE


@dataclass(frozen=True)
class MarkedShare:
    """What rules have in common that limit a share of an article's characters, 0 to 1.

    Characters count that lie in an issue of the ``categories`` of at least this ``confidence``, each
    once; ``what`` names the share.
    """

    at_most: float
    confidence: float = HINT_CONFIDENCE

    categories: ClassVar[tuple[str, ...]]
    what: ClassVar[str]
    edges: ClassVar[tuple[float, ...]] = (0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0)

    def __post_init__(self) -> None:
        if not 0 <= self.at_most <= 1:
            raise ValueError(f"at_most is a share, 0 to 1, not {self.at_most:g}")

    @property
    def label(self) -> str:
        """``foreign share at most 0.1``."""
        return limits.described(self.what, None, self.at_most)

    def needs(self) -> Needs:
        """Issues of the categories."""
        return Needs(categories=frozenset(self.categories))

    def measure(self, report: ArticleReport) -> float:
        """The share of the text's characters, 0 to 1."""
        spans = sorted(
            (issue.start, issue.end)
            for issue in report.issues
            if issue.category in self.categories and issue.confidence >= self.confidence
        )
        covered = reached = 0
        for start, end in spans:
            covered += max(end - max(start, reached), 0)
            reached = max(end, reached)
        return covered / max(len(report.article.target), 1)

    def limits(self) -> tuple[float | None, float | None]:
        """No least, and the most."""
        return None, self.at_most

    def judge(self, report: ArticleReport) -> Verdict:
        """Keep what has no larger share."""
        return limits.compared(self.measure(report), None, self.at_most, self.what)
