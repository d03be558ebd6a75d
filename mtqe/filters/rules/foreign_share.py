"""A limit on how much of an article is in another language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from mtqe.data import ArticleReport
from mtqe.filters import limits
from mtqe.filters.base import Needs, Verdict, rules
from mtqe.filters.marked import share_marked
from mtqe.scale import HINT_CONFIDENCE

_CATEGORIES = ("untranslated", "wrong_language")


@rules.register
@dataclass(frozen=True)
class ForeignShare:
    """Keep articles of which at most this share of the characters, 0 to 1, is in another language.

    Characters count that lie in an ``untranslated`` or ``wrong_language`` issue of at least this
    ``confidence``, each once.
    """

    at_most: float
    confidence: float = HINT_CONFIDENCE

    name: ClassVar[str] = "foreign_share"
    edges: ClassVar[tuple[float, ...]] = (0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0)

    def __post_init__(self) -> None:
        if not 0 <= self.at_most <= 1:
            raise ValueError(f"at_most is a share, 0 to 1, not {self.at_most:g}")

    @property
    def label(self) -> str:
        """``foreign share at most 0.1``."""
        return limits.described("foreign share", None, self.at_most)

    def needs(self) -> Needs:
        """Issues of both categories."""
        return Needs(categories=frozenset(_CATEGORIES))

    def measure(self, report: ArticleReport) -> float:
        """The share of the text's characters, 0 to 1."""
        return share_marked(report, _CATEGORIES, self.confidence)

    def limits(self) -> tuple[float | None, float | None]:
        """No least, and the most."""
        return None, self.at_most

    def judge(self, report: ArticleReport) -> Verdict:
        """Keep what is translated for the most part."""
        return limits.compared(self.measure(report), None, self.at_most, "foreign share")
