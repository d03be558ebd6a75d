"""A limit on how much of a text is letters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from unicodedata import category

from mtqe.data import ArticleReport
from mtqe.filters import limits
from mtqe.filters.base import Needs, Verdict, rules


@rules.register
@dataclass(frozen=True)
class Letters:
    """Keep articles of which at least this share of the characters, 0 to 1, is letters.

    White space does not count, and accents and vowel signs count as letters. Prose has nine tenths, with
    many figures three quarters; tables, price lists and code have less than half.
    """

    at_least: float

    name: ClassVar[str] = "letters"
    edges: ClassVar[tuple[float, ...]] = (
        0,
        0.1,
        0.2,
        0.3,
        0.4,
        0.5,
        0.6,
        0.7,
        0.75,
        0.8,
        0.85,
        0.9,
        0.95,
        1.0,
    )

    def __post_init__(self) -> None:
        if not 0 <= self.at_least <= 1:
            raise ValueError(f"at_least is a share, 0 to 1, not {self.at_least:g}")

    @property
    def label(self) -> str:
        """``letters at least 0.5``."""
        return limits.described("letters", self.at_least, None)

    def needs(self) -> Needs:
        """The text alone."""
        return Needs()

    def measure(self, report: ArticleReport) -> float:
        """The share, 0 to 1; 0 of an empty text."""
        text = "".join(report.article.target.split())
        return (sum(map(str.isalpha, text)) + _marks(text)) / max(len(text), 1)

    def limits(self) -> tuple[float | None, float | None]:
        """The least, and no most."""
        return self.at_least, None

    def judge(self, report: ArticleReport) -> Verdict:
        """Keep what is letters for the most part."""
        return limits.compared(self.measure(report), self.at_least, None, "letters")


def _marks(text: str) -> int:
    """Accents and vowel signs that are characters of their own."""
    found = () if text.isascii() else set(text)
    return sum(text.count(character) for character in found if category(character).startswith("M"))
