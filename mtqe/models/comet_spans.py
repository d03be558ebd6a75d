"""Error spans from the probabilities that a model gives to each token."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from torch import Tensor

from mtqe.data import Severity, Span

# MQM points of a span in xCOMET's own score, and the most that it counts of a text.
_POINTS = {"minor": 1, "major": 5, "critical": 10}
_MOST_POINTS = 25


@dataclass(frozen=True, slots=True)
class ErrorSpan:
    """A stretch of the target that the model takes for wrong.

    ``confidence`` is the mean probability of its tokens' labels, as the model has it. The stretch is
    empty where the model marks nothing but the beginning of its input.
    """

    start: int
    end: int
    severity: Severity
    confidence: float

    def moved(self, by: int) -> ErrorSpan:
        """The same, in a text that begins so many characters earlier."""
        return replace(self, start=self.start + by, end=self.end + by)


def decode(probabilities: Tensor, places: Sequence[Span], labels: Sequence[Severity]) -> list[ErrorSpan]:
    """Spans of neighbouring tokens whose likeliest label is an error; label 0 is none.

    As in COMET, a span's severity is that of its first token, and a span that does not end before
    the input's end is none: published thresholds and weights were chosen so.
    """
    best, numbers = probabilities.max(1)
    found: list[ErrorSpan] = []
    begun: int | None = None
    for at, number in enumerate(numbers.tolist()):
        if number and begun is None:
            begun = at
        elif not number and begun is not None:
            confidence = best[begun:at].mean().item()
            severity = labels[int(numbers[begun]) - 1]
            found.append(ErrorSpan(places[begun][0], places[at - 1][1], severity, confidence))
            begun = None
    return found


def mqm_score(spans: Iterable[ErrorSpan]) -> float:
    """The score that xCOMET gives a text for its spans: 1 without any, 0 at 25 points or more."""
    return 1 - min(sum(_POINTS[span.severity] for span in spans), _MOST_POINTS) / _MOST_POINTS
