"""Names that are spelt differently from mention to mention, or that became ordinary words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from mtqe.data import Article, Example, Mark
from mtqe.detectors.base import detectors
from mtqe.text import name_slips as slips
from mtqe.text.languages import base_language
from mtqe.text.name_evidence import Variant, find_forms, find_variants
from mtqe.text.names import find_mentions, lower_words, name_words


@detectors.register
@dataclass(frozen=True)
class GarbledName:
    """Mark."""

    name: ClassVar[str] = "garbled_name"
    mqm: ClassVar[str] = "accuracy/mistranslation"
    excludes: ClassVar[bool] = False
    default: ClassVar[bool] = True
    examples: ClassVar[tuple[Example, ...]] = ()

    least_confidence: float = 0.5

    def detect(self, article: Article) -> Iterator[Mark]:
        """One mark for each mention of an odd form."""
        language = base_language(article.target_lang or "en")
        words = name_words(language)
        if not words.known:
            return
        lower = lower_words(article.target)
        mentions = find_mentions(article, lower)
        forms = find_forms(mentions, article.target, language, words, lower)
        for variant in find_variants(forms, words):
            yield from _variant_marks(variant)
        yield from slips.lost_capitals(article, forms, words)
        yield from slips.unknown_words(article, language, words)
        yield from slips.clipped_names(forms, words)
        yield from slips.lost_plurals(forms, words)
        yield from slips.pronoun_names(article, mentions, words)
        yield from slips.hyphen_variants(forms, words)


def _variant_marks(variant: Variant) -> Iterator[Mark]:
    usual = variant.usual
    for mention, index in variant.odd.places:
        yield Mark(
            *mention.words[index].span,
            f"elsewhere “{usual.text}”, {variant.why}",
            "major",
            variant.confidence,
            usual.text,
            slips.places(usual),
        )
