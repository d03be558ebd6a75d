"""Half-open ranges: overlaps, merging, and finding the one that holds an offset."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from mtqe.data import Span


def overlap(a: Span, b: Span) -> bool:
    """Whether two ranges share at least one position."""
    return a[0] < b[1] and b[0] < a[1]


def merge(spans: Iterable[Span], gap: int = 0) -> list[Span]:
    """Sorted ranges that cover the same positions; those at most ``gap`` apart become one."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1] + gap:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def holder(starts: Sequence[int], offset: int) -> int:
    """Index of the last range that starts at or before ``offset``, by sorted starts; at least 0."""
    return max(bisect_right(starts, offset) - 1, 0)
