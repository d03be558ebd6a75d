"""Pairs of translations within a group: all of them at once as arrays, or counted without listing them."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Pairs:
    """Two indices into the values, and the number of the group that both are of, for each pair."""

    first: Indices
    second: Indices
    group: Indices
    groups: int  # how many groups there are, with those that have no pair


@dataclass(frozen=True)
class Counts:
    """How many pairs of each group the metric and people order alike, and which ties there are."""

    concordant: Values
    discordant: Values
    tied_metric: Values  # by the metric alone
    tied_human: Values  # by people alone
    tied_both: Values

    @property
    def pairs(self) -> Values:
        """Pairs of each group."""
        ties = self.tied_metric + self.tied_human + self.tied_both
        return self.concordant + self.discordant + ties


def numbered(groups: NDArray[np.generic] | None, length: int) -> Indices:
    """The number from 0 of the group of each value; one group if there are none."""
    if groups is None:
        return np.zeros(length, np.intp)
    return np.asarray(np.unique(np.asarray(groups), return_inverse=True)[1], np.intp).reshape(-1)


def sizes_of(group: Indices) -> Values:
    """How many values each group has."""
    return np.bincount(group).astype(np.float64)


def how_many(group: Indices) -> int:
    """Pairs that ``pairs_within`` would list."""
    sizes = np.bincount(group)
    return int((sizes * (sizes - 1) // 2).sum())


def pairs_within(group: Indices) -> Pairs:
    """Every pair of two values of one group, groups of the same size at once."""
    order, sizes = np.argsort(group, kind="stable"), np.bincount(group)
    starts = np.cumsum(sizes) - sizes
    firsts, seconds, numbers = [_NONE], [_NONE], [_NONE]
    for size in np.unique(sizes[sizes > 1]):
        chosen = np.flatnonzero(sizes == size)
        members = order[starts[chosen][:, None] + np.arange(size)]
        above, below = np.triu_indices(int(size), 1)
        firsts.append(members[:, above].ravel())
        seconds.append(members[:, below].ravel())
        numbers.append(np.repeat(chosen, len(above)))
    return Pairs(np.concatenate(firsts), np.concatenate(seconds), np.concatenate(numbers), len(sizes))


def sampled_pairs(group: Indices, count: int, seed: int) -> Pairs:
    """``count`` pairs, drawn with replacement, each pair of each group as likely as any other."""
    rng = np.random.default_rng(seed)
    order, sizes = np.argsort(group, kind="stable"), np.bincount(group)
    starts, listed = np.cumsum(sizes) - sizes, sizes * (sizes - 1) / 2
    number = np.sort(rng.choice(len(sizes), count, p=listed / listed.sum()))
    one = rng.integers(sizes[number])
    other = (one + 1 + rng.integers(sizes[number] - 1)) % sizes[number]
    first, second = starts[number] + one, starts[number] + other
    return Pairs(order[first], order[second], number, len(sizes))


def count_pairs(metric: Values, human: Values, pairs: Pairs, epsilon: float = 0.0) -> Counts:
    """The five counts of each group; metric scores at most ``epsilon`` apart are tied."""
    by_metric = metric[pairs.first] - metric[pairs.second]
    by_metric = np.where(np.abs(by_metric) <= epsilon, 0.0, np.sign(by_metric))
    by_human = np.sign(human[pairs.first] - human[pairs.second])
    product = by_metric * by_human
    tied_metric, tied_human = by_metric == 0, by_human == 0
    kinds = (product > 0, product < 0, tied_metric & ~tied_human, ~tied_metric & tied_human)
    counted = [_per_group(kind, pairs) for kind in (*kinds, tied_metric & tied_human)]
    return Counts(*counted)


def count_unlisted(metric: Values, human: Values, group: Indices) -> Counts:
    """The same five counts without a list of pairs, for groups of thousands; in n log n."""
    order, sizes = np.argsort(group, kind="stable"), np.bincount(group)
    parts = np.split(order, np.cumsum(sizes)[:-1])
    return Counts(*np.array([_count_one(metric[part], human[part]) for part in parts], np.float64).T)


def _count_one(metric: Values, human: Values) -> tuple[float, ...]:
    total = len(metric) * (len(metric) - 1) // 2
    tied_metric, tied_human = _ties(metric), _ties(human)
    both = _ties(numbered(metric, 0) * len(human) + numbered(human, 0))
    untied = total - tied_metric - tied_human + both
    excess = _excess(metric, human, total - tied_metric, total - tied_human)
    return (
        (untied + excess) / 2,
        (untied - excess) / 2,
        tied_metric - both,
        tied_human - both,
        both,
    )


def _excess(metric: Values, human: Values, ordered_metric: int, ordered_human: int) -> int:
    """Concordant pairs less discordant ones: what tau-b divides."""
    if not ordered_metric or not ordered_human:
        return 0
    from scipy.stats import kendalltau

    tau = float(kendalltau(metric, human).statistic)
    return round(tau * sqrt(ordered_metric) * sqrt(ordered_human))


def _ties(values: NDArray[np.generic]) -> int:
    counts = np.unique(values, return_counts=True)[1]
    return int((counts * (counts - 1) // 2).sum())


def _per_group(kind: NDArray[np.bool_], pairs: Pairs) -> Values:
    return np.bincount(pairs.group, kind, minlength=pairs.groups).astype(np.float64)


_NONE = np.zeros(0, np.intp)
