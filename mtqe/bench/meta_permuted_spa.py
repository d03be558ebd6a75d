"""How sure a soft pairwise accuracy is, and whether one metric's is better than another's."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from mtqe.bench.meta_pairs import Values
from mtqe.bench.meta_permutation import Comparison, Matrix, Swaps, Tally, standardised
from mtqe.bench.meta_values import Bootstrap

Single = NDArray[np.float32]

# Rounds that are computed at once: a matter of memory alone.
_BLOCK = 5

# Variances below this are none: two systems' scores are the same.
_LEAST_VARIANCE = 1e-6


def compare_spa(metrics: Matrix, human: Matrix, swaps: Iterable[Swaps]) -> Comparison:
    """PERM-BOTH for soft pairwise accuracy; ``metrics`` is metrics by systems by segments, all judged.

    How sure the order of two systems is comes of the normal distribution that permutations sample.
    A mixture of two metrics is the kept scores of one and the swapped ones of the other, so products of
    systems in it are sums of products that all mixtures share.
    """
    single = np.stack([standardised(metric) for metric in metrics]).astype(np.float32)
    gold = _sureness(human.sum(1)[None], (human @ human.T)[None])
    whole = _sureness(single.sum(2, dtype=np.float64), (single @ single.transpose(0, 2, 1)).astype(float))
    tally = Tally(_alike(whole, gold))
    for block in swaps:
        for start in range(0, len(block), _BLOCK):
            swap = block[start : start + _BLOCK].reshape(-1, 1, *human.shape)
            mixed = _mixtures(single * ~swap, single * swap, gold)
            for i, j in tally.pairs:
                tally.add(i, j, mixed[:, i, j] - mixed[:, j, i])
    return tally.comparison()


def spa_interval(metric: Matrix, human: Matrix, bootstrap: Bootstrap) -> tuple[float, float]:
    """The 95 % interval of soft pairwise accuracy; segments are drawn anew, with all systems' scores."""
    rng = np.random.default_rng(bootstrap.seed)
    unit = bootstrap.unit_of(human.shape[1])
    units = int(unit.max()) + 1
    values = []
    for _ in range(bootstrap.rounds):
        times = np.bincount(rng.integers(units, size=units), minlength=units)[unit]
        sure, truly = (_sureness(own @ times, (own * times) @ own.T) for own in (metric, human))
        values.append(float(_alike(sure, truly)))
    low, high = np.quantile(values, (0.025, 0.975))
    return float(low), float(high)


def _mixtures(kept: Single, swapped: Single, gold: Values) -> Matrix:
    """Rounds by metrics by metrics: the accuracy of what is kept of one and swapped in of the other."""
    rounds, metrics, systems, segments = kept.shape
    rows = (rounds, metrics * systems, segments)
    across = kept.reshape(rows) @ swapped.reshape(rows).transpose(0, 2, 1)
    across = across.reshape(rounds, metrics, systems, metrics, systems).transpose(0, 1, 3, 2, 4)
    own, other = (part @ part.transpose(0, 1, 3, 2) for part in (kept, swapped))
    products = own[:, :, None] + other[:, None] + across + across.swapaxes(3, 4)
    sums, swapped_sums = (part.sum(3, dtype=np.float64) for part in (kept, swapped))
    return _alike(_sureness(sums[:, :, None] + swapped_sums[:, None], products.astype(np.float64)), gold)


def _sureness(sums: Matrix, products: Matrix) -> Matrix:
    """The p-value of each system being better than each later one, over the last axis.

    ``sums`` are those of systems' scores, ``products`` those of every two systems' scores multiplied.
    """
    from scipy.special import ndtr

    one, other = np.triu_indices(sums.shape[-1], 1)
    variance = products[..., one, one] + products[..., other, other] - 2 * products[..., one, other]
    apart = sums[..., other] - sums[..., one]
    return np.asarray(ndtr(apart / np.sqrt(np.maximum(variance, _LEAST_VARIANCE))))


def _alike(sure: Matrix, gold: Matrix) -> Values:
    return np.asarray(1.0 - np.abs(sure - gold).mean(-1))
