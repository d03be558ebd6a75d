"""The statistics of a meta-evaluation by name, each with its test between metrics."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from mtqe.bench.agreement import acc_eq, auc, kendall, pairwise_accuracy, pearson, spearman
from mtqe.bench.meta_articles import worst_articles
from mtqe.bench.meta_pairs import Indices, Values, numbered, pairs_within
from mtqe.bench.meta_permutation import (
    Comparison,
    compare_pearson,
    compare_system_accuracy,
    compare_verdicts,
    draw_swaps,
)
from mtqe.bench.meta_permuted_spa import compare_spa, spa_interval
from mtqe.bench.meta_spa import (
    complete,
    judged_of_all,
    soft_pairwise_accuracy,
    system_accuracy_of,
    system_means,
)
from mtqe.bench.meta_table import HumanTable, Matrix
from mtqe.bench.meta_values import Agreement, Bootstrap

Measure = Callable[[HumanTable, Matrix, Bootstrap | None], Agreement]


@dataclass(frozen=True)
class Contest:
    """Metrics that are tested against each other, with their values of the statistic."""

    table: HumanTable
    metrics: Sequence[Matrix]
    values: Sequence[Agreement]
    rounds: int
    seed: int

    @property
    def known(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which cells people judged."""
        return ~np.isnan(self.table.flat)

    @property
    def human(self) -> Values:
        """What people gave these cells."""
        return self.table.flat[self.known]

    @property
    def scores(self) -> Matrix:
        """What each metric gave them: metrics by cells."""
        return np.stack([scores.ravel()[self.known] for scores in self.metrics])

    def groups(self, grouping: str) -> Indices:
        """The number of the group of each of these cells."""
        groups = _groups(self.table, grouping)
        return numbered(None if groups is None else groups[self.known], len(self.human))


@dataclass(frozen=True)
class Statistic:
    """One way to state agreement; ``compare`` is None where there is no fast test between metrics.

    The ``units`` of a bootstrap are one for each segment: what it belongs to and is drawn with.
    """

    about: str
    range: tuple[float, float]
    measure: Measure
    compare: Callable[[Contest], Comparison] | None = None


def _groups(table: HumanTable, grouping: str) -> Indices | None:
    return {"item": table.by_item, "system": table.by_system, "none": None}[grouping]


def _of_cells(table: HumanTable, bootstrap: Bootstrap | None) -> Bootstrap | None:
    """A bootstrap of segments as one of cells: all systems' translations of a segment are drawn together."""
    if bootstrap is None:
        return None
    units = np.arange(len(table.segments)) if bootstrap.units is None else np.asarray(bootstrap.units)
    return replace(bootstrap, units=np.tile(units, len(table.systems)))


def _grouped(function: Callable[..., Agreement], grouping: str) -> Measure:
    """``function`` of cells in groups."""

    def measure(table: HumanTable, scores: Matrix, bootstrap: Bootstrap | None) -> Agreement:
        own = _of_cells(table, bootstrap)
        return function(scores.ravel(), table.flat, _groups(table, grouping), bootstrap=own)

    return measure


def _of_systems(function: Callable[..., Agreement]) -> Measure:
    """``function`` of one mean for each system."""

    def measure(table: HumanTable, scores: Matrix, bootstrap: Bootstrap | None) -> Agreement:
        return function(*system_means(scores, table.scores))

    return measure


def _spa(table: HumanTable, scores: Matrix, bootstrap: Bootstrap | None) -> Agreement:
    found, whole = soft_pairwise_accuracy(scores, table.scores), complete(scores, table.scores)
    if bootstrap is None or found.value is None or isinstance(whole, Agreement):
        return found
    if bootstrap.units is not None:
        bootstrap = replace(bootstrap, units=np.asarray(bootstrap.units)[judged_of_all(table.scores)])
    if not bootstrap.unit_of(whole[0].shape[1]).any():
        return found
    return replace(found, interval=spa_interval(whole[0], whole[1], bootstrap))


def _system_accuracy(table: HumanTable, scores: Matrix, bootstrap: Bootstrap | None) -> Agreement:
    return system_accuracy_of(scores, table.scores, bootstrap)


def _error_free(table: HumanTable, scores: Matrix, bootstrap: Bootstrap | None) -> Agreement:
    if not table.marked:
        return Agreement(None, "people marked no errors in this set")
    return auc(scores.ravel(), table.error_free(), _of_cells(table, bootstrap))


def _test_pearson(grouping: str, contest: Contest) -> Comparison:
    swaps = draw_swaps(contest.rounds, len(contest.human), contest.seed)
    return compare_pearson(contest.scores, contest.human, contest.groups(grouping), swaps)


def _test_acc_eq(contest: Contest) -> Comparison:
    human, pairs = contest.human, pairs_within(contest.groups("item"))
    order = np.sign(human[pairs.first] - human[pairs.second])
    right = []
    for own, value in zip(contest.scores, contest.values, strict=True):
        apart = own[pairs.first] - own[pairs.second]
        right.append(np.where(np.abs(apart) <= (value.epsilon or 0.0), 0.0, np.sign(apart)) == order)
    swaps = draw_swaps(contest.rounds, len(pairs.first), contest.seed)
    return compare_verdicts(np.stack(right).astype(np.float64), pairs, swaps)


def _test_system_accuracy(contest: Contest) -> Comparison:
    means = [system_means(scores, contest.table.scores) for scores in contest.metrics]
    human = means[0][1]
    swaps = draw_swaps(contest.rounds, len(human), contest.seed)
    return compare_system_accuracy(np.stack([own for own, _ in means]), human, swaps)


def _test_spa(contest: Contest) -> Comparison:
    whole = [complete(scores, contest.table.scores) for scores in contest.metrics]
    found = [one for one in whole if not isinstance(one, Agreement)]
    human = found[0][1]
    swaps = draw_swaps(contest.rounds, human.size, contest.seed)
    return compare_spa(np.stack([own for own, _, _ in found]), human, swaps)


STATISTICS: dict[str, Statistic] = {
    "system_accuracy": Statistic(
        "pairs of systems that metric and people order alike (Kocmi et al., 2021)",
        (0, 1),
        _system_accuracy,
        _test_system_accuracy,
    ),
    "spa": Statistic("soft pairwise accuracy on systems (Thompson et al., 2024)", (0, 1), _spa, _test_spa),
    "system_pearson": Statistic("Pearson's r of systems' means", (-1, 1), _of_systems(pearson)),
    "system_kendall": Statistic("Kendall's tau-b of systems' means", (-1, 1), _of_systems(kendall)),
    "acc_eq/item": Statistic(
        "pairwise accuracy with calibrated ties, by segment (Deutsch et al., 2023)",
        (0, 1),
        _grouped(acc_eq, "item"),
        _test_acc_eq,
    ),
    "acc_eq/none": Statistic("the same over all translations", (0, 1), _grouped(acc_eq, "none")),
    "pairwise/item": Statistic(
        "pairs of translations of one segment ordered alike, people's ties left out",
        (0, 1),
        _grouped(pairwise_accuracy, "item"),
    ),
    **{
        f"pearson/{grouping}": Statistic(
            f"Pearson's r{about}", (-1, 1), _grouped(pearson, grouping), partial(_test_pearson, grouping)
        )
        for grouping, about in (
            ("none", " over all translations"),
            ("item", " by segment"),
            ("system", " by system"),
        )
    },
    **{
        f"{name}/{grouping}": Statistic(f"{label}{about}", (-1, 1), _grouped(function, grouping))
        for name, label, function in (
            ("spearman", "Spearman's rho", spearman),
            ("kendall", "Kendall's tau-b", kendall),
        )
        for grouping, about in (
            ("none", " over all translations"),
            ("item", " by segment"),
            ("system", " by system"),
        )
    },
    "error_free": Statistic("AUC of telling translations without a marked error", (0, 1), _error_free),
    "worst_articles": Statistic("AUC of telling the worst quarter of articles", (0, 1), worst_articles),
}

# What WMT's metrics task reports, and what mtqe promises.
DEFAULT_STATISTICS = ("spa", "system_accuracy", "acc_eq/item", "pearson/none", "error_free", "worst_articles")
