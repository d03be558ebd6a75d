"""From detectors' marks to an article's issues: checked, placed in segments, settled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from operator import attrgetter

from mtqe.data import Article, Exclusion, Issue, Mark
from mtqe.detectors.base import Detector
from mtqe.errors import ContractError
from mtqe.scale import HINT_CONFIDENCE
from mtqe.text.spans import holder

_RANK = {"minor": 0, "major": 1, "critical": 2}


def find_issues(article: Article, detectors: Sequence[Detector]) -> tuple[Article, list[Issue]]:
    """All issues in text order, and the article with its excluded segments marked as such."""
    article, excluding = set_aside(article, detectors)
    return article, issues_beside(article, detectors, excluding)


def set_aside(article: Article, detectors: Sequence[Detector]) -> tuple[Article, list[Issue]]:
    """The article with its excluded segments marked as such, and the issues that exclude them."""
    article = _exclude(article, article.exclusions)
    excluding = _run(article, [d for d in detectors if d.excludes])
    reasons = [
        Exclusion((issue.start, issue.end), f"{issue.category}: {issue.message}") for issue in excluding
    ]
    return _exclude(article, reasons), excluding


def issues_beside(article: Article, detectors: Sequence[Detector], excluding: list[Issue]) -> list[Issue]:
    """All issues in text order, of an article and the issues that ``set_aside`` gave.

    What is in excluded segments is dropped, and so is what lies for the most part inside a weightier
    issue of another kind, which says it already.
    """
    found = _run(article, [d for d in detectors if not d.excludes])
    kept = [issue for issue in found if not article.segments[issue.segment].excluded]
    return sorted(excluding + _settle(kept), key=attrgetter("start", "end", "category"))


def _run(article: Article, detectors: Iterable[Detector]) -> list[Issue]:
    if not article.segments:
        return []  # an issue stands in a segment
    starts = [segment.target_span[0] for segment in article.segments]
    return [_issue(d, article, starts, mark) for d in detectors for mark in d.detect(article)]


def _issue(detector: Detector, article: Article, starts: Sequence[int], mark: Mark) -> Issue:
    inside = 0 <= mark.start <= mark.end <= len(article.target)
    if not inside or (mark.start == mark.end and mark.source_span is None):
        raise ContractError(f"detector {detector.name} marked {mark.start}..{mark.end}, which is not text")
    return Issue(
        category=detector.name,
        mqm=detector.mqm,
        detector=detector.name,
        segment=holder(starts, mark.start),
        text=article.target[mark.start : mark.end],
        start=mark.start,
        end=mark.end,
        message=mark.message,
        severity=mark.severity,
        confidence=mark.confidence,
        suggestion=mark.suggestion,
        related=mark.related,
        source_span=mark.source_span,
    )


def _exclude(article: Article, exclusions: Iterable[Exclusion]) -> Article:
    """``article`` with the segments that are covered for the most part set aside."""
    segments = list(article.segments)
    starts = [segment.target_span[0] for segment in segments]
    for exclusion in exclusions:
        for index in range(holder(starts, exclusion.span[0]), len(segments)):
            start, end = segments[index].target_span
            if start >= exclusion.span[1]:
                break
            if 2 * (min(end, exclusion.span[1]) - max(start, exclusion.span[0])) > end - start:
                segments[index] = replace(segments[index], excluded=exclusion.note)
    return replace(article, segments=tuple(segments))


def _settle(issues: Iterable[Issue]) -> list[Issue]:
    """Without repeats, and without what a weightier issue of another category says already."""
    ordered = sorted(set(issues), key=attrgetter("start", "end", "category"))
    open_issues: list[Issue] = []
    dropped: set[Issue] = set()
    for issue in ordered:
        open_issues = [other for other in open_issues if other.end >= issue.start]
        for other in open_issues:
            if _says(other, issue):
                dropped.add(issue)
            elif _says(issue, other):
                dropped.add(other)
        open_issues.append(issue)
    return [issue for issue in ordered if issue not in dropped]


def _says(weighty: Issue, light: Issue) -> bool:
    """Whether an issue makes another needless, over most of its place: graver, surer or wider.

    A hint makes nothing needless that is more.
    """
    weights = [
        (
            issue.confidence >= HINT_CONFIDENCE,
            _RANK[issue.severity],
            issue.confidence,
            issue.end - issue.start,
            issue.category,
        )
        for issue in (weighty, light)
    ]
    common = min(weighty.end, light.end) - max(weighty.start, light.start)
    between = weighty.start < light.start == light.end < weighty.end
    covers = 2 * common > light.end - light.start or between
    return covers and weighty.category != light.category and weights[0] > weights[1]
