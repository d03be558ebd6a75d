"""Direct assessments in tables with a header: WMT's CSV files and MLQE-PE's TSV files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from mtqe.bench.human.base import (
    HumanRatings,
    Rating,
    Text,
    human_readers,
    lines_of,
    not_empty,
    number,
    qualified,
)
from mtqe.errors import InputError
from mtqe.registry import nearest

# Our name of a column, and what files call it: MLQE-PE, the collection of WMT's news tasks, and
# WMT's own ad-seg-scores files.
_NAMES = {
    "system": ("system", "SYS"),
    "segment": ("seg_id", "segment", "SID", "index", "segid"),
    "article": ("doc", "doc_id", "document"),
    "rater": ("annotator", "rater"),
    "source": ("src", "source", "original"),
    "target": ("mt", "target", "translation"),
    "reference": ("ref", "reference"),
    "domain": ("domain",),
}
# A mean over raters of scores that are standardised by rater comes first.
_SCORES = ("z_mean", "Z.SCR", "score", "mean", "raw", "RAW.SCR")

# Of files that hold one system's output and don't name it.
_UNNAMED = "system"


@human_readers.register
@dataclass(frozen=True)
class Da:
    """Direct assessments, one a line: a score and, as far as given, system, segment and texts.

    ``score`` names the column of the score. Rows without a segment's id belong to the same one if
    their source is the same; rows without a system are one system's. ``only`` chooses rows by the
    values of columns, such as ``{lp: en-de, year: "2020"}``.
    """

    name: ClassVar[str] = "da"
    path: Path
    score: str | None = None
    only: dict[str, str] | None = None
    source_lang: str | None = None
    target_lang: str | None = None

    def read(self) -> HumanRatings:
        """One rating for each line."""
        rows = list(self._rows())
        both = [_rating(row, self._column(row), place) for place, row in rows]
        ratings, given = [rating for rating, _ in both], [text for _, text in both]
        texts = {rating.segment: text for rating, text in both}
        if qualified((rating.article, rating.segment) for rating in ratings):
            texts = {f"{r.article}:{r.segment}": text for r, text in zip(ratings, given, strict=True)}
            ratings = [replace(rating, segment=f"{rating.article}:{rating.segment}") for rating in ratings]
        pairs = {row["lp"] for _, row in rows if row.get("lp")}
        languages = pairs.pop().split("-") if len(pairs) == 1 else [self.source_lang, self.target_lang]
        return HumanRatings(
            self.path.name,
            not_empty(_told_apart(ratings), self.path),
            f"direct assessment ({self._column(rows[0][1])})",
            texts,
            source_lang=self.source_lang or languages[0],
            target_lang=self.target_lang or languages[-1],
            files=(str(self.path),),
        )

    def _column(self, row: dict[str, str]) -> str:
        return self.score or next(name for name in _SCORES if name in row)

    def _rows(self) -> Iterator[tuple[str, dict[str, str]]]:
        records = _records(self.path)
        place, header = next(records, (f"{self.path}:1", []))
        wanted = [self.score] if self.score else list(_SCORES)
        if not set(wanted) & set(header):
            raise InputError(
                f"{place}: no column is called {wanted[0]!r}.{nearest(wanted[0], header or ['(none)'])}"
            )
        found = [row for row in _named(records, header) if self._is_wanted(row[1])]
        if not found:
            raise InputError(
                f"{self.path}: no row is as 'only' says" if self.only else f"{place}: no rows follow"
            )
        yield from found

    def _is_wanted(self, row: dict[str, str]) -> bool:
        return all(row.get(name) == str(value) for name, value in (self.only or {}).items())


def _records(path: Path) -> Iterator[tuple[str, list[str]]]:
    """The fields of each line; .csv files quote them, in others a tab or a space ends one."""
    separator = _separator(path)
    for place, line in lines_of(path):
        if line.strip():
            if separator == ",":
                yield place, next(csv.reader(io.StringIO(line)))
            else:
                yield place, line.split(separator)


def _separator(path: Path) -> str | None:
    first = next((line for _, line in lines_of(path)), "")
    return next((separator for separator in ("\t", ",") if separator in first), None)


def _named(
    records: Iterator[tuple[str, list[str]]], header: Sequence[str]
) -> Iterator[tuple[str, dict[str, str]]]:
    for place, row in records:
        if len(row) != len(header):
            raise InputError(f"{place}: has {len(row)} columns, but the first line names {len(header)}")
        yield place, dict(zip(header, row, strict=True))


def _rating(row: dict[str, str], column: str, place: str) -> tuple[Rating, Text]:
    found = {ours: _first(row, theirs) for ours, theirs in _NAMES.items()}
    segment = found["segment"] or found["source"]
    if segment is None:
        raise InputError(f"{place}: has neither a segment's id nor a source")
    score = number(row[column], place, f"the column {column!r}")
    rating = Rating(
        found["system"] or _UNNAMED,
        segment,
        score,
        found["article"],
        found["rater"],
        None,
        found["target"],
        found["domain"],
    )
    return rating, Text(found["source"], found["reference"])


def _first(row: dict[str, str], names: Sequence[str]) -> str | None:
    return next((row[name] for name in names if row.get(name)), None)


def _told_apart(ratings: list[Rating]) -> list[Rating]:
    """Where no system is named, each further translation of a segment is another's."""
    if any(rating.system != _UNNAMED for rating in ratings):
        return ratings
    seen: dict[str, list[str | None]] = {}
    found = []
    for rating in ratings:
        targets = seen.setdefault(rating.segment, [])
        if rating.target not in targets:
            targets.append(rating.target)
        place = targets.index(rating.target)
        name = _UNNAMED if not place else f"{_UNNAMED} {place + 1}"
        found.append(replace(rating, system=name))
    return found
