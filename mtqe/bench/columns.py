"""The columns of a leaderboard: every score of every system, with what it is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from mtqe.bench.judge import Judged, mean_scores, weighted_scores
from mtqe.bench.metrics.base import Metric
from mtqe.bench.testset import TestSet
from mtqe.errors import ConfigError, ContractError

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class Column:
    """One score for all systems: statistics of shape (systems, segments, statistics), and its formulas.

    ``score`` makes the score of some segments' statistics, None if nothing of them was judged;
    ``scores`` makes many of sums. ``metric`` says that it comes of references by sacrebleu.
    """

    name: str
    title: str
    metric: bool
    higher_is_better: bool
    signature: str
    statistics: NDArray[np.float64]
    score: Callable[[NDArray[np.float64]], float | None]
    scores: Callable[[Floats], Floats]

    def points(self, rows: Sequence[int] | None = None) -> list[float | None]:
        """Each system's score, of all segments or some."""
        chosen = self.statistics if rows is None else self.statistics[:, list(rows)]
        return [self.score(system) for system in chosen]

    def by_segment(self) -> Floats:
        """Scores of segments by themselves, (systems, segments); NaN where there is none."""
        return self.scores(self.statistics)

    def by_unit(self, documents: Sequence[str] | None) -> NDArray[np.float64]:
        """Statistics of documents in place of segments; of segments if there are no documents."""
        if documents is None:
            return self.statistics
        starts = document_starts(documents)
        return np.add.reduceat(self.statistics, starts, axis=1)


def document_starts(documents: Sequence[str]) -> list[int]:
    """The first segment of each document."""
    starts, place = [], 0
    for _, group in groupby(documents):
        starts.append(place)
        place += len(list(group))
    return starts


def metric_columns(test_set: TestSet, metrics: Sequence[Metric]) -> list[Column]:
    """A column for each metric; none without references."""
    if not test_set.references:
        return []
    fitted = [metric.for_language(test_set.target_lang) for metric in metrics]
    labels = [metric.label for metric in fitted]
    twice = next((label for label in labels if labels.count(label) > 1), None)
    if twice is not None:
        raise ConfigError(f"metrics: {twice} is there twice with the same options; keep one of them")
    return [_metric_column(metric, test_set) for metric in fitted]


def _metric_column(metric: Metric, test_set: TestSet) -> Column:
    statistics = metric.statistics(tuple(test_set.systems.values()), test_set.references)
    if not np.isfinite(statistics).all():
        raise ContractError(f"metric {metric.label} gave statistics that are no numbers")
    return Column(
        metric.label,
        metric.title + metric.label.removeprefix(metric.name),
        True,
        metric.higher_is_better,
        metric.signature(len(test_set.references)),
        statistics,
        metric.score,
        metric.scores,
    )


def judged_columns(judged: Mapping[str, Judged]) -> tuple[list[Column], list[str]]:
    """A column for each score of mtqe that any system has, and why others are left out."""
    columns, notes = [], []
    systems = list(judged.values())
    for name in systems[0].statistics:
        statistics = np.stack([system.statistics[name] for system in systems])
        if statistics[..., 1].any():
            columns.append(_judged_column(name, systems[0], statistics))
        else:
            notes.append(f"{name} is left out: no segment could be judged")
    return columns, notes


def _judged_column(name: str, system: Judged, statistics: NDArray[np.float64]) -> Column:
    scores = weighted_scores if name in system.weighted else mean_scores

    def score(rows: NDArray[np.float64]) -> float | None:
        found = float(scores(rows.sum(axis=0)))
        return found if np.isfinite(found) else None

    better = system.higher_is_better[name]
    return Column(name, name, False, better, system.signature, statistics, score, scores)
