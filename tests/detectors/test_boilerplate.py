"""Lines of the page that are no part of its article."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from mtqe.data import Article, Segment
from mtqe.detectors.boilerplate import Boilerplate
from mtqe.prepare import prepare

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "boilerplate.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]


def marked(text: str, language: str = "en", **options: bool) -> list[str]:
    """What the detector marks."""
    article = prepare(Article("a", text, target_lang=language))
    return [text[mark.start : mark.end] for mark in Boilerplate(**options).detect(article)]


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "Share this article"),
        ("en", "12 Comments"),
        ("en", "► Read more: Ferries stay in port for a third day"),
        ("en", "READ ALSO | Ferries stay in port"),
        ("en", "Photo: Mia Falk / Coastal Press"),
        ("en", "Save my name, email, and website in this browser for the next time I comment."),
        ("de", "Kommentar hinterlassen"),
        ("de", "Siehe auch: Die Fähren bleiben im Hafen"),
        ("fr", "À lire aussi : Les ferries restent au port"),
        ("fr", "Votre adresse e-mail ne sera pas publiée. Les champs obligatoires sont indiqués avec *"),
        ("es", "Deja una respuesta"),
        ("it", "Leggi anche: I traghetti restano in porto"),
        ("pt", "Leia também: As balsas ficam no porto"),
        ("ru", "Читайте также: Паромы остаются в порту"),
        ("zh", "相关阅读：渡轮仍停留在港口"),
        ("ja", "コメントを残す"),
        ("fr", "Leave a Reply"),
    ],
)
def test_lines_of_templates_are_marked_whole(language: str, line: str) -> None:
    """In the article's language, and in English, which templates are often left in."""
    assert marked(f"Text.\n\n{line}\n\nText.", language) == [line]


@pytest.mark.parametrize(
    "line",
    [
        "Home prices rose by a tenth in a year.",
        "Share of women in parliament falls",
        "Comments made by the minister have angered many.",
        "See also how the tide has turned since then, the captain said.",
        "Read more than one newspaper, she advises.",
        "Advertising is an art.",
        "Search teams found the boat on Friday.",
        "The photo: a man in the rain, and nothing else.",
        "Subscribe to no theory, he told his students.",
        "Register of ships",
        "Follow us into the harbour, the pilot radioed.",
        "Print shops are closing.",
        "Loading the ferry took an hour.",
    ],
)
def test_sentences_that_begin_like_a_template_are_left_alone(line: str) -> None:
    """They are what false alarms are made of."""
    assert marked(f"Text.\n\n{line}\n\nText.") == []


def test_a_site_name_is_marked_without_its_headline() -> None:
    """However many parts it has."""
    text = "Ferries stay in port for a third day | Local News | Harbour Herald Online\nThe storm goes on."
    assert marked(text) == ["Local News | Harbour Herald Online"]


@pytest.mark.parametrize(
    "headline",
    [
        "Held at sea | The skipper spoke of the fate of his crew with the harbour master",
        "Storm – a word for all seasons",
        "The Times they are a-changing – again",
    ],
)
def test_a_headline_of_two_parts_is_left_alone(headline: str) -> None:
    """The second part is no site."""
    assert marked(f"{headline}\nText.") == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["target"][:50])
def test_cases_that_taught_something(case: dict[str, Any]) -> None:
    """Each line is a text of our own in the shape of what web pages show."""
    assert marked(case["target"], case["lang"]) == case["marks"]


def test_names_of_media_after_a_dash_are_marked_only_when_asked() -> None:
    """People leave them there as often as systems do."""
    text = "Ferries stay in port for a third day - Harbour News\nThe storm goes on."
    assert marked(text) == []
    assert marked(text, dashed_sites=True) == ["Harbour News"]


@pytest.mark.parametrize(
    "unit", ["Read also: ", "| ", "See also ", "<!--", "Home > ", "» ", "by a | 3 ", "1 "]
)
def test_a_long_line_takes_linear_time(unit: str) -> None:
    """Half a megabyte without a line end."""
    text = unit * (500_000 // len(unit))
    segments = tuple(
        Segment(n, 0, (at, min(at + 2_000, len(text))), text[at : at + 2_000])
        for n, at in enumerate(range(0, len(text), 2_000))
    )
    started = time.perf_counter()
    sum(1 for _ in Boilerplate().detect(Article("a", text, target_lang="en", segments=segments)))
    assert time.perf_counter() - started < 15
