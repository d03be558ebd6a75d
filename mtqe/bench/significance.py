"""Whether a difference between systems is more than chance: resampling, corrections, clusters.

The tests are those of sacrebleu: with the same seed and number of resamples, the numbers are the
same. They are faster because every pair of systems sees the same resamples, so that each system is
resampled once, and because a resample is how often each segment is in it: all resamples of all
systems are one product of matrices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Scores = Callable[[Floats], Floats]

# What a Python number times a single-precision one is, which is how sacrebleu makes a resample's
# score: single precision since NumPy 2, double before.
_RESAMPLED = (1.0 * np.float32(1)).dtype

# Whole numbers up to here are exact in single precision, whatever they are summed of.
_EXACT = 2**24

_RESAMPLES_AT_ONCE = 1000


@dataclass(frozen=True)
class Interval:
    """What a system's score would be on other segments: mean of the resamples, and the 95 % between."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Comparison:
    """Two systems by their numbers: difference in points, first minus second, and how likely by chance.

    ``p`` is two-sided; ``corrected`` is for all the pairs together. Both are None where there is
    nothing to test: a score that a system lacks, or a single unit to resample.
    """

    first: int
    second: int
    difference: float | None
    p: float | None
    corrected: float | None = None


def resampled(
    statistics: Floats, scores: Scores, resamples: int, seed: int, single_precision: bool = True
) -> Floats:
    """Scores of bootstrap resamples, of shape (systems, resamples).

    ``statistics`` are (systems, units, statistics), units being segments or documents. Single
    precision is what sacrebleu works in.
    """
    chosen = np.random.default_rng(seed).choice(
        statistics.shape[1], size=(resamples, statistics.shape[1]), replace=True
    )
    sums: Floats = _sums(statistics, chosen)
    if not single_precision:
        return scores(sums)
    if not (_whole(statistics) and sums.max(initial=0) < _EXACT):
        sums = _sums_in_sacrebleus_order(statistics, chosen)
    return scores(sums.astype(np.float32).astype(_RESAMPLED))


def _sums(statistics: Floats, chosen: NDArray[np.int64]) -> NDArray[np.float64]:
    systems, units, width = statistics.shape
    flat = np.ascontiguousarray(statistics.transpose(1, 0, 2).reshape(units, -1), dtype=np.float64)
    parts = [_counts(part, units) @ flat for part in _parts(chosen)]
    return np.concatenate(parts).reshape(-1, systems, width).transpose(1, 0, 2)


def _counts(chosen: NDArray[np.int64], units: int) -> NDArray[np.float64]:
    """How often each unit is in each resample."""
    places = chosen + np.arange(len(chosen))[:, None] * units
    counts = np.bincount(places.ravel(), minlength=len(chosen) * units)
    return counts.reshape(len(chosen), units).astype(np.float64)


def _parts(rows: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    return (rows[start : start + _RESAMPLES_AT_ONCE] for start in range(0, len(rows), _RESAMPLES_AT_ONCE))


def _sums_in_sacrebleus_order(statistics: Floats, chosen: NDArray[np.int64]) -> NDArray[np.float32]:
    """The sums with sacrebleu's rounding errors, where single precision has any."""
    single = statistics.astype(np.float32)
    return np.array([[system[rows].sum(0) for rows in chosen] for system in single], np.float32)


def interval(scores: Floats) -> Interval | None:
    """Mean and 95 % interval of resampled scores; None if no resample has a score."""
    known = np.sort(scores[np.isfinite(scores)])
    if not known.size:
        return None
    outside = len(known) // 40
    return Interval(float(known.mean()), float(known[outside]), float(known[-1 - outside]))


def bootstrap(points: Sequence[float | None], scores: Floats) -> list[Comparison]:
    """Every pair of systems by the paired bootstrap (Koehn, 2004), from resampled scores."""
    return [_compared(a, b, points, _bootstrap_p(a, b, points, scores)) for a, b in _pairs(points)]


def _pairs(points: Sequence[float | None]) -> Iterator[tuple[int, int]]:
    return combinations(range(len(points)), 2)


def _compared(first: int, second: int, points: Sequence[float | None], p: float | None) -> Comparison:
    a, b = points[first], points[second]
    return Comparison(first, second, None if a is None or b is None else a - b, p)


def _bootstrap_p(first: int, second: int, points: Sequence[float | None], scores: Floats) -> float | None:
    a, b = points[first], points[second]
    if a is None or b is None:
        return None
    differences = np.abs(scores[second] - scores[first])
    differences = differences[np.isfinite(differences)]
    return _p_value(differences - differences.mean(), abs(a - b), differences) if differences.size else None


def _p_value(statistic: Floats, difference: float, differences: Floats) -> float:
    """The share of resamples that differ more (as in multeval); 1 for systems that never differ."""
    if not differences.any():
        return 1.0
    return (int((statistic > difference).sum()) + 1) / (len(statistic) + 1)


def randomization(
    points: Sequence[float | None], statistics: Floats, scores: Scores, trials: int, seed: int
) -> list[Comparison]:
    """Every pair by paired approximate randomisation (Riezler and Maxwell, 2005).

    In each trial every unit's two translations change places or not; ``statistics`` as in
    ``resampled``.
    """
    chosen = np.random.default_rng(seed).integers(2, size=(trials, statistics.shape[1]), dtype=bool)
    kept, moved = _kept(statistics, chosen)
    found = []
    for first, second in _pairs(points):
        a, b = points[first], points[second]
        mixed, rest = kept[first] + moved[second], moved[first] + kept[second]
        differences = np.abs(scores(mixed) - scores(rest))
        known = a is not None and b is not None
        p = _p_value(differences, abs((a or 0.0) - (b or 0.0)), differences) if known else None
        found.append(_compared(first, second, points, p))
    return found


def _kept(statistics: Floats, chosen: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sums of the units that stay in their place, and of the others: (systems, trials, statistics)."""
    if not _whole(statistics):
        # Sums that are rounded differ by how they are made, and trials that tie by that: as sacrebleu.
        return np.stack([chosen @ s for s in statistics]), np.stack([~chosen @ s for s in statistics])
    systems, units, width = statistics.shape
    flat = np.ascontiguousarray(statistics.transpose(1, 0, 2).reshape(units, -1), dtype=np.float64)
    parts = [
        chosen[start : start + _RESAMPLES_AT_ONCE].astype(np.float64) @ flat
        for start in range(0, len(chosen), _RESAMPLES_AT_ONCE)
    ]
    kept = np.concatenate(parts).reshape(-1, systems, width).transpose(1, 0, 2)
    return kept, statistics.sum(axis=1)[:, None] - kept


def _whole(statistics: Floats) -> bool:
    return bool(np.all(statistics == np.floor(statistics)))


def corrected(p_values: Sequence[float | None], method: str) -> list[float | None]:
    """p-values for many tests at once, in their order; those that are None stay so.

    "holm" (1979) keeps the chance of a single false alarm among all pairs; "benjamini-hochberg"
    (1995) the share of false alarms among those that are found; "none" changes nothing.
    """
    known = [(p, place) for place, p in enumerate(p_values) if p is not None]
    found: list[float | None] = list(p_values)
    count = len(known)
    worst = 0.0
    if method == "holm":
        for rank, (p, place) in enumerate(sorted(known)):
            worst = max(worst, min(p * (count - rank), 1.0))
            found[place] = worst
    elif method == "benjamini-hochberg":
        least = 1.0
        for rank, (p, place) in reversed(list(enumerate(sorted(known), 1))):
            least = min(least, p * count / rank)
            found[place] = least
    return found


def clusters(order: Sequence[int], significant: Callable[[int, int], bool]) -> list[int]:
    """The cluster, from 1, of each system of ``order``, the best first.

    As in WMT, a new one begins where every system above is significantly better than every one below.
    """
    numbers: list[int] = []
    for place in range(len(order)):
        apart = place > 0 and all(
            significant(above, below) for above in order[:place] for below in order[place:]
        )
        numbers.append((numbers[-1] + apart) if numbers else 1)
    return numbers
