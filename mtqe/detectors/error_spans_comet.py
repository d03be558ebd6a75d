"""Stretches that an xCOMET model takes for wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from mtqe.data import Article, Example, Mark, Segment
from mtqe.detectors.base import detectors
from mtqe.errors import ConfigError
from mtqe.models import hub
from mtqe.models.comet_options import CometOptions


@detectors.register
@dataclass(frozen=True)
class ErrorSpansComet(CometOptions):
    """Mark what a COMET model that marks words (xCOMET) takes for wrong, with its own severities.

    Options are those of the scorer ``quality_comet``; where they are the same, the model runs once for
    both. An issue's confidence is the model's own, the mean probability of its tokens' labels: nothing
    was measured of how often readers agree. Beside the model's score, which counts its spans too, the
    issues count in quality like those of any detector. Segments that the model can't judge, and
    marks without a letter, a digit or a sign in them, are left alone.
    """

    name: ClassVar[str] = "error_spans_comet"
    mqm: ClassVar[str] = "other"
    excludes: ClassVar[bool] = False
    default: ClassVar[bool] = False
    examples: ClassVar[tuple[Example, ...]] = ()

    def knows(self, article: Article) -> bool:
        """Any language that the model knows."""
        return True

    def detect(self, article: Article) -> Iterator[Mark]:
        """One mark for each span."""
        comet = self.load()
        if not comet.has_spans:
            raise ConfigError(f"error_spans_comet: {hub.shown_name(self.model)} marks nothing; xCOMET does")
        judged = [segment for segment in article.segments if not self.why_not(comet, article, segment)]
        for segment, judgement in zip(judged, comet.judge([self.row(s) for s in judged]), strict=True):
            for span in judgement.spans:
                start, end = _trimmed(segment, span.start, span.end)
                if start < end:
                    message = f"{span.severity} error, says {hub.shown_name(self.model)}"
                    yield Mark(start, end, message, span.severity, min(span.confidence, 1.0))


def _trimmed(segment: Segment, start: int, end: int) -> tuple[int, int]:
    """A span of a segment as one of the article, without the white space at its ends."""
    text = segment.target[start:end]
    before = len(text) - len(text.lstrip())
    at = segment.target_span[0] + start + before
    return at, at + len(text.strip())
