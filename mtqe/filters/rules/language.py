"""Which languages an article may be in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import ClassVar

from mtqe.data import Article, ArticleReport
from mtqe.filters import limits
from mtqe.filters.base import KEEP, Needs, Null, Verdict, rules
from mtqe.models.language_id import identify
from mtqe.models.word_language import CYRILLIC, LATIN
from mtqe.text.languages import base_language

# Languages that detection knows well: those whose words are looked for in others, and some of the
# alphabets of their own. Another language may be taken for a relative that detection knows better.
_TOLD_APART = frozenset((*LATIN, *CYRILLIC, "ar", "el", "he", "hi", "ja", "ko", "th", "zh"))
_ALIKE = (frozenset(("da", "nb", "nn", "no")), frozenset(("id", "ms")))

# ISO 639's code for what is no language: tables, code.
_NONE = "zxx"

# In prose the most usual words of English, French and Spanish are four tenths of the text; of other
# languages' texts they are at most three (Parallel Universal Dependencies, 20 languages).
_USUAL_WORDS = 100
_PLAINLY = 1 / 3


@rules.register
@dataclass(frozen=True)
class Language:
    """Keep articles whose target language is one of these (BCP 47; "pt" also stands for "pt-BR").

    That is the language that the input names, and only where it names none the one that is detected.
    With ``detect`` the text is looked at in any case, and an article goes if another language is
    detected with at least this ``probability``. ``null`` decides where no language is known. With
    ``detect`` alone an article goes if it is not in the language that the input names; that is looked at
    in languages that are hardly ever taken for others. A text a third of which is the hundred most usual
    words of the language that is named is in it, which is quicker to see.
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
        guess = identify(article.target) if self._is_open(article, tag) else None
        if guess and guess.probability >= self.probability and not self._fits(guess.language, tag):
            found = "no language" if guess.language == _NONE else f"language {guess.language}"
            return Verdict(False, f"{found} by its words, not {tag}")
        return KEEP

    def _is_open(self, article: Article, tag: str) -> bool:
        """Whether the text has to be looked at to know that it is in the language that is named."""
        looks = self.detect and "target" not in article.detected and (self.one_of or _is_told_apart(tag))
        return bool(looks) and not _is_plainly(base_language(tag), article.target)

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


def _is_plainly(language: str, text: str) -> bool:
    """Whether so many of a text's words are a language's most usual ones that it can be no other."""
    words = text.lower().split()
    return sum(map(_usual_words(language).__contains__, words)) > _PLAINLY * max(len(words), 1)


@cache
def _usual_words(language: str) -> frozenset[str]:
    if language not in (*LATIN, *CYRILLIC):
        return frozenset()
    from wordfreq import top_n_list

    found = (word for word in top_n_list(language, 2 * _USUAL_WORDS) if word.isalpha())
    return frozenset(islice(found, _USUAL_WORDS))


def _is_alike(one: str, other: str) -> bool:
    """Whether two languages are the same, or written so much alike that detection confuses them."""
    return one == other or any(one in group and other in group for group in _ALIKE)
