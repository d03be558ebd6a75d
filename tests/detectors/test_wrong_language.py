"""Sentences and articles in a language that they should not be in."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from mtqe.data import Article, Mark
from mtqe.detectors.wrong_language import WrongLanguage
from mtqe.prepare import prepare

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "wrong_language.jsonl")
    .read_text(encoding="utf-8")
    .split("\n")
    if line
]


def marks(text: str, language: str, source_lang: str | None = None, source: str | None = None) -> list[Mark]:
    """The detector's marks in text order."""
    article = Article("a", text, source=source, target_lang=language, source_lang=source_lang)
    return sorted(WrongLanguage().detect(prepare(article)), key=lambda mark: mark.start)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["target"][:40])
def test_cases_that_taught_something(case: dict[str, Any]) -> None:
    """Which sentences are marked."""
    text = case["target"]
    found = marks(text, case["lang"], case.get("source_lang"))
    assert [text[mark.start : mark.end] for mark in found] == case["marks"]


ENGLISH = (
    "The council met on Monday. It voted for the new bridge. Nobody spoke against it. They went home late."
)


def test_an_article_in_another_language_than_declared_is_marked_throughout() -> None:
    """Each sentence of it, whether or not it is the source's language."""
    assert len(marks(ENGLISH, "de")) == 4
    assert len(marks(ENGLISH, "de", "en")) == 4
    assert marks(ENGLISH, "en") == []


def test_sentences_in_the_source_language_are_untranslated() -> None:
    """Another detector looks closer at those."""
    text = (
        "Der Rat tagte am Montag in der großen Halle am Markt. Niemand sprach gegen den Plan, den er kannte. "
        "The council voted for the new bridge today."
    )
    assert marks(text, "de", "en") == []
    assert len(marks(text, "de", "fr")) == 1


def test_the_severity_is_critical_unless_only_the_way_of_writing_is_another() -> None:
    """Who reads Chinese reads the other characters too."""
    assert marks(ENGLISH, "de")[0].severity == "critical"
    assert marks("這個問題對我們來說還沒有解決。", "zh-Hans")[0].severity == "major"


def test_what_the_source_quotes_is_left_alone() -> None:
    """The translator was right to keep it."""
    spanish = "Los vecinos del barrio no quieren que se construya el puente."
    source = (
        f"The mayor spoke about the plan on Monday. {spanish} Nobody in the hall spoke against any of it."
    )
    target = (
        f"Der Bürgermeister sprach am Montag lange über den Plan. {spanish} "
        "Niemand im Saal sprach sich dagegen aus."
    )
    assert marks(target, "de", "en", source) == []
    assert len(marks(target, "de", "en")) == 1


@pytest.mark.parametrize("unit", ["The council met. ", "мост ", "桥", "x", "1 "])
def test_a_very_long_line_takes_linear_time(unit: str) -> None:
    """Whatever it is made of."""
    article = prepare(Article("a", unit * (300_000 // len(unit)), target_lang="de"))
    started = time.process_time()
    list(WrongLanguage().detect(article))
    assert time.process_time() - started < 20
