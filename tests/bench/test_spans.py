"""Marked places against people's: three ways to count, by hand-counted cases."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqe.bench.human.base import MarkedError
from mtqe.bench.spans import (
    MarkedSegment,
    MarkedSpan,
    SpanScores,
    by_character,
    by_match,
    by_overlap,
    spans_of,
)

COUNTS = (by_character, by_match, by_overlap)


def minor(start: int, end: int) -> MarkedSpan:
    """A minor fault."""
    return MarkedSpan(start, end, False)


def major(start: int, end: int) -> MarkedSpan:
    """A major fault."""
    return MarkedSpan(start, end, True)


def rounded(scores: SpanScores) -> tuple[float | None, ...]:
    """Precision, recall and F1."""
    return tuple(None if v is None else round(v, 4) for v in (scores.precision, scores.recall, scores.f1))


spans = st.lists(
    st.builds(
        lambda start, size, severe: MarkedSpan(start, start + size, severe),
        st.integers(0, 20),
        st.integers(1, 9),
        st.booleans(),
    ),
    max_size=5,
)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(spans, spans), max_size=4))
def test_scores_are_shares(pairs: list[tuple[list[MarkedSpan], list[MarkedSpan]]]) -> None:
    """Whatever overlaps whatever, none is above 1 or below 0."""
    for count in COUNTS:
        scores = count([MarkedSegment(30, found, human) for found, human in pairs])
        assert all(
            value is None or 0 <= value <= 1 + 1e-9 for value in (scores.precision, scores.recall, scores.f1)
        )


@settings(deadline=None, max_examples=50)
@given(spans.filter(bool))
def test_what_people_marked_is_perfect(human: list[MarkedSpan]) -> None:
    """Found where people marked, with their severity."""
    for count in COUNTS:
        assert count([MarkedSegment(30, human, human)]).f1 == pytest.approx(1.0)


def test_the_wrong_severity_gets_half() -> None:
    """Ten characters in the right place, half of them of the wrong severity."""
    segment = MarkedSegment(20, [minor(0, 10)], [minor(0, 5), major(5, 10)])
    assert rounded(by_character([segment])) == (0.75, 0.75, 0.75)
    assert rounded(by_match([MarkedSegment(20, [minor(0, 10)], [major(0, 10)])])) == (0.5, 0.5, 0.5)


def test_a_character_with_both_severities_agrees_with_either() -> None:
    """Two raters' marks may lie on one another."""
    segment = MarkedSegment(10, [major(0, 4)], [minor(0, 4), major(0, 4)])
    assert rounded(by_character([segment])) == (1.0, 1.0, 1.0)


def test_a_match_is_one_to_one() -> None:
    """One long mark does not find two errors."""
    segment = MarkedSegment(20, [minor(0, 20)], [minor(0, 5), minor(10, 15)])
    assert rounded(by_match([segment])) == (1.0, 0.5, 0.6667)
    assert rounded(by_overlap([segment])) == (0.25, 0.5, 0.3333)


def test_the_best_matching_counts_not_the_first() -> None:
    """The first mark could take the error that only the second can have."""
    segment = MarkedSegment(30, [minor(0, 12), minor(0, 4)], [minor(0, 4), minor(10, 12)])
    assert by_match([segment]).f1 == 1.0


def test_segments_are_pooled() -> None:
    """A segment with much to find weighs more than one with little."""
    segments = [MarkedSegment(10, [minor(0, 10)], [minor(0, 10)]), MarkedSegment(10, [], [minor(0, 2)])]
    assert rounded(by_character(segments)) == (1.0, 0.8333, 0.9091)


def test_an_omission_has_a_place_at_the_end_of_the_text() -> None:
    """A mark of no length counts as the character at its place, also after the last."""
    segment = MarkedSegment(5, [minor(5, 5)], [minor(5, 5)])
    assert [count([segment]).f1 for count in COUNTS] == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("count", COUNTS)
def test_nothing_found_and_nothing_marked_say_so(count: object) -> None:
    """No share of nothing."""
    assert callable(count)
    nothing = count([MarkedSegment(5, [], [minor(0, 1)])])
    assert (nothing.precision, nothing.recall, nothing.f1, nothing.note) == (
        None,
        0.0,
        0.0,
        "nothing was found",
    )
    unmarked = count([MarkedSegment(5, [minor(0, 1)], [])])
    assert (unmarked.recall, unmarked.f1, unmarked.note) == (None, None, "people marked nothing")


def test_matters_of_taste_and_marks_without_a_place_are_no_spans() -> None:
    """Critical counts as major."""
    errors = [
        MarkedError("neutral", "Style", 0, 2),
        MarkedError("minor", "Omission"),
        MarkedError("critical", "Accuracy", 3, 5),
    ]
    assert spans_of(errors) == [major(3, 5)]
