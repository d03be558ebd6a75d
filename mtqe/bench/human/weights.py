"""MQM points of marked errors, by severity and category."""

from __future__ import annotations

from collections.abc import Mapping

from mtqe.bench.human.base import MarkedError
from mtqe.errors import InputError

Weights = Mapping[str, float]

# The scheme of Freitag et al. (2021), which published scores are made by. Of
# "severity/category/subcategory" the longest beginning counts. Errors in the source count as others
# do; {major/source error: 0} leaves them out.
GOOGLE_WEIGHTS: Weights = {
    "critical": 5.0,
    "major": 5.0,
    "minor": 1.0,
    "neutral": 0.0,
    "no-error": 0.0,
    "minor/fluency/punctuation": 0.1,
    "critical/non-translation!": 25.0,
    "major/non-translation!": 25.0,
}

_NO_ERROR = ("no-error", "no error", "no_error", "")


def points(error: MarkedError, weights: Weights, place: str) -> float:
    """MQM points of an error, 0 or more; an ``InputError`` if nothing says what its severity weighs."""
    parts = [error.severity.strip().lower(), *error.category.strip().lower().split("/")]
    for length in range(len(parts), 0, -1):
        weight = weights.get("/".join(parts[:length]))
        if weight is not None:
            return weight
    if is_no_error(error):
        return 0.0
    raise InputError(f"{place}: no weight for the severity {error.severity!r}; add it to 'weights:'")


def is_no_error(error: MarkedError) -> bool:
    """Whether the row of a file only says that the rater found nothing."""
    return error.severity.strip().lower() in _NO_ERROR


def with_defaults(weights: Weights | None) -> Weights:
    """The Google scheme with ``weights`` in place of its own."""
    return {**GOOGLE_WEIGHTS, **{key.lower(): float(value) for key, value in (weights or {}).items()}}
