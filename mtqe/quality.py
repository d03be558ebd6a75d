"""Quality of a sentence, from its scores and issues.

Everything is added up in one currency, MQM points per 100 words (see ``mtqe.scale``): what the
fluency and adequacy models expect a reader to count, and the points of the issues found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from mtqe.data import Article, Issue, Mode, Score, Segment
from mtqe.pooling import pool_with_omissions
from mtqe.scale import (
    SEVERITY_POINTS,
    error_free_probability,
    penalty_to_score,
    score_to_penalty,
    uncertainty,
)
from mtqe.sides import has_side
from mtqe.text.words import count_words

if TYPE_CHECKING:
    from mtqe.models.quality_calibration import QualityCalibration

# What quality is made of; other scores stand beside it in the report.
PARTS = ("fluency", "adequacy")

# Issues that count for nothing: what the quality network marks, it counted in fluency and adequacy.
_COUNTED_ALREADY = ("error_spans",)

# One issue in a two-word caption is not a caption full of errors: shorter segments count as
# this many words, about a sentence of news.
_LEAST_WORDS = 24


@dataclass(frozen=True)
class Quality:
    """Combine fluency, adequacy and issues; ``issue_weight`` scales the issues' points.

    Detectors find about half of what readers mark of their kinds (``docs/figures.md``), so each issue
    stands for two.

    ``calibration`` is a file that ``mtqe train`` fitted to scores of one's own; a ``ConfigError`` if it
    is none. Quality is then on the scale of these scores.
    """

    issue_weight: float = 2.0
    calibration: Path | None = None

    name: ClassVar[str] = "mqm_sum"

    def __post_init__(self) -> None:
        self._calibration  # noqa: B018 -- read now, so that a wrong file is named before anything is judged

    @cached_property
    def _calibration(self) -> QualityCalibration | None:
        if self.calibration is None:
            return None
        from mtqe.models.quality_calibration import read_quality_calibration  # it imports numpy

        return read_quality_calibration(self.calibration)

    @property
    def revision(self) -> str | None:
        """The digest of the calibration, for signatures."""
        return None if self._calibration is None else self._calibration.digest

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
        penalty = sum(penalties.values())
        value = penalty_to_score(penalty)
        if "adequacy" in penalties:
            components |= _expected(penalty, count_words(segment.target))
        if self._calibration is None:
            return Score(value, components=components)
        return Score(self._calibration.score(value), components={**components, "uncalibrated": Score(value)})

    def pool(self, article: Article, scores: Sequence[Score]) -> Score:
        """The article's quality: points per 100 words over all its words, as a score."""
        pooled = pool_with_omissions(article, scores)
        if not has_side(article, "source") or pooled.value is None or self._calibration is not None:
            return pooled
        words = int(pooled.stats.get("words", 0.0))
        return replace(pooled, components={**pooled.components, "uncertainty": _uncertainty(words)})

    def notes(self, article: Article, mode: Mode) -> Iterator[str]:
        """What quality is calibrated on, if it is, and how this article differs from that."""
        if self._calibration is None or self.calibration is None:
            return
        about = self._calibration.about
        own = {"source_lang": article.source_lang, "target_lang": article.target_lang, "mode": mode}
        others = [str(value) for name, value in own.items() if _differ(value, about.get(name))]
        yield (
            f"quality is on the scale of your own scores ({self.calibration.name}: {about.get('rows')} "
            f"translations, {about.get('source_lang') or 'und'}-{about.get('target_lang') or 'und'}, "
            f"{about.get('mode') or 'some with sources'})"
            + (f"; they were of another kind than this article: {', '.join(others)}" if others else "")
        )

    def _issue_penalty(self, segment: Segment, issues: Iterable[Issue]) -> float:
        counted = (issue for issue in issues if issue.category not in _COUNTED_ALREADY)
        points = sum(SEVERITY_POINTS[issue.severity] * issue.confidence for issue in counted)
        return self.issue_weight * 100.0 * points / max(count_words(segment.target), _LEAST_WORDS)


def _differ(own: str | None, other: str | None) -> bool:
    """Whether two languages or modes that are known are not the same; regions don't count."""
    return bool(own and other) and str(own).split("-")[0] != str(other).split("-")[0]


def _expected(penalty: float, words: int) -> dict[str, Score]:
    """What the penalty of a segment with a source says besides; both were measured with sources only."""
    probability = error_free_probability(penalty * words / 100.0)
    return {"error_free": Score(probability, range=(0.0, 1.0)), "uncertainty": _uncertainty(words)}


def _uncertainty(words: int) -> Score:
    return Score(uncertainty(words), higher_is_better=False)


def _component(penalty: float) -> Score:
    return Score(penalty, range=(0.0, None), higher_is_better=False)


def _why_not(scores: Mapping[str, Score]) -> str:
    notes = [scores[name].note for name in PARTS if name in scores]
    return "; ".join(note for note in notes if note) or "no scorer of fluency or adequacy in this run"
