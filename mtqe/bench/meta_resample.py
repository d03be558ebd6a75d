"""Statistics of samples of a bootstrap, from how often each value was drawn: nothing is sorted anew."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mtqe.bench.meta_pairs import Indices, Values
from mtqe.bench.meta_values import Judged

Weighted = Callable[[Values], float]

# Of the squared scale of values, what is left of a constant by rounding.
_NO_SPREAD = 1e-12


def weighted_pearson(data: Judged) -> Weighted:
    """Mean over groups of Pearson's r of a sample."""
    return lambda weights: _correlation(data.metric, data.human, weights, data.group)


def moments(data: Judged) -> Values:
    """What Pearson's r of one group is made of: values by terms, whose sums ``of_moments`` takes."""
    x, y = data.metric - data.metric.mean(), data.human - data.human.mean()
    return np.stack([np.ones(len(x)), x, y, x * x, y * y, x * y], axis=1)


def of_moments(sums: Values) -> Values:
    """Pearson's r of samples by terms; NaN where a sample is constant."""
    n, x, y, xx, yy, xy = sums.T
    spread = (xx - x * x / n) * (yy - y * y / n)
    known = spread > _NO_SPREAD * xx * yy
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(known, np.clip((xy - x * y / n) / np.sqrt(spread), -1.0, 1.0), np.nan)


def weighted_spearman(data: Judged) -> Weighted:
    """Mean over groups of Spearman's rho of a sample."""
    runs = [_Runs(values, data.group) for values in (data.metric, data.human)]

    def again(weights: Values) -> float:
        metric, human = (run.ranks(weights) for run in runs)
        return _correlation(metric, human, weights, data.group)

    return again


def weighted_auc(data: Judged) -> Weighted:
    """The area under the curve of a sample; NaN if all in it are of one kind."""
    runs, positive = _Runs(data.metric, data.group), data.human > 0

    def again(weights: Values) -> float:
        above, below = (runs.sums(np.where(kind, weights, 0.0)) for kind in (positive, ~positive))
        pairs = above.sum() * below.sum()
        return float(above @ (np.cumsum(below) - below / 2) / pairs) if pairs else float("nan")

    return again


class _Runs:
    """Equal values of one group, in order."""

    def __init__(self, values: Values, group: Indices) -> None:
        order = np.lexsort((values, group))
        new = np.diff(values[order], prepend=np.nan) != 0
        new |= np.diff(group[order], prepend=-1) != 0
        self._of = np.empty(len(values), np.intp)
        self._of[order] = np.cumsum(new) - 1
        self._group = group[order][new]

    def sums(self, weights: Values) -> Values:
        """Weights of each run."""
        return np.asarray(np.bincount(self._of, weights, minlength=len(self._group)), np.float64)

    def ranks(self, weights: Values) -> Values:
        """The rank of each value within its group, as if each were there as often as its weight says."""
        sums = self.sums(weights)
        before = np.cumsum(sums) - sums
        starts = np.append(True, self._group[1:] != self._group[:-1])
        first = before[starts][np.cumsum(starts) - 1]
        return np.asarray((before - first + (sums + 1) / 2)[self._of])


def _correlation(x: Values, y: Values, weights: Values, group: Indices) -> float:
    total = np.bincount(group, weights)
    with np.errstate(invalid="ignore", divide="ignore"):
        x, y = (values - (np.bincount(group, weights * values) / total)[group] for values in (x, y))
        squares = [np.bincount(group, weights * values**2) for values in (x, y)]
        scale = [total * (np.abs(values).max() ** 2) * _NO_SPREAD for values in (x, y)]
        found = np.bincount(group, weights * x * y) / np.sqrt(squares[0] * squares[1])
    known = (squares[0] > scale[0]) & (squares[1] > scale[1])
    return float(np.clip(found[known].mean(), -1.0, 1.0)) if known.any() else float("nan")
