"""The segments in which two systems differ most, side by side, with what is wrong in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from mtqe.bench.columns import Column
from mtqe.bench.judge import Judged
from mtqe.bench.testset import TestSet
from mtqe.data import Issue, Segment

# Segments of each pair of systems: fewer where there are so many pairs that nobody reads them all.
_OF_EACH_PAIR = 6
_OF_MANY_PAIRS = 2
_MANY_PAIRS = 30

# By which score segments are compared: one that says something of a single segment.
_FIT_FOR_SEGMENTS = ("quality", "chrf", "chrf++")

Record = dict[str, Any]


def segment_column(columns: Sequence[Column]) -> Column:
    """The column by which segments are compared."""
    by_name = {column.name: column for column in columns}
    return next((by_name[name] for name in _FIT_FOR_SEGMENTS if name in by_name), columns[0])


def differences(
    test_set: TestSet, columns: Sequence[Column], judged: Mapping[str, Judged]
) -> tuple[list[Record], list[Record]]:
    """For each pair of systems the segments that differ most, and these segments with their texts."""
    column, names = segment_column(columns), list(test_set.systems)
    scores = column.by_segment()
    pairs = list(combinations(range(len(names)), 2))
    count = _OF_EACH_PAIR if len(pairs) <= _MANY_PAIRS else _OF_MANY_PAIRS
    found, wanted = [], dict[int, set[int]]()
    for first, second in pairs:
        rows = _widest(scores[first] - scores[second], count)
        found.append({"first": names[first], "second": names[second], "segments": [row + 1 for row in rows]})
        for row in rows:
            wanted.setdefault(row, set()).update((first, second))
    texts = [_segment(row, sorted(wanted[row]), test_set, scores, judged) for row in sorted(wanted)]
    return found, texts


def _widest(gaps: np.ndarray[Any, Any], count: int) -> list[int]:
    size = np.abs(np.nan_to_num(gaps))
    order = np.lexsort((np.arange(len(size)), -size))[:count]
    return [int(row) for row in order if size[row] > 0]


def _segment(
    row: int, systems: Sequence[int], test_set: TestSet, scores: Any, judged: Mapping[str, Judged]
) -> Record:
    names = list(test_set.systems)
    return {
        "number": row + 1,
        "document": test_set.documents[row] if test_set.documents else None,
        "domain": test_set.domains[row] if test_set.domains else None,
        "source": test_set.sources[row] if test_set.sources else None,
        "reference": test_set.references[0][row] if test_set.references else None,
        "systems": {
            names[n]: {
                "target": test_set.systems[names[n]][row],
                "score": _number(scores[n, row]),
                "issues": _issues(judged[names[n]], row) if judged else [],
            }
            for n in systems
        },
    }


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _issues(system: Judged, row: int) -> list[Record]:
    """The issues of a segment, their places in its target."""
    return [_issue(issue, system.segments[row]) for issue in system.issues[row]]


def _issue(issue: Issue, segment: Segment) -> Record:
    start, end = segment.target_span
    return {
        "start": max(issue.start, start) - start,
        "end": min(issue.end, end) - start,
        "category": issue.category,
        "severity": issue.severity,
        "confidence": issue.confidence,
        "message": issue.message,
    }
