"""Places under other languages' names."""

from __future__ import annotations

import pytest

from mtqe.text.place_names import foreign_places
from mtqe.text.tables import table


@pytest.mark.parametrize(
    ("text", "language", "name", "own"),
    [
        ("The talks in Varsovie failed.", "en", "Varsovie", "Warsaw"),
        ("They flew to the Royaume-Uni on Monday.", "en", "Royaume-Uni", "United Kingdom"),
        ("Er reiste gestern nach Mosca.", "de", "Mosca", "Moskau"),
        ("Il est arrivé hier à Kopenhagen.", "fr", "Kopenhagen", "Copenhague"),
    ],
)
def test_a_foreign_name_of_a_place_is_found(text: str, language: str, name: str, own: str) -> None:
    """With what the text's own language calls it."""
    (place,) = foreign_places(text, language)
    assert (text[slice(*place.span)], place.own) == (name, own)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The talks in Warsaw failed.", "en"),
        ("She lives in Bogotá and works in São Paulo.", "en"),
        ("Turn left at the Rue de Varsovie.", "en"),
        ("The Hotel Varsovie is closed.", "en"),
        ("Jack Londres wrote it.", "en"),
        ("Varsovie Street is closed.", "en"),
        ("The varsovienne is a dance, and Varsoviens dance it.", "en"),
        ("Les pourparlers de Varsovie ont échoué.", "fr"),
        ("Mazungumzo ya Varsovie yameshindwa.", "sw"),
    ],
)
def test_other_names_are_left_alone(text: str, language: str) -> None:
    """Own names with or without accents, streets, hotels, people, and languages without a table."""
    assert list(foreign_places(text, language)) == []


def test_every_name_has_its_language_and_its_english_name() -> None:
    """A table that a program made is still read by people."""
    tables = table("place_names")
    assert {"en", "de", "fr", "es", "it", "pt", "ru"} <= tables.keys()
    assert all(isinstance(name, str) and english in tables["en"] for name, english in tables["fr"].items())
