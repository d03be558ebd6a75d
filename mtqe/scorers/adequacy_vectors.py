"""Adequacy by multilingual sentence vectors, and a network over their pieces, that ship with the package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from mtqe.data import Article, Score, Segment
from mtqe.models.adequacy import FEATURES, Judgement, Pair, covers, load_adequacy
from mtqe.pooling import pool_with_omissions
from mtqe.scale import penalty_to_score
from mtqe.scorers.base import scorers
from mtqe.sides import has_side
from mtqe.text.languages import base_language

# Where each segment's score goes: article, segment, and its pair.
_Place = tuple[int, int, Pair]


@scorers.register
@dataclass(frozen=True)
class AdequacyVectors:
    """Adequacy of each segment against its source, 0 to 100, higher is better.

    Distance of sentence vectors, lengths and numbers, and a network that looks for each piece's
    counterpart, turned by hinges fitted to MQM judgements of WMT21 into accuracy points per 100
    words. Text copied from the source or left in its language scores near 0, though vectors take
    it for perfect. Sees missing and foreign content, most replaced words, seldom a better word.
    Without a source the reference is what it is measured against; null with neither, and for
    languages that the vectors don't know.
    """

    name: ClassVar[str] = "adequacy_vectors"
    gives: ClassVar[str] = "adequacy"
    default: ClassVar[bool] = True

    @property
    def revision(self) -> str:
        """A digest of calibration and encoder."""
        return load_adequacy().revision

    def score(self, articles: Sequence[Article]) -> list[list[Score]]:
        """One score for each segment of each article."""
        scores = [[Score(None, why) for why in _why_not(article)] for article in articles]
        for against in ("source", "reference"):
            places = [p for i, article in enumerate(articles) for p in _places(i, article, against)]
            if places:
                judgements = load_adequacy().judge([pair for _, _, pair in places], against)
                for (i, j, _), judgement in zip(places, judgements, strict=True):
                    scores[i][j] = _score(judgement, against)
        return scores

    def pool(self, article: Article, scores: Sequence[Score]) -> Score:
        """Points per 100 words over the whole article; untranslated sentences of the source count."""
        return pool_with_omissions(article, scores)


def _places(index: int, article: Article, against: str) -> list[_Place]:
    """The segments of an article that are measured against the source, or the reference."""
    languages = _languages(article, against)
    if languages is None:
        return []
    return [
        (index, segment.index, Pair(segment.target, other, *languages))
        for segment in article.segments
        if segment.excluded is None
        and _against(segment) == against
        and (other := getattr(segment, against)) is not None
        and any(map(str.isalnum, other))
    ]


def _against(segment: Segment) -> str:
    return "source" if segment.source is not None else "reference"


def _languages(article: Article, against: str) -> tuple[str, str] | None:
    """Base codes of the target and of what it is measured against, if vectors know both."""
    other = article.source_lang if against == "source" else article.target_lang
    codes = (base_language(article.target_lang or "und"), base_language(other or "und"))
    return codes if all(map(covers, codes)) else None


def _why_not(article: Article) -> list[str]:
    """Why each segment has no score, if nothing gives it one."""
    unmatched = "no counterpart in the source" if has_side(article, "source") else "no source given"
    unknown = {side: _languages(article, side) is None for side in ("source", "reference")}
    pair = f"{article.source_lang or 'und'}-{article.target_lang or 'und'}"
    reasons = []
    for segment in article.segments:
        against = _against(segment)
        if segment.excluded:
            reasons.append(segment.excluded)
        elif segment.source is None and segment.reference is None:
            reasons.append(unmatched)
        else:
            no_model = unknown[against]
            reasons.append(f"no adequacy model for {pair!r}" if no_model else f"no words in the {against}")
    return reasons


def _score(judgement: Judgement, against: str) -> Score:
    components = {
        "accuracy_penalty": Score(judgement.penalty, range=(0.0, None), higher_is_better=False),
        **{
            name: Score(value, range=(0.0 if name in FEATURES else None, None), higher_is_better=False)
            for name, value in judgement.features.items()
        },
        "copied": Score(judgement.copied, range=(0.0, 1.0), higher_is_better=False),
    }
    note = judgement.gate or ("against the reference" if against == "reference" else None)
    return Score(penalty_to_score(judgement.penalty), note, components=components)
