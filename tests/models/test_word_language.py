"""Which words a language has, and how it spells."""

from __future__ import annotations

import pytest

from mtqe.models.spelling import spelling
from mtqe.models.word_language import frequencies, neighbours


def test_usual_words_are_more_usual_than_rare_ones_and_unknown_ones_least() -> None:
    """On Zipf's scale."""
    english = frequencies("en")
    assert english is not None
    assert english["the"] > english["harbour"] > english["qzxv"] == english.floor
    assert "harbour" in english
    assert "qzxv" not in english


def test_regional_tags_share_their_language() -> None:
    """Norwegian by any of its codes, Portuguese of anywhere."""
    assert frequencies("pt-BR") is frequencies("pt-BR")
    assert frequencies("no", "small") is not None
    assert frequencies("xx") is None


def test_only_languages_in_the_same_letters_are_looked_for() -> None:
    """A Russian passage in English is seen by its letters."""
    assert "fr" in neighbours("en")
    assert "ru" not in neighbours("en")
    assert "uk" in neighbours("ru")
    assert neighbours("zh") == ()


@pytest.mark.parametrize(
    ("word", "own", "other"),
    [
        ("flugmönnum", "is", "en"),
        ("Straßenbahn".lower(), "de", "fr"),
        ("quellement", "fr", "de"),
        ("harbouring", "en", "fi"),
    ],
)
def test_a_word_is_likelier_where_words_are_spelt_so(word: str, own: str, other: str) -> None:
    """Also one that no list has."""
    mine, theirs = spelling(own), spelling(other)
    assert mine is not None
    assert theirs is not None
    assert mine.score(word) > theirs.score(word)
