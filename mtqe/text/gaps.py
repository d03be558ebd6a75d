"""Whether the sentences beside a gap in an alignment have room for what seems to be missing."""

from __future__ import annotations

from collections.abc import Sequence

from mtqe.data import Article, Segment

# So much of a gap's length that a neighbour is longer than it should be means that it is in there.
_ROOM = 0.45

# Of two gaps side by side with lengths that differ by no more than this, one translates the other,
# freely.
_LENGTH_RATIO = 3.0


def missing_in_target(article: Article) -> list[int]:
    """Numbers of the omissions that neither a neighbour's length nor an addition beside explains."""
    ratio = _ratio(article.segments)
    return [
        number
        for number, omission in enumerate(article.omissions)
        if not _room(article.segments, omission.before_segment - 1, -len(omission.text), ratio)
        and not _room(article.segments, omission.before_segment, -len(omission.text), ratio)
        and not _replaced(article, number, ratio)
    ]


def missing_in_source(article: Article) -> list[int]:
    """Numbers of the segments without a source that nothing beside them explains."""
    ratio = _ratio(article.segments)
    replaced = {at for number in range(len(article.omissions)) for at in _beside(article, number, ratio)}
    return [
        at
        for at, segment in enumerate(article.segments)
        if segment.source is None
        and at not in replaced
        and not _room(article.segments, at - 1, len(segment.target), ratio)
        and not _room(article.segments, at + 1, len(segment.target), ratio)
    ]


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


def _replaced(article: Article, number: int, ratio: float) -> bool:
    return bool(_beside(article, number, ratio))


def _beside(article: Article, number: int, ratio: float) -> list[int]:
    """Segments without a source beside an omission, and about as long as it."""
    omission = article.omissions[number]
    expected = len(omission.text) * ratio
    return [
        at
        for at in (omission.before_segment - 1, omission.before_segment)
        if 0 <= at < len(article.segments)
        and article.segments[at].source is None
        and expected / _LENGTH_RATIO <= len(article.segments[at].target) <= expected * _LENGTH_RATIO
    ]
