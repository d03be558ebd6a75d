"""Errors that a language model finds in a translation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from mtqe.data import Article, Example, Mark, Segment, Span
from mtqe.detectors.base import detectors
from mtqe.models.judge import JudgeOptions, load_judge
from mtqe.models.judge_answers import JudgedError, Verdict, locate
from mtqe.models.judge_pairs import pair_of, why_not

# Not measured, since it depends on the model that is asked: as likely right as not.
_CONFIDENCE = 0.5


@detectors.register
@dataclass(frozen=True)
class JudgeErrors(JudgeOptions):
    """Mark the errors that a language model names, for segments with a source.

    The model behind any OpenAI-compatible address is asked as by the scorer ``quality_judge``, which
    shares the answers if its options are the same. The message says the kind of error and the model's
    reason. What the model quotes and the translation does not have is left alone, and so is a segment that
    was not judged (no answer, a budget that is spent; the scorer says which). An omission is an empty
    mark at the end of the segment.
    """

    name: ClassVar[str] = "judge_errors"
    mqm: ClassVar[str] = "other"
    excludes: ClassVar[bool] = False
    default: ClassVar[bool] = False
    examples: ClassVar[tuple[Example, ...]] = ()

    def knows(self, article: Article) -> bool:
        """Whether the judge said something of the article, if it was asked at all."""
        verdicts = [verdict for _, verdict in self._judged(article)]
        return not verdicts or any(verdict.failure is None for verdict in verdicts)

    def detect(self, article: Article) -> Iterator[Mark]:
        """One mark for each error that can be found in the target."""
        for segment, verdict in self._judged(article):
            for error, span in zip(verdict.errors, locate(segment.target, verdict.errors), strict=True):
                yield from _marks(segment, error, span)

    def _judged(self, article: Article) -> list[tuple[Segment, Verdict]]:
        """Each segment that can be judged with its verdict; asked for once, however often this is called."""
        judged = [segment for segment in article.segments if not why_not(article, segment)]
        verdicts = load_judge(self).judge([pair_of(article, segment) for segment in judged])
        return list(zip(judged, verdicts, strict=True))


def _marks(segment: Segment, error: JudgedError, span: Span | None) -> Iterator[Mark]:
    start, end = segment.target_span
    message = error.category + (f": {error.reason}" if error.reason else "")
    if span is not None:
        yield Mark(start + span[0], start + span[1], message, error.severity, _CONFIDENCE)
    elif "omission" in error.category and segment.source_span is not None:
        yield Mark(end, end, message, error.severity, _CONFIDENCE, source_span=segment.source_span)
