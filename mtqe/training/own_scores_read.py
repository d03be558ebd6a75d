"""People's scores beside mtqe's quality, both from 0 to 100."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mtqe.bench.human.base import HumanRatings, HumanReader
from mtqe.bench.meta_sources.own import Own
from mtqe.bench.meta_table import HumanTable, Matrix, table_of
from mtqe.errors import InputError
from mtqe.runfiles import Spec
from mtqe.scale import SCORE_RANGE, penalty_to_score
from mtqe.text.words import count_words
from mtqe.training.provenance import note_read

Values = NDArray[np.float64]

_Columns = tuple[Values, Values, NDArray[np.str_], NDArray[np.str_]]

# Worst and best of people's scores.
Ends = tuple[float, float]

_LEAST, _MOST = SCORE_RANGE

# Scores that all are at most this are on some other scale than 0 to 100, such as 1 to 5.
_SHORT = 10.0

# Of standardised scores some few lie beyond any ends.
_OUTSIDE = 0.05


@dataclass(frozen=True)
class Scored:
    """Translations with ``quality`` and people's mean ``score``, in the order of their files.

    ``sources`` names the source segment of each, ``articles`` its article (its segment, where no article
    is named). ``left_out`` counts translations without a quality. ``mode`` is None where only some
    have a source; languages are None where not all are alike or they are not named.
    """

    quality: Values
    score: Values
    sources: NDArray[np.str_]
    articles: NDArray[np.str_]
    left_out: int
    units: tuple[str, ...]
    source_lang: str | None
    target_lang: str | None
    mode: str | None


def read_scored(
    readers: Sequence[HumanReader], ends: Ends | None, score: list[Spec] | None, detect: list[Spec] | None
) -> Scored:
    """All that people scored, judged by mtqe with these scorers and detectors.

    Raises ``InputError`` for what can't be read, and for scores on an unknown scale.
    """
    tables = [table_of(_read(reader)) for reader in readers]
    parts = [_scored(table, ends, Own(score, detect), str(n)) for n, table in enumerate(tables)]
    quality, scores, sources, articles = (np.concatenate(column) for column in zip(*parts, strict=True))
    known = np.isfinite(quality)
    languages = {(table.ratings.source_lang, table.ratings.target_lang) for table in tables}
    source_lang, target_lang = languages.pop() if len(languages) == 1 else (None, None)
    return Scored(
        quality[known],
        scores[known],
        sources[known],
        articles[known],
        int((~known).sum()),
        tuple(dict.fromkeys(table.ratings.unit for table in tables)),
        source_lang,
        target_lang,
        _mode(tables),
    )


def _read(reader: HumanReader) -> HumanRatings:
    ratings = reader.read()
    for file in ratings.files:
        note_read(Path(file))
    return ratings


def _scored(table: HumanTable, ends: Ends | None, own: Own, name: str) -> _Columns:
    """Quality, score, source and article of each translation that people judged, row by row."""
    scores = on_scale(table, ends)
    quality = own.measure(table).scores["quality"]
    judged = np.isfinite(scores)
    places = list(zip(table.articles, table.segments, strict=True))
    sources = np.array([f"{name}:{segment}" for _, segment in places])
    articles = np.array([f"{name}:{article or segment}" for article, segment in places])
    wide, whole = (np.broadcast_to(column, scores.shape)[judged] for column in (sources, articles))
    return quality[judged], scores[judged], wide, whole


def on_scale(table: HumanTable, ends: Ends | None) -> Matrix:
    """People's scores from 0 to 100, laid out as they are in the table.

    ``ends`` are the worst and the best score; a worst that is larger is that of penalties. Without them
    points of MQM are counted per 100 words (``mtqe.scale``), and others must be from 0 to 100 already.
    """
    scores, name = table.scores, table.ratings.name
    if ends is not None:
        return _stretched(scores, ends, name)
    if table.is_points:
        return _of_points(table)
    low, high = float(np.nanmin(scores)), float(np.nanmax(scores))
    is_esa = table.ratings.unit.lower().startswith("esa")
    if low < _LEAST or high > _MOST or (high <= _SHORT and not is_esa):
        raise InputError(
            f"{name}: scores ({table.ratings.unit}) are from {low:g} to {high:g}, which is not 0 to 100: say "
            "which is the worst and which the best, as 'scale: [1, 5]', or name another column"
        )
    return scores


def _stretched(scores: Matrix, ends: Ends, name: str) -> Matrix:
    worst, best = ends
    found = np.asarray((scores - worst) / (best - worst) * _MOST)
    outside = ((found < _LEAST) | (found > _MOST)).sum()
    if outside > _OUTSIDE * np.isfinite(found).sum():
        low, high = np.nanmin(scores), np.nanmax(scores)
        raise InputError(
            f"{name}: scores are from {low:g} to {high:g}, and {outside:,} lie outside 'scale: [{worst:g}, "
            f"{best:g}]'"
        )
    return np.asarray(np.clip(found, _LEAST, _MOST))


def _of_points(table: HumanTable) -> Matrix:
    """Scores of MQM points per 100 words, as ``mtqe.scale`` has them; NaN without a text."""
    found = np.full(table.scores.shape, np.nan)
    for i, system in enumerate(table.systems):
        for j, segment in enumerate(table.segments):
            words = count_words(table.targets.get((system, segment), ""))
            if words and np.isfinite(table.scores[i, j]):
                found[i, j] = penalty_to_score(-100.0 * table.scores[i, j] / words)
    return found


def _mode(tables: Sequence[HumanTable]) -> str | None:
    has = {bool(table.text(segment).source) for table in tables for segment in table.segments}
    if len(has) > 1:
        return None
    return "source" if has.pop() else "target_only"
