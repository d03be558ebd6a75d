"""Marks of small faults that come in numbers: those to leave alone, and many in one segment as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from mtqe.data import Article, Mark, Severity, Span
from mtqe.text.spans import holder


def apart(marks: Iterable[Mark], left_alone: Iterable[Span]) -> Iterator[Mark]:
    """The marks in text order that lie outside some ranges; of those that overlap, the first."""
    places = [(*span, None) for span in left_alone] + [(mark.start, mark.end, mark) for mark in marks]
    done = 0
    for start, end, mark in sorted(places, key=lambda place: (place[0], -place[1])):
        if start >= done:
            done = end
            if mark is not None:
                yield mark


def fold(
    article: Article, marks: Iterable[Mark], most: int, called: str, severity: Severity
) -> Iterator[Mark]:
    """The marks, in text order, but for what the source has too; one for a segment of more than ``most``.

    That one is of ``severity`` and says how many "faults of spacing", say, they are ``called``.
    """
    starts = [segment.target_span[0] for segment in article.segments]
    for index, group in groupby(marks, key=lambda mark: holder(starts, mark.start)):
        source = article.segments[index].source or article.source or ""
        inside = [mark for mark in group if article.target[mark.start : mark.end] not in source]
        if len(inside) > most:
            yield _one(article.target, inside, called, severity)
        else:
            yield from inside


def _one(text: str, marks: Sequence[Mark], called: str, severity: Severity) -> Mark:
    """One mark from the first to the last, repaired as a whole if each can be."""
    start = at = marks[0].start
    parts = []
    for mark in marks:
        parts += [text[at : mark.start], mark.suggestion or ""]
        at = mark.end
    whole = None if any(mark.suggestion is None for mark in marks) else "".join(parts)
    message = f"{len(marks)} {called}: {marks[0].message}"
    return Mark(start, at, message, severity, max(mark.confidence for mark in marks), whole)
