"""Agreement is mt-metrics-eval's to the last digits, and null with a reason where there is none."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from mtqe.bench import meta_order, meta_ties
from mtqe.bench.agreement import (
    Agreement,
    Bootstrap,
    acc_eq,
    auc,
    kendall,
    pairwise_accuracy,
    pearson,
    soft_pairwise_accuracy,
    spearman,
    system_accuracy,
)

GOLDEN = json.loads((Path(__file__).parent / "golden" / "mt_metrics_eval.json").read_text(encoding="utf-8"))
HUMAN = np.array(GOLDEN["human"], np.float64)
METRIC = np.array(GOLDEN["metrics"][0])
GROUPS: dict[str, NDArray[np.intp] | None] = {
    "none": None,
    "sys": np.repeat(np.arange(len(HUMAN)), HUMAN.shape[1]),
    "item": np.tile(np.arange(HUMAN.shape[1]), len(HUMAN)),
}
GROUPED = (pearson, spearman, kendall, acc_eq, pairwise_accuracy)

scores = st.lists(st.tuples(st.integers(-4, 4), st.integers(-4, 4)), min_size=2, max_size=25)


@pytest.mark.parametrize("grouping", GROUPS)
def test_correlations_are_those_of_mt_metrics_eval(grouping: str) -> None:
    """Pearson, Spearman and the four variants of Kendall, with gaps, in each grouping."""
    expected, groups = GOLDEN["statistics"][grouping], GROUPS[grouping]
    found = {
        "pearson": pearson(METRIC.ravel(), HUMAN.ravel(), groups).value,
        "spearman": spearman(METRIC.ravel(), HUMAN.ravel(), groups).value,
        "acc23 at 1.5": kendall(METRIC.ravel(), HUMAN.ravel(), groups, "acc23", 1.5).value,
        **{v: kendall(METRIC.ravel(), HUMAN.ravel(), groups, v).value for v in expected["kendall"]},
    }
    wanted = {**expected, **expected["kendall"]}
    assert found == pytest.approx({name: wanted[name] for name in found}, abs=1e-6)


@pytest.mark.parametrize("grouping", GROUPS)
def test_calibrated_ties_are_those_of_mt_metrics_eval(grouping: str) -> None:
    """The value and the threshold."""
    expected = GOLDEN["statistics"][grouping]
    found = acc_eq(METRIC.ravel(), HUMAN.ravel(), GROUPS[grouping])
    assert found.value == pytest.approx(expected["acc_eq"], abs=1e-6)
    assert found.epsilon == pytest.approx(expected["epsilon"], abs=1e-6)
    assert any(GOLDEN["statistics"][grouping]["epsilon"] > 0 for grouping in GROUPS)


def test_soft_pairwise_accuracy_is_that_of_mt_metrics_eval() -> None:
    """With its permutations, from its seed."""
    found = soft_pairwise_accuracy(METRIC, np.array(GOLDEN["spa"]["human"]))
    assert found.value == pytest.approx(GOLDEN["spa"]["value"], abs=1e-6)


@settings(max_examples=50)
@given(scores)
def test_counting_pairs_without_a_list_changes_nothing(pairs: list[tuple[int, int]]) -> None:
    """Groups too large for a list of pairs get the same tau."""
    metric, human = np.array(pairs, np.float64).T
    groups = np.arange(len(metric)) % 2
    listed = [kendall(metric, human, groups, variant) for variant in ("b", "c", "23", "acc23")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(meta_ties, "MOST_PAIRS", 0)
        counted = [kendall(metric, human, groups, variant) for variant in ("b", "c", "23", "acc23")]
    assert [one.value for one in counted] == pytest.approx([one.value for one in listed], abs=1e-9)


@settings(max_examples=50)
@given(scores, st.permutations(range(25)))
def test_the_order_of_values_does_not_matter(pairs: list[tuple[int, int]], order: list[int]) -> None:
    """Shuffled values with their groups give the same agreement."""
    shuffled = [n for n in order if n < len(pairs)]
    metric, human = np.array(pairs, np.float64).T
    groups = np.arange(len(pairs)) // 3
    for function in GROUPED:
        one = function(metric, human, groups).value
        assert function(metric[shuffled], human[shuffled], groups[shuffled]).value == pytest.approx(one)


@settings(max_examples=50)
@given(scores)
def test_correlations_are_those_of_scipy(pairs: list[tuple[int, int]]) -> None:
    """Of one group, where neither side is constant."""
    metric, human = np.array(pairs, np.float64).T
    if np.ptp(metric) and np.ptp(human):
        assert pearson(metric, human).value == pytest.approx(stats.pearsonr(metric, human).statistic)
        assert spearman(metric, human).value == pytest.approx(stats.spearmanr(metric, human).statistic)
        assert kendall(metric, human).value == pytest.approx(stats.kendalltau(metric, human).statistic)


def brute_accuracy(metric: list[int], human: list[int], epsilon: float) -> float:
    """acc23 of one group, from its definition."""
    pairs = [(i, j) for i in range(len(human)) for j in range(i)]
    signs = [np.sign(metric[i] - metric[j]) * (abs(metric[i] - metric[j]) > epsilon) for i, j in pairs]
    return float(np.mean([s == np.sign(human[i] - human[j]) for s, (i, j) in zip(signs, pairs, strict=True)]))


@settings(max_examples=50)
@given(scores)
def test_no_tie_threshold_is_better_than_the_calibrated_one(pairs: list[tuple[int, int]]) -> None:
    """All differences of scores are tried."""
    metric, human = [list(side) for side in zip(*pairs, strict=True)]
    best = max(brute_accuracy(metric, human, epsilon) for epsilon in range(9))
    assert acc_eq(metric, human).value == pytest.approx(best)


def test_pairs_are_drawn_where_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """The note says so, the value is near the exact one, and the same each time."""
    rng = np.random.default_rng(1)
    human = rng.integers(0, 5, 400).astype(np.float64)
    metric = human + rng.normal(0, 2, 400)
    exact = acc_eq(metric, human)
    monkeypatch.setattr(meta_order, "MOST_PAIRS", 20_000)
    drawn = acc_eq(metric, human)
    assert drawn == acc_eq(metric, human)
    assert drawn.note == "from 20,000 pairs drawn of 79,800"
    assert drawn.value == pytest.approx(exact.value, abs=0.02)


def test_a_tie_threshold_over_too_many_pairs_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would need all pairs in memory."""
    monkeypatch.setattr(meta_order, "MOST_PAIRS", 2)
    found = kendall([1, 2, 3], [1, 2, 3], variant="acc23", epsilon=0.5)
    assert found.value is None
    assert "too many" in (found.note or "")


def test_an_interval_that_would_take_hours_is_left_out() -> None:
    """Of one group of a thousand; by segment, where each group is a number, there is one."""
    rng = np.random.default_rng(6)
    human = rng.normal(size=1000)
    metric, items = human + rng.normal(size=1000), np.arange(1000) // 4
    for function in (kendall, pairwise_accuracy):
        assert function(metric, human, bootstrap=Bootstrap(20)).interval is None
        assert function(metric, human, items, bootstrap=Bootstrap(20)).interval is not None


def test_pairwise_accuracy_leaves_out_what_people_tie_and_halves_what_the_metric_ties() -> None:
    """Four pairs are ordered by people: two right, one wrong, one tied by the metric."""
    metric, human = [3, 1, 1, 2, 9, 9], [2, 1, 2, 3, 5, 5]
    found = pairwise_accuracy(metric, human, ["a", "a", "b", "b", "c", "c"])
    assert found.value == 1.0
    found = pairwise_accuracy([1, 1, 2, 3], [1, 2, 4, 3], ["a", "a", "b", "b"])
    assert (found.value, found.count) == (0.25, 2)


@settings(max_examples=50)
@given(scores)
def test_auc_is_the_share_of_pairs_in_order(pairs: list[tuple[int, int]]) -> None:
    """Ties count half."""
    metric, labels = [m for m, _ in pairs], [h > 0 for _, h in pairs]
    above = [m for m, label in zip(metric, labels, strict=True) if label]
    below = [m for m, label in zip(metric, labels, strict=True) if not label]
    found = auc(metric, labels)
    if above and below:
        assert found.value == pytest.approx(np.mean([(a > b) + (a == b) / 2 for a in above for b in below]))
    else:
        assert found.value is None


@settings(max_examples=50)
@given(scores)
def test_system_accuracy_is_the_share_of_pairs_with_the_same_sign(pairs: list[tuple[int, int]]) -> None:
    """Kocmi et al. (2021), with ties as mt-metrics-eval counts them."""
    signs = [np.sign(a[0] - b[0]) == np.sign(a[1] - b[1]) for n, a in enumerate(pairs) for b in pairs[:n]]
    metric, human = zip(*pairs, strict=True)
    assert system_accuracy(metric, human).value == pytest.approx(np.mean(signs))


@pytest.mark.parametrize("function", [pearson, spearman])
@pytest.mark.parametrize("groups", ["none", "system"])
def test_intervals_without_sorting_anew_are_those_of_the_samples(
    function: Callable[..., Agreement], groups: str
) -> None:
    """Weights of values give what computing each sample gives."""
    metric, human, items = simulated(2)
    labels = None if groups == "none" else np.repeat(np.arange(5), 60)
    found = function(metric, human, labels, bootstrap=Bootstrap(30, 7, items)).interval
    rng, values = np.random.default_rng(7), []
    for _ in range(30):
        chosen = np.concatenate([np.flatnonzero(items == item) for item in rng.integers(60, size=60)])
        values.append(
            function(metric[chosen], human[chosen], None if labels is None else labels[chosen]).value
        )
    assert found == pytest.approx(tuple(np.quantile(values, (0.025, 0.975))))


def test_what_people_did_not_judge_is_left_out() -> None:
    """NaN on the human side is no judgement, even where the metric has no score either."""
    whole = pearson([1, 2, 3], [1, 3, 2])
    assert pearson([1, 2, 3, 4, np.nan], [1, 3, 2, np.nan, np.nan]) == whole


@pytest.mark.parametrize("function", GROUPED)
def test_a_metric_with_gaps_gets_no_value(function: Callable[..., Agreement]) -> None:
    """A metric that skips what is hard is not better for it."""
    found = function([1, np.nan, 3, np.inf], [1, 2, 3, 4])
    assert found.value is None
    assert found.note == "the metric has no score for 2 of 4 judged values"


@pytest.mark.parametrize(
    ("found", "note"),
    [
        (pearson([1, 2], [np.nan, np.nan]), "nothing was judged"),
        (pearson([1, 1, 1], [1, 2, 3]), "the metric or people gave one value throughout"),
        (spearman([1, 2, 3], [5, 5, 5]), "the metric or people gave one value throughout"),
        (kendall([1, 2, 3], [5, 5, 5]), "the metric or people gave one value throughout"),
        (kendall([1, 2, 3], [5, 5, 5], variant="c"), "the metric or people gave one value throughout"),
        (kendall([1], [5], variant="acc23"), "no group has two judged values"),
        (acc_eq([1, 2, 3], [1, 2, 3], ["a", "b", "c"]), "no group has two judged values"),
        (pearson([1, 2, 3], [1, 2, 3], ["a", "b", "c"]), "the metric or people gave one value throughout"),
        (pairwise_accuracy([1, 2], [7, 7]), "people ordered no pair"),
        (auc([1, 2], [True, True]), "all 2 are positive"),
        (auc([1, 2], [False, False]), "all 2 are negative"),
        (system_accuracy([1.0], [1.0]), "it takes two systems"),
        (system_accuracy([1.0, np.nan], [1.0, 2.0]), "the metric lacks the score of a system"),
        (soft_pairwise_accuracy([[1.0, 2.0]], [[1.0, 2.0]]), "it takes two systems"),
        (
            soft_pairwise_accuracy([[1, 2], [2, 3]], [[1, np.nan], [np.nan, 3]]),
            "no segment was judged of every system",
        ),
        (soft_pairwise_accuracy([[1, 1], [1, 1]], [[1, 2], [3, 3]]), "the metric tells no two systems apart"),
        (
            soft_pairwise_accuracy([[1, np.nan], [1, 2]], [[1, 2], [3, 3]]),
            "the metric has no score for 1 values",
        ),
    ],
)
def test_no_value_comes_with_a_reason(found: Agreement, note: str) -> None:
    """All tied, one system, groups of one, nothing judged, everything of one kind."""
    assert (found.value, found.note) == (None, note)


def test_all_tied_on_both_sides_is_agreement_about_ties() -> None:
    """acc23 counts ties, so that a constant metric is right where people see no difference."""
    assert acc_eq([1, 1, 1], [5, 5, 5]).value == 1.0


def test_segments_not_judged_of_every_system_are_left_out_of_soft_accuracy() -> None:
    """The note counts them."""
    human = np.array([[1.0, 2.0, 3.0, np.nan], [2.0, 2.0, 5.0, 1.0]])
    found = soft_pairwise_accuracy(human + 1, human)
    assert (found.value, found.groups) == (1.0, 3)
    assert found.note == "without 1 segments that were not judged of every system"


def test_values_that_are_not_parallel_are_our_bug() -> None:
    """No silent cut to the shorter one."""
    with pytest.raises(ValueError, match="not parallel"):
        pearson([1, 2, 3], [1, 2])


def simulated(seed: int) -> tuple[Any, Any, Any]:
    """Five systems' scores of 60 segments, and the segments."""
    rng = np.random.default_rng(seed)
    human = rng.normal(size=(5, 60)) + rng.normal(size=60)
    return (human + rng.normal(size=(5, 60))).ravel(), human.ravel(), np.tile(np.arange(60), 5)


@pytest.mark.parametrize("function", [pearson, spearman, pairwise_accuracy, acc_eq])
def test_intervals_hold_the_value_and_are_the_same_each_time(function: Callable[..., Agreement]) -> None:
    """By segment, from a seed."""
    metric, human, items = simulated(3)
    found = function(metric, human, items, bootstrap=Bootstrap(200))
    assert found == function(metric, human, items, bootstrap=Bootstrap(200))
    assert found.interval is not None
    assert found.interval[0] < found.value < found.interval[1]


def test_an_interval_holds_the_true_value_in_about_95_of_100_samples() -> None:
    """Pearson's r of 0.8 between systems' scores of segments, drawn by segment."""
    held = 0
    for seed in range(60):
        metric, human, items = simulated(seed)
        found = pearson(metric, human, bootstrap=Bootstrap(200, seed, items))
        assert found.interval is not None
        held += found.interval[0] <= np.sqrt(2 / 3) <= found.interval[1]
    assert 52 <= held <= 60


def test_drawing_by_segment_widens_the_interval_of_all_translations() -> None:
    """Translations of one segment are not independent."""
    metric, human, items = simulated(4)
    widths = []
    for units in (None, items):
        low, high = pearson(metric, human, bootstrap=Bootstrap(400, units=units)).interval or (0, 0)
        widths.append(high - low)
    assert widths[1] > widths[0]
