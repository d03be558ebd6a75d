"""Which languages an article may be in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from mtqe.data import ArticleReport
from mtqe.filters import limits
from mtqe.filters.base import KEEP, Needs, Null, Verdict, rules
from mtqe.models.language_id import identify
from mtqe.text.languages import base_language


@rules.register
@dataclass(frozen=True)
class Language:
    """Keep articles whose target language is one of these (BCP 47; "pt" also stands for "pt-BR").

    That is the language that the input names, and only where it names none the one that is detected.
    With ``detect`` the text is looked at in any case, and an article goes if another language is
    detected with at least this ``probability``. ``null`` decides where no language is known.
    """

    one_of: tuple[str, ...]
    detect: bool = False
    probability: float = 0.9
    null: Null = "keep"

    name: ClassVar[str] = "language"

    def __post_init__(self) -> None:
        if not self.one_of:
            raise ValueError("one_of must name a language")

    @property
    def label(self) -> str:
        """``language en or de``."""
        return f"language {' or '.join(self.one_of)}" + (", detected" if self.detect else "")

    def needs(self) -> Needs:
        """The article's language."""
        return Needs(languages=True)

    def judge(self, report: ArticleReport) -> Verdict:
        """Keep what is in one of the languages."""
        article = report.article
        if article.target_lang is None:
            return limits.unknown(self.null, "the language", None)
        if not self._allowed(article.target_lang):
            return Verdict(False, f"language {article.target_lang}, not {' or '.join(self.one_of)}")
        guess = identify(article.target) if self.detect and "target" not in article.detected else None
        if guess and guess.probability >= self.probability and not self._allowed(guess.language):
            return Verdict(False, f"language {guess.language} by its words, not {article.target_lang}")
        return KEEP

    def _allowed(self, tag: str) -> bool:
        return tag in self.one_of or base_language(tag) in map(base_language, self._whole)

    @property
    def _whole(self) -> list[str]:
        """The languages that are named without a region or script."""
        return [tag for tag in self.one_of if "-" not in tag]
