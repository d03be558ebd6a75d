"""Which languages an article may be in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from mtqe.data import ArticleReport
from mtqe.filters import limits
from mtqe.filters.base import KEEP, Needs, Null, Verdict, rules
from mtqe.models.language_id import identify
from mtqe.models.word_language import CYRILLIC, LATIN
from mtqe.text.languages import base_language

# Languages that detection knows well: those whose words are looked for in others, and some of the
# alphabets of their own. Another language may be taken for a relative that detection knows better.
_TOLD_APART = frozenset((*LATIN, *CYRILLIC, "ar", "el", "he", "hi", "ja", "ko", "th", "zh"))
_ALIKE = (frozenset(("da", "nb", "nn", "no")), frozenset(("id", "ms")))


@rules.register
@dataclass(frozen=True)
class Language:
    """Keep articles whose target language is one of these (BCP 47; "pt" also stands for "pt-BR").

    That is the language that the input names, and only where it names none the one that is detected.
    With ``detect`` the text is looked at in any case, and an article goes if another language is
    detected with at least this ``probability``. ``null`` decides where no language is known. With
    ``detect`` alone an article goes if it is not in the language that the input names; that is looked at
    in languages that are hardly ever taken for others.
    """

    one_of: tuple[str, ...] = ()
    detect: bool = False
    probability: float = 0.9
    null: Null = "keep"

    name: ClassVar[str] = "language"

    def __post_init__(self) -> None:
        if not self.one_of and not self.detect:
            raise ValueError("one_of must name a language, unless detect is true")

    @property
    def label(self) -> str:
        """``language en or de``."""
        named = " or ".join(self.one_of) or "as named"
        return f"language {named}" + (", detected" if self.detect else "")

    def needs(self) -> Needs:
        """The article's language."""
        return Needs(languages=True)

    def judge(self, report: ArticleReport) -> Verdict:
        """Keep what is in one of the languages."""
        article, tag = report.article, report.article.target_lang
        if tag is None:
            return limits.unknown(self.null, "the language", None)
        if self.one_of and not self._allowed(tag):
            return Verdict(False, f"language {tag}, not {' or '.join(self.one_of)}")
        looks = self.detect and "target" not in article.detected and (self.one_of or _is_told_apart(tag))
        guess = identify(article.target) if looks else None
        if guess and guess.probability >= self.probability and not self._fits(guess.language, tag):
            return Verdict(False, f"language {guess.language} by its words, not {tag}")
        return KEEP

    def _fits(self, guessed: str, named: str) -> bool:
        """Whether what is detected may stand; without ``one_of`` that is what the input names."""
        return self._allowed(guessed) if self.one_of else _is_alike(guessed, base_language(named))

    def _allowed(self, tag: str) -> bool:
        return tag in self.one_of or base_language(tag) in map(base_language, self._whole)

    @property
    def _whole(self) -> list[str]:
        """The languages that are named without a region or script."""
        return [tag for tag in self.one_of if "-" not in tag]


def _is_told_apart(tag: str) -> bool:
    return base_language(tag) in _TOLD_APART


def _is_alike(one: str, other: str) -> bool:
    """Whether two languages are the same, or written so much alike that detection confuses them."""
    return one == other or any(one in group and other in group for group in _ALIKE)
