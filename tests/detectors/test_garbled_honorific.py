"""Garbled titles: cases from reading what was missed and what was wrongly flagged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mtqe.data import Article, Mark
from mtqe.detectors.garbled_honorific import GarbledHonorific
from mtqe.prepare import prepare

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "garbled_honorific.jsonl")
    .read_text(encoding="utf-8")
    .split("\n")
    if line
]


def marks(target: str, source_lang: str | None = None) -> list[Mark]:
    """The marks in an English target, in text order."""
    article = prepare(Article("a", target, target_lang="en", source_lang=source_lang))
    return sorted(GarbledHonorific().detect(article), key=lambda mark: mark.start)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_the_cases_hold(case: dict[str, Any]) -> None:
    """What real articles taught stays learnt."""
    found = [case["target"][mark.start : mark.end] for mark in marks(case["target"])]
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
