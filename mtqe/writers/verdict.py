"""Words for scores, the same in every format."""

from __future__ import annotations

from typing import NamedTuple

from mtqe.data import ArticleReport


class Band(NamedTuple):
    """A part of the scale: its name, and the least score in it."""

    name: str
    least: float


# In MQM points per 100 words (see ``mtqe.scale``): up to 10, 18, 32, and more. Systems of WMT20
# news had 5 to 20; the last is a major error in every fifteen words.
BANDS = (Band("good", 60.0), Band("fair", 40.0), Band("poor", 20.0), Band("bad", 0.0))
UNJUDGED = "not judged"


def band(value: float | None) -> str:
    """The word for a score, or "not judged"."""
    if value is None:
        return UNJUDGED
    return next(found.name for found in BANDS if value >= found.least)


def rate(count: int, report: ArticleReport) -> float:
    """``count`` per 1,000 words of the article."""
    return 1000.0 * count / max(report.words, 1)


def heading(report: ArticleReport) -> str:
    """What a report is about: the article and, where there is one, its system."""
    article = report.article
    return article.id if article.system is None else f"{article.id} ({article.system})"


def languages(report: ArticleReport) -> str:
    """``fr → en`` with what was detected and not given said so."""
    article = report.article
    target = _language(article.target_lang, "target" in article.detected)
    if report.mode == "target_only" and article.source_lang is None:
        return target
    return f"{_language(article.source_lang, 'source' in article.detected)} → {target}"


def _language(code: str | None, detected: bool) -> str:
    return f"{code or 'unknown language'}{' (detected)' if detected and code else ''}"
