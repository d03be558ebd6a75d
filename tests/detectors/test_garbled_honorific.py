"""Garbled titles: cases from reading what was missed and what was wrongly flagged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mtqe.data import Article, Mark
from mtqe.detectors.garbled_honorific import GarbledHonorific
from mtqe.prepare import prepare
from mtqe.text.title_wrecks import find_wrecks

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "garbled_honorific.jsonl")
    .read_text(encoding="utf-8")
    .split("\n")
    if line
]


def marks(target: str, source_lang: str | None = None, target_lang: str = "en") -> list[Mark]:
    """The marks in a target, in text order."""
    article = prepare(Article("a", target, target_lang=target_lang, source_lang=source_lang))
    return sorted(GarbledHonorific().detect(article), key=lambda mark: mark.start)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_the_cases_hold(case: dict[str, Any]) -> None:
    """What real articles taught stays learnt."""
    target = case["target"]
    found = [
        target[mark.start : mark.end] for mark in marks(target, target_lang=case.get("target_lang", "en"))
    ]
    assert found == case["marks"]


def test_a_mark_suggests_the_right_title() -> None:
    """The wreck "Mm." stands for "Messrs."."""
    (mark,) = marks("Mm. Berthier and Coulon refused.")
    assert (mark.suggestion, mark.severity) == ("Messrs.", "minor")


def test_wrecks_of_another_source_language_are_not_looked_for() -> None:
    """Nothing of a Russian article went through a French abbreviation."""
    text = "Mm. Berthier and Coulon refused."
    assert marks(text, source_lang="fr")
    assert not marks(text, source_lang="ru")


def test_a_title_in_a_passage_of_its_own_language_is_right() -> None:
    """The passage is untranslated, and its titles are not garbled."""
    assert not marks(
        "Henri Coulon is a judge.\n\n"
        "Le ministre a dit mercredi que l’avocat de M. Coulon avait tort et qu’il fallait attendre."
    )


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "it", "pt", "ru", "zh", "ja"])
def test_the_table_of_every_language_says_what_must_stand_beside_a_title(language: str) -> None:
    """A speaker who extends it learns of a word that means nothing."""
    wrecks = find_wrecks(language, None)
    asked = {"name", "pair", "bare pair", "surname", "full name", "script", "known", "behind"}
    assert wrecks
    assert {wreck.before for wreck in wrecks.values()} <= asked
    assert all(isinstance(form, str) and 0 < wreck.confidence < 1 for form, wreck in wrecks.items())
    assert all(wreck.after for wreck in wrecks.values() if wreck.before == "behind")


def test_a_title_in_an_untranslated_passage_is_not_garbled() -> None:
    """It is right in the language of the passage."""
    assert not marks(
        "Le juge a refusé.\n\nLast week Messrs. Keller and Brandt told the judge that they will appeal.",
        target_lang="fr",
    )
