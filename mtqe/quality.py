"""Quality of a sentence, from its scores and issues.

Everything is added up in one currency, MQM points per 100 words (see ``mtqe.scale``): what the
fluency and adequacy models expect a reader to count, and the points of the issues found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from mtqe.data import Issue, Score, Segment
from mtqe.scale import SEVERITY_POINTS, penalty_to_score, score_to_penalty
from mtqe.text.words import count_words

# What quality is made of; other scores stand beside it in the report.
PARTS = ("fluency", "adequacy")

# One issue in a two-word caption is not a caption full of errors: shorter segments count as
# this many words, about half a sentence of news.
_LEAST_WORDS = 12


@dataclass(frozen=True)
class Quality:
    """Combine fluency, adequacy and issues; ``issue_weight`` scales the issues' points."""

    issue_weight: float = 1.0

    name: ClassVar[str] = "mqm_sum"

    def score(self, segment: Segment, scores: Mapping[str, Score], issues: Iterable[Issue]) -> Score:
        """Quality of one segment, 0 to 100; null where neither part of it could be judged."""
        if segment.excluded:
            return Score(None, segment.excluded)
        values = {name: scores[name].value for name in PARTS if name in scores}
        penalties = {name: score_to_penalty(value) for name, value in values.items() if value is not None}
        if not penalties:
            return Score(None, _why_not(scores))
        penalties["issues"] = self._issue_penalty(segment, issues)
        components = {f"{name}_penalty": _component(value) for name, value in penalties.items()}
        return Score(penalty_to_score(sum(penalties.values())), components=components)

    def _issue_penalty(self, segment: Segment, issues: Iterable[Issue]) -> float:
        points = sum(SEVERITY_POINTS[issue.severity] * issue.confidence for issue in issues)
        return self.issue_weight * 100.0 * points / max(count_words(segment.target), _LEAST_WORDS)


def _component(penalty: float) -> Score:
    return Score(penalty, range=(0.0, None), higher_is_better=False)


def _why_not(scores: Mapping[str, Score]) -> str:
    notes = [scores[name].note for name in PARTS if name in scores]
    return "; ".join(note for note in notes if note) or "no scorer of fluency or adequacy in this run"
