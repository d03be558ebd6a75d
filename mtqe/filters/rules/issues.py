"""Limits on how many issues an article has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from mtqe.data import ArticleReport, Issue, Severity
from mtqe.filters import limits
from mtqe.filters.base import ANY_CATEGORY, KEEP, Needs, Verdict, rules
from mtqe.scale import HINT_CONFIDENCE

_RANK = {"minor": 0, "major": 1, "critical": 2}


@rules.register
@dataclass(frozen=True)
class Issues:
    """Keep articles with at most so many issues per 1,000 words.

    Counted are the issues of ``category`` (one, several, or all if none is named) of at least this
    ``confidence`` (0 to 1) and ``severity``. One issue in a short text is a high rate: fewer issues
    than ``least`` never drop an article. A detector finds nothing in a language that it does not know.
    """

    at_most: float
    category: str | tuple[str, ...] = ()
    confidence: float = HINT_CONFIDENCE
    severity: Severity = "minor"
    least: int = 1

    name: ClassVar[str] = "issues"
    edges: ClassVar[tuple[float, ...]] = (0, 1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 200, 500, 1000)

    def __post_init__(self) -> None:
        limits.check(None, self.at_most)

    @property
    def label(self) -> str:
        """``untranslated at most 8 per 1,000 words``."""
        return limits.described(self._what, None, self.at_most, " per 1,000 words")

    def needs(self) -> Needs:
        """Issues of these categories."""
        return Needs(categories=frozenset(self._categories or (ANY_CATEGORY,)))

    def measure(self, report: ArticleReport) -> float:
        """Issues per 1,000 words; 0 if there are fewer than ``least``."""
        count = len(self._counted(report.issues))
        return 1000.0 * count / max(report.words, 1) if count >= self.least else 0.0

    def limits(self) -> tuple[float | None, float | None]:
        """No least, and the most."""
        return None, self.at_most

    def judge(self, report: ArticleReport) -> Verdict:
        """Keep what has few enough."""
        verdict = limits.compared(self.measure(report), None, self.at_most, self._what, " per 1,000 words")
        if verdict.keep:
            return KEEP
        texts = dict.fromkeys(i.text for i in self._counted(report.issues) if i.text.strip())
        shown = ", ".join(_quoted(text) for text in list(texts)[:3])
        return (
            Verdict(False, verdict.reason + (f" ({shown})" if shown else "")) if verdict.reason else verdict
        )

    @property
    def _categories(self) -> tuple[str, ...]:
        return (self.category,) if isinstance(self.category, str) else self.category

    @property
    def _what(self) -> str:
        return " + ".join(self._categories) or "issues"

    def _counted(self, issues: Sequence[Issue]) -> list[Issue]:
        return [
            issue
            for issue in issues
            if (not self._categories or issue.category in self._categories)
            and issue.confidence >= self.confidence
            and _RANK[issue.severity] >= _RANK[self.severity]
        ]


def _quoted(text: str) -> str:
    line = " ".join(text.split())
    return f"“{line if len(line) <= 30 else line[:29] + '…'}”"
