"""How well marked places agree with those that people marked: precision, recall and F1.

Three ways to count, all pooled over segments:

- ``by_character``: characters; half credit where both mark one with different severities (WMT23 and
  WMT25 error span detection).
- ``by_match``: whole spans. Each is matched to one of the other side at most, so that credit is
  highest; any overlap is a match, with half credit for another severity.
- ``by_overlap``: as ``by_match``, but a match is worth the share of the span that overlaps (MPP;
  Perrella et al., 2026).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mtqe.bench.human.base import MarkedError

# Severities that count as major; those that weigh nothing are no errors, and the rest is minor.
_MAJOR = ("major", "critical")
_WEIGHTLESS = ("neutral", "no-error")

# What a match or a character with another severity is worth.
_OTHER_SEVERITY = 0.5


class MarkedSpan(NamedTuple):
    """A half-open range of code points in a translation, and whether it is a major fault there."""

    start: int
    end: int
    is_major: bool


class MarkedSegment(NamedTuple):
    """What was found in one translation, and what people marked in it."""

    length: int  # code points
    found: Sequence[MarkedSpan]
    human: Sequence[MarkedSpan]


def spans_of(marked: Iterable[MarkedError]) -> list[MarkedSpan]:
    """The places of marked errors; those without a place, or that are a matter of taste, are left out."""
    return [
        MarkedSpan(error.start, error.end, error.severity in _MAJOR)
        for error in marked
        if error.start is not None and error.end is not None and error.severity not in _WEIGHTLESS
    ]


@dataclass(frozen=True, slots=True)
class SpanScores:
    """Precision, recall and F1, 0 to 1; what can't be stated is None, and the note says why."""

    precision: float | None
    recall: float | None
    f1: float | None
    found: int
    human: int
    note: str | None = None


def by_character(segments: Iterable[MarkedSegment]) -> SpanScores:
    """Scores by character; a span without length marks the character at its place."""
    credit, totals = 0.0, np.zeros(2)
    for segment in segments:
        found, human = (_characters(spans, segment.length) for spans in (segment.found, segment.human))
        both = found.any(0) & human.any(0)
        alike = (found & human).any(0)
        credit += alike.sum() + _OTHER_SEVERITY * (both & ~alike).sum()
        totals += found.any(0).sum(), human.any(0).sum()
    return _scores((credit, credit), (int(totals[0]), int(totals[1])))


def by_match(segments: Iterable[MarkedSegment]) -> SpanScores:
    """Scores by span, where any overlap is a match."""
    return _matched(segments, proportional=False)


def by_overlap(segments: Iterable[MarkedSegment]) -> SpanScores:
    """Scores by span, where a match is worth the share of the span that overlaps."""
    return _matched(segments, proportional=True)


def _matched(segments: Iterable[MarkedSegment], proportional: bool) -> SpanScores:
    credit, totals = np.zeros(2), np.zeros(2, int)
    for segment in segments:
        totals += len(segment.found), len(segment.human)
        if segment.found and segment.human:
            credit += _credit(segment.found, segment.human, proportional)
    return _scores((float(credit[0]), float(credit[1])), (int(totals[0]), int(totals[1])))


def _credit(
    found: Sequence[MarkedSpan], human: Sequence[MarkedSpan], proportional: bool
) -> NDArray[np.float64]:
    """What the best matching is worth to precision and to recall."""
    from scipy.optimize import linear_sum_assignment

    one, other = (np.array([(s.start, max(s.end, s.start + 1)) for s in spans]) for spans in (found, human))
    shared = np.minimum(one[:, None, 1], other[None, :, 1]) - np.maximum(one[:, None, 0], other[None, :, 0])
    shared = np.maximum(shared, 0)
    same = np.array([[a.is_major == b.is_major for b in human] for a in found])
    worth = np.where(same, 1.0, _OTHER_SEVERITY)
    lengths, human_lengths = np.diff(one)[:, 0], np.diff(other)[:, 0]
    objective = 2 * shared / (lengths[:, None] + human_lengths[None, :]) if proportional else shared > 0
    rows, columns = linear_sum_assignment(objective * worth, maximize=True)
    overlap, worth = shared[rows, columns], worth[rows, columns]
    if not proportional:
        return np.full(2, ((overlap > 0) * worth).sum())
    return np.array([(worth * overlap / of).sum() for of in (lengths[rows], human_lengths[columns])])


def _characters(spans: Sequence[MarkedSpan], length: int) -> NDArray[np.bool_]:
    """Minor and major faults (rows) by character; one more, for what is missing at the end."""
    marked = np.zeros((2, length + 1), bool)
    for span in spans:
        marked[int(span.is_major), span.start : max(span.end, span.start + 1)] = True
    return marked


def _scores(credit: tuple[float, float], totals: tuple[int, int]) -> SpanScores:
    if not totals[1]:
        return SpanScores(None, None, None, *totals, note="people marked nothing")
    recall = credit[1] / totals[1]
    if not totals[0]:
        return SpanScores(None, recall, 0.0, *totals, note="nothing was found")
    precision = credit[0] / totals[0]
    both = precision + recall
    return SpanScores(precision, recall, 2 * precision * recall / both if both else 0.0, *totals)
