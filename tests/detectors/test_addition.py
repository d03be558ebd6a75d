"""Sentences of the translation that nothing in the source says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mtqe.data import Article, Segment
from mtqe.detectors.addition import Addition
from mtqe.prepare import prepare

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "addition.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_cases_that_taught_something(case: dict[str, Any]) -> None:
    """What was added, by the target's words."""
    article = Article(
        "a", case["target"], case["source"], target_lang=case["lang"], source_lang=case["source_lang"]
    )
    marks = Addition().detect(prepare(article))
    assert [case["target"][mark.start : mark.end] for mark in marks] == case["marks"]


PLAIN = ("The pier is closed.", "Der Steg ist gesperrt.")
ADDED = ("Bake the cake for an hour.", None)


def aligned(*targets: tuple[str, str | None]) -> Article:
    """An article whose alignment is given."""
    segments = tuple(Segment(n, 0, (n, n + 1), target, source) for n, (target, source) in enumerate(targets))
    text = "x" * len(targets)
    return Article("a", text, "y", target_lang="en", source_lang="de", segments=segments)


def test_a_sentence_between_others_of_the_right_length_is_marked() -> None:
    """Nothing says it."""
    (mark,) = Addition().detect(aligned(PLAIN, ADDED, PLAIN))
    assert (mark.start, mark.end) == (1, 2)


def test_a_neighbours_source_with_room_for_it_says_it() -> None:
    """The alignment joined too few sentences."""
    long = (
        "The pier is closed.",
        "Der Steg ist gesperrt, und den Kuchen soll man eine ganze Stunde lang backen.",
    )
    assert list(Addition().detect(aligned(PLAIN, PLAIN, PLAIN, long, ADDED, PLAIN, PLAIN))) == []


def test_languages_that_can_not_be_compared_are_left_alone() -> None:
    """Names and numbers alone don't say what was added."""
    assert list(Addition().detect(replace(aligned(PLAIN, ADDED), source_lang="eu"))) == []


def test_what_is_excluded_is_no_addition() -> None:
    """A related link has no source."""
    article = aligned(PLAIN, ADDED)
    out = replace(article.segments[1], excluded="boilerplate: a link")
    assert list(Addition().detect(replace(article, segments=(article.segments[0], out)))) == []
