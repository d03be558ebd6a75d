"""Sentences of the source that the translation lacks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mtqe.data import Article, Omission, Segment
from mtqe.detectors.omission import MissingSentence
from mtqe.prepare import prepare

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "omission.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_cases_that_taught_something(case: dict[str, Any]) -> None:
    """What is missing, by the source's words."""
    article = Article(
        "a", case["target"], case["source"], target_lang=case["lang"], source_lang=case["source_lang"]
    )
    marks = list(MissingSentence().detect(prepare(article)))
    spans = [mark.source_span for mark in marks if mark.source_span]
    assert [case["source"][slice(*span)] for span in spans] == case["missing"]


def gap(
    targets: list[tuple[str, str | None]], missing: str, before: int, languages: str = "de-en"
) -> Article:
    """An article whose alignment is given: targets with sources, and one sentence left over."""
    segments = tuple(Segment(n, 0, (n, n + 1), target, source) for n, (target, source) in enumerate(targets))
    source, target = languages.split("-")
    omission = Omission((0, len(missing)), missing, before)
    return Article(
        "a",
        "x" * (len(targets) + 1),
        missing,
        target_lang=target,
        source_lang=source,
        segments=segments,
        omissions=(omission,),
    )


MISSING = "Der Sturm hat drei Pfeiler zerbrochen."


def test_a_gap_between_sentences_of_the_right_length_is_marked() -> None:
    """With the place in the target and the range in the source."""
    article = gap(
        [("The pier is closed.", "Der Steg ist gesperrt."), ("It opens in May.", "Mai.")], MISSING, 1
    )
    (mark,) = MissingSentence().detect(article)
    assert (mark.start, mark.end, mark.source_span) == (1, 1, (0, len(MISSING)))


def test_a_neighbour_with_room_for_it_holds_it() -> None:
    """The alignment joined too few sentences."""
    long = "The pier is closed, for the storm has broken three of its pillars, and it will open again in May."
    article = gap(
        [(long, "Der Steg ist gesperrt."), *[("It opens in May.", "Er öffnet im Mai.")] * 9], MISSING, 1
    )
    assert list(MissingSentence().detect(article)) == []


def test_languages_that_can_not_be_compared_are_left_alone() -> None:
    """Names and numbers alone don't say what is missing."""
    targets: list[tuple[str, str | None]] = [("Kaia itxita dago.", "Der Steg ist gesperrt.")]
    assert list(MissingSentence().detect(gap(targets, MISSING, 1, "de-eu"))) == []


def test_short_sentences_come_and_go() -> None:
    """A caption or a byline."""
    targets: list[tuple[str, str | None]] = [("The pier is closed.", "Der Steg ist gesperrt.")]
    assert list(MissingSentence().detect(gap(targets, "Von Ines Falk", 1))) == []
    assert len(list(MissingSentence(least_words=2).detect(gap(targets, "Von Ines Falk", 1)))) == 1
