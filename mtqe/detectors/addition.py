"""Sentences of the translation that nothing in the source says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from mtqe.data import Article, Example, Mark
from mtqe.detectors.base import detectors
from mtqe.gaps import comparable, missing_in_source
from mtqe.text.words import count_words

# Measured on WMT documents: one in 100 without an addition is marked, and 19 in 20 with one.
_CONFIDENCE = 0.85

_SOURCE = "Le train est arrivé en retard. Personne ne savait pourquoi. La gare était vide."


@detectors.register
@dataclass(frozen=True)
class Addition:
    """Mark sentences of the target that no sentence of the source is translated by.

    Only in articles with a whole source. Sentences shorter than ``least_words`` are left alone:
    captions, bylines and links come and go. So are free translations of a source sentence of about
    their length, and languages whose sentences can't be compared by meaning.
    """

    least_words: int = 5

    name: ClassVar[str] = "addition"
    mqm: ClassVar[str] = "accuracy/addition"
    excludes: ClassVar[bool] = False
    default: ClassVar[bool] = True
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            "The train arrived late. Bake the cake for one hour. Nobody knew why. The station was empty.",
            marks=("Bake the cake for one hour.",),
            source=_SOURCE,
            source_lang="fr",
        ),
        Example(
            "The train arrived late. Nobody knew why. The station was empty.",
            source=_SOURCE,
            source_lang="fr",
        ),
        Example(
            "The train arrived late, and nobody knew why. The station was empty.",
            source=_SOURCE,
            source_lang="fr",
        ),
        Example("Bake the cake for one hour."),
    )

    def knows(self, article: Article) -> bool:
        """Whether sentences of both languages can be compared by meaning, where there is a source."""
        return article.source is None or comparable(article)

    def detect(self, article: Article) -> Iterator[Mark]:
        """One mark for each segment without a counterpart."""
        for segment in missing_in_source(article):
            if not segment.excluded and count_words(segment.target) >= self.least_words:
                yield Mark(*segment.target_span, "nothing in the source says this", "major", _CONFIDENCE)
