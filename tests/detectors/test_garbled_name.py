"""Garbled names: cases from reading what was missed and what was wrongly flagged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mtqe.data import Article, Mark
from mtqe.detectors.garbled_name import GarbledName
from mtqe.prepare import prepare
from mtqe.text.name_forms import Form, candidates

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "garbled_name.jsonl")
    .read_text(encoding="utf-8")
    .split("\n")
    if line
]


def marks(target: str, **fields: Any) -> list[Mark]:
    """The marks in a target, in text order."""
    article = prepare(Article("a", target, **({"target_lang": "en"} | fields)))
    return sorted(GarbledName().detect(article), key=lambda mark: mark.start)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_the_cases_hold(case: dict[str, Any]) -> None:
    """What real articles taught stays learnt."""
    fields = {key: case[key] for key in ("source", "target_lang", "source_lang") if key in case}
    found = [case["target"][mark.start : mark.end] for mark in marks(case["target"], **fields)]
    assert found == case["marks"]


def test_a_mark_suggests_the_usual_form_and_shows_where_it_stands() -> None:
    """An editor sees both spellings side by side."""
    text = "Anton Velkov and Paul Marchek came. Velkov sang. Later Anton Felkof danced."
    (mark,) = marks(text)
    assert mark.suggestion == "Velkov"
    assert [text[start:end] for start, end in mark.related] == ["Velkov", "Velkov"]
    assert mark.severity == "major"


def test_a_lost_capital_is_worse_in_the_headline() -> None:
    """What readers see first weighs more."""
    headline = marks("Fans wait for terakubo\n\nYoshio Terakubo sang in May. Later Yoshio Terakubo left.")
    body = marks("Fans wait.\n\nYoshio Terakubo sang in May. Later the fans of terakubo left.")
    assert [mark.severity for mark in headline] == ["major"]
    assert [mark.severity for mark in body] == ["minor"]


def test_a_name_that_is_seldom_named_is_minor() -> None:
    """Readers find their way with one slip in a name that they have met once."""
    (mark,) = marks("The prize went to Anton Velkov. Nobody could reach Velkof.")
    assert mark.severity == "minor"


def test_the_better_supported_spelling_is_not_the_one_that_is_marked() -> None:
    """Two mentions and a first name outweigh one mention."""
    found = marks("Felkof was there. Later Anton Velkov came. Velkov sang, and Velkov left.")
    assert [mark.suggestion for mark in found] == ["Velkov"]


def test_with_the_source_a_mark_says_where_the_name_stands_in_it() -> None:
    """The span is one of the whole source."""
    source = "Hier.\n\nLe maire a remercié Velkov."
    (mark,) = marks("Yesterday.\n\nThe mayor thanked Velkof.", source=source, source_lang="fr")
    assert mark.source_span is not None
    assert source[slice(*mark.source_span)] == "Velkov"


def test_a_language_without_a_table_is_left_alone() -> None:
    """Names are not guessed at by the rules of another language."""
    text = "Anton Velkov tuli. Velkov laulaa. Anton Felkof tanssii."
    assert marks(text, target_lang="fi") == []


def test_a_directory_of_names_is_not_compared_all_with_all() -> None:
    """An article with thousands of different names takes time in proportion to their number."""
    letters = "bdfgklmnprstvz"
    names = [f"{a}a{b}o{c}i{d}".title() for a in letters for b in letters for c in letters for d in "bdf"]
    forms = {name: Form(name, (), "en") for name in names}
    assert sum(1 for _ in candidates(forms)) < 30 * len(names)
