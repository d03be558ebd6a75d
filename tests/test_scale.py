"""Scores mean MQM points per 100 words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqe.scale import penalty_to_score, score_to_penalty


@pytest.mark.parametrize(("penalty", "score"), [(0, 100), (4, 82), (12, 55), (20, 37), (60, 5)])
def test_the_documented_table_is_true(penalty: float, score: float) -> None:
    """The module's docstring says what the numbers mean."""
    assert round(penalty_to_score(penalty)) == score


@given(st.floats(0, 250))
def test_a_score_tells_its_penalty(penalty: float) -> None:
    """The two directions agree over the whole range."""
    assert score_to_penalty(penalty_to_score(penalty)) == pytest.approx(penalty, abs=1e-6)


def test_a_score_of_zero_has_a_finite_penalty() -> None:
    """One hopeless sentence must not make an article's mean infinite."""
    assert score_to_penalty(0.0) == pytest.approx(250.0)
