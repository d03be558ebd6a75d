"""What every readable format shows, and what it leaves to programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import pytest

from mtqe.data import Article, ArticleReport, Example, Mark, Score
from mtqe.evaluate import Evaluator
from mtqe.writers import pick_writer, view
from mtqe.writers.record import report_record

TEXT = "The first sentence is here. The second one is longer."


@dataclass(frozen=True)
class Doubter:
    """Marks one word surely and one hardly."""

    name: ClassVar[str] = "doubter"
    mqm: ClassVar[str] = "other"
    excludes: ClassVar[bool] = False
    default: ClassVar[bool] = False
    examples: ClassVar[tuple[Example, ...]] = ()

    def detect(self, article: Article) -> Iterator[Mark]:
        """Two marks."""
        yield Mark(4, 9, "quite sure", confidence=0.8)
        yield Mark(32, 38, "hardly sure", confidence=0.2)


@pytest.fixture
def report() -> ArticleReport:
    """A report with an issue and a hint."""
    evaluator = Evaluator(detectors=(Doubter(),))
    return next(evaluator.evaluate([Article("a", TEXT, target_lang="en")]))


@pytest.mark.parametrize("name", ["text", "markdown", "html"])
def test_readable_formats_show_issues_and_only_count_hints(
    name: str, report: ArticleReport, tmp_path: Path
) -> None:
    """Four of five hints are wrong: an editor is not shown them one by one."""
    path = tmp_path / {"html": "report.html"}.get(name, "report")
    pick_writer(name, path).write([report], path)
    shown = path.read_text(encoding="utf-8")
    assert "quite sure" in shown
    assert "hardly sure" not in shown
    assert "1 hint with a confidence below 0.5" in shown


def test_json_has_hints_and_counts_them(report: ArticleReport) -> None:
    """Programs decide for themselves."""
    record = report_record(report)
    assert [issue["message"] for issue in record["issues"]] == ["quite sure", "hardly sure"]
    assert (record["counts"]["issues"], record["counts"]["hints"]) == ({"doubter": 2}, 1)


def test_a_reference_score_is_shown_only_where_there_is_a_reference(report: ArticleReport) -> None:
    """And it has no word: "good" is said of scores that are calibrated."""
    assert "chrf" in report.scores
    assert list(view.shown_scores(report)) == ["quality", "adequacy", "fluency"]
    assert view.word("chrf", report.scores["quality"]) == ""
    assert view.word("quality", report.scores["quality"]) != ""


@pytest.mark.parametrize("name", ["text", "markdown", "html"])
def test_a_score_on_a_scale_of_its_own_is_shown_with_it(
    name: str, report: ArticleReport, tmp_path: Path
) -> None:
    """0.83 is no 1 of 100, and 3 errors are not 3 points."""
    own = {
        "cosine": Score(0.8349, range=(-1.0, 1.0)),
        "errors": Score(3.0, range=(0.0, 25.0), higher_is_better=False),
        "log_prob": Score(-1234.5, range=(None, 0.0)),
    }
    path = tmp_path / {"html": "report.html"}.get(name, "report")
    pick_writer(name, path).write([replace(report, scores={**report.scores, **own})], path)
    shown = " ".join(path.read_text(encoding="utf-8").split())
    for number, scale in (
        ("0.835", "-1 to 1, higher is better"),
        ("3.00", "0 to 25, lower is better"),
        ("-1234", "0 at most, higher is better"),
    ):
        assert number in shown
        assert scale in shown
