"""Direct assessments by sentence vectors: whom they speak for, and within what bounds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mtqe.errors import ModelError
from mtqe.models.adequacy import Pair, load_adequacy
from mtqe.models.assessment import load_assessment
from mtqe.training.assessment import fit

SOURCE = "Мэр открыл в понедельник новый мост, который стоил сорок миллионов евро."
GOOD = "On Monday the mayor opened the new bridge, which cost forty million euros."
WORSE = "The mayor, a Monday new, opens bridge for forty is which standing million."
UNRELATED = "The cat sleeps on the sofa all day long."


def test_a_good_translation_leads() -> None:
    """Before one of the same words without sense."""
    good, worse = load_assessment().lead([(GOOD, SOURCE), (WORSE, SOURCE)], "ru-en")
    assert good > worse


def test_what_is_said_is_bounded() -> None:
    """Whatever the text, also none."""
    texts = [(target, SOURCE) for target in ("", "x", "на " * 500, UNRELATED, GOOD * 30)]
    assert np.abs(load_assessment().lead(texts, "ru-en")).max() <= 1.5


def test_other_pairs_of_languages_have_none() -> None:
    """Zeros, so that their adequacy is as it was; and nothing asked is nothing said."""
    assert load_assessment().lead([("Guten Tag.", "Good day.")], "en-de").tolist() == [0.0]
    assert load_assessment().lead([], "ru-en").tolist() == []


def test_a_translation_does_not_depend_on_the_others_beside_it() -> None:
    """Pairs of languages may be mixed."""
    pairs = [
        Pair(GOOD, SOURCE, "en", "ru"),
        Pair("Guten Tag, Frau Weber.", "Good day, Mrs Weber.", "de", "en"),
    ]
    together = [one.penalty for one in load_adequacy().judge(pairs, "source")]
    alone = [load_adequacy().judge([pair], "source")[0].penalty for pair in pairs]
    assert together == pytest.approx(alone, abs=1e-4)


def test_no_lead_saves_what_is_no_translation() -> None:
    """Unrelated text stays at the bottom."""
    good, unrelated = load_adequacy().judge(
        [Pair(target, SOURCE, "en", "ru") for target in (GOOD, UNRELATED)], "source"
    )
    assert good.penalty < 10
    assert unrelated.penalty > 60


def test_ridge_finds_a_line() -> None:
    """Of features that say it, drawn towards 0 a little."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(20_000, 3)).astype(np.float32)
    mean, weights = fit(x, np.asarray(x[:, 0] * 2.0 + 1.0, np.float64))
    assert weights == pytest.approx([2.0, 0.0, 0.0], abs=0.35)
    assert mean == pytest.approx([0, 0, 0], abs=0.05)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """With what to do."""
    with pytest.raises(ModelError, match=r"assessment\.safetensors: is missing"):
        load_assessment(tmp_path)
