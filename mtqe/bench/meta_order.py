"""How alike a metric and people order pairs of translations: Kendall's tau, acc_eq, plain accuracy.

The arguments are those of ``mtqe.bench.agreement``.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from mtqe.bench.meta_pairs import Values, count_pairs, how_many, pairs_within, sampled_pairs
from mtqe.bench.meta_ties import (
    MOST_PAIRS,
    MOST_RESAMPLED,
    NO_PAIR,
    Variant,
    best_epsilon,
    counts_of,
    taus,
    why_none,
)
from mtqe.bench.meta_values import Agreement, Bootstrap, Judged, judged, mean_of, ratio_of, with_interval

Groups = ArrayLike | None

_ALL_TIED = "people ordered no pair"


def kendall(
    metric: ArrayLike,
    human: ArrayLike,
    groups: Groups = None,
    variant: Variant = "b",
    epsilon: float = 0.0,
    bootstrap: Bootstrap | None = None,
) -> Agreement:
    """Kendall's tau, the mean over groups.

    Variants "b" and "c" leave tied pairs out, -1 to 1. "23" (-1 to 1) and "acc23" (0 to 1; Deutsch,
    Foster and Freitag, 2023) count a pair that both find tied as in order, and one that only one of
    both finds tied as out of order. Metric scores at most ``epsilon`` apart are tied. Where more than
    ``MOST_RESAMPLED`` pairs would be counted anew for each sample, there is no interval.
    """
    data = judged(metric, human, groups, bootstrap)
    if isinstance(data, Agreement):
        return data
    if epsilon and how_many(data.group) > MOST_PAIRS:
        return Agreement(
            None, f"a tie threshold needs a list of pairs, and more than {MOST_PAIRS:,} are too many"
        )
    counts = counts_of(data, epsilon)
    found = mean_of(taus(counts, variant, data), counts.pairs, data, bootstrap, why_none(variant))
    if how_many(data.group) > MOST_RESAMPLED:
        return replace(found, epsilon=epsilon or None)
    again = with_interval(found, data, bootstrap, lambda d: _mean(taus(counts_of(d, epsilon), variant, d)))
    return replace(again, epsilon=epsilon or None)


def acc_eq(
    metric: ArrayLike,
    human: ArrayLike,
    groups: Groups = None,
    bootstrap: Bootstrap | None = None,
    seed: int = 12345,
) -> Agreement:
    """Pairwise accuracy with ties, 0 to 1, at the tie threshold that is best for the metric.

    Tie calibration (Deutsch, Foster and Freitag, 2023): of all thresholds, the least with the
    highest mean over groups; ``epsilon`` says which. Of more than ``MOST_PAIRS`` pairs a sample
    is used, and the note says so. The interval is at that threshold.
    """
    data = judged(metric, human, groups, bootstrap)
    if isinstance(data, Agreement):
        return data
    total = how_many(data.group)
    if not total:
        return Agreement(None, NO_PAIR)
    listed = total <= MOST_PAIRS
    pairs = pairs_within(data.group) if listed else sampled_pairs(data.group, MOST_PAIRS, seed)
    epsilon = best_epsilon(data.metric, data.human, pairs)
    counts = count_pairs(data.metric, data.human, pairs, epsilon)
    found = mean_of(taus(counts, "acc23", data), counts.pairs, data, bootstrap, NO_PAIR)
    note = None if listed else f"from {MOST_PAIRS:,} pairs drawn of {total:,}"
    return replace(found, epsilon=epsilon, note=note)


def pairwise_accuracy(
    metric: ArrayLike, human: ArrayLike, groups: Groups = None, bootstrap: Bootstrap | None = None
) -> Agreement:
    """Share of the pairs that people order which the metric orders alike, 0 to 1; 0.5 is a coin.

    Pairs are within a group, and all count alike however large their groups. Those that people find
    tied are left out; one that only the metric finds tied counts half.
    """
    data = judged(metric, human, groups, bootstrap)
    if isinstance(data, Agreement):
        return data
    right, ordered = _in_order(data)
    found = ratio_of(right, ordered, data, bootstrap, _ALL_TIED)
    if how_many(data.group) > MOST_RESAMPLED:
        return found
    return with_interval(found, data, bootstrap, lambda drawn: _share(*_in_order(drawn)))


def _in_order(data: Judged) -> tuple[Values, Values]:
    counts = counts_of(data, 0.0)
    return (
        counts.concordant + counts.tied_metric / 2,
        counts.concordant + counts.discordant + counts.tied_metric,
    )


def _share(right: Values, ordered: Values) -> float | None:
    return float(right.sum() / ordered.sum()) if ordered.any() else None


def _mean(values: Values) -> float | None:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else None
