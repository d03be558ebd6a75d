"""The JSON that other programs read."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from mtqe.data import Article, ArticleReport
from mtqe.evaluate import Evaluator
from mtqe.writers import pick_writer
from mtqe.writers.record import report_record

GOLDEN = Path(__file__).parents[1] / "golden" / "article.json"

ISSUE_FIELDS = {
    "segment": int,
    "start": int,
    "end": int,
    "segment_start": int,
    "segment_end": int,
    "text": str,
    "category": str,
    "mqm": str,
    "severity": str,
    "confidence": float,
    "message": str,
    "detector": str,
}


def written(reports: list[ArticleReport], format: str, folder: Path) -> str:
    """What a writer makes of reports."""
    path = folder / f"out.{format}"
    pick_writer(format, path).write(iter(reports), path)
    return path.read_text(encoding="utf-8")


def test_the_report_has_the_shape_that_was_promised(example_report: ArticleReport) -> None:
    """Field by field, as other programs rely on it."""
    record = report_record(example_report)
    target = example_report.article.target
    assert {
        "id",
        "target_lang",
        "source_lang",
        "mode",
        "scores",
        "segments",
        "issues",
        "counts",
        "signature",
    } <= set(record)
    for index, segment in enumerate(record["segments"]):
        assert segment["index"] == index
        assert target[segment["start"] : segment["end"]] == segment["target"]
        assert segment["truncated"] is False
        assert {"fluency", "adequacy", "quality"} <= set(segment["scores"])
    for issue in record["issues"]:
        for field, kind in ISSUE_FIELDS.items():
            assert isinstance(issue[field], kind), field
        assert target[issue["start"] : issue["end"]] == issue["text"]
        segment = record["segments"][issue["segment"]]
        assert issue["start"] - segment["start"] == issue["segment_start"]
        assert issue["severity"] in ("minor", "major", "critical")
    assert record["counts"]["segments"] == len(record["segments"])
    assert sum(record["counts"]["issues"].values()) == len(record["issues"])


def test_every_score_says_its_range_and_direction(example_report: ArticleReport) -> None:
    """Components as well."""

    def check(score: dict[str, Any]) -> None:
        assert {"value", "range", "higher_is_better", "note"} <= set(score)
        assert score["value"] is not None or score["note"]
        for component in score.get("components", {}).values():
            check(component)

    record = report_record(example_report)
    for score in record["scores"].values():
        check(score)
        assert score["range"] == [0.0, 100.0]
        assert score["higher_is_better"] is True


def test_one_article_is_an_object_and_several_are_an_array(
    example_report: ArticleReport, tmp_path: Path
) -> None:
    """JSON Lines is a line each."""
    assert json.loads(written([example_report], "json", tmp_path))["id"] == "article"
    assert len(json.loads(written([example_report] * 2, "json", tmp_path))) == 2
    assert len(written([example_report] * 2, "jsonl", tmp_path).splitlines()) == 2


def test_keys_are_sorted_and_characters_are_real(example_report: ArticleReport, tmp_path: Path) -> None:
    """Reports can be compared line by line."""
    text = written([example_report], "json", tmp_path)
    assert "Élodie" in text
    record = json.loads(text)
    assert list(record) == sorted(record)


def test_records_of_segments_say_where_in_the_segment_an_issue_is(tmp_path: Path) -> None:
    """Their article is the rows joined by newlines."""
    from mtqe.readers import read

    path = tmp_path / "a.jsonl"
    rows = [
        {"article": "d", "system": "S", "target": text} for text in ("It rained.", "He ate the the cake.")
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (report,) = Evaluator().evaluate(read(path))
    (issue,) = report_record(report)["issues"]
    assert (issue["segment"], issue["start"], issue["segment_start"]) == (1, 22, 11)
    assert report_record(report)["system"] == "S"


def test_the_example_report_is_the_golden_one(
    example_report: ArticleReport, request: pytest.FixtureRequest
) -> None:
    """What changes a report is seen in review: make golden.

    Numbers may differ in the last digits between machines; texts and places may not.
    """
    record = json.loads(json.dumps(report_record(example_report)))
    if request.config.getoption("--golden"):
        GOLDEN.write_text(
            json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8"
        )
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert _places(record) == _places(golden)
    assert record["scores"]["quality"]["value"] == pytest.approx(
        golden["scores"]["quality"]["value"], abs=0.5
    )
    for ours, theirs in zip(record["segments"], golden["segments"], strict=True):
        for name, score in theirs["scores"].items():
            assert ours["scores"][name]["value"] == pytest.approx(score["value"], abs=0.5)


def _places(record: dict[str, Any]) -> list[tuple[Any, ...]]:
    issues = [
        (i["start"], i["end"], i["category"], i["severity"], i["suggestion"], i["message"])
        for i in record["issues"]
    ]
    return issues + [(s["start"], s["end"], s.get("source"), s.get("note")) for s in record["segments"]]


def test_a_writer_that_fails_leaves_nothing(example_report: ArticleReport, tmp_path: Path) -> None:
    """Neither a part of a report nor a temporary file; what was there stays."""
    path = tmp_path / "out.jsonl"
    path.write_text("old", encoding="utf-8")

    def reports() -> Any:
        yield example_report
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="gone"):
        pick_writer(None, path).write(reports(), path)
    assert [(p.name, p.read_text(encoding="utf-8")) for p in tmp_path.iterdir()] == [("out.jsonl", "old")]


def test_meta_fields_come_back(tmp_path: Path) -> None:
    """What a record carried is not lost."""
    article = Article("a", "It rained.", target_lang="en", meta={"host": "x.org", "n": 3})
    (report,) = Evaluator(scorers=(), detectors=()).evaluate([article])
    assert report_record(report)["meta"] == {"host": "x.org", "n": 3}
    assert io.StringIO(written([report], "jsonl", tmp_path)).readline().startswith("{")
