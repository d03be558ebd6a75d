"""How well a metric agrees with people: arrays in, one number with its interval out.

``metric`` and ``human`` are parallel and one-dimensional; for both, higher is better. ``groups``
labels each value: with the source segment ("by item"), with the system ("by system"), or there are
none and all values are one group. Where ``human`` is NaN nothing was judged, and the value is left
out. Where ``metric`` is NaN and ``human`` is not, there is no agreement to state: the value is None,
with a note. ``bootstrap`` asks for an interval.

The numbers are those of mt-metrics-eval, which WMT's metrics task uses.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from mtqe.bench.meta_order import acc_eq, kendall, pairwise_accuracy
from mtqe.bench.meta_pairs import Indices, Values, sizes_of
from mtqe.bench.meta_resample import moments, of_moments, weighted_auc, weighted_pearson, weighted_spearman
from mtqe.bench.meta_spa import soft_pairwise_accuracy, system_accuracy
from mtqe.bench.meta_ties import CONSTANT
from mtqe.bench.meta_values import (
    Agreement,
    Bootstrap,
    Judged,
    judged,
    mean_of,
    with_summed_interval,
    with_weighted_interval,
)

__all__ = [
    "Agreement",
    "Bootstrap",
    "acc_eq",
    "auc",
    "kendall",
    "pairwise_accuracy",
    "pearson",
    "ranks",
    "soft_pairwise_accuracy",
    "spearman",
    "system_accuracy",
]

Groups = ArrayLike | None


def pearson(
    metric: ArrayLike, human: ArrayLike, groups: Groups = None, bootstrap: Bootstrap | None = None
) -> Agreement:
    """Pearson's r, -1 to 1, the mean over groups; those in which one of both is constant are left out."""
    data = judged(metric, human, groups, bootstrap)
    if isinstance(data, Agreement):
        return data
    found = mean_of(_correlations(data), sizes_of(data.group), data, bootstrap, CONSTANT)
    if not data.group.any():
        return with_summed_interval(found, data, bootstrap, moments(data), of_moments)
    return with_weighted_interval(found, data, bootstrap, weighted_pearson(data))


def spearman(
    metric: ArrayLike, human: ArrayLike, groups: Groups = None, bootstrap: Bootstrap | None = None
) -> Agreement:
    """Spearman's rho, -1 to 1: Pearson's r of the ranks within each group, ties sharing theirs."""
    data = judged(metric, human, groups, bootstrap)
    if isinstance(data, Agreement):
        return data
    found = mean_of(_correlations(_ranked(data)), sizes_of(data.group), data, bootstrap, CONSTANT)
    return with_weighted_interval(found, data, bootstrap, weighted_spearman(data))


def auc(metric: ArrayLike, positive: ArrayLike, bootstrap: Bootstrap | None = None) -> Agreement:
    """The probability that the metric scores a positive above a negative, 0 to 1; ties count half.

    ``positive`` is true or false for each score, or NaN where that is not known.
    """
    data = judged(metric, np.asarray(positive, np.float64), None, bootstrap)
    if isinstance(data, Agreement):
        return data
    value, positives = _auc(data), int((data.human > 0).sum())
    if value is None:
        kind = "positive" if positives else "negative"
        return Agreement(None, f"all {len(data.human):,} are {kind}")
    found = Agreement(value, None, 1, len(data.human))
    return with_weighted_interval(found, data, bootstrap, weighted_auc(data))


def ranks(values: Values, group: Indices) -> Values:
    """Ranks from 1 within each group; equal values share the mean of theirs."""
    order = np.lexsort((values, group))
    sizes = np.bincount(group)
    place = np.arange(1, len(values) + 1) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    new = np.diff(values[order], prepend=np.nan) != 0
    new |= np.diff(group[order], prepend=-1) != 0
    run = np.cumsum(new) - 1
    found = np.empty(len(values))
    found[order] = (np.bincount(run, place) / np.bincount(run))[run]
    return found


def _ranked(data: Judged) -> Judged:
    return replace(data, metric=ranks(data.metric, data.group), human=ranks(data.human, data.group))


def _correlations(data: Judged) -> Values:
    """Pearson's r of each group; NaN where one of both is constant."""
    group, sizes = data.group, sizes_of(data.group)
    x, y = (_centred(values, group, sizes) for values in (data.metric, data.human))
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.sqrt(np.bincount(group, x * x)) * np.sqrt(np.bincount(group, y * y))
        return np.asarray(np.clip(np.bincount(group, x * y) / spread, -1.0, 1.0))


def _centred(values: Values, group: Indices, sizes: Values) -> Values:
    """Values less the mean of their group; exactly 0 in a group that is constant."""
    order = np.argsort(group, kind="stable")
    starts = (np.cumsum(sizes) - sizes).astype(np.intp)
    least = np.minimum.reduceat(values[order], starts)[group]
    return np.asarray(values - least - (np.bincount(group, values - least) / sizes)[group])


def _auc(data: Judged) -> float | None:
    positive = data.human > 0
    count = int(positive.sum())
    if not 0 < count < len(positive):
        return None
    above = ranks(data.metric, data.group)[positive].sum() - count * (count + 1) / 2
    return float(above / (count * (len(positive) - count)))
