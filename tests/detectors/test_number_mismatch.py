"""Numbers that the translation changed, added or lost."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqe.data import Article, Mark, Segment
from mtqe.detectors.number_mismatch import NumberMismatch
from mtqe.text.numbers_format import format_number

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "number_mismatch.jsonl").read_text("utf-8").splitlines()
]
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "ru", "zh", "ja")


def article(*pairs: tuple[str, str], source_lang: str = "de", target_lang: str = "en") -> Article:
    """An article of segments that translate each other."""
    segments, source, target = [], "", ""
    for i, (theirs, ours) in enumerate(pairs):
        spans = (len(source), len(source) + len(theirs)), (len(target), len(target) + len(ours))
        segments.append(Segment(i, 0, spans[1], ours, source=theirs, source_span=spans[0]))
        source, target = source + theirs + "\n", target + ours + "\n"
    return Article(
        "a", target, source=source, source_lang=source_lang, target_lang=target_lang, segments=tuple(segments)
    )


def marks(*pairs: tuple[str, str], lost: bool = True, **languages: str) -> list[Mark]:
    """What the detector marks."""
    return list(NumberMismatch(lost=lost).detect(article(*pairs, **languages)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["target"][:50])
def test_cases(case: dict[str, Any]) -> None:
    """Each line is a pair that taught something, with what must be marked in its target."""
    found = marks((case["source"], case["target"]), source_lang=case["from"], target_lang=case["to"])
    assert [case["target"][m.start : m.end] for m in found] == case["marks"]


def test_a_single_changed_number_gets_a_suggestion_in_the_targets_style() -> None:
    """The source's number, as the target language writes it."""
    (mark,) = marks(("Es hat 12.500 Zimmer.", "It has 15,200 rooms."))
    assert (mark.suggestion, mark.severity, mark.message) == ("12,500", "major", "the source has 12.500")
    (mark,) = marks(
        ("It has 3.5 million users.", "Es hat 5,3 Millionen Nutzer."), source_lang="en", target_lang="de"
    )
    assert mark.suggestion == "3,5 Millionen"


def test_ten_times_more_is_critical() -> None:
    """Billions are no millions."""
    (mark,) = marks(("Das kostet 5 Milliarden.", "It costs 5 million."))
    assert (mark.severity, mark.suggestion) == ("critical", "5 billion")


def test_a_lost_number_is_an_empty_mark_that_points_to_the_source() -> None:
    """``source_span`` says what is missing."""
    pair = ("Die Firma hat 350 Leute in 40 Ländern.", "The firm has people abroad.")
    (mark,) = marks(("Ja.", "Yes."), pair)
    given = article(("Ja.", "Yes."), pair)
    assert mark.start == mark.end == given.segments[1].target_span[1]
    assert given.source is not None
    assert mark.source_span is not None
    assert given.source[slice(*mark.source_span)] == "350 Leute in 40"
    assert marks(pair, lost=False) == []


def test_a_number_in_the_neighbouring_segment_is_a_slip_of_alignment() -> None:
    """Sentences were cut otherwise; nothing is wrong with the numbers."""
    pairs = [("Er zahlte 340 Euro.", "He paid."), ("Dann ging er.", "It was 340 euros, and he left.")]
    assert marks(*pairs) == []


def test_without_a_source_nothing_is_marked() -> None:
    """There is nothing to compare with."""
    text = "It has 3,500 rooms."
    segment = Segment(0, 0, (0, len(text)), text)
    assert list(NumberMismatch().detect(Article("a", text, target_lang="en", segments=(segment,)))) == []


def test_of_unknown_languages_digits_alone_are_compared() -> None:
    """Their words for thousands and sevens are not known."""
    assert marks(("570 tys. i cztery", "570 thousand and seven"), source_lang="pl") == []
    assert len(marks(("Ma 84 lata.", "He is 86 years old."), source_lang="pl")) == 1


def test_a_table_is_left_alone() -> None:
    """Rows of numbers are compared by eye, or by a program that knows them."""
    rows = " ".join(str(n) for n in range(300))
    assert marks((rows, "1000 " + rows)) == []


@given(text=st.text(max_size=200), language=st.sampled_from((*LANGUAGES, "xx")))
def test_a_copy_is_never_marked(text: str, language: str) -> None:
    """Whatever the text, each of its numbers is there."""
    assert marks((text, text), source_lang=language, target_lang=language) == []


@given(
    value=st.integers(1, 10**12).map(Decimal),
    source_lang=st.sampled_from(LANGUAGES),
    target_lang=st.sampled_from(LANGUAGES),
)
def test_a_number_in_another_languages_style_is_never_marked(
    value: Decimal, source_lang: str, target_lang: str
) -> None:
    """350万 is 3.5 million is 3,5 Millionen."""
    pair = (format_number(value, source_lang), format_number(value, target_lang))
    assert marks(pair, source_lang=source_lang, target_lang=target_lang) == []
