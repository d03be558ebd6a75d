"""Whether one metric agrees with people better than another, or chance would do as well.

PERM-BOTH (Deutsch, Dror and Roth, 2021): if two metrics are as good, it doesn't matter which of them
scored a translation. So their scores are swapped for a random half of the translations, and the
p-value is how often two such mixtures differ at least as much as the metrics do. For accuracy with
ties it is each pair's verdict that is swapped, as in WMT's metrics task: every metric keeps its tie
threshold.

The same swaps serve every two metrics. P-values are one-sided: ``p[i, j]`` is for the claim that
metric i is better than metric j, and 1 on the diagonal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from mtqe.bench.meta_pairs import Indices, Pairs, Values

Swaps = NDArray[np.bool_]  # rounds by values: which values come from the other metric
Matrix = NDArray[np.float64]

# Rounds that are computed at once: a matter of memory alone.
_BLOCK = 50

# What differs by less is equal but for rounding.
_SAME = 1e-10

_LEVEL = 0.05


@dataclass(frozen=True)
class Comparison:
    """P-values of each metric (row) being better than each other (column), and each one's value."""

    p_values: Matrix
    values: Values


def draw_swaps(rounds: int, length: int, seed: int) -> Iterator[Swaps]:
    """``rounds`` times ``length`` fair coins, a block of rounds at a time."""
    rng = np.random.default_rng(seed)
    for start in range(0, rounds, _BLOCK):
        count = min(_BLOCK, rounds - start)
        coins = np.unpackbits(rng.integers(256, size=(count, -(-length // 8)), dtype=np.uint8), axis=1)
        yield coins[:, :length].astype(bool)


def standardised(metric: Values) -> Values:
    """Scores less their mean, over their standard deviation, so that two metrics can be mixed."""
    spread = metric.std()
    return np.asarray((metric - metric.mean()) / spread if spread else metric - metric.mean())


def compare_by(statistic: Callable[[Values], float], metrics: Matrix, swaps: Iterable[Swaps]) -> Comparison:
    """PERM-BOTH for any statistic of one metric's scores; slow, as it is computed for every mixture."""
    scores = np.stack([standardised(metric) for metric in metrics])
    tally = Tally(np.array([statistic(row) for row in scores]))
    for block in swaps:
        for i, j in tally.pairs:
            tally.add(i, j, np.array([_difference(statistic, scores[i], scores[j], s) for s in block]))
    return tally.comparison()


def compare_pearson(metrics: Matrix, human: Values, group: Indices, swaps: Iterable[Swaps]) -> Comparison:
    """PERM-BOTH for Pearson's r, the mean over groups; ``metrics`` is metrics by values."""
    moments = _Moments(np.stack([standardised(metric) for metric in metrics]), human, group)
    total = moments.of(np.ones((1, len(human)), bool))
    tally = Tally(np.array([moments.correlation(total[:, :, i])[0] for i in range(len(metrics))]))
    for block in swaps:
        swapped = moments.of(block)
        kept = total - swapped
        for i, j in tally.pairs:
            mixed = [kept[:, :, a] + swapped[:, :, b] for a, b in ((i, j), (j, i))]
            tally.add(i, j, moments.correlation(mixed[0]) - moments.correlation(mixed[1]))
    return tally.comparison()


def compare_verdicts(right: Matrix, pairs: Pairs, swaps: Iterable[Swaps]) -> Comparison:
    """The test for shares of right verdicts on pairs: each pair's verdicts are swapped, or not.

    ``right`` is metrics by pairs, from 0 to 1. The value is the mean over groups that have pairs.
    """
    sizes = np.bincount(pairs.group, minlength=pairs.groups)
    weight = 1.0 / sizes[pairs.group] / np.count_nonzero(sizes)
    weighted = right * weight
    tally = Tally(weighted.sum(1))
    for block in swaps:
        # A swapped pair counts for the other metric: the difference of mixtures is a sum with signs.
        signed = weighted.sum(1) - 2.0 * (block.astype(np.float64) @ weighted.T)
        for i, j in tally.pairs:
            tally.add(i, j, signed[:, i] - signed[:, j])
    return tally.comparison()


def compare_system_accuracy(means: Matrix, human: Values, swaps: Iterable[Swaps]) -> Comparison:
    """PERM-BOTH for the accuracy on pairs of systems; ``means`` is metrics by systems."""
    above = np.triu_indices(len(human), 1)
    order = np.sign(human[above[0]] - human[above[1]])

    def accuracy(scores: Matrix) -> Values:
        return np.asarray((np.sign(scores[..., above[0]] - scores[..., above[1]]) == order).mean(-1))

    scores = np.stack([standardised(metric) for metric in means])
    tally = Tally(accuracy(scores))
    for block in swaps:
        for i, j in tally.pairs:
            one, other = np.where(block, scores[j], scores[i]), np.where(block, scores[i], scores[j])
            tally.add(i, j, accuracy(one) - accuracy(other))
    return tally.comparison()


def clusters(order: list[int], p_values: Matrix, level: float = _LEVEL) -> list[int]:
    """The rank of the cluster of each metric, from 1, in ``order``, best first.

    A new cluster begins with a metric that some metric of the current one is better than.
    """
    found, begin = [1] * len(order), 0
    for place in range(1, len(order)):
        beaten = any(p_values[better, order[place]] <= level for better in order[begin:place])
        found[place] = found[place - 1] + beaten
        begin = place if beaten else begin
    return found


class Tally:
    """Counts how often a mixture differs at least as much as the metrics do, for every two of them."""

    def __init__(self, values: Values) -> None:
        self.values = values
        self.pairs = list(combinations(range(len(values)), 2))
        self._counts = np.zeros((len(values), len(values)))
        self._rounds = np.zeros((len(values), len(values)))

    def add(self, i: int, j: int, mixed: Values) -> None:
        """Count the differences of mixtures of metrics ``i`` and ``j``, one for each round."""
        delta = self.values[i] - self.values[j]
        self._counts[i, j] += np.count_nonzero(mixed >= delta - _SAME)
        self._counts[j, i] += np.count_nonzero(-mixed >= -delta - _SAME)
        self._rounds[[i, j], [j, i]] += len(mixed)

    def comparison(self) -> Comparison:
        """The p-values so far."""
        with np.errstate(invalid="ignore"):
            return Comparison(np.where(self._rounds > 0, self._counts / self._rounds, 1.0), self.values)


class _Moments:
    """Sums of scores, of their squares and of their products with human scores, by group."""

    def __init__(self, scores: Matrix, human: Values, group: Indices) -> None:
        order, sizes = np.argsort(group, kind="stable"), np.bincount(group)
        starts = np.cumsum(sizes) - sizes
        self._members, self._features, self._sizes, self._spread = [], [], [], []
        for size in np.unique(sizes[sizes > 1]):
            members = order[starts[sizes == size][:, None] + np.arange(size)]
            gold = human[members]
            centred = np.where(np.ptp(gold, 1, keepdims=True) > 0, gold - gold.mean(1, keepdims=True), 0.0)
            own = scores[:, members].transpose(1, 2, 0)
            self._members.append(members)
            self._features.append(np.concatenate([own, own**2, own * centred[:, :, None]], axis=2))
            self._sizes += [size] * len(members)
            self._spread += list(np.sqrt((centred**2).sum(1)))

    def of(self, chosen: Swaps) -> Matrix:
        """Rounds by groups by metrics by the three sums, over the chosen values alone."""
        found = [
            chosen[:, members].transpose(1, 0, 2).astype(np.float64) @ features
            for members, features in zip(self._members, self._features, strict=True)
        ]
        joined = np.concatenate(found).transpose(1, 0, 2)
        return np.asarray(joined.reshape(*joined.shape[:2], 3, -1).transpose(0, 1, 3, 2))

    def correlation(self, sums: Matrix) -> Values:
        """Mean r of each round, over groups that have one; 0 if none has."""
        sizes, spread = np.array(self._sizes), np.array(self._spread)
        variance = sums[..., 1] - sums[..., 0] ** 2 / sizes
        known = (variance > _SAME * sizes) & (spread > 0)
        with np.errstate(invalid="ignore", divide="ignore"):
            found = np.where(known, sums[..., 2] / (np.sqrt(np.maximum(variance, 0.0)) * spread), 0.0)
        return np.asarray(found.sum(1) / np.maximum(known.sum(1), 1))


def _difference(statistic: Callable[[Values], float], one: Values, other: Values, swap: Swaps) -> float:
    return statistic(np.where(swap, other, one)) - statistic(np.where(swap, one, other))
