"""Tests between metrics: the p-values of mt-metrics-eval for the same swaps, and what they must do."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from mtqe.bench.agreement import kendall, pearson
from mtqe.bench.meta_pairs import numbered, pairs_within
from mtqe.bench.meta_permutation import (
    clusters,
    compare_by,
    compare_pearson,
    compare_system_accuracy,
    compare_verdicts,
    draw_swaps,
)
from mtqe.bench.meta_permuted_spa import compare_spa
from mtqe.bench.meta_spa import soft_pairwise_accuracy
from mtqe.bench.meta_ties import best_epsilon

GOLDEN = json.loads((Path(__file__).parent / "golden" / "mt_metrics_eval.json").read_text(encoding="utf-8"))
HUMAN = np.array(GOLDEN["human"], np.float64)
METRICS = np.array(GOLDEN["metrics"])
GROUPINGS = ("none", "sys", "item")


def cells(grouping: str) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.intp]]:
    """Both metrics' scores, people's and groups, in the order in which the golden swaps are."""
    order = np.arange(HUMAN.size).reshape(HUMAN.shape)
    order = order.T.ravel() if grouping == "item" else order.ravel()
    order = order[~np.isnan(HUMAN.ravel()[order])]
    by = {"none": order * 0, "sys": order // HUMAN.shape[1], "item": order % HUMAN.shape[1]}
    return METRICS.reshape(2, -1)[:, order], HUMAN.ravel()[order], numbered(by[grouping], len(order))


def golden_swaps(grouping: str, statistic: str) -> NDArray[np.bool_]:
    """Rounds by values."""
    rows = GOLDEN["permutations"][grouping][statistic]["swaps"]
    return np.array([[bit == "1" for bit in row] for row in rows])


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_perm_both_is_that_of_mt_metrics_eval(grouping: str) -> None:
    """P-value and difference, by the fast way and by the one for any statistic."""
    metrics, human, group = cells(grouping)
    expected = GOLDEN["permutations"][grouping]["pearson"]
    swaps = [golden_swaps(grouping, "pearson")]
    fast = compare_pearson(metrics, human, group, swaps)
    slow = compare_by(lambda scores: pearson(scores, human, group).value or 0.0, metrics, swaps)
    for found in (fast, slow):
        assert found.p_values[0, 1] == pytest.approx(expected["p_value"], abs=1e-6)
        assert found.values[0] - found.values[1] == pytest.approx(expected["delta"], abs=1e-6)


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_the_test_of_calibrated_accuracy_is_that_of_mt_metrics_eval(grouping: str) -> None:
    """Each metric at its own tie threshold."""
    metrics, human, group = cells(grouping)
    pairs = pairs_within(group)
    expected = GOLDEN["permutations"][grouping]["acc_eq"]
    right = []
    for own in metrics:
        apart = own[pairs.first] - own[pairs.second]
        apart[np.abs(apart) <= best_epsilon(own, human, pairs)] = 0.0
        right.append(np.sign(apart) == np.sign(human[pairs.first] - human[pairs.second]))
    theirs = golden_swaps(grouping, "acc_eq")
    swaps = np.empty_like(theirs)
    swaps[:, np.lexsort((pairs.second, pairs.first, pairs.group))] = theirs
    found = compare_verdicts(np.array(right, np.float64), pairs, [swaps])
    assert found.p_values[0, 1] == pytest.approx(expected["p_value"], abs=1e-6)
    assert found.values[0] - found.values[1] == pytest.approx(expected["delta"], abs=1e-6)


def table(noise: float, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """People's scores of 8 systems and 80 segments, and a metric that is so far from them."""
    rng = np.random.default_rng(0)
    human = rng.normal(size=(8, 80)) + np.arange(8)[:, None] * 0.2
    return human, human + np.random.default_rng(seed).normal(0, noise, human.shape)


def test_a_better_metric_is_told_from_a_worse_and_two_alike_are_not() -> None:
    """Both directions of each pair are p-values of opposite claims."""
    human, good = table(1, 1)
    metrics = np.stack([good.ravel(), table(1, 2)[1].ravel(), table(4, 3)[1].ravel()])
    found = compare_pearson(metrics, human.ravel(), np.zeros(640, int), draw_swaps(500, 640, 1)).p_values
    assert found[0, 2] < 0.01 < 0.99 < found[2, 0]
    assert 0.05 < found[0, 1] < 0.95
    assert found[0, 1] + found[1, 0] == pytest.approx(1, abs=0.01)


def test_systems_and_soft_accuracy_are_tested_too() -> None:
    """A metric that is people's own scores is better than noise."""
    human, _ = table(1, 1)
    noise = np.random.default_rng(5).normal(size=human.shape)
    metrics = np.stack([human + 0.01 * noise, noise])
    soft = compare_spa(metrics, human, draw_swaps(100, human.size, 1))
    hard = compare_system_accuracy(metrics.mean(2), human.mean(1), draw_swaps(200, 8, 1))
    assert soft.p_values[0, 1] < 0.02
    assert hard.p_values[0, 1] < 0.05
    assert soft.values[0] == pytest.approx(soft_pairwise_accuracy(metrics[0], human).value, abs=0.01)


def test_soft_accuracy_of_mixtures_is_that_of_the_mixtures_themselves() -> None:
    """The sums of products that all mixtures share give what each mixture would give alone."""
    human, one = table(1, 1)
    metrics = np.stack([one, table(2, 2)[1]])
    swaps = list(draw_swaps(20, human.size, 3))
    fast = compare_spa(metrics, human, swaps)

    def slow(scores: NDArray[np.float64]) -> float:
        return float(compare_spa(scores.reshape(1, *human.shape), human, []).values[0])

    assert fast.p_values == pytest.approx(compare_by(slow, metrics.reshape(2, -1), swaps).p_values, abs=0.051)


def test_a_metric_against_itself_is_never_better() -> None:
    """Identical metrics have a p-value of 1 both ways, and a constant one breaks nothing."""
    human, metric = table(1, 1)
    metrics = np.stack([metric.ravel(), metric.ravel(), np.ones(640)])
    found = compare_pearson(metrics, human.ravel(), np.zeros(640, int), draw_swaps(50, 640, 1))
    assert found.p_values[0, 1] == found.p_values[1, 0] == 1
    assert found.p_values[0, 2] < 0.05
    assert np.isfinite(found.p_values).all()


def test_any_statistic_can_be_tested() -> None:
    """Kendall's tau, for one."""
    human, good = table(1, 1)
    metrics = np.stack([good.ravel()[:120], table(5, 3)[1].ravel()[:120]])
    found = compare_by(
        lambda scores: kendall(scores, human.ravel()[:120]).value or 0.0, metrics, draw_swaps(60, 120, 1)
    )
    assert found.p_values[0, 1] < 0.05


def test_swaps_are_fair_coins_from_a_seed() -> None:
    """The same each time, half of them true."""
    first, again = (np.concatenate(list(draw_swaps(120, 333, 9))) for _ in range(2))
    assert first.shape == (120, 333)
    assert (first == again).all()
    assert first.mean() == pytest.approx(0.5, abs=0.01)


def test_a_cluster_ends_where_a_metric_is_beaten_by_one_in_it() -> None:
    """As in mt-metrics-eval: what is worse than the first of a cluster opens the next one."""
    p_values = np.ones((4, 4))
    p_values[0, 2] = p_values[2, 3] = 0.01
    assert clusters([0, 1, 2, 3], p_values) == [1, 1, 2, 3]
