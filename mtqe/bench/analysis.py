"""What the columns come to: intervals, tests of all pairs, ranks, clusters, and parts of the test set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mtqe.bench.columns import Column
from mtqe.bench.runfile import SignificanceSection
from mtqe.bench.significance import (
    Comparison,
    bootstrap,
    clusters,
    corrected,
    interval,
    randomization,
    resampled,
)
from mtqe.bench.testset import TestSet
from mtqe.bench.thresholds import agreement
from mtqe.errors import ConfigError
from mtqe.text.words import count_words

# Words of the source, or of the reference: short, middling and long segments.
_LENGTHS = ((1, 10), (11, 20), (21, 30), (31, 50), (51, None))

# Resamples of intervals where the test itself draws none.
_INTERVAL_RESAMPLES = 1_000

# With fewer segments or documents a resample is much like the next, and a test says little.
_FEW_UNITS = 30

Record = dict[str, Any]


def analysed(column: Column, test_set: TestSet, options: SignificanceSection) -> Record:
    """A column's scores, intervals, pairs and clusters, systems by their numbers."""
    units = column.by_unit(test_set.documents if options.unit == "document" else None)
    points = column.points()
    drawn = options.count(len(points))
    count = drawn if options.method == "bootstrap" else _INTERVAL_RESAMPLES
    scores = resampled(units, column.scores, count, options.seed, single_precision=column.metric)
    order = ranked(points, column.higher_is_better)
    pairs = _pairs(column, points, units, scores, options) if units.shape[1] > 1 else []
    tested = {(c.first, c.second): c for c in pairs}
    return {
        "points": points,
        "intervals": [interval(system) if units.shape[1] > 1 else None for system in scores],
        "order": order,
        "clusters": clusters(order, lambda a, b: _is_better(tested, a, b, options.alpha)),
        "pairs": pairs,
    }


def ranked(points: Sequence[float | None], higher_is_better: bool) -> list[int]:
    """The systems that have a score, the best first; those that are equal in their order."""
    known = [(value if value is not None else 0.0, n) for n, value in enumerate(points) if value is not None]
    sign = -1 if higher_is_better else 1
    return [system for _, system in sorted(known, key=lambda pair: (sign * pair[0], pair[1]))]


def _pairs(
    column: Column, points: Sequence[float | None], units: Any, scores: Any, options: SignificanceSection
) -> list[Comparison]:
    if options.method == "bootstrap":
        found = bootstrap(points, scores)
    else:
        found = randomization(points, units, column.scores, options.count(len(points)), options.seed)
    values = corrected([pair.p for pair in found], options.correction)
    return [replace(pair, corrected=value) for pair, value in zip(found, values, strict=True)]


def _is_better(tested: Mapping[tuple[int, int], Comparison], above: int, below: int, alpha: float) -> bool:
    pair = tested.get((min(above, below), max(above, below)))
    return pair is not None and pair.corrected is not None and pair.corrected < alpha


def unit_notes(test_set: TestSet, options: SignificanceSection) -> Iterable[str]:
    """What limits the tests; a ConfigError if there is nothing to resample as asked for."""
    if options.unit == "document" and test_set.documents is None:
        raise ConfigError(
            "significance.unit: the test set has no documents; give 'documents:', or use segment"
        )
    count = len(set(test_set.documents or ())) if options.unit == "document" else test_set.size
    if count == 1:
        yield f"nothing is tested: there is one {options.unit} alone"
    elif count < _FEW_UNITS:
        yield f"only {count} {options.unit}s: intervals and tests say little"
    systems = len(test_set.systems)
    if systems > 1 and options.count(systems) < options.fewest(systems):
        yield (
            f"{options.count(systems):,} resamples are too few for any pair to be significant; "
            f"use {options.fewest(systems):,} or more"
        )
    if systems == 1:
        yield "one system alone: nothing to compare it with"


def identical(test_set: TestSet) -> Iterable[str]:
    """Which systems say the same as another one, or as a reference, in every segment."""
    seen: dict[tuple[str, ...], str] = {}
    for name, texts in test_set.systems.items():
        if texts in test_set.references:
            yield f"system {name} is a reference: its scores against it say nothing"
    for name, texts in test_set.systems.items():
        first = seen.setdefault(texts, name)
        if first != name:
            yield f"systems {first} and {name} are identical"


def pair_record(pair: Comparison, column: Column, names: Sequence[str], alpha: float) -> Record:
    """A pair as the report has it: the difference, p-values, and what people would say of it."""
    difference = pair.difference
    return {
        "first": names[pair.first],
        "second": names[pair.second],
        "difference": difference,
        "p": pair.p,
        "p_corrected": pair.corrected,
        "significant": pair.corrected is not None and pair.corrected < alpha,
        "human_agreement": None if difference is None else agreement(column.name, difference),
    }


def length_groups(test_set: TestSet) -> list[tuple[str, list[int]]]:
    """Segments by the words of their sources, or else references; groups without any are left out."""
    side = test_set.sources or next(iter((*test_set.references, *test_set.systems.values())))
    words = [count_words(text) for text in side]
    groups = []
    for least, most in _LENGTHS:
        rows = [n for n, count in enumerate(words) if least <= max(count, 1) <= (most or max(count, 1))]
        if rows:
            groups.append((f"{least}–{most}" if most else f"{least}+", rows))
    return groups


def groups_of(names: Sequence[str] | None) -> list[tuple[str, list[int]]]:
    """Segments by the domain or document that they are of."""
    found: dict[str, list[int]] = {}
    for row, name in enumerate(names or ()):
        found.setdefault(name, []).append(row)
    return list(found.items())


def group_records(
    groups: Sequence[tuple[str, list[int]]], columns: Sequence[Column], names: Sequence[str]
) -> list[Record]:
    """Each group with its number of segments, and the scores of every system by column."""
    return [
        {
            "name": name,
            "segments": len(rows),
            "scores": {c.name: dict(zip(names, c.points(rows), strict=True)) for c in columns},
        }
        for name, rows in groups
    ]
