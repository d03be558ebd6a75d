"""Segments' scores by a model that reads a few texts of each: what scorers of such models share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from mtqe.data import Article, Score, Segment
from mtqe.models.score_cache import Texts
from mtqe.sides import has_side

# What a model says of a row beside its number, and reports of a score.
_STATS = ("tokens", "windows")


@dataclass(frozen=True)
class RowScores:
    """How a model's numbers become scores.

    ``why_not`` says why a segment can't be judged, ``row`` what is read of one that can. ``judge`` gives
    for each row its number, how many tokens were read, in how many windows. ``blank`` has the scores'
    range and direction.
    """

    why_not: Callable[[Article, Segment], str | None]
    row: Callable[[Segment], Texts]
    judge: Callable[[Sequence[Texts]], Sequence[Sequence[float]]]
    blank: Score

    def of(self, articles: Sequence[Article]) -> list[list[Score]]:
        """One score for each segment of each article; all rows are judged together."""
        rows = [self.row(s) for a in articles for s in a.segments if not self.why_not(a, s)]
        found = iter(self.judge(rows) if rows else ())
        return [list(self._scores(article, found)) for article in articles]

    def _scores(self, article: Article, found: Iterator[Sequence[float]]) -> Iterator[Score]:
        for segment in article.segments:
            why = self.why_not(article, segment)
            yield replace(self.blank, note=why) if why else self._score(*next(found))

    def _score(self, value: float, *counts: float) -> Score:
        return replace(self.blank, value=value, stats=dict(zip(_STATS, map(float, counts), strict=True)))


def missing(article: Article, side: Literal["source", "reference"]) -> str:
    """Why a segment without that side has none."""
    return f"no counterpart in the {side}" if has_side(article, side) else f"no {side} given"
