"""chrF against the reference, by sacrebleu."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from mtqe.data import Article, Score, Segment
from mtqe.scorers.base import scorers
from mtqe.sides import has_side
from mtqe.signature import installed


@scorers.register
@dataclass(frozen=True)
class ReferenceChrf:
    """chrF of each segment against its reference, 0 to 100, higher is better.

    The F-score of character n-grams up to 6 (chrF2; Popović, 2015), as ``sacrebleu`` computes it
    with its defaults; an article's is that of its segments taken together, as in sacrebleu's corpus
    score. Not calibrated against human judgement, and no part of quality. Null without a reference.
    """

    name: ClassVar[str] = "reference_chrf"
    gives: ClassVar[str] = "chrf"
    default: ClassVar[bool] = True

    @property
    def revision(self) -> str:
        """The version of sacrebleu."""
        return installed("sacrebleu")

    def score(self, articles: Sequence[Article]) -> list[list[Score]]:
        """One score for each segment of each article."""
        return [_scores(article) for article in articles]

    def pool(self, article: Article, scores: Sequence[Score]) -> Score:
        """The corpus score of the segments that have one."""
        judged = [s for s, score in zip(article.segments, scores, strict=True) if score.value is not None]
        stats = {"segments": float(len(judged)), "skipped": float(len(scores) - len(judged))}
        if not judged:
            given = has_side(article, "reference")
            return Score(None, "no segment has a reference" if given else "no reference given", stats=stats)
        references = [segment.reference or "" for segment in judged]
        found = _metric().corpus_score([segment.target for segment in judged], [references])
        return Score(found.score, stats=stats)


@cache
def _metric() -> Any:
    from sacrebleu.metrics.chrf import CHRF

    return CHRF()


def _scores(article: Article) -> list[Score]:
    given = has_side(article, "reference")
    unmatched = "no counterpart in the reference" if given else "no reference given"
    return [_score(segment, unmatched) for segment in article.segments]


def _score(segment: Segment, unmatched: str) -> Score:
    if segment.excluded:
        return Score(None, segment.excluded)
    if segment.reference is None:
        return Score(None, unmatched)
    return Score(_metric().sentence_score(segment.target, [segment.reference]).score)
