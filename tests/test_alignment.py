"""Sentences of two texts are put beside one another, with gaps where one says more."""

from __future__ import annotations

import pytest

from mtqe.alignment import Bead, align
from mtqe.data import Article
from mtqe.evaluate import Evaluator
from tests.models.reading import texts_read

GERMAN = [
    "Der Bürgermeister eröffnete am Montag die neue Brücke über den Fluss.",
    "Hunderte Menschen kamen trotz des Regens zur Feier.",
    "Die Bauarbeiten hatten drei Jahre gedauert.",
    "Sie kosteten vierzig Millionen Euro.",
    "Kritiker sagen, das Geld wäre in Schulen besser angelegt gewesen.",
]
ENGLISH = [
    "On Monday the mayor opened the new bridge over the river.",
    "Hundreds of people came to the celebration despite the rain.",
    "The construction work had taken three years.",
    "It cost forty million euros.",
    "Critics say the money would have been better spent on schools.",
]
OTHER = [
    "Whisk the eggs with the sugar until the mixture is pale.",
    "Bake the cake in the oven until it is brown.",
]


def pairs(beads: list[Bead]) -> list[tuple[list[int], list[int]]]:
    """Beads as lists of numbers."""
    return [(list(a), list(b)) for a, b in beads]


def aligned(
    ours: list[str], theirs: list[str], blocks: list[int] | None = None
) -> list[tuple[list[int], list[int]]]:
    """English sentences aligned with German ones."""
    return pairs(align(ours, theirs, blocks=blocks or [0] * len(ours), languages=("en", "de")))


def test_what_alignment_reads_is_not_read_again_for_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a whole article each sentence goes through the encoder once, states and vectors in one."""
    article = Article("a", " ".join(ENGLISH), source=" ".join(GERMAN), source_lang="de", target_lang="en")
    read = texts_read(monkeypatch)
    (report,) = Evaluator().evaluate([article])
    assert [segment.segment.source for segment in report.segments] == GERMAN
    assert sorted(read) == sorted([*ENGLISH, *GERMAN])


def test_translations_in_order_are_paired() -> None:
    """The ordinary case: sentence by sentence."""
    assert aligned(ENGLISH, GERMAN) == [([i], [i]) for i in range(5)]


@pytest.mark.parametrize("missing", range(5))
def test_a_missing_sentence_is_a_gap(missing: int) -> None:
    """Wherever in the article it is missing."""
    found = aligned([text for i, text in enumerate(ENGLISH) if i != missing], GERMAN)
    assert ([], [missing]) in found
    assert sum(len(a) == len(b) == 1 for a, b in found) == 4


def test_an_added_sentence_is_a_gap() -> None:
    """A recipe in a news article translates nothing."""
    assert ([2], []) in aligned([*ENGLISH[:2], OTHER[0], *ENGLISH[2:]], GERMAN)


def test_two_sentences_that_one_translates_are_one_bead() -> None:
    """Systems join and divide sentences."""
    joined = [
        *ENGLISH[:2],
        "The construction work had taken three years and cost forty million euros.",
        ENGLISH[4],
    ]
    assert ([2], [2, 3]) in aligned(joined, GERMAN)


def test_sentences_of_two_paragraphs_are_never_joined() -> None:
    """A bead lies inside a paragraph of the target."""
    german = [GERMAN[0], "Hunderte kamen, obwohl es regnete, und die Arbeiten hatten drei Jahre gedauert."]
    found = aligned(ENGLISH[:3], german, blocks=[0, 1, 2])
    assert all(len(a) <= 1 for a, _ in found)


def test_a_free_translation_is_put_beside_what_stands_in_its_place() -> None:
    """Little in it shows what it translates, but that it is there."""
    free = "For three long summers the builders had been at it."
    found = aligned([*ENGLISH[:2], free, *ENGLISH[3:]], GERMAN)
    assert found == [([i], [i]) for i in range(5)]


def test_an_unrelated_source_is_all_gaps() -> None:
    """Nothing is forced together."""
    assert all(not a or not b for a, b in aligned(OTHER, GERMAN))


def test_gaps_of_very_different_lengths_stay_gaps() -> None:
    """A caption is no translation of a paragraph."""
    long = " ".join(OTHER * 3)
    found = aligned([*ENGLISH[:2], long, *ENGLISH[3:]], [*GERMAN[:2], "Foto: Kern", *GERMAN[3:]])
    assert ([2], []) in found
    assert ([], [2]) in found


def test_a_single_sentence_is_paired_with_its_translation() -> None:
    """With nothing around it to compare with."""
    assert aligned(ENGLISH[1:2], GERMAN[1:2]) == [([0], [0])]


def test_every_sentence_is_in_exactly_one_bead() -> None:
    """Also when a side is empty."""
    for ours, theirs in ((ENGLISH, GERMAN[:1]), ([], GERMAN), (ENGLISH, []), ([], [])):
        found = aligned(ours, theirs)
        assert [i for a, _ in found for i in a] == list(range(len(ours)))
        assert [j for _, b in found for j in b] == list(range(len(theirs)))


def test_languages_without_vectors_are_aligned_by_numbers_and_names() -> None:
    """Swahili is no language of the encoder."""
    ours = [
        "Anna Berg was born in 1950.",
        "She moved to Oslo in May 1971.",
        "In 1980 she met Per Lund there.",
    ]
    theirs = ["Anna Berg alizaliwa 1950.", "Mwaka wa 1980 alikutana na Per Lund huko."]
    found = pairs(align(ours, theirs, blocks=[0, 1, 2], languages=("en", "sw")))
    assert found == [([0], [0]), ([1], []), ([2], [1])]


def test_long_articles_are_cut_at_anchors_and_aligned_the_same() -> None:
    """Hundreds of sentences with one missing far in."""
    cities = ["Oslo", "Lima", "Cairo", "Quito", "Hanoi", "Dakar", "Minsk", "Perth", "Tunis", "Kyoto"]
    numbers = [(f"{city}", n) for n in range(60) for city in cities]
    ours = [f"In {city} {n + 100} people bought a house in the year {1900 + n}." for city, n in numbers]
    theirs = [f"In {city} kauften {n + 100} Menschen im Jahr {1900 + n} ein Haus." for city, n in numbers]
    found = aligned(ours[:400] + ours[401:], theirs)
    assert ([], [400]) in found
    assert sum(b == [a[0]] for a, b in found[:400] if a) > 390
