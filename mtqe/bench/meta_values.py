"""What an agreement is, which values it rests on, and its interval by bootstrap."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mtqe.bench.meta_pairs import Indices, Values, numbered

_LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Agreement:
    """A number, or the note why there is none.

    ``groups`` is how many groups it is a mean over, ``count`` how many values or pairs it rests
    on. ``epsilon`` is the tie threshold of the metric's scores. ``interval`` is the 95 % interval.
    """

    value: float | None
    note: str | None = None
    groups: int = 0
    count: int = 0
    epsilon: float | None = None
    interval: tuple[float, float] | None = None

    def rounded(self, digits: int = 3) -> float | None:
        """The value to so many digits."""
        return None if self.value is None else round(self.value, digits)


@dataclass(frozen=True)
class Bootstrap:
    """An interval is wanted, from so many samples.

    ``units`` labels each value with what is drawn as a whole, such as the article; without them it is
    the group, or the value itself where all are one group.
    """

    rounds: int = 1000
    seed: int = 12345
    units: ArrayLike | None = None

    def unit_of(self, length: int) -> Indices:
        """The number from 0 of the unit of each of so many values; without units, its own."""
        return np.arange(length) if self.units is None else numbered(np.asarray(self.units), length)


@dataclass(frozen=True)
class Judged:
    """The values that people judged: scores of both, and the numbers of their groups and units."""

    metric: Values
    human: Values
    group: Indices
    unit: Indices | None = None

    def drawn(self, chosen: Indices) -> Judged:
        """These values alone, in this order; their groups are numbered anew."""
        return Judged(self.metric[chosen], self.human[chosen], numbered(self.group[chosen], len(chosen)))


def judged(
    metric: ArrayLike, human: ArrayLike, groups: ArrayLike | None, bootstrap: Bootstrap | None
) -> Judged | Agreement:
    """What people judged, or the agreement that says why nothing can be stated."""
    scores, gold = np.asarray(metric, np.float64), np.asarray(human, np.float64)
    if scores.shape != gold.shape or scores.ndim != 1:
        raise ValueError(f"scores are not parallel: {scores.shape} and {gold.shape}")
    known = ~np.isnan(gold)
    bad = int((~np.isfinite(scores[known])).sum())
    if not known.any():
        return Agreement(None, "nothing was judged")
    if bad:
        return Agreement(None, f"the metric has no score for {bad:,} of {int(known.sum()):,} judged values")
    group = numbered(None if groups is None else np.asarray(groups)[known], int(known.sum()))
    units = None if bootstrap is None or bootstrap.units is None else np.asarray(bootstrap.units)[known]
    return Judged(scores[known], gold[known], group, None if units is None else numbered(units, len(group)))


def mean_of(
    values: Values, counts: Values, data: Judged, bootstrap: Bootstrap | None, why_none: str
) -> Agreement:
    """The mean of one value for each group; groups whose value is NaN are left out."""
    known = ~np.isnan(values)
    if not known.any():
        return Agreement(None, why_none)
    sums = np.where(known, values, 0.0)
    found = ratio_of(sums, known.astype(np.float64), data, bootstrap, why_none)
    return replace(found, groups=int(known.sum()), count=int(counts[known].sum()))


def ratio_of(
    numerators: Values, denominators: Values, data: Judged, bootstrap: Bootstrap | None, why_none: str
) -> Agreement:
    """The sum of numerators over that of denominators, one of each for each group."""
    total = float(denominators.sum())
    if not total:
        return Agreement(None, why_none)
    value = float(numerators.sum()) / total
    groups = int((denominators > 0).sum())
    found = Agreement(value, None, groups, int(total))
    unit = _unit_of_group(data) if bootstrap else None
    if bootstrap is None or unit is None:
        return found
    return replace(found, interval=_ratio_interval(numerators, denominators, unit, bootstrap))


def with_interval(
    found: Agreement, data: Judged, bootstrap: Bootstrap | None, again: Callable[[Judged], float | None]
) -> Agreement:
    """``found`` with an interval by computing the value ``again`` from samples, if it has none yet."""
    unit = _unit(found, data)
    if bootstrap is None or unit is None:
        return found
    order = np.argsort(unit, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(unit))[:-1])
    drawn = _draws(len(members), bootstrap)
    values = [again(data.drawn(np.concatenate([members[i] for i in chosen]))) for chosen in drawn]
    return replace(found, interval=_quantiles(np.array([np.nan if v is None else v for v in values])))


def with_weighted_interval(
    found: Agreement, data: Judged, bootstrap: Bootstrap | None, again: Callable[[Values], float]
) -> Agreement:
    """As ``with_interval``; ``again`` gets how often each value was drawn, and may give NaN."""
    unit = _unit(found, data)
    if bootstrap is None or unit is None:
        return found
    units = int(unit.max()) + 1
    times = (np.bincount(chosen, minlength=units) for chosen in _draws(units, bootstrap))
    values = [again(counted[unit].astype(np.float64)) for counted in times]
    return replace(found, interval=_quantiles(np.array(values)))


def with_summed_interval(
    found: Agreement,
    data: Judged,
    bootstrap: Bootstrap | None,
    parts: Values,
    again: Callable[[Values], Values],
) -> Agreement:
    """As ``with_interval`` for what sums make: ``parts`` is values by terms, ``again`` gets all samples."""
    unit = _unit(found, data)
    if bootstrap is None or unit is None:
        return found
    sums = np.stack([np.bincount(unit, part) for part in parts.T], axis=1)
    units = len(sums)
    times = np.stack([np.bincount(chosen, minlength=units) for chosen in _draws(units, bootstrap)])
    return replace(found, interval=_quantiles(again(times.astype(np.float64) @ sums)))


def _unit(found: Agreement, data: Judged) -> Indices | None:
    """The unit of each value; None where there is no value, an interval already, or one unit alone."""
    unit = np.arange(len(data.group)) if data.unit is None else data.unit
    known = found.value is not None and found.interval is None
    return unit if known and unit.any() else None


def _draws(units: int, bootstrap: Bootstrap) -> Iterator[Indices]:
    rng = np.random.default_rng(bootstrap.seed)
    for _ in range(bootstrap.rounds):
        yield rng.integers(units, size=units)


def _unit_of_group(data: Judged) -> Indices | None:
    """The unit that each group lies in; None if it lies in several, or all values are one group."""
    groups = int(data.group.max()) + 1
    if data.unit is None:
        return np.arange(groups) if groups > 1 else None
    unit = np.zeros(groups, np.intp)
    unit[data.group] = data.unit
    return unit if np.array_equal(unit[data.group], data.unit) and len(np.unique(unit)) > 1 else None


def _ratio_interval(
    numerators: Values, denominators: Values, unit: Indices, bootstrap: Bootstrap
) -> tuple[float, float] | None:
    above, below = np.bincount(unit, numerators), np.bincount(unit, denominators)
    rng = np.random.default_rng(bootstrap.seed)
    drawn = rng.integers(len(above), size=(bootstrap.rounds, len(above)))
    with np.errstate(invalid="ignore"):
        return _quantiles(above[drawn].sum(1) / below[drawn].sum(1))


def _quantiles(values: NDArray[np.float64]) -> tuple[float, float] | None:
    known = values[~np.isnan(values)]
    if not len(known):
        return None
    low, high = np.quantile(known, ((1 - _LEVEL) / 2, (1 + _LEVEL) / 2))
    return float(low), float(high)
