"""Which gaps of an alignment are real: an alignment has more of them than a translation.

A gap is explained where a sentence beside it has room for what seems to be missing. Nothing is
known of languages whose sentences can't be compared by meaning.
"""

from __future__ import annotations

from collections.abc import Sequence

from mtqe.data import Article, Omission, Segment
from mtqe.text.languages import base_language

# So much of a gap's length that a neighbour is longer than it should be means that it is in there.
_ROOM = 0.45


def missing_in_target(article: Article) -> list[Omission]:
    """The omissions that no neighbour's length explains."""
    ratio = _ratio(article.segments)
    return [
        omission
        for omission in article.omissions
        if comparable(article)
        and not _room(article.segments, omission.before_segment - 1, -len(omission.text), ratio)
        and not _room(article.segments, omission.before_segment, -len(omission.text), ratio)
    ]


def missing_in_source(article: Article) -> list[Segment]:
    """The segments without a source that nothing beside them explains; none of an article without one."""
    if article.source is None or not comparable(article):
        return []
    ratio = _ratio(article.segments)
    return [
        segment
        for at, segment in enumerate(article.segments)
        if segment.source is None
        and not _room(article.segments, at - 1, len(segment.target), ratio)
        and not _room(article.segments, at + 1, len(segment.target), ratio)
    ]


def comparable(article: Article) -> bool:
    """Whether sentences of source and target can be compared by their meaning."""
    from mtqe.models.adequacy import covers  # only if needed: models import numpy

    languages = (article.source_lang, article.target_lang)
    return all(covers(base_language(language or "und")) for language in languages)


def _ratio(segments: Sequence[Segment]) -> float:
    """Characters of the target for one of the source, over all that translate one another."""
    pairs = [(len(segment.target), len(segment.source)) for segment in segments if segment.source]
    return (sum(target for target, _ in pairs) + 1) / (sum(source for _, source in pairs) + 1)


def _room(segments: Sequence[Segment], at: int, gap: int, ratio: float) -> bool:
    """Whether a segment is longer than its counterpart by much of the gap's length.

    A positive ``gap`` is target text that its source may hold; a negative one is source text that
    its target may hold.
    """
    if not 0 <= at < len(segments) or segments[at].source is None:
        return False
    longer = len(segments[at].source or "") * ratio - len(segments[at].target)
    return longer >= _ROOM * gap if gap > 0 else -longer >= _ROOM * -gap * ratio
