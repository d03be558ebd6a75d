"""A sentence's style is its own: what is read beside it, before it, or twice, changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqe.models import style
from mtqe.models.style import load_style

SENTENCES = (
    "The council will meet again on Monday, said its chairwoman.",
    "It is necessary to note that the realization of the project is carried out in stages.",
    "He left early.",
    "What a day!",
    "",
)


@given(st.lists(st.sampled_from(SENTENCES), max_size=8))
def test_log_odds_do_not_hang_on_company_or_memory(texts: list[str]) -> None:
    """Any list, in any order, with repeats: each text has the number that it has alone."""
    model = load_style("en")
    assert model is not None
    alone = {text: float(model.log_odds([text])[0]) for text in SENTENCES}
    assert model.log_odds(texts).tolist() == [alone[text] for text in texts]


def test_more_texts_than_are_remembered_are_read_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is forgotten, not overrun."""
    model = load_style("en")
    assert model is not None
    wanted = model.log_odds(SENTENCES).tolist()
    monkeypatch.setattr(style, "_REMEMBERED", 2)
    assert model.log_odds(SENTENCES).tolist() == wanted
    assert model.log_odds(SENTENCES[:1]).tolist() == wanted[:1]
    assert len(model._remembered) == 1


def test_words_of_one_language_have_no_style_in_another() -> None:
    """The package has models of some languages alone."""
    assert load_style("fi") is None
