"""How alike names sound across spellings and scripts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqe.text.phonetics import romanise, skeleton_keys, sound_distance

ONE_NAME = [
    ("Petrovsky", "Betrowski"),
    ("Velkov", "Felkof"),
    ("Gerneaud", "Jerno"),
    ("Laurent", "Loran"),
    ("Zhukov", "Joukov"),
    ("Vondráček", "Wondratschek"),
    ("Haldór", "Haldoor"),
    ("Иванов", "Ivanov"),
]
TWO_NAMES = [("Velkov", "Marchek"), ("Tilbury", "Ashdown"), ("Keller", "Brandt"), ("Okafor", "Adeyemi")]


@pytest.mark.parametrize(("a", "b"), ONE_NAME)
def test_spellings_of_one_name_are_near(a: str, b: str) -> None:
    """What transliteration does to a name keeps it below the distance of unrelated names."""
    assert sound_distance(a, b) <= 0.15


@pytest.mark.parametrize(("a", "b"), TWO_NAMES)
def test_different_names_are_far(a: str, b: str) -> None:
    """Names that only have their length in common are not taken for one."""
    assert sound_distance(a, b) > 0.35


@pytest.mark.parametrize(("a", "b"), ONE_NAME)
def test_spellings_of_one_name_are_looked_up_together(a: str, b: str) -> None:
    """The index never loses a pair that the distance would have found."""
    assert set(skeleton_keys(a)) & set(skeleton_keys(b))


def test_other_scripts_and_letters_are_romanised() -> None:
    """A name can be compared with itself in any script."""
    assert romanise("Иванов") == "ivanov"
    assert romanise("Sørensen-Łuk") == "sorensenluk"


def test_what_has_no_letters_is_far_from_any_name() -> None:
    """No division by nothing."""
    assert sound_distance("", "Keller") == 1.0
    assert sound_distance("123", "…") == 0.0


@given(st.text(max_size=30), st.text(max_size=30))
def test_the_distance_is_symmetric_and_bounded(a: str, b: str) -> None:
    """Whichever is taken for the right form, the distance is the same."""
    assert sound_distance(a, b) == pytest.approx(sound_distance(b, a))
    assert 0.0 <= sound_distance(a, b) <= 1.0


@given(st.text(max_size=30))
def test_a_name_is_no_distance_from_itself(name: str) -> None:
    """Nothing is a variant of itself."""
    assert sound_distance(name, name) == 0.0
