"""The probability that an article was machine-translated badly."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from mtqe.data import ArticleReport
from mtqe.filters import limits
from mtqe.filters.base import Needs, Verdict, rules
from mtqe.scale import HINT_CONFIDENCE, score_to_penalty
from mtqe.text.languages import base_language

_WHAT = "probability of bad machine translation"


@rules.register
@dataclass(frozen=True)
class BadTranslation:
    """Keep articles that were machine-translated badly with at most this probability, 0 to 1.

    A logistic regression, the weights of which stand in the run file, since they depend on what is to
    be kept. ``scores`` has weights of scores: what counts is by how many MQM points per 100 words (see
    ``mtqe.scale``) an article is worse than what is ``usual`` of that score in its language; in languages
    that are not there, and where a score is null, it counts nothing. ``issues`` has weights of categories,
    as issues per 100 words, each counted by its confidence if that is at least ``confidence``. Short texts
    are pulled towards having none, as if ``prior`` words without an issue came with them.
    """

    at_most: float
    bias: float
    scores: Mapping[str, float]
    issues: Mapping[str, float]
    usual: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    confidence: float = HINT_CONFIDENCE
    prior: float = 50.0

    name: ClassVar[str] = "bad_translation"
    edges: ClassVar[tuple[float, ...]] = tuple(edge / 20 for edge in range(21))

    def __hash__(self) -> int:
        usual = ((name, tuple(points.items())) for name, points in self.usual.items())
        weights = (*(tuple(given.items()) for given in (self.scores, self.issues)), tuple(usual))
        return hash((self.at_most, self.bias, *weights, self.confidence, self.prior))

    def __post_init__(self) -> None:
        if not 0 <= self.at_most <= 1:
            raise ValueError(f"at_most is a probability, 0 to 1, not {self.at_most:g}")

    @property
    def label(self) -> str:
        """``probability of bad machine translation at most 0.5``."""
        return limits.described(_WHAT, None, self.at_most)

    def needs(self) -> Needs:
        """The scores and categories that have weights."""
        return Needs(languages=True, categories=frozenset(self.issues), scores=frozenset(self.scores))

    def measure(self, report: ArticleReport) -> float:
        """The probability, 0 to 1."""
        return _probability(self.bias + sum(self.terms(report).values()))

    def limits(self) -> tuple[float | None, float | None]:
        """No least, and the most."""
        return None, self.at_most

    def judge(self, report: ArticleReport) -> Verdict:
        """Keep what is likely enough to be good; the reason names what weighs most."""
        terms = self.terms(report)
        probability = _probability(self.bias + sum(terms.values()))
        return self._with_causes(limits.compared(probability, None, self.at_most, _WHAT), terms)

    def _with_causes(self, verdict: Verdict, terms: Mapping[str, float]) -> Verdict:
        if verdict.keep or verdict.reason is None:
            return verdict
        ordered = sorted(terms.items(), key=lambda pair: -pair[1])
        most = ", ".join(name for name, value in ordered[:3] if value > 0)
        return Verdict(False, verdict.reason + (f" (most of it from {most})" if most else ""))

    def early_needs(self) -> Needs | None:
        """The scores alone: issues that count against an article can't make it any better."""
        usable = self.scores and self.issues and min(self.issues.values()) >= 0
        return Needs(languages=True, scores=frozenset(self.scores)) if usable else None

    def judge_early(self, report: ArticleReport) -> Verdict:
        """Drop what has too high a probability even if no issue is found in it."""
        terms = {name: weight * self._points(report, name) for name, weight in self.scores.items()}
        least = _probability(self.bias + sum(terms.values()))
        return self._with_causes(limits.compared(least, None, self.at_most, f"{_WHAT} at least"), terms)

    def terms(self, report: ArticleReport) -> dict[str, float]:
        """What each score and category adds to the logit."""
        terms = {name: weight * self._points(report, name) for name, weight in self.scores.items()}
        for name, weight in self.issues.items():
            terms[name] = weight * self._rate(report, name)
        return terms

    def _points(self, report: ArticleReport, name: str) -> float:
        value = report.scores[name].value
        usual = self.usual.get(name, {}).get(base_language(report.article.target_lang or "und"))
        return 0.0 if value is None or usual is None else max(score_to_penalty(value) - usual, 0.0)

    def _rate(self, report: ArticleReport, category: str) -> float:
        found = (issue.confidence for issue in report.issues if issue.category == category)
        weight = sum(confidence for confidence in found if confidence >= self.confidence)
        return 100.0 * weight / (report.words + self.prior)


def _probability(logit: float) -> float:
    """Of a logit that may be too large for a float's exponent."""
    return 1.0 / (1.0 + math.exp(-max(min(logit, 50.0), -50.0)))
