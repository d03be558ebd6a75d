"""Words and passages that were left in another language."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from mtqe.data import Article, Mark, Segment
from mtqe.detectors.untranslated import Untranslated
from mtqe.prepare import prepare

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "untranslated.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]


def marks(
    text: str, language: str = "en", source: str | None = None, source_lang: str | None = None
) -> list[Mark]:
    """The detector's marks in text order."""
    segments = (Segment(0, 0, (0, len(text)), text, source=source),) if source else ()
    article = Article("a", text, target_lang=language, source_lang=source_lang, segments=segments)
    return sorted(Untranslated().detect(prepare(article)), key=lambda mark: mark.start)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["target"][:50])
def test_cases_that_taught_something(case: dict[str, str | list[str]]) -> None:
    """Each line is a sentence of our own in the shape of what real text showed."""
    text = str(case["target"])
    found = [text[mark.start : mark.end] for mark in marks(text, str(case["lang"]))]
    assert found == case["marks"]


def test_a_whole_sentence_is_critical_and_a_word_is_not() -> None:
    """Severity follows how much is lost."""
    (sentence,) = marks("Les travaux devraient durer jusqu’à la fin du mois prochain.")
    assert (sentence.severity, sentence.start) == ("critical", 0)
    (word,) = marks("The men were released mercredi after a long talk.")
    assert word.severity == "major"
    assert word.confidence < sentence.confidence


def test_a_translated_tail_is_not_part_of_the_passage() -> None:
    """The mark ends where English begins."""
    text = (
        "Le ministre de la Pêche s’est entretenu jeudi avec les pêcheurs avant un sommet sur le thon in May."
    )
    (mark,) = marks(text)
    assert text[mark.start : mark.end].endswith("sur le thon")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Gestern sagte er, the ships will leave the harbour tomorrow morning, und ging."),
        ("fr", "Hier il a dit que the ships will leave the harbour tomorrow morning, puis il est parti."),
        ("es", "Ayer dijo que the ships will leave the harbour tomorrow morning, y se fue."),
        ("ru", "Вчера он сказал, що кораблі завтра вранці вийдуть з гавані, и ушёл."),
    ],
)
def test_passages_are_found_in_other_target_languages(language: str, text: str) -> None:
    """By the same evidence in their own word lists."""
    (mark,) = marks(text, language)
    assert len(text[mark.start : mark.end].split()) >= 5


@pytest.mark.parametrize("language", ["zh", "ja", "ar", "th", "xx"])
def test_languages_without_support_give_nothing(language: str) -> None:
    """Rather than nonsense."""
    assert marks("Les travaux devraient durer jusqu’à la fin du mois.", language) == []


def test_names_of_people_and_places_are_never_words_of_another_language() -> None:
    """Whatever stands between their capitals."""
    text = (
        "María de los Ángeles Fernández met Jan van der Berg, Otto von Habsburg and Luigi Di Maio at the "
        "Teatro alla Scala before they left for Rio de Janeiro, Frankfurt am Main and Aix-en-Provence."
    )
    assert marks(text) == []


def test_long_articles_take_little_time() -> None:
    """A hundred thousand words in seconds, on any machine."""
    text = "The council of the old town met on Monday and voted for a bridge. " * 8_000
    article = prepare(Article("a", text, target_lang="en"))
    started = time.process_time()
    assert list(Untranslated().detect(article)) == []
    assert time.process_time() - started < 20
