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


@pytest.mark.parametrize(
    ("language", "text", "marked"),
    [
        ("zh", "市长昨天说 the ships will leave tomorrow，然后走了。", "the ships will leave tomorrow"),
        ("ja", "市長は昨日 the ships will leave tomorrow と言った。", "the ships will leave tomorrow"),
        ("zh", "市长昨天说明日出港しますと语。", "しますと"),
        ("ru", "Мэр сказал, 船は明日出港します, и ушёл.", "船は明日出港します"),
        ("en", "The mayor said корабли уйдут завтра and left.", "корабли уйдут завтра"),
    ],
)
def test_passages_in_another_script_are_found_in_any_language(language: str, text: str, marked: str) -> None:
    """Letters speak for themselves, with a word list or without one."""
    (mark,) = marks(text, language)
    assert text[mark.start : mark.end] == marked


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh", "他在 Stanford University 学习 deep learning，用 iPhone 打电话。"),
        ("ja", "彼はGoogle Chromeをダウンロードした。pHは7.4である。"),
        ("ru", "Вид Homo sapiens описан в 1758 году, ДНК анализировали in vitro."),
        ("en", "The αβ receptor, at 5 μm, was named by Σ and Ωmega."),
        ("en", "The capital is Tbilisi (Georgian: თბილისი), once “Тифлис”."),
    ],
)
def test_names_terms_and_symbols_in_another_script_are_left_alone(language: str, text: str) -> None:
    """Brands, species, units and glosses stand in texts of any script."""
    assert marks(text, language) == []


def test_a_language_of_unknown_script_gives_nothing() -> None:
    """Rather than nonsense."""
    assert marks("Les travaux devraient durer jusqu’à la fin du mois.", "qaa") == []


def copies(target: str, source: str, languages: tuple[str, str], **options: float) -> list[str]:
    """What the detector marks beside a source."""
    segment = Segment(0, 0, (0, len(target)), target, source=source)
    article = Article("a", target, target_lang=languages[0], source_lang=languages[1], segments=(segment,))
    return [target[mark.start : mark.end] for mark in Untranslated(**options).detect(article)]


def test_words_copied_from_the_source_are_marked_and_names_are_not() -> None:
    """A name is copied by right."""
    source = "Tap Settings, then ask Nina Holmqvist for the outlet."
    assert copies("Tap Settings, dann fragen Sie Nina Holmqvist.", source, ("de", "en")) == ["Tap Settings"]
    assert copies("Dann fragen Sie Nina Holmqvist.", source, ("de", "en")) == []


def test_copied_words_are_an_option() -> None:
    """Off at 1, and what is marked at a high probability is marked at a low one."""
    source, target = (
        "Tap Settings to see your Children's Hospital.",
        "Tap Settings für Ihr Children's Hospital.",
    )
    assert copies(target, source, ("de", "en"), copied=1.0) == []
    assert set(copies(target, source, ("de", "en"), copied=0.7)) <= set(copies(target, source, ("de", "en")))


def test_placeholders_and_addresses_are_no_words() -> None:
    """Templates put them into both texts."""
    source = "Write to #NAME# at help@example.org or see https://example.org/reset for {count} codes."
    target = "Schreiben Sie #NAME# an help@example.org, siehe https://example.org/reset für {count} Codes."
    assert copies(target, source, ("de", "en")) == []


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


def test_russian_words_in_latin_letters_are_found() -> None:
    """They arrive as they sound, but for words that English has taken over."""
    (mark,) = marks("The plant was closed blagodarya the new law.")
    assert (mark.start, mark.end) == (21, 31)
    assert "in Latin letters" in mark.message
    assert marks("He drank vodka at the dacha and fed the babushka next door.") == []


def test_words_of_the_source_language_need_less_evidence() -> None:
    """A word that might be anything is one of the source's if the source's language is known."""
    text = "The mayor spoke of the poste yesterday."
    source = "Le maire a parlé hier."
    assert copies(text, source, ("en", "es"), copied=1.0) == []
    assert copies(text, source, ("en", "fr"), copied=1.0) == ["poste"]
