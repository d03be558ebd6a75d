"""N-gram matches by sorting are those of dictionaries."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqe.bench import ngrams

TEXT = st.text(alphabet="abc\U0001f600\u4e2d\ud800", max_size=12)


def by_dictionary(target: str, references: list[str], order: int) -> list[int]:
    """Clipped matches as their definition says."""
    found = []
    for n in range(1, order + 1):
        counts = [Counter(t[i : i + n] for i in range(len(t) - n + 1)) for t in (target, *references)]
        best: Counter[str] = Counter()
        for count in counts[1:]:
            best |= count
        found.append((counts[0] & best).total())
    return found


@given(st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=6), st.integers(1, 6))
def test_matches_are_those_of_dictionaries(rows: list[tuple[str, str, str]], order: int) -> None:
    """For any texts, one or two references, empty ones among them."""
    columns = list(zip(*rows, strict=True))
    units = [ngrams.characters(column) for column in columns]
    for count in (1, 2):
        found = ngrams.matches(units[0], units[1 : count + 1], order)
        assert found.tolist() == [by_dictionary(row[0], list(row[1 : count + 1]), order) for row in rows]


def test_segments_with_very_many_different_units_are_counted_too() -> None:
    """Where a number has no room for six of them."""
    text = "".join(chr(0x4E00 + n) for n in range(2000))
    units = ngrams.characters([text, "ab"]), ngrams.characters([text[1:], "ab"])
    assert ngrams.matches(units[0], [units[1]], 6).tolist() == [
        [1999 - n for n in range(6)],
        [2, 1, 0, 0, 0, 0],
    ]


@pytest.mark.parametrize("segments", [3, 300])
def test_many_segments_with_large_alphabets_are_taken_in_parts(segments: int) -> None:
    """The parts are put together in order."""
    texts = ["".join(chr(0x4E00 + n + k) for n in range(600)) for k in range(segments)]
    found = ngrams.matches(ngrams.characters(texts), [ngrams.characters(texts)], 6)
    assert np.array_equal(found, ngrams.totals(ngrams.characters(texts), 6))


def test_words_are_numbered_in_one_vocabulary() -> None:
    """So that equal words of two sides match."""
    vocabulary: dict[str, int] = {}
    target = ngrams.words([["a", "b"], []], vocabulary)
    reference = ngrams.words([["b", "a", "b"], ["c"]], vocabulary)
    assert ngrams.matches(target, [reference], 2).tolist() == [[2, 1], [0, 0]]
