"""Places of pieces: exact for any text, however it is normalised."""

from __future__ import annotations

from unicodedata import category

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqe.models.piece_places import places_of
from mtqe.models.sentence_encoder import load_encoder

PIECES = load_encoder().pieces

# Letters that NFKC joins, parts or maps to others, beside any that there are.
ODD = "ﬁ½㎏ﷺ e\u0301\u0308Å가각한\u1100\u1161\u200d\u00a0\u3000\ufeff👩\ud800Ａ…"
TEXTS = st.text(st.sampled_from(ODD) | st.characters(), max_size=40)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_every_piece_has_a_place_and_every_visible_character_a_piece(text: str) -> None:
    """Ranges lie in the text and in its order, and leave nothing out that can be seen."""
    places = places_of(PIECES, text)
    assert len(places) == len(PIECES.encode(text.encode("utf-8", "surrogatepass")))
    assert all(0 <= start <= end <= len(text) for start, end in places)
    assert places == sorted(places)
    covered = {at for start, end in places for at in range(start, end)}
    visible = {at for at, letter in enumerate(text) if not letter.isspace() and category(letter) != "Cf"}
    assert visible <= covered


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ｈello  ﬁne", ["Ｈello", "ﬁne"]),
        ("cafe\u0301 ½ kg", ["cafe\u0301", "½", "kg"]),
        (" 中国\u3000人", ["中国", "人"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_places_are_those_of_the_text_as_it_was_given(text: str, words: list[str]) -> None:
    """Wide letters, ligatures, combining marks and double spaces don't move what comes after them."""
    joined: list[str] = []
    for start, end in places_of(PIECES, text):
        if joined and start and not text[start - 1].isspace():
            joined[-1] += text[start:end]
        elif end > start:
            joined.append(text[start:end])
    assert joined == words
