"""MQM as Google publishes it: one marked error a line, the place in ``<v>`` marks."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, NamedTuple

from mtqe.bench.human.base import (
    HumanRatings,
    MarkedError,
    Rating,
    Text,
    cells,
    column,
    human_readers,
    lines_of,
    not_empty,
)
from mtqe.bench.human.texts import texts_of
from mtqe.bench.human.weights import Weights, is_no_error, points, with_defaults
from mtqe.errors import InputError

_MARKED = re.compile(r"<v>(.*?)</v>", re.DOTALL)

# What files of several years call the columns.
_COLUMNS = {
    "system": ("system",),
    "article": ("doc",),
    "segment": ("seg_id", "globalSegId"),
    "rater": ("rater",),
    "source": ("source",),
    "target": ("target",),
    "category": ("category",),
    "severity": ("severity",),
}


class _Row(NamedTuple):
    place: str
    system: str
    segment: str
    article: str
    rater: str
    source: str
    target: str
    error: MarkedError


@human_readers.register
@dataclass(frozen=True)
class Mqm:
    """Google's tab-separated MQM ratings (WMT20 to WMT24).

    A rater's score is the sum of the points of the errors that they marked, negated; ``weights``
    changes the points of "severity" or "severity/category/subcategory". Where rows of one translation
    differ in its text, the text of most rows counts, and marks in the others have no place.
    ``texts`` is a folder as in WMT's repositories (``references/en-de.*.txt``), for metrics that need
    references, and ``pair`` what the pair is called in it; ``seg_id`` is then a line's number.
    """

    name: ClassVar[str] = "mqm"
    path: Path
    weights: dict[str, float] | None = None
    source_lang: str | None = None
    target_lang: str | None = None
    texts: Path | None = None
    pair: str | None = None

    def read(self) -> HumanRatings:
        """One rating for each rater, system and segment."""
        rows = list(_rows(self.path))
        targets = _targets(rows)
        texts = {row.segment: Text(_unmarked(row.source)) for row in rows}
        if self.texts is not None:
            given = texts_of(self.texts, self.pair).by_segment
            texts = {
                segment: replace(text, reference=given[segment].reference) if segment in given else text
                for segment, text in texts.items()
            }
        ratings = not_empty(list(_ratings(rows, targets, with_defaults(self.weights))), self.path)
        lost = sum(_unmarked(row.target) != targets[row.system, row.segment] for row in rows)
        notes = (f"{lost:,} marks have no place: their rows alter the translation",) if lost else ()
        return HumanRatings(
            self.path.name,
            ratings,
            "MQM points, negated",
            texts,
            source_lang=self.source_lang,
            target_lang=self.target_lang,
            files=(str(self.path),),
            notes=notes,
        )


def _rows(path: Path) -> Iterator[_Row]:
    lines = lines_of(path)
    place, first = next(lines, (f"{path}:1", ""))
    header = first.split("\t")
    names = {ours: column(header, theirs, place) for ours, theirs in _COLUMNS.items()}
    for place, line in lines:
        if line.strip():
            found = cells(line, header, place)
            yield _row({ours: found[name] for ours, name in names.items()}, place)


def _row(found: dict[str, str], place: str) -> _Row:
    for name in ("system", "segment", "rater"):
        if not found[name].strip():
            raise InputError(f"{place}: the column {_COLUMNS[name][0]!r} is empty")
    error = _error(found["target"], found["severity"], found["category"])
    source, target = _unquoted(found["source"]), _unquoted(found["target"])
    if target != found["target"]:
        error = _error(target, found["severity"], found["category"])
    kept = (found["system"], found["segment"], found["article"], found["rater"])
    return _Row(place, *kept, source, target, error)


def _error(target: str, severity: str, category: str) -> MarkedError:
    marked = _MARKED.search(target)
    if marked is None:
        return MarkedError(severity.strip().lower(), category.strip())
    start = marked.start()
    return MarkedError(severity.strip().lower(), category.strip(), start, start + len(marked[1]), marked[1])


def _unquoted(text: str) -> str:
    """A field without the quotation marks that some files have around fields that hold some."""
    inner = text[1:-1]
    is_quoted = len(text) > 1 and text[0] == text[-1] == '"' and '""' in inner
    return inner.replace('""', '"') if is_quoted and '"' not in inner.replace('""', "") else text


def _unmarked(text: str) -> str:
    return text.replace("<v>", "").replace("</v>", "")


def _targets(rows: list[_Row]) -> dict[tuple[str, str], str]:
    """The text of each translation: that of most of its rows, and of these the first."""
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in rows:
        counts[row.system, row.segment][_unmarked(row.target)] += 1
    return {key: counted.most_common(1)[0][0] for key, counted in counts.items()}


def _ratings(rows: list[_Row], targets: dict[tuple[str, str], str], weights: Weights) -> Iterator[Rating]:
    groups: dict[tuple[str, str, str], list[_Row]] = defaultdict(list)
    for row in rows:
        groups[row.system, row.segment, row.rater].append(row)
    for (system, segment, rater), group in groups.items():
        target = targets[system, segment]
        errors = [_placed(row, target) for row in group if not is_no_error(row.error)]
        score = -sum(points(row.error, weights, row.place) for row in group)
        yield Rating(system, segment, score, group[0].article, rater, tuple(errors), target)


def _placed(row: _Row, target: str) -> MarkedError:
    """The row's error, without a place if its text is another than the translation."""
    return row.error if _unmarked(row.target) == target else row.error._replace(start=None, end=None)
