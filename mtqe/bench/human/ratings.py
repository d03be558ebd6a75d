"""JSON Lines of ratings: mt-metrics-eval's standalone ratings, and rows as mtqe's readers take them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from mtqe.bench.human.base import (
    HumanRatings,
    MarkedError,
    Rating,
    Text,
    human_readers,
    lines_of,
    not_empty,
    qualified,
)
from mtqe.bench.human.mt_metrics_eval import marked_error
from mtqe.bench.human.weights import Weights, points, with_defaults
from mtqe.errors import InputError
from mtqe.readers.records import FIELDS, load_json

# What other formats call the fields; those of texts are the readers'.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "segment": ("segment_id", "seg_id", "segment", "id"),
    "rater": ("rater_id", "annotator", "rater"),
    "article": tuple(sorted(FIELDS["article"])),
    "system": tuple(sorted(FIELDS["system"])),
    "source": tuple(sorted(FIELDS["source"])),
    "target": tuple(sorted(FIELDS["target"])),
    "reference": tuple(sorted(FIELDS["reference"])),
    "domain": ("domain",),
}
_UNPLACED = "unlocated_errors"


@human_readers.register
@dataclass(frozen=True)
class Ratings:
    """One rating a line, with system, segment and a score or marked errors.

    Errors are under "errors" or "spans" (start, end, severity, category), and those without a place
    under "unlocated_errors". Rows with a "score" keep it unless ``weights`` are given; without one it
    is the errors' points, negated. ``only`` chooses rows by the values of other fields.
    """

    name: ClassVar[str] = "ratings"
    path: Path
    weights: dict[str, float] | None = None
    only: dict[str, str] | None = None
    unit: str | None = None

    def read(self) -> HumanRatings:
        """One rating for each line."""
        rows = [(place, row) for place, row in _rows(self.path) if self._is_wanted(row)]
        if qualified((_text(row, "article"), _text(row, "segment")) for _, row in rows):
            rows = [(place, row | {"segment_id": _in_article(row)}) for place, row in rows]
        ratings = not_empty([self._rating(row, place) for place, row in rows], self.path)
        languages = _languages([row for _, row in rows])
        texts = {
            _text(row, "segment"): Text(_text(row, "source"), _text(row, "reference")) for _, row in rows
        }
        return HumanRatings(
            self.path.name,
            ratings,
            self.unit or _unit([row for _, row in rows]),
            {segment: text for segment, text in texts.items() if segment is not None},
            source_lang=languages[0],
            target_lang=languages[1],
            files=(str(self.path),),
        )

    def _is_wanted(self, row: dict[str, Any]) -> bool:
        return all(str(row.get(field)) == value for field, value in (self.only or {}).items())

    def _rating(self, row: dict[str, Any], place: str) -> Rating:
        system, segment, target = (_text(row, name) for name in ("system", "segment", "target"))
        if system is None or segment is None:
            raise InputError(f"{place}: lacks {'a system' if system is None else 'a segment id'}")
        errors = _errors(row, target, place)
        score = self._score(row, errors, with_defaults(self.weights), place)
        article, rater, domain = (_text(row, name) for name in ("article", "rater", "domain"))
        return Rating(system, segment, score, article, rater, errors, target, domain)

    def _score(
        self, row: dict[str, Any], errors: tuple[MarkedError, ...] | None, weights: Weights, place: str
    ) -> float | None:
        score = row.get("score")
        if errors is not None and (self.weights is not None or score is None):
            return -sum(points(error, weights, place) for error in errors)
        if score is None or (isinstance(score, int | float) and not isinstance(score, bool)):
            return score
        raise InputError(f"{place}: the score must be a number, not {score!r}")


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for place, line in lines_of(path):
        if not line.strip():
            continue
        try:
            row = load_json(line.encode("utf-8"))
        except ValueError as error:
            raise InputError(f"{place}: is not JSON: {error}") from error
        if not isinstance(row, dict):
            raise InputError(f"{place}: is not a record, {{...}} with fields")
        yield place, row


def _text(row: dict[str, Any], name: str) -> str | None:
    value = next((row[field] for field in _NAMES[name] if row.get(field) is not None), None)
    return None if value is None else str(value)


def _errors(row: dict[str, Any], target: str | None, place: str) -> tuple[MarkedError, ...] | None:
    marked = row.get("errors", row.get("spans"))
    if marked is None:
        return None
    try:
        placed = [marked_error(error, target) for error in marked]
        unplaced = [
            MarkedError(str(error.get("severity") or "").lower(), str(error.get("category") or ""))
            for error in row.get(_UNPLACED) or ()
        ]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{place}: each error needs a start, an end and a severity") from error
    return (*placed, *unplaced)


def _in_article(row: dict[str, Any]) -> str | None:
    """The segment's name with its article's."""
    segment = _text(row, "segment")
    return None if segment is None else f"{_text(row, 'article')}:{segment}"


def _languages(rows: list[dict[str, Any]]) -> tuple[str | None, str | None]:
    """Source and target language, if all rows are of one pair."""
    pairs = {
        (str(row.get("source_lang") or "") or lp[0], str(row.get("target_lang") or "") or lp[2])
        for row in rows
        for lp in [str(row.get("lp") or "").partition("-")]
    }
    source, target = pairs.pop() if len(pairs) == 1 else ("", "")
    return source or None, target or None


def _unit(rows: list[dict[str, Any]]) -> str:
    units = {str(row["score_type"]) for row in rows if row.get("score_type")}
    if units:
        return units.pop() if len(units) == 1 else "score"
    return "score" if any("score" in row for row in rows) else "MQM points, negated"
