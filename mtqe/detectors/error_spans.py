"""Stretches that annotators would mark, as the models that ship with the package have it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import Field

from mtqe.data import Article, Example, Mark, Segment
from mtqe.detectors.base import detectors
from mtqe.models.adequacy import Pair, covers, load_adequacy
from mtqe.models.error_spans import LikelyError, load_error_spans
from mtqe.models.fluency import load_fluency
from mtqe.scale import error_free_probability
from mtqe.text.languages import base_language
from mtqe.text.words import count_words

# Segments that are as likely free of errors as not have none to show.
_MOST_ERROR_FREE = 0.5


@detectors.register
@dataclass(frozen=True)
class ErrorSpans:
    """Mark words that annotators of MQM would most likely mark as wrong, for German and English.

    The quality network says how likely that is for each word, from the target alone or beside the source;
    ``share`` is the share of ordinary machine translations, above 0 to 1, that is marked, where words are
    likeliest wrong: the more, the more is found, and the more often in vain. 0.02 is a beginning. An
    issue's confidence is how often one annotator of WMT news marked a part of such a stretch: a fifth to
    less than half of the time, where what another annotator marks is confirmed in half. So issues are
    hints, for programs, and for whoever looks for places to read first; and they count for nothing in
    quality, since the network has counted them there.

    Left alone: segments beside a source that the report calls error-free with a probability of more than
    one half, and other languages: into Chinese marks proved no better than chance, and of the rest too
    few are known.
    """

    share: Annotated[float, Field(gt=0, le=1)]

    name: ClassVar[str] = "error_spans"
    mqm: ClassVar[str] = "other"
    excludes: ClassVar[bool] = False
    default: ClassVar[bool] = False
    examples: ClassVar[tuple[Example, ...]] = ()

    @property
    def revision(self) -> str:
        """A digest of the model and of the network, for signatures."""
        return load_error_spans().revision

    def knows(self, article: Article) -> bool:
        """Whether enough is known of what annotators mark in the target's language."""
        return load_error_spans().knows(base_language(article.target_lang or "und"))

    def detect(self, article: Article) -> Iterator[Mark]:
        """One mark for each stretch."""
        if not self.knows(article):
            return
        language = base_language(article.target_lang or "und")
        judged = _judged(article)
        pairs = [(segment.target, _source(article, segment)) for segment in judged]
        for segment, found in zip(judged, load_error_spans().find(pairs, language, self.share), strict=True):
            yield from (_mark(segment, stretch) for stretch in found)


def _mark(segment: Segment, stretch: LikelyError) -> Mark:
    at = segment.target_span[0]
    message = f"annotators mark such words more than most, as a {stretch.severity} error"
    confidence = round(stretch.confidence, 2)
    return Mark(at + stretch.start, at + stretch.end, message, stretch.severity, confidence)


def _judged(article: Article) -> list[Segment]:
    """Segments with words, but for those that are free of errors as likely as not."""
    found = [s for s in article.segments if s.excluded is None and any(map(str.isalnum, s.target))]
    sure = _error_free(article, [segment for segment in found if _source(article, segment)])
    return [segment for segment in found if segment.index not in sure]


def _source(article: Article, segment: Segment) -> str | None:
    """The segment's source, if it has words of a language that the network reads."""
    known = covers(base_language(article.source_lang or "und"))
    return segment.source if known and segment.source and any(map(str.isalnum, segment.source)) else None


def _error_free(article: Article, segments: Sequence[Segment]) -> set[int]:
    """Which are so likely free of errors, by what the default scorers expect, as quality has it."""
    languages = [base_language(code or "und") for code in (article.target_lang, article.source_lang)]
    pairs = [Pair(s.target, s.source or "", *languages) for s in segments]
    accuracy = [one.penalty for one in load_adequacy().judge(pairs, "source")] if pairs else []
    fluency = load_fluency(languages[0])
    texts = [segment.target for segment in segments]
    points = [penalty for penalty, _ in fluency.judge(texts)] if fluency else [0.0] * len(texts)
    return {
        segment.index
        for segment, a, f in zip(segments, accuracy, points, strict=True)
        if error_free_probability((a + f) * count_words(segment.target) / 100) > _MOST_ERROR_FREE
    }
