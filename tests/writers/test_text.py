"""Reports for a terminal and for Markdown."""

from __future__ import annotations

from pathlib import Path

import pytest

from mtqe.data import ArticleReport
from mtqe.writers import pick_writer


def written(report: ArticleReport, format: str, folder: Path, times: int = 1) -> str:
    """What a writer makes of a report."""
    path = folder / "out"
    pick_writer(format, path).write(iter([report] * times), path)
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("format", ["text", "markdown"])
def test_an_editor_finds_verdict_worst_sentence_and_advice(
    format: str, example_report: ArticleReport, tmp_path: Path
) -> None:
    """In this order, with places and suggestions."""
    text = written(example_report, format, tmp_path)
    order = [
        text.index(part) for part in ("article", "Worst sentences", "Issues", "Left out of scoring", "mtqe:0")
    ]
    assert order == sorted(order)
    for part in ("Les deux hommes", "write “Kerdoncuff”", "delete it", "Les voisins ont prévu"):
        assert part in text


def test_a_place_without_text_is_not_quoted(example_report: ArticleReport, tmp_path: Path) -> None:
    """Where a sentence is missing there is nothing to quote; a quotation mark needs no others."""
    assert any(issue.start == issue.end for issue in example_report.issues)
    for format in ("text", "markdown"):
        text = written(example_report, format, tmp_path)
        assert "“”" not in text
        assert "“””" not in text
        assert "⟨ ⟩" in text


def test_colours_are_for_terminals_alone(example_report: ArticleReport, tmp_path: Path) -> None:
    """A file has no escape codes."""
    assert "\x1b" not in written(example_report, "text", tmp_path)


def test_several_articles_are_summed_up_in_a_table(example_report: ArticleReport, tmp_path: Path) -> None:
    """At the end, where a terminal stops scrolling."""
    last = written(example_report, "text", tmp_path, times=2).splitlines()[-3:]
    assert last[0].split()[:4] == ["article", "quality", "fluency", "adequacy"]


@pytest.mark.parametrize("format", ["text", "markdown"])
def test_strangers_text_does_not_act(format: str, hostile_report: ArticleReport, tmp_path: Path) -> None:
    """No terminal codes, no reversed text, no HTML."""
    text = written(hostile_report, format, tmp_path)
    assert "\x1b" not in text
    assert "\u202e" not in text
    if format == "markdown":
        assert "<script>" not in text
        assert "<img" not in text
        assert "](javascript" not in text
        cells = {line.count(" | ") for line in text.splitlines() if line.startswith("| 1 ")}
        assert cells == {7}
