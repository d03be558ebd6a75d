"""Human judgements as a table of systems by segments, which metrics are laid beside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mtqe.bench.human.base import HumanRatings, MarkedError, Rating, Text
from mtqe.bench.meta_pairs import Indices, Values
from mtqe.errors import InputError
from mtqe.registry import nearest

Matrix = NDArray[np.float64]
Cell = tuple[str, str]  # system and segment


@dataclass(frozen=True)
class HumanTable:
    """The mean of raters' scores by system (rows) and segment (columns); NaN where nobody judged.

    ``segments`` are those that somebody judged. ``marked`` holds what each rater marked, by system and
    segment; it is empty if the protocol marks nothing.
    """

    ratings: HumanRatings
    systems: tuple[str, ...]
    segments: tuple[str, ...]
    articles: tuple[str | None, ...]
    scores: Matrix
    targets: dict[Cell, str]
    marked: dict[Cell, list[tuple[MarkedError, ...]]]

    @cached_property
    def by_item(self) -> Indices:
        """The number of the segment of each cell, row by row."""
        return np.tile(np.arange(len(self.segments)), len(self.systems))

    @cached_property
    def by_system(self) -> Indices:
        """The number of the system of each cell, row by row."""
        return np.repeat(np.arange(len(self.systems)), len(self.segments))

    @cached_property
    def article_of_segment(self) -> Indices:
        """The number of the article of each segment; one of no article is one by itself."""
        names = [
            (article, "" if article else segment)
            for article, segment in zip(self.articles, self.segments, strict=True)
        ]
        order = {name: number for number, name in enumerate(dict.fromkeys(names))}
        return np.array([order[name] for name in names], np.intp)

    @cached_property
    def flat(self) -> Values:
        """Human scores row by row."""
        return self.scores.ravel()

    @property
    def is_points(self) -> bool:
        """Whether a score is a sum of points over the translation, which grows with its length."""
        return self.ratings.unit.lower().startswith("mqm")

    def text(self, segment: str) -> Text:
        """Source and reference of a segment."""
        return self.ratings.texts.get(segment, Text())

    def column(self, values: Iterable[tuple[Cell, float]]) -> Matrix:
        """A table of values by cell, laid out as ``scores``; NaN where there is none."""
        rows = {system: n for n, system in enumerate(self.systems)}
        columns = {segment: n for n, segment in enumerate(self.segments)}
        found = np.full(self.scores.shape, np.nan)
        for (system, segment), value in values:
            if system in rows and segment in columns:
                found[rows[system], columns[segment]] = value
        return found

    def error_free(self, least_esa: float = 85.0) -> Values:
        """1 for cells in which no rater marked an error, 0 for others, NaN where that is unknown.

        Where scores are ESA's, from 0 to 100, the mean must be at least ``least_esa`` too.
        """
        cells = ((cell, float(not any(marked))) for cell, marked in self.marked.items())
        free = self.column(cells)
        if self.ratings.unit.lower().startswith("esa"):
            free = np.where(np.isnan(free), np.nan, (free > 0) & (self.scores >= least_esa))
        return np.asarray(np.where(np.isnan(self.scores), np.nan, free).ravel())


def table_of(ratings: HumanRatings, leave_out: Sequence[str] = ()) -> HumanTable:
    """The table of some ratings, without the systems whose names match a pattern of ``leave_out``."""
    judged = [rating for rating in ratings.ratings if rating.score is not None]
    systems = _systems(judged, leave_out, ratings.name)
    judged = [rating for rating in judged if rating.system in systems]
    segments = _segments(judged, ratings)
    rows, columns = ({name: n for n, name in enumerate(names)} for names in (systems, segments))
    sums, counts = np.zeros((len(systems), len(segments))), np.zeros((len(systems), len(segments)))
    for rating in judged:
        place = rows[rating.system], columns[rating.segment]
        sums[place] += rating.score or 0.0
        counts[place] += 1
    with np.errstate(invalid="ignore"):
        scores = sums / counts
    articles = {rating.segment: rating.article for rating in judged}
    targets = {(r.system, r.segment): r.target for r in judged if r.target is not None}
    return HumanTable(
        ratings, systems, segments, tuple(articles[s] for s in segments), scores, targets, _marked(judged)
    )


def _systems(judged: Sequence[Rating], leave_out: Sequence[str], name: str) -> tuple[str, ...]:
    known = sorted({rating.system for rating in judged})
    for pattern in leave_out:
        if not any(fnmatchcase(system, pattern) for system in known):
            raise InputError(
                f"{name}: no system to leave out is called {pattern!r}.{nearest(pattern, known)}"
            )
    left = tuple(s for s in known if not any(fnmatchcase(s, pattern) for pattern in leave_out))
    if not left:
        raise InputError(f"{name}: every system is left out; leave one or more in")
    return left


def _segments(judged: Sequence[Rating], ratings: HumanRatings) -> tuple[str, ...]:
    """Judged segments in the order of the test set, of their numbers, or of the file."""
    found = dict.fromkeys(rating.segment for rating in judged)
    if ratings.segments:
        return tuple(segment for segment in ratings.segments if segment in found)
    if all(segment.isdecimal() for segment in found):
        return tuple(sorted(found, key=int))
    return tuple(found)


def _marked(judged: Sequence[Rating]) -> dict[Cell, list[tuple[MarkedError, ...]]]:
    marked: dict[Cell, list[tuple[MarkedError, ...]]] = defaultdict(list)
    for rating in judged:
        if rating.errors is not None:
            marked[rating.system, rating.segment].append(rating.errors)
    return dict(marked)


def without_missing(table: HumanTable, scores: Mapping[str, Matrix]) -> tuple[HumanTable, str | None]:
    """The table without what some metric gave no score, and a note; one without any score does not count."""
    gaps = [np.isnan(values) for values in scores.values() if not np.isnan(values).all()]
    lacking = np.any(gaps, axis=0) & ~np.isnan(table.scores) if gaps else np.zeros(table.scores.shape, bool)
    if not lacking.any():
        return table, None
    note = f"{int(lacking.sum()):,} translations are left out: a metric has no score for them"
    return replace(table, scores=np.where(lacking, np.nan, table.scores)), note
