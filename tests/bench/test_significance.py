"""Corrections, clusters and tests on numbers that can be checked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from mtqe.bench.significance import bootstrap, clusters, corrected, interval, randomization, resampled
from mtqe.bench.thresholds import agreement


def mean(sums: NDArray[np.floating]) -> NDArray[np.floating]:
    """A score that is a mean of values."""
    return sums[..., 0] / np.maximum(sums[..., 1], 1)


def statistics_of(*systems: list[float]) -> NDArray[np.float64]:
    """Values and a count of one for each segment."""
    return np.array([[(value, 1.0) for value in system] for system in systems])


def test_holm_and_benjamini_hochberg() -> None:
    """By hand; a value that is missing stays so and does not count."""
    values = [0.01, None, 0.04, 0.03]
    assert corrected(values, "holm") == pytest.approx([0.03, None, 0.06, 0.06])
    assert corrected(values, "benjamini-hochberg") == pytest.approx([0.03, None, 0.04, 0.04])
    assert corrected(values, "none") == values


def test_a_correction_never_gives_more_than_one() -> None:
    """And it keeps the order of the values."""
    assert corrected([0.9, 0.5, 0.8], "holm") == [1.0, 1.0, 1.0]


def test_a_cluster_begins_where_all_above_beat_all_below() -> None:
    """Not where neighbours alone differ."""
    better = {(0, 2), (0, 3), (1, 2), (1, 3), (0, 1)}
    assert clusters([0, 1, 2, 3], lambda a, b: (a, b) in better) == [1, 2, 3, 3]
    assert clusters([0, 1, 2, 3], lambda a, b: (a, b) in better - {(1, 3)}) == [1, 2, 2, 2]
    assert clusters([], lambda a, b: True) == []


@pytest.mark.parametrize("test", ["bootstrap", "randomization"])
def test_identical_systems_do_not_differ(test: str) -> None:
    """The p-value is 1, where resampling alone would call no difference a sure one."""
    values = [float(n % 7) for n in range(50)]
    statistics = statistics_of(values, values, [v + 1 for v in values])
    points: list[float | None] = [float(v) for v in mean(statistics.sum(1))]
    if test == "bootstrap":
        pairs = bootstrap(points, resampled(statistics, mean, 200, 1))
    else:
        pairs = randomization(points, statistics, mean, 200, 1)
    by_pair = {(pair.first, pair.second): pair for pair in pairs}
    assert by_pair[0, 1].p == 1.0
    assert by_pair[0, 1].difference == 0.0
    assert by_pair[0, 2].p is not None
    assert by_pair[0, 2].p < 0.05


def test_a_system_without_a_score_is_not_tested() -> None:
    """Its pairs have neither difference nor p-value; the others do."""
    statistics = statistics_of([1, 2, 3], [2, 2, 2], [0, 0, 0])
    pairs = bootstrap([2.0, 2.0, None], resampled(statistics, mean, 50, 1))
    assert [(pair.difference is None, pair.p is None) for pair in pairs] == [
        (False, False),
        (True, True),
        (True, True),
    ]


def test_an_interval_leaves_out_resamples_without_a_score() -> None:
    """And there is none if no resample has one."""
    middle = interval(np.array([1.0, np.nan, 3.0]))
    assert middle is not None
    assert (middle.mean, middle.low, middle.high) == (2.0, 1.0, 3.0)
    assert interval(np.array([np.nan])) is None


def test_the_same_seed_gives_the_same_resamples() -> None:
    """Another gives others."""
    statistics = statistics_of([1, 5, 2, 8, 3], [2, 2, 2, 9, 1])
    first, second, other = (resampled(statistics, mean, 20, seed) for seed in (1, 1, 2))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


def test_what_a_difference_means_to_people() -> None:
    """Kocmi et al.: 2.6 BLEU is about 82 % agreement; nothing is known of TER."""
    assert agreement("bleu", 2.6) == pytest.approx(81.7, abs=0.1)
    assert agreement("bleu", -2.6) == agreement("bleu", 2.6)
    assert agreement("ter", 1.0) is None
    assert agreement("bleu(tokenize=intl)", 1.0) is None
