"""Adequacy by multilingual sentence vectors, and a network over their pieces, that ship with the package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, ClassVar

from mtqe.data import Article, Score, Segment
from mtqe.models.adequacy import FEATURES, Judgement, Pair, covers, load_adequacy
from mtqe.models.quality_net import load_quality_net
from mtqe.pooling import pool_with_omissions
from mtqe.scale import penalty_to_score
from mtqe.scorers.base import scorers
from mtqe.sides import has_side
from mtqe.text.languages import base_language

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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
    With a reference too it is the mean of both; without a source the reference is what it is measured
    against; null with neither, and for languages that the vectors don't know.
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
        found: dict[tuple[int, int], dict[str, Judgement]] = {}
        for against in ("source", "reference"):
            places = [p for i, article in enumerate(articles) for p in _places(i, article, against)]
            judgements = load_adequacy().judge([pair for _, _, pair in places], against) if places else []
            for (i, j, _), judgement in zip(places, judgements, strict=True):
                found.setdefault((i, j), {})[against] = judgement
        for (i, j), by_side in found.items():
            scores[i][j] = _score(by_side)
        return scores

    def read_ahead(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of sentences, which the network reads on the way."""
        return load_quality_net().vectors(texts)

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


def _score(by_side: Mapping[str, Judgement]) -> Score:
    """The score of what was found beside each side; the source's own measurements where there are any."""
    judgement = by_side.get("source") or by_side["reference"]
    penalties = {f"{side}_penalty": one.penalty for side, one in by_side.items()} if len(by_side) > 1 else {}
    # What is no translation at all is none, however near the reference's vector it lies.
    penalty = judgement.penalty if judgement.gate else fmean(one.penalty for one in by_side.values())
    components = {
        **{name: _component(value) for name, value in penalties.items()},
        "accuracy_penalty": _component(penalty),
        **{
            name: Score(value, range=(0.0 if name in FEATURES else None, None), higher_is_better=False)
            for name, value in judgement.features.items()
        },
        "copied": Score(judgement.copied, range=(0.0, 1.0), higher_is_better=False),
    }
    note = judgement.gate or (None if "source" in by_side else "against the reference")
    return Score(penalty_to_score(penalty), note, components=components)


def _component(penalty: float) -> Score:
    return Score(penalty, range=(0.0, None), higher_is_better=False)
