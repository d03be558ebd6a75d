"""Characters that a wrong decoding, a lost encoding or a tokeniser left."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from mtqe.data import Article, Mark, Segment
from mtqe.detectors.mojibake import Mojibake
from mtqe.prepare import prepare

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "mojibake.jsonl").read_text(encoding="utf-8").split("\n")
    if line
]


def marks(text: str, language: str = "en", source: str | None = None) -> list[Mark]:
    """The detector's marks in text order."""
    segments = (Segment(0, 0, (0, len(text)), text, source=source),)
    article = Article("a", text, target_lang=language, source_lang="en", segments=segments)
    return sorted(Mojibake().detect(article), key=lambda mark: mark.start)


def repaired(text: str, found: list[Mark]) -> str:
    """The text with every suggestion in its place."""
    for mark in reversed(found):
        text = text[: mark.start] + (mark.suggestion or "") + text[mark.end :]
    return text


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["target"][:40])
def test_cases_that_taught_something(case: dict[str, Any]) -> None:
    """What is marked, and what the text reads once the suggestions are taken."""
    text = case["target"]
    found = marks(text, case["lang"])
    assert [text[mark.start : mark.end] for mark in found] == case["marks"]
    if "repaired" in case:
        assert repaired(text, found) == case["repaired"]


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "mac-roman", "cp1251"])
def test_utf8_read_in_another_encoding_is_found_and_repaired(encoding: str) -> None:
    """Whichever it was."""
    text = f"Gestern war Frau {'Büsgen'.encode().decode(encoding)} hier."
    found = marks(text, "de")
    assert repaired(text, found) == "Gestern war Frau Büsgen hier."


def test_what_the_source_has_too_is_left_alone() -> None:
    """The translator copied it."""
    assert marks("Herr BrÃ¼ckner &amp; Co.", "de", source="Mr BrÃ¼ckner &amp; Co.") == []
    assert len(marks("Herr BrÃ¼ckner &amp; Co.", "de", source="Mr Brückner & Co.")) == 2


def test_a_segment_full_of_garbled_places_gets_one_mark() -> None:
    """An editor reads the text and not a hundred marks."""
    text = "Das schÃ¶ne grÃ¼ne TÃ¼rchen fÃ¼r die Ãœbung kÃ¶nnte bÃ¶se sein."
    (mark,) = marks(text, "de")
    assert mark.severity == "major"
    assert repaired(text, [mark]) == "Das schöne grüne Türchen für die Übung könnte böse sein."


def test_a_word_that_cannot_be_read_is_graver() -> None:
    """One letter is a blemish; a garbled word is lost."""
    assert marks("Mr BrÃ¼ckner came.")[0].severity == "minor"
    assert marks("Ð¼Ð¸Ñ€ came.")[0].severity == "major"


def test_lost_letters_have_no_suggestion() -> None:
    """Nobody knows what a replacement character stood for."""
    assert marks("The na\ufffdve plan.")[0].suggestion is None


@pytest.mark.parametrize(
    "unit", ["the old town ", "Ã¼", "é", "&", "\ufffd", "a?", "=C3", "\\u00", "@", "`", "%C3%"]
)
def test_a_very_long_line_takes_linear_time(unit: str) -> None:
    """Whatever it is made of."""
    article = prepare(Article("a", unit * (300_000 // len(unit)), target_lang="de"))
    started = time.process_time()
    list(Mojibake().detect(article))
    assert time.process_time() - started < 10
