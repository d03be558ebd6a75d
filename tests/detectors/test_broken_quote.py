"""Quotation marks that lost their place."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from mtqe.data import Article, Segment
from mtqe.detectors.broken_quote import BrokenQuote
from mtqe.prepare import prepare

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "broken_quote.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]


def marked(text: str, language: str = "en", **options: bool) -> list[tuple[int, str]]:
    """Where the detector marks, and what it suggests."""
    article = prepare(Article("a", text, target_lang=language))
    return [(mark.start, mark.suggestion or "") for mark in BrokenQuote(**options).detect(article)]


def test_the_second_of_two_opening_marks_should_have_closed() -> None:
    """One issue and not two, with the mark to write."""
    text = "“We will go, “Ms. Adeyemi told the crowd."
    assert marked(text) == [(text.rindex("“"), "”")]


def test_straight_marks_are_counted_only_when_asked() -> None:
    """Inches are no quotations even then."""
    assert marked('He called it "a good day and left.') == []
    assert marked('He called it "a good day and left.', straight=True) == [(13, "")]
    assert marked('The board was 19" wide.', straight=True) == []


@pytest.mark.parametrize("sentences_per_line", [1, 2])
def test_a_quotation_may_run_over_lines(sentences_per_line: int) -> None:
    """Segment records have a line for each sentence."""
    sentences = ["She said: “It began in spring.", "It went on.", "It ended in autumn.”", "He left."]
    separator = "\n" if sentences_per_line == 1 else " "
    assert marked(separator.join(sentences)) == []


def test_one_lost_mark_does_not_spoil_the_rest_of_the_article() -> None:
    """Later quotations are in pairs and left alone."""
    text = "“It began.\n\nHe said “yes” and “no”.\n\nShe said “maybe”."
    assert marked(text) == []
    assert marked(text, unclosed=True) == [(0, "")]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "„Nur die „Nein“-Wähler kamen“, sagte er."),
        ("de", "»Gut«, sagte sie. “Good” heißt gut."),
        ("fr", "« Oui », dit-elle, « mais “non” aussi. »"),
        ("ja", "「はい」と『本』に書いた。"),
        ("sv", "”Ja”, sade hon."),
    ],
)
def test_each_language_has_its_own_marks(language: str, text: str) -> None:
    """Nested or mixed, in pairs they are right."""
    assert marked(text, language) == []


def test_what_the_source_leaves_open_stays_open() -> None:
    """Only where the source's quotations are in pairs is a lone mark the translation's fault."""
    text = "He spoke of “progress, and left."
    cases = {"Er sprach von „Fortschritt“.": [(12, "")], "Er sprach von „Fortschritt und ging.": []}
    for source, expected in cases.items():
        segment = Segment(0, 0, (0, len(text)), text, source=source)
        article = prepare(Article("a", text, target_lang="en", source_lang="de", segments=(segment,)))
        found = BrokenQuote(unclosed=True).detect(article)
        assert [(mark.start, mark.suggestion or "") for mark in found] == expected


def test_single_marks_of_the_source_can_not_be_counted() -> None:
    """British newspapers quote with them, and over sentences."""
    text = "Er sagte: „Wir gehen."
    segment = Segment(0, 0, (0, len(text)), text, source="He said: 'We will go.")
    article = prepare(Article("a", text, target_lang="de", source_lang="en", segments=(segment,)))
    assert list(BrokenQuote(unclosed=True).detect(article)) == []


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("unit", ["“", "”", '"', "„ ", "»a ", " ”\n", "“\n\n"])
def test_a_page_of_marks_takes_linear_time(language: str, unit: str) -> None:
    """A hundred thousand of them, without sentences, which take longer."""
    text = unit * 100_000
    segments = (Segment(0, 0, (0, len(text)), text),)
    started = time.perf_counter()
    for _ in BrokenQuote(unclosed=True).detect(Article("a", text, target_lang=language, segments=segments)):
        pass
    assert time.perf_counter() - started < 15


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["target"][:50])
def test_cases_that_taught_something(case: dict[str, Any]) -> None:
    """Each line is a text of our own in the shape of what real text showed."""
    text = case["target"]
    found = [text[at : at + 1] for at, _ in sorted(marked(text, case.get("lang", "en")))]
    assert found == case["marks"]
