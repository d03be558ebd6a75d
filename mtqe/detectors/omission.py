"""Sentences of the source that the translation lacks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from mtqe.data import Article, Example, Mark, Omission
from mtqe.detectors.base import detectors
from mtqe.gaps import comparable, missing_in_target
from mtqe.text.words import count_words

_SHOWN = 80

# Measured on WMT documents: one in 480 that lack nothing is marked, and 19 in 20 that lack a sentence.
_CONFIDENCE = 0.85

_SOURCE = "Der Zug kam zu spät an. Die Reisenden warteten zwei Stunden lang im Regen. Niemand wusste warum."


@detectors.register
@dataclass(frozen=True)
class MissingSentence:
    """Mark the place where a sentence of the source is missing, for articles with a whole source.

    The mark is empty: it stands where the sentence would be, and ``source_start`` and
    ``source_end`` say what is missing. Sentences shorter than ``least_words`` are left alone:
    captions, bylines and links come and go. So are sentences that the translation joins, those
    whose place a free translation of about their length takes, and languages whose sentences can't
    be compared by meaning.
    """

    least_words: int = 5

    name: ClassVar[str] = "omission"
    mqm: ClassVar[str] = "accuracy/omission"
    excludes: ClassVar[bool] = False
    default: ClassVar[bool] = True
    examples: ClassVar[tuple[Example, ...]] = (
        Example("The train arrived late. Nobody knew why.", marks=("",), source=_SOURCE, source_lang="de"),
        Example(
            "The train arrived late. The passengers waited in the rain for two hours. Nobody knew why.",
            source=_SOURCE,
            source_lang="de",
        ),
        Example(
            "The train arrived late, and the passengers waited in the rain for two hours. Nobody knew why.",
            source=_SOURCE,
            source_lang="de",
        ),
        Example("The train arrived late. Nobody knew why."),
    )

    def knows(self, article: Article) -> bool:
        """Whether sentences of both languages can be compared by meaning, where there is a source."""
        return article.source is None or comparable(article)

    def detect(self, article: Article) -> Iterator[Mark]:
        """One empty mark for each missing sentence."""
        for omission in missing_in_target(article):
            if count_words(omission.text) >= self.least_words:
                yield _mark(article, omission)


def _mark(article: Article, omission: Omission) -> Mark:
    at = _place(article, omission.before_segment)
    shown = omission.text if len(omission.text) <= _SHOWN else omission.text[:_SHOWN] + "…"
    message = f"nothing here translates “{shown}”"
    return Mark(at, at, message, "major", _CONFIDENCE, source_span=omission.source_span)


def _place(article: Article, before: int) -> int:
    """Where the missing sentence would stand: at the end of the one before it."""
    if not article.segments:
        return 0
    return article.segments[before - 1].target_span[1] if before else article.segments[0].target_span[0]
