"""A report as plain data: the JSON that other programs read (docs/report-format.md)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from mtqe.data import ArticleReport, Issue, Omission, Score, Segment, SegmentReport
from mtqe.scale import HINT_CONFIDENCE

# Enough to tell two scores apart, and the same on every machine.
_DIGITS = 4

Record = dict[str, Any]


def report_record(report: ArticleReport) -> Record:
    """The JSON object of one article; keys come in alphabetical order when written."""
    article = report.article
    segments = article.segments
    record: Record = {
        "id": article.id,
        "target_lang": article.target_lang,
        "source_lang": article.source_lang,
        "detected": list(article.detected),
        "mode": report.mode,
        "target": article.target,
        "scores": _scores(report.scores),
        "segments": [_segment(segment_report) for segment_report in report.segments],
        "issues": [_issue(issue, segments[issue.segment]) for issue in report.issues],
        "omissions": [_omission(omission) for omission in article.omissions],
        "counts": {
            "segments": len(segments),
            "scored_segments": sum(not segment.excluded for segment in segments),
            "words": report.words,
            "issues": dict(Counter(issue.category for issue in report.issues)),
            "hints": sum(issue.confidence < HINT_CONFIDENCE for issue in report.issues),
        },
        "notes": list(report.notes),
        "signature": report.signature,
    }
    if article.system is not None:
        record["system"] = article.system
    if article.meta:
        record["meta"] = dict(article.meta)
    return record


def _segment(report: SegmentReport) -> Record:
    segment = report.segment
    record: Record = {
        "index": segment.index,
        "paragraph": segment.paragraph,
        "start": segment.target_span[0],
        "end": segment.target_span[1],
        "target": segment.target,
        "scores": _scores(report.scores),
        "truncated": False,
    }
    optional = {
        "id": segment.id,
        "source": segment.source,
        "reference": segment.reference,
        "note": segment.excluded,
    }
    return record | {name: value for name, value in optional.items() if value is not None}


def _scores(scores: Mapping[str, Score]) -> Record:
    return {name: _score(score) for name, score in scores.items()}


def _score(score: Score) -> Record:
    record: Record = {
        "value": _round(score.value),
        "range": list(score.range),
        "higher_is_better": score.higher_is_better,
        "note": score.note,
    }
    if score.components:
        record["components"] = _scores(score.components)
    if score.stats:
        record["stats"] = {name: _round(value) for name, value in score.stats.items()}
    return record


def _issue(issue: Issue, segment: Segment) -> Record:
    start = segment.target_span[0]
    record: Record = {
        "segment": issue.segment,
        "start": issue.start,
        "end": issue.end,
        "segment_start": issue.start - start,
        "segment_end": issue.end - start,
        "text": issue.text,
        "category": issue.category,
        "mqm": issue.mqm,
        "severity": issue.severity,
        "confidence": _round(issue.confidence),
        "message": issue.message,
        "suggestion": issue.suggestion,
        "detector": issue.detector,
    }
    if issue.related:
        record["related"] = [{"start": start, "end": end} for start, end in issue.related]
    if issue.source_span is not None:
        record["source_start"], record["source_end"] = issue.source_span
    return record


def _omission(omission: Omission) -> Record:
    start, end = omission.source_span
    return {
        "source_start": start,
        "source_end": end,
        "text": omission.text,
        "segment": omission.before_segment,
    }


def _round(value: float | None) -> float | None:
    # Adding 0 makes -0.0 a plain zero.
    return None if value is None else round(value, _DIGITS) + 0.0
