"""Every record that flows through mtqe: frozen, without behaviour.

All offsets are half-open ranges of Unicode code points into the text as it was given:
``article.target[start:end]`` is the marked text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Span = tuple[int, int]
Severity = Literal["minor", "major", "critical"]
Mode = Literal["target_only", "source", "reference"]


@dataclass(frozen=True, slots=True)
class Segment:
    """The unit that is scored: one sentence, or the sentences that translate one another.

    ``target_span`` lies in the article's target text, ``source_span`` and ``reference_span`` in
    its source and reference. A span that is ``None`` means that the article has no such text or
    that this segment has no counterpart in it.
    """

    index: int
    paragraph: int
    target_span: Span
    target: str
    source: str | None = None
    source_span: Span | None = None
    reference: str | None = None
    reference_span: Span | None = None
    id: str | None = None
    excluded: str | None = None  # why it is left out of scoring


@dataclass(frozen=True, slots=True)
class Omission:
    """A stretch of the source that no segment of the target translates."""

    source_span: Span
    text: str
    before_segment: int  # where in the target it would stand; the number of segments if at the end


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A stretch of the target that is no prose, such as a block of code, and why."""

    span: Span
    note: str


@dataclass(frozen=True, slots=True)
class Article:
    """A whole text and what it was translated from.

    Readers fill what the input says; ``mtqe.prepare`` adds languages, segments and omissions.
    ``detected`` names the languages ("target", "source") that were not given but detected.
    """

    id: str
    target: str
    source: str | None = None
    reference: str | None = None
    target_lang: str | None = None
    source_lang: str | None = None
    system: str | None = None
    segments: tuple[Segment, ...] = ()
    omissions: tuple[Omission, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    detected: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Score:
    """One number, or the reason why there is none.

    ``components`` are the measurements that made it, under their own names, ranges and
    directions. ``stats`` holds sufficient statistics, so that a corpus score needs no second run.
    """

    value: float | None
    note: str | None = None
    range: tuple[float | None, float | None] = (0.0, 100.0)
    higher_is_better: bool = True
    components: Mapping[str, Score] = field(default_factory=dict)
    stats: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the target that a detector finds wrong, before it becomes an issue.

    ``confidence`` is the probability that a reader agrees. ``related`` are other places of the
    target that the mark was judged by, such as the usual spelling of a name.
    """

    start: int
    end: int
    message: str
    severity: Severity = "minor"
    confidence: float = 0.5
    suggestion: str | None = None
    related: tuple[Span, ...] = ()
    source_span: Span | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    """What a detector found: a mark with its category, segment and text.

    In MQM an automatic finding is not yet an error, hence "issue".
    """

    category: str
    mqm: str
    detector: str
    segment: int
    start: int
    end: int
    text: str
    message: str
    severity: Severity
    confidence: float
    suggestion: str | None = None
    related: tuple[Span, ...] = ()
    source_span: Span | None = None


@dataclass(frozen=True, slots=True)
class SegmentReport:
    """A segment and its scores by name ("fluency", "adequacy", "quality", and others)."""

    segment: Segment
    scores: Mapping[str, Score]


@dataclass(frozen=True, slots=True)
class ArticleReport:
    """All that mtqe says of one article."""

    article: Article
    mode: Mode
    scores: Mapping[str, Score]
    segments: tuple[SegmentReport, ...]
    issues: tuple[Issue, ...]
    words: int
    signature: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A case for a detector: what it must mark in a target, or, without marks, leave alone."""

    target: str
    marks: tuple[str, ...] = ()
    source: str | None = None
    target_lang: str = "en"
    source_lang: str | None = None
    why: str = ""
