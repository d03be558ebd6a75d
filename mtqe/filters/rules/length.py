"""Limits on the length of an article."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from mtqe.data import ArticleReport
from mtqe.filters import limits
from mtqe.filters.base import Needs, Verdict, rules


@rules.register
@dataclass(frozen=True)
class Length:
    """Keep articles of so many ``unit``: words, characters or paragraphs (parts between blank lines).

    Scripts without spaces are counted as 1.8 characters a word.
    """

    at_least: float | None = None
    at_most: float | None = None
    unit: Literal["words", "characters", "paragraphs"] = "words"

    name: ClassVar[str] = "length"
    edges: ClassVar[tuple[float, ...]] = (0, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 100000)

    def __post_init__(self) -> None:
        limits.check(self.at_least, self.at_most)

    @property
    def label(self) -> str:
        """``at least 50 words``."""
        last = self.at_least if self.at_most is None else self.at_most
        return limits.described("", self.at_least, self.at_most, self._units(last))

    def needs(self) -> Needs:
        """The text alone."""
        return Needs()

    def measure(self, report: ArticleReport) -> float:
        """The number of them."""
        if self.unit == "words":
            return float(report.words)
        text = report.article.target
        return float(len(text) if self.unit == "characters" else sum(map(bool, text.split("\n\n"))))

    def limits(self) -> tuple[float | None, float | None]:
        """The least and the most."""
        return self.at_least, self.at_most

    def judge(self, report: ArticleReport) -> Verdict:
        """Keep what is long enough and not too long."""
        value = self.measure(report)
        return limits.compared(value, self.at_least, self.at_most, "", self._units(value))

    def _units(self, number: float | None) -> str:
        return f" {self.unit.removesuffix('s') if number == 1 else self.unit}"
