"""One name in the spellings of several languages."""

import pytest

from mtqe.text.name_spellings import same_spelling


@pytest.mark.parametrize(
    ("first", "language", "second", "other"),
    [
        ("Katschurow", "de", "Kachurov", "en"),
        ("Katchourov", "fr", "Kachurov", "en"),
        ("Kačurov", "it", "Kachurov", "en"),
        ("Zújov", "es", "Zukhov", "en"),
        ("Sobolewski", "de", "Sobolevsky", "en"),
        ("Dallinger", "de", "Dallinger", "en"),
    ],
)
def test_languages_spell_a_name_by_rules_of_their_own(
    first: str, language: str, second: str, other: str
) -> None:
    """Neither spelling is a mistake."""
    assert same_spelling(first, language, second, other)


@pytest.mark.parametrize(
    ("first", "second"), [("Velkof", "Velkov"), ("Marchik", "Marchek"), ("Dalinker", "Dallinger")]
)
def test_another_sound_is_another_spelling(first: str, second: str) -> None:
    """What only sounds alike is not the same."""
    assert not same_spelling(first, "de", second, "en")


def test_a_language_without_a_table_has_the_common_rules() -> None:
    """They hold for most languages."""
    assert same_spelling("Mysha", "xx", "Misha", "xx")
