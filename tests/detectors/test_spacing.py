"""Spaces that were lost, doubled, or put where none belong."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from mtqe.data import Article, Mark, Segment
from mtqe.detectors.spacing import Spacing
from mtqe.prepare import prepare

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "spacing.jsonl").read_text(encoding="utf-8").split("\n")
    if line
]


def marks(text: str, language: str = "en", source: str | None = None, doubled: bool = False) -> list[Mark]:
    """The detector's marks in text order."""
    segments = (Segment(0, 0, (0, len(text)), text, source=source),)
    article = Article("a", text, target_lang=language, source_lang="is", segments=segments)
    return sorted(Spacing(doubled=doubled).detect(article), key=lambda mark: mark.start)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["target"][:40])
def test_cases_that_taught_something(case: dict[str, Any]) -> None:
    """What is marked, and what the text reads once the suggestions are taken."""
    text = case["target"]
    found = marks(text, case["lang"])
    assert [text[mark.start : mark.end] for mark in found] == case["marks"]
    for mark in reversed(found):
        text = text[: mark.start] + str(mark.suggestion) + text[mark.end :]
    assert text == case.get("repaired", text)


def test_a_tokenised_segment_gets_one_mark() -> None:
    """One fault of the system, not one for each comma."""
    text = "The ex - minister , who did n't come , was ill ."
    (mark,) = marks(text)
    assert mark.suggestion == "ex-minister, who didn't come, was ill."
    assert mark.severity == "minor"


def test_doubled_spaces_are_marked_on_request_and_not_after_a_full_stop() -> None:
    """People who learnt to type on a machine double them."""
    text = "One sentence.  Another  one."
    assert marks(text) == []
    (mark,) = marks(text, doubled=True)
    assert (mark.start, mark.suggestion) == (text.index("  one"), " ")


def test_what_the_source_has_too_is_left_alone() -> None:
    """The translator copied it."""
    assert marks("He works at theField now.", source="Hann vinnur hjá theField núna.") == []
    assert len(marks("He works at theField now.")) == 1


def test_what_is_said_often_is_a_name() -> None:
    """A lost space is an accident; a name is not."""
    assert marks("The shop inStyle opened. At inStyle they sell hats. Go to inStyle.") == []


@pytest.mark.parametrize(
    "unit", ["word , ", "theharbour ", "a,b", "( a ) ", '" a " ', "ab.Cd", "2019", "a ", 'ab"cd', "x"]
)
def test_a_very_long_line_takes_linear_time(unit: str) -> None:
    """Whatever it is made of."""
    article = prepare(Article("a", unit * (300_000 // len(unit)), target_lang="en"))
    started = time.process_time()
    list(Spacing().detect(article))
    assert time.process_time() - started < 10
