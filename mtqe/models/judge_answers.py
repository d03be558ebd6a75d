"""What a judging language model answered: read from its JSON, and found in the translation."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mtqe.data import Severity, Span
from mtqe.scale import SEVERITY_POINTS

# What models write for the severities that they were asked for.
_SEVERITIES: dict[str, Severity] = {
    "minor": "minor",
    "neutral": "minor",
    "low": "minor",
    "major": "major",
    "high": "major",
    "critical": "critical",
}

# Likeness, 0 to 100, from which words that are not in the text count as these other words of it.
_ALIKE = 88.0

# No translation of a sentence has more errors; an answer with more has run wild.
_MOST_ERRORS = 100

_QUOTES = str.maketrans("“”„«»‘’‚`", '"""""\'\'\'\'')
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class JudgedError:
    """An error that a judge named, as it named it."""

    span: str
    category: str
    severity: Severity
    reason: str


@dataclass(frozen=True)
class Verdict:
    """What a judge said of a translation: its errors, a score where it was asked for one; or why nothing."""

    errors: tuple[JudgedError, ...] = ()
    score: float | None = None
    failure: str | None = None

    def as_record(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {"errors": [vars(error) for error in self.errors], "score": self.score}

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Verdict:
        """What ``as_record`` gave."""
        return cls(tuple(JudgedError(**error) for error in stored["errors"]), stored["score"])

    @property
    def points(self) -> float:
        """MQM points of the errors (see ``mtqe.scale``)."""
        return math.fsum(SEVERITY_POINTS[error.severity] for error in self.errors)


def read_errors(answer: str) -> tuple[JudgedError, ...] | None:
    """The errors of an answer; None for one that is not what was asked for."""
    found = _object(answer, "errors")
    listed = found.get("errors") if found else None
    if not isinstance(listed, list) or len(listed) > _MOST_ERRORS:
        return None
    errors = [_error(entry) for entry in listed]
    read = [error for error in errors if error is not None]
    return tuple(dict.fromkeys(read)) if len(read) == len(errors) else None


def read_score(answer: str) -> float | None:
    """The score of an answer, 0 to 100; None for one that is not what was asked for."""
    found = _object(answer, "score")
    score = found.get("score") if found else None
    if isinstance(score, str):
        score = _number(score)
    if isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= 100:
        return None
    return float(score)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _object(answer: str, key: str) -> dict[str, Any] | None:
    """The last JSON object of an answer with that key: models think aloud, and put fences around."""
    decoder = json.JSONDecoder()
    for place in reversed([match.start() for match in re.finditer(r"\{", answer)]):
        try:
            found, _ = decoder.raw_decode(answer, place)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict) and key in found:
            return found
    return None


def _error(entry: Any) -> JudgedError | None:
    if not isinstance(entry, dict):
        return None
    severity = _SEVERITIES.get(str(entry.get("severity", "")).strip().lower())
    category = str(entry.get("category", "")).strip().lower()
    if severity is None or not category:
        return None
    span = entry.get("span")
    reason = str(entry.get("reason") or "").strip()
    return JudgedError("" if span is None else str(span), category, severity, reason)


def locate(target: str, errors: Sequence[JudgedError]) -> Iterator[Span | None]:
    """Where in ``target`` the words of each error stand; None for words that are not there.

    Words are looked for as they are, then without regard to case, white space and the shape of
    quotation marks, then as the most similar words. Named twice, they are two places, if there are two.
    """
    taken: list[Span] = []
    for error in errors:
        places = [place for place in _places(target, error.span) if place not in taken]
        found = places[0] if places else _most_alike(target, error.span)
        if found is not None:
            taken.append(found)
        yield found


def _places(target: str, span: str) -> list[Span]:
    if not span.strip():
        return []
    words = map(re.escape, _SPACE.split(span.strip().translate(_QUOTES)))
    exact = [match.span() for match in re.finditer(re.escape(span), target)]
    loose = re.finditer(r"\s+".join(words), target.translate(_QUOTES), re.IGNORECASE)
    return exact + [match.span() for match in loose]


def _most_alike(target: str, span: str) -> Span | None:
    from rapidfuzz.fuzz import partial_ratio_alignment

    # Aligning a span that is longer than the text would find the text in the span.
    if not any(map(str.isalnum, span)) or len(span) > len(target):
        return None
    found = partial_ratio_alignment(span, target, score_cutoff=_ALIKE)
    return (found.dest_start, found.dest_end) if found else None
