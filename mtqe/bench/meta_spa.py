"""Agreement on whole systems: which of two is better, and how sure that is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mtqe.bench.meta_values import Agreement, Bootstrap

# As many permutations, and their seed, as in mt-metrics-eval: the same numbers come out.
_PERMUTATIONS, _SEED = 1000, 4

_ONE_SYSTEM = "it takes two systems"
Matrix = NDArray[np.float64]


def soft_pairwise_accuracy(
    metric: ArrayLike, human: ArrayLike, permutations: int = _PERMUTATIONS
) -> Agreement:
    """How alike the metric and people are in how sure they are of each two systems' order, 0 to 1.

    Both arrays are systems by segments. One less the mean difference of two p-values, that of the
    metric's and that of people's scores by a paired permutation test (Thompson et al., 2024).
    Segments that people didn't judge of every system are left out, and the note says how many.
    """
    data = complete(metric, human)
    if isinstance(data, Agreement):
        return data
    scores, gold, note = data
    if (scores == scores[0]).all():
        return Agreement(None, "the metric tells no two systems apart")
    sure, truly_sure = p_values(scores, permutations), p_values(gold, permutations)
    above = np.triu_indices(len(gold), 1)
    value = 1.0 - float(np.abs(sure - truly_sure)[above].mean())
    return Agreement(value, note, gold.shape[1], len(above[0]))


def system_accuracy(metric: ArrayLike, human: ArrayLike) -> Agreement:
    """Share of pairs of systems that the metric orders as people do, 0 to 1 (Kocmi et al., 2021).

    One score for each system. A pair that both find tied is ordered alike.
    """
    scores, gold = np.asarray(metric, np.float64), np.asarray(human, np.float64)
    known = ~np.isnan(gold)
    if known.sum() < 2:
        return Agreement(None, _ONE_SYSTEM)
    if not np.isfinite(scores[known]).all():
        return Agreement(None, "the metric lacks the score of a system")
    above = np.triu_indices(int(known.sum()), 1)
    alike = np.sign(_differences(scores[known])) == np.sign(_differences(gold[known]))
    return Agreement(float(alike[above].mean()), None, 1, len(above[0]))


def system_accuracy_of(metric: ArrayLike, human: ArrayLike, bootstrap: Bootstrap | None = None) -> Agreement:
    """``system_accuracy`` of the means of systems by segments, with an interval over segments."""
    scores, gold = np.asarray(metric, np.float64), np.asarray(human, np.float64)
    means = system_means(scores, gold)
    found = system_accuracy(*means)
    if bootstrap is None or found.value is None or not bootstrap.unit_of(scores.shape[1]).any():
        return found
    return replace(found, interval=_interval(scores, gold, bootstrap))


def system_means(metric: Matrix, human: Matrix) -> tuple[Matrix, Matrix]:
    """The mean of each system over the segments that people judged of it; NaN if there are none."""
    known = ~np.isnan(human)
    counts = known.sum(1)
    with np.errstate(invalid="ignore"):
        return (np.where(known, metric, 0.0).sum(1) / counts, np.where(known, human, 0.0).sum(1) / counts)


def complete(metric: ArrayLike, human: ArrayLike) -> tuple[Matrix, Matrix, str | None] | Agreement:
    """Scores of the segments that people judged of every system, and a note if some are left out."""
    scores, gold = np.asarray(metric, np.float64), np.asarray(human, np.float64)
    judged = ~np.isnan(gold)
    systems, whole = judged.any(1), judged_of_all(gold)
    if systems.sum() < 2:
        return Agreement(None, _ONE_SYSTEM)
    if not whole.any():
        return Agreement(None, "no segment was judged of every system")
    scores, gold = scores[systems][:, whole], gold[systems][:, whole]
    if not np.isfinite(scores).all():
        return Agreement(None, f"the metric has no score for {int((~np.isfinite(scores)).sum()):,} values")
    left = int(judged.any(0).sum() - whole.sum())
    note = f"without {left:,} segments that were not judged of every system" if left else None
    return scores, gold, note


def judged_of_all(human: Matrix) -> NDArray[np.bool_]:
    """Which segments people judged of every system of which they judged any."""
    judged = ~np.isnan(human)
    return np.asarray(judged[judged.any(1)].all(0))


def p_values(scores: Matrix, permutations: int = _PERMUTATIONS) -> Matrix:
    """How often chance alone would put system i as far above system j; above the diagonal.

    The same signs serve every pair. In single precision, in this order and from this seed, as
    mt-metrics-eval does: scores that people give in whole points tie often, and rounding decides.
    """
    drawn = np.random.default_rng(_SEED).random((permutations, scores.shape[1]), np.float32)
    signs = np.rint(drawn) * np.float32(2) - np.float32(1)
    single = np.ascontiguousarray(scores, np.float32)
    by_chance, sums = signs @ single.T, single.sum(1)
    found = np.full((len(scores), len(scores)), np.nan)
    for i, j in zip(*np.triu_indices(len(scores), 1), strict=True):
        found[i, j] = np.count_nonzero(by_chance[:, i] - by_chance[:, j] >= sums[i] - sums[j]) / permutations
    return found


def _differences(values: Matrix) -> Matrix:
    return np.asarray(values[..., :, None] - values[..., None, :])


def _interval(scores: Matrix, gold: Matrix, bootstrap: Bootstrap) -> tuple[float, float]:
    """Segments are drawn anew as columns, or articles as all of their columns."""
    known = ~np.isnan(gold)
    unit = bootstrap.unit_of(gold.shape[1])
    units = int(unit.max()) + 1
    rng = np.random.default_rng(bootstrap.seed)
    times = rng.multinomial(units, np.full(units, 1 / units), size=bootstrap.rounds)[:, unit].astype(
        np.float64
    )
    with np.errstate(invalid="ignore"):
        counts = times @ known.T
        means = [times @ np.where(known, values, 0.0).T / counts for values in (scores, gold)]
    above = np.triu_indices(len(gold), 1)
    metric, human = (np.sign(_differences(values))[:, above[0], above[1]] for values in means)
    low, high = np.quantile((metric == human).mean(1), (0.025, 0.975))
    return float(low), float(high)
