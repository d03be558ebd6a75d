"""From what the network says of pieces to stretches of text."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqe.errors import ModelError
from mtqe.models.error_spans import FEATURES, Logistic, load_error_spans, measure, stretches
from mtqe.models.ngram import WEIGHTS, load_ngram
from mtqe.text.words import unit_spans

MODEL = load_error_spans()
TARGET = "The mayor opened the bridge of the the city on Monday, said his office."
SOURCE = "Der Bürgermeister eröffnete am Montag die Brücke der Stadt, sagte sein Büro."

ZEROS = np.zeros((len(FEATURES), 2), np.float32)
FLAT = Logistic(
    ZEROS[:, 0], ZEROS[:, 0] + 1, ZEROS, ZEROS[0], ((0.0, 1.0), (1.0, 0.0)), ((0.0, 0.1), (1.0, 0.5))
)


def found(units: list[tuple[int, int]], probabilities: list[tuple[float, float]]) -> list[tuple[object, ...]]:
    """Stretches of words with at least an even chance."""
    return [tuple(one) for one in stretches(units, FLAT, np.array(probabilities), 0.5)]


def test_neighbours_are_one_stretch_and_those_apart_are_two() -> None:
    """From the first letter of the first word to the last of the last, with the spaces between."""
    units = [(0, 3), (4, 8), (10, 12), (13, 14)]
    probabilities = [(0.6, 0.0), (0.8, 0.1), (0.2, 0.2), (0.5, 0.0)]
    assert [one[:2] for one in found(units, probabilities)] == [(0, 8), (13, 14)]


def test_a_stretch_is_major_if_most_of_its_marks_would_be() -> None:
    """Longer words count for more."""
    assert found([(0, 9), (10, 11)], [(0.6, 0.5), (0.6, 0.0)])[0][2] == "major"
    assert found([(0, 1), (2, 11)], [(0.6, 0.5), (0.6, 0.0)])[0][2] == "minor"


def test_likelier_stretches_are_surer() -> None:
    """A stretch's confidence lies between the shares that were confirmed."""
    low, high = (found([(0, 2)], [(p, 0.0)])[0][3] for p in (0.5, 0.75))
    assert (low, high) == pytest.approx((0.3, 0.4))


@pytest.mark.parametrize("source", [SOURCE, None])
def test_the_more_is_asked_for_the_more_is_marked(source: str | None) -> None:
    """All of the text in the end, none of it twice."""
    sizes = []
    for share in (0.001, 0.02, 0.3, 1.0):
        (spans,) = MODEL.find([(TARGET, source)], "en", share)
        assert all(one.start < one.end <= after.start for one, after in pairwise(spans))
        sizes.append(sum(one.end - one.start for one in spans))
    assert sizes == sorted(sizes)
    assert sizes[-1] == len(TARGET)


def test_targets_are_judged_each_by_itself() -> None:
    """Batches are for speed alone."""
    pairs = [(TARGET, SOURCE), ("Yes.", "Ja."), (TARGET, None)]
    together = list(MODEL.find(pairs, "en", 0.3))
    alone = [next(iter(MODEL.find([pair], "en", 0.3))) for pair in pairs]
    assert [[one[:3] for one in spans] for spans in together] == [
        [one[:3] for one in spans] for spans in alone
    ]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60).filter(str.strip), st.sampled_from([SOURCE, None]))
def test_any_text_has_features_for_each_of_its_units(target: str, source: str | None) -> None:
    """Odd letters, marks that combine, words without a counterpart."""
    (marks,) = MODEL.net.marks([(target, source)])
    for ngram in (None, load_ngram("en")):
        units, features = measure(target, marks, MODEL.net, ngram)
        assert units == unit_spans(target)
        assert features.shape == (len(units), len(FEATURES))
        probabilities = MODEL.by_language["source"]["en"].probabilities(features)
        assert np.isfinite(probabilities).all()


def test_the_model_was_fitted_to_the_network_that_ships() -> None:
    """Whoever makes the network anew makes this anew (configs/train-error-spans.yaml)."""
    stored = json.loads((WEIGHTS / "error_spans.json").read_text(encoding="utf-8"))
    assert stored["about"]["network"] == MODEL.net.about["digest"]


def test_a_strange_word_is_no_more_certain_than_the_strangest_that_annotators_saw() -> None:
    """Beyond what was fitted nothing is known."""
    weights = np.zeros((len(FEATURES), 2), np.float32)
    weights[0] = 1.0
    model = replace(FLAT, weights=weights)
    strange = np.zeros((2, len(FEATURES)), np.float32)
    strange[:, 0] = 5.0, 500.0
    assert len(set(model.probabilities(strange)[:, 0].tolist())) == 1


def test_a_damaged_file_says_what_to_do(tmp_path: Path) -> None:
    """In one line."""
    path = tmp_path / "error_spans.json"
    path.write_text('{"models": {}}', encoding="utf-8")
    with pytest.raises(ModelError, match="train it again"):
        load_error_spans(path)
