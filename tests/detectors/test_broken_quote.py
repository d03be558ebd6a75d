"""Quotation marks that lost their place."""

from __future__ import annotations

import pytest

from mtqe.data import Article
from mtqe.detectors.broken_quote import BrokenQuote
from mtqe.prepare import prepare


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
    assert marked(text) == [(0, "")]


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
