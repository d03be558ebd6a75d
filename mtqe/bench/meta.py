"""Metrics against people: how well each agrees, which are better for sure, beside what knows nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Literal

import numpy as np

from mtqe.bench.floors import FLOORS
from mtqe.bench.meta_permutation import clusters
from mtqe.bench.meta_statistics import DEFAULT_STATISTICS, STATISTICS, Contest, Statistic
from mtqe.bench.meta_table import Cell, HumanTable, Matrix
from mtqe.bench.meta_values import Agreement, Bootstrap
from mtqe.bench.significance import corrected
from mtqe.bench.spans import (
    MarkedSegment,
    MarkedSpan,
    SpanScores,
    by_character,
    by_match,
    by_overlap,
    spans_of,
)

# What a bootstrap draws anew as a whole, with all systems' translations.
Units = Literal["segments", "articles"]

SPAN_COUNTS = {"by character": by_character, "by match": by_match, "by overlap": by_overlap}


@dataclass(frozen=True)
class MetaOptions:
    """How agreement is tested.

    ``rounds``: of permutation tests between metrics, and of the bootstrap of intervals; 0 for none.
    What the bootstrap draws is segments, or, wider and safer where segments of an article are alike,
    source articles (``interval_units``).
    ``correction`` is for all pairs of metrics together, as for systems. ``alpha``: below it a
    corrected p-value tells two metrics apart.
    """

    statistics: Sequence[str] = DEFAULT_STATISTICS
    rounds: int = 1000
    interval_rounds: int = 200
    interval_units: Units = "segments"
    alpha: float = 0.05
    seed: int = 12345
    floors: bool = True
    correction: str = "holm"


@dataclass(frozen=True)
class MetricColumn:
    """One statistic of one metric; ``rank`` is that of its cluster of metrics that can't be told apart."""

    agreement: Agreement
    rank: int | None = None


@dataclass(frozen=True)
class PairwiseTest:
    """Whether ``better`` agrees with people better than ``worse``: p-values, one-sided."""

    better: str
    worse: str
    p_value: float
    corrected: float


@dataclass(frozen=True)
class MetaReport:
    """All that is said of some metrics.

    ``columns`` holds statistics by name, then metrics by name; floors are among the metrics, and named in
    ``floors``. ``tests`` holds the tests of each statistic that has one. ``spans`` holds metrics that mark
    places by name, then ways to count.
    """

    table: HumanTable
    options: MetaOptions
    columns: Mapping[str, Mapping[str, MetricColumn]]
    floors: tuple[str, ...]
    tests: Mapping[str, tuple[PairwiseTest, ...]]
    spans: Mapping[str, Mapping[str, SpanScores]] = field(default_factory=dict)
    signatures: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


def meta_evaluate(
    table: HumanTable,
    metrics: Mapping[str, Matrix],
    options: MetaOptions | None = None,
    found_spans: Mapping[str, Mapping[Cell, Sequence[MarkedSpan]]] | None = None,
    signatures: Mapping[str, str] | None = None,
    notes: Sequence[str] = (),
    files: Sequence[str] = (),
) -> MetaReport:
    """How well metrics agree with people.

    ``metrics`` holds scores by name, laid out as ``table.scores``; higher is better. ``found_spans``
    holds the places that metrics mark, by metric and cell. ``files`` are those that scores came from.
    """
    options = options or MetaOptions()
    floors = {name: floor(table) for name, floor in FLOORS.items()} if options.floors else {}
    everyone = {**metrics, **floors}
    measured = {name: _measured(STATISTICS[name], table, everyone, options) for name in options.statistics}
    tests = {name: _tests(STATISTICS[name], table, metrics, measured[name], options) for name in measured}
    columns = {name: _ranked(measured[name], tests[name], metrics, options.alpha) for name in measured}
    return MetaReport(
        table,
        options,
        columns,
        tuple(floors),
        {name: found for name, found in tests.items() if found},
        {name: _spans(table, found) for name, found in (found_spans or {}).items()},
        signatures or {},
        (*table.ratings.notes, *notes),
        (*table.ratings.files, *files),
    )


def _measured(
    statistic: Statistic, table: HumanTable, metrics: Mapping[str, Matrix], options: MetaOptions
) -> dict[str, Agreement]:
    bootstrap = _bootstrap(table, options)
    return {name: statistic.measure(table, scores, bootstrap) for name, scores in metrics.items()}


def _bootstrap(table: HumanTable, options: MetaOptions) -> Bootstrap | None:
    if not options.interval_rounds:
        return None
    units = None if options.interval_units == "segments" else table.article_of_segment
    return Bootstrap(options.interval_rounds, options.seed, units)


def _tests(
    statistic: Statistic,
    table: HumanTable,
    metrics: Mapping[str, Matrix],
    measured: Mapping[str, Agreement],
    options: MetaOptions,
) -> tuple[PairwiseTest, ...]:
    """The better of every two metrics against the other, with p-values corrected for all of them."""
    names = sorted(_stated(metrics, measured), key=lambda name: (-_value(measured[name]), name))
    if statistic.compare is None or not options.rounds or len(names) < 2:
        return ()
    contest = Contest(
        table, [metrics[n] for n in names], [measured[n] for n in names], options.rounds, options.seed
    )
    p_values = statistic.compare(contest).p_values
    pairs = list(combinations(range(len(names)), 2))
    own = [float(p_values[pair]) for pair in pairs]
    return tuple(
        PairwiseTest(names[i], names[j], p, p if better is None else better)
        for (i, j), p, better in zip(pairs, own, corrected(own, options.correction), strict=True)
    )


def _ranked(
    measured: Mapping[str, Agreement],
    tests: Sequence[PairwiseTest],
    metrics: Mapping[str, Matrix],
    alpha: float,
) -> dict[str, MetricColumn]:
    ranks: dict[str, int] = {}
    if tests:
        names = list(dict.fromkeys([test.better for test in tests] + [test.worse for test in tests]))
        p_values = np.ones((len(names), len(names)))
        for test in tests:
            p_values[names.index(test.better), names.index(test.worse)] = test.corrected
        found = clusters(list(range(len(names))), p_values, alpha)
        ranks = dict(zip(names, found, strict=True))
    return {name: MetricColumn(agreement, ranks.get(name)) for name, agreement in measured.items()}


def _stated(metrics: Mapping[str, Matrix], measured: Mapping[str, Agreement]) -> list[str]:
    return [name for name in metrics if measured[name].value is not None]


def _value(agreement: Agreement) -> float:
    return agreement.value if agreement.value is not None else float("-inf")


def _spans(table: HumanTable, found: Mapping[Cell, Sequence[MarkedSpan]]) -> dict[str, SpanScores]:
    """The three ways to count; what each rater marked in a translation is a segment of its own."""
    segments = [
        MarkedSegment(len(table.targets[cell]), found.get(cell, ()), spans_of(marked))
        for cell, raters in sorted(table.marked.items())
        if cell in table.targets
        for marked in raters
    ]
    return {name: count(segments) for name, count in SPAN_COUNTS.items()}
