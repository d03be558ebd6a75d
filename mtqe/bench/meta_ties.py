"""Kendall's tau in its variants, and the tie threshold that a metric is best at."""

from __future__ import annotations

from typing import Literal

import numpy as np

from mtqe.bench.meta_pairs import (
    Counts,
    Indices,
    Pairs,
    Values,
    count_pairs,
    count_unlisted,
    how_many,
    pairs_within,
    sizes_of,
)
from mtqe.bench.meta_values import Judged

Variant = Literal["b", "c", "23", "acc23"]

# Pairs that are listed at once, at some 60 bytes each; where there are more they are counted or drawn.
MOST_PAIRS = 4_000_000

# Pairs that are counted anew for each sample of a bootstrap: some 10 ms each time.
MOST_RESAMPLED = 300_000

# Points of a tie threshold's curve that differ by less are equal: their sums were rounded.
_SAME = 1e-9

CONSTANT = "the metric or people gave one value throughout"
NO_PAIR = "no group has two judged values"


def best_epsilon(metric: Values, human: Values, pairs: Pairs) -> float:
    """The least tie threshold with the highest acc23, as a mean over groups."""
    apart = np.abs(metric[pairs.first] - metric[pairs.second])
    by_human = np.sign(human[pairs.first] - human[pairs.second])
    as_is = np.sign(metric[pairs.first] - metric[pairs.second]) == by_human
    gains = ((by_human == 0).astype(np.float64) - as_is) / np.bincount(pairs.group)[pairs.group]
    order = np.argsort(apart, kind="stable")
    curve, thresholds = np.cumsum(gains[order]), apart[order]
    last = np.flatnonzero(np.append(thresholds[1:] != thresholds[:-1], True))
    curve, thresholds = np.append(0.0, curve[last]), np.append(0.0, thresholds[last])
    return float(thresholds[np.argmax(curve >= curve.max() - _SAME)])


def counts_of(data: Judged, epsilon: float) -> Counts:
    """Pairs of each group by whether metric and people order them, and alike."""
    if how_many(data.group) <= MOST_PAIRS or epsilon:
        return count_pairs(data.metric, data.human, pairs_within(data.group), epsilon)
    return count_unlisted(data.metric, data.human, data.group)


def taus(counts: Counts, variant: Variant, data: Judged) -> Values:
    """Tau of each group; NaN where it has none."""
    con, dis, both, pairs = counts.concordant, counts.discordant, counts.tied_both, counts.pairs
    tied_metric, tied_human = counts.tied_metric + both, counts.tied_human + both
    with np.errstate(invalid="ignore", divide="ignore"):
        if variant == "acc23":
            return np.asarray((con + both) / pairs)
        if variant == "23":
            return np.asarray((2 * (con + both) - pairs) / pairs)
        ordered = np.sqrt(pairs - tied_metric) * np.sqrt(pairs - tied_human)
        if variant == "b":
            return np.asarray(np.clip((con - dis) / ordered, -1.0, 1.0))
        classes, sizes = _classes(data), sizes_of(data.group)
        tau = 2 * (con - dis) / (sizes**2 * (classes - 1) / classes)
        return np.where(ordered > 0, tau, np.nan)


def _classes(data: Judged) -> Values:
    """The number of distinct values in each group, the lesser of both sides'."""
    return np.minimum(*(_distinct(values, data.group) for values in (data.metric, data.human)))


def _distinct(values: Values, group: Indices) -> Values:
    found = np.unique(np.stack([group.astype(np.float64), values]), axis=1)[0]
    return np.bincount(found.astype(np.intp)).astype(np.float64)


def why_none(variant: Variant) -> str:
    """Why no group has a tau of this variant."""
    return NO_PAIR if variant in ("23", "acc23") else CONSTANT
