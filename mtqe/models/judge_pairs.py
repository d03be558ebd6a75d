"""What of an article a judge is asked about."""

from __future__ import annotations

from mtqe.data import Article, Segment
from mtqe.models.judge_prompts import Pair
from mtqe.sides import has_side

_UNKNOWN = "und"


def pair_of(article: Article, segment: Segment) -> Pair:
    """A segment with its source, and their languages."""
    languages = (article.source_lang or _UNKNOWN, article.target_lang or _UNKNOWN)
    return Pair(segment.source or "", segment.target, *languages)


def why_not(article: Article, segment: Segment) -> str | None:
    """Why a judge is not asked about a segment; None if it is."""
    if segment.excluded:
        return segment.excluded
    if segment.source is None:
        return "no counterpart in the source" if has_side(article, "source") else "no source given"
    return None if any(map(str.isalnum, segment.source + segment.target)) else "no words in it"
