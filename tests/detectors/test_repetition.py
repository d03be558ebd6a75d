"""What a translation says again without being asked."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from mtqe.data import Article, Segment
from mtqe.detectors.repetition import Repetition
from mtqe.prepare import prepare
from mtqe.text.tables import table

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "repetition.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]


def marked(text: str, language: str = "en", source: str | None = None) -> list[str]:
    """What the detector marks."""
    article = prepare(
        Article("a", text, target_lang=language, source=source, source_lang="de" if source else None)
    )
    return [text[mark.start : mark.end] for mark in Repetition().detect(article)]


def test_a_system_that_loops_is_marked_once_for_the_whole_loop() -> None:
    """Not once for each round."""
    text = "The vote " + "on the new law " * 12 + "was held."
    assert marked(text) == [("on the new law " * 11).strip()]


def test_repeats_in_scripts_without_spaces_are_found() -> None:
    """Four characters twice; a doubled character is grammar."""
    assert marked("会议在北京举行在北京举行。", "zh") == ["在北京举行"]
    assert marked("看看天天好好学习。", "zh") == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "He had had no idea; it was, well, very very far."),
        ("en", "They met in New York, New York."),
        ("en", "Sing Sing and Duran Duran are names."),
        ("de", "Das ist das, das die die Kinder wollten."),
        ("fr", "Vous vous trompez, nous nous aimons."),
        ("it", "Piano piano si va lontano."),
    ],
)
def test_what_a_language_says_twice_is_left_alone(language: str, text: str) -> None:
    """Names, grammar, emphasis."""
    assert marked(text, language) == []


def test_what_the_source_repeats_may_be_repeated() -> None:
    """A refrain is a refrain."""
    rows = [("It rains and rains on the roof.",) * 2, ("Es regnet und regnet aufs Dach.",) * 2]
    spans = [(0, 31), (32, 63)]
    segments = tuple(Segment(i, i, spans[i], rows[0][i], source=rows[1][i]) for i in range(2))
    article = Article("a", "\n".join(rows[0]), target_lang="en", source_lang="de", segments=segments)
    assert list(Repetition().detect(article)) == []


def test_the_suggestion_is_to_delete() -> None:
    """An editor sees what to do."""
    (mark,) = Repetition().detect(prepare(Article("a", "It was the the end.", target_lang="en")))
    assert (mark.suggestion, mark.start) == ("", 11)


def test_a_text_made_of_one_word_takes_linear_time() -> None:
    """A megabyte of it."""
    assert len(marked("la " * 300_000)) < 1_000


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["target"][:50])
def test_cases_that_taught_something(case: dict[str, Any]) -> None:
    """Each line is a text of our own in the shape of what real text showed."""
    assert sorted(marked(case["target"], case["lang"])) == sorted(case["marks"])


def test_words_that_yaml_takes_for_truth_are_words() -> None:
    """Unquoted, "no" and "on" are booleans in YAML."""
    for language, words in table("doubled_words").items():
        assert all(isinstance(word, str) for word in words), language


@pytest.mark.parametrize("unit", ["a b c d e f ", "na", "the the, ", "man-", "是的", "x y and "])
def test_a_loop_without_sentences_takes_linear_time(unit: str) -> None:
    """Two hundred thousand characters in one segment."""
    text = unit * (200_000 // len(unit))
    article = Article("a", text, target_lang="en", segments=(Segment(0, 0, (0, len(text)), text),))
    started = time.perf_counter()
    sum(1 for _ in Repetition().detect(article))
    assert time.perf_counter() - started < 10
