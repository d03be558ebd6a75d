"""Scores from files: a table, mt-metrics-eval's blocks, or one number a line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from mtqe.bench.human.base import cells, column, lines_of, number
from mtqe.bench.meta_sources.base import Measured, metric_sources
from mtqe.bench.meta_table import Cell, HumanTable
from mtqe.errors import InputError
from mtqe.readers.records import FIELDS

_SYSTEM = "{system}"
_SCORE = "score"
_SEGMENTS = ("segment", "seg_id", "seg", "segment_id", "id")


@metric_sources.register
@dataclass(frozen=True)
class Scores:
    """The scores of a metric that somebody else ran.

    ``path`` is one of: a table with tabs and a first line that names the columns ``system``,
    ``segment`` and ``score`` (or another ``column``); lines of ``SYSTEM SCORE``, a block of all segments
    a system, as in mt-metrics-eval; or, with ``{system}`` in it, a file for each system with one number a
    line. ``None`` stands for a score that is missing. ``label`` is the metric's name in the report.
    """

    name: ClassVar[str] = "scores"
    path: Path
    label: str | None = None
    column: str = _SCORE
    higher_is_better: bool = True

    def measure(self, table: HumanTable) -> Measured:
        """The one metric of the file."""
        label = self.label or _label(self.path)
        found, notes = _placed(self._values(table), table, self.path)
        if not found:
            raise InputError(
                f"{self.path}: no line is of a system and segment that people judged; they judged "
                f"{', '.join(table.systems[:3])} ..., segments {', '.join(table.segments[:3])} ..."
            )
        sign = 1.0 if self.higher_is_better else -1.0
        scores = table.column((cell, sign * value) for cell, value in found.items())
        said = {label: f"scores of {self.path}"}
        return Measured({label: scores}, signatures=said, notes=notes, files=_files(self.path, table))

    def _values(self, table: HumanTable) -> Iterator[tuple[Cell, float | None, str]]:
        if _SYSTEM in str(self.path):
            return _by_system(self.path, table)
        place, first = next(lines_of(self.path), (f"{self.path}:1", ""))
        header = first.split("\t")
        if set(header) & FIELDS["system"]:
            return _of_table(self.path, header, place, self.column)
        return _blocks(self.path, table)


def _files(path: Path, table: HumanTable) -> tuple[str, ...]:
    names = table.systems if _SYSTEM in str(path) else ("",)
    return tuple(str(path).replace(_SYSTEM, system) for system in names)


def _label(path: Path) -> str:
    return path.name.partition(".")[0] if _SYSTEM not in path.name else path.parent.name


def _placed(
    values: Iterator[tuple[Cell, float | None, str]], table: HumanTable, path: Path
) -> tuple[dict[Cell, float], tuple[str, ...]]:
    """Scores by cell; those of nothing that was judged are counted in a note."""
    judged = {(s, g) for s in table.systems for g in table.segments}
    found: dict[Cell, float] = {}
    places: dict[Cell, str] = {}
    others = 0
    for cell, value, place in values:
        if cell not in judged:
            others += 1
            continue
        if cell in places:
            raise InputError(f"{place}: {cell[0]}, segment {cell[1]} has a score already, at {places[cell]}")
        places[cell] = place
        found[cell] = np.nan if value is None else value
    note = f"{path.name}: {others:,} scores of systems or segments that nobody judged are left out"
    return found, (note,) if others else ()


def _of_table(
    path: Path, header: Sequence[str], place: str, score: str
) -> Iterator[tuple[Cell, float | None, str]]:
    system = column(header, sorted(FIELDS["system"], key=lambda n: n != "system"), place)
    segment, value = column(header, _SEGMENTS, place), column(header, (score,), place)
    lines = lines_of(path)
    next(lines)
    for place, line in lines:
        if line.strip():
            row = cells(line, header, place)
            yield (row[system], row[segment]), number(row[value], place, "the score"), place


def _blocks(path: Path, table: HumanTable) -> Iterator[tuple[Cell, float | None, str]]:
    blocks: dict[str, list[tuple[float | None, str]]] = defaultdict(list)
    for place, line in lines_of(path):
        parts = line.split()
        if len(parts) != 2:
            raise InputError(
                f"{place}: must be a system and a score; a table names its columns in the first line, "
                "and a path of one number a line has {system} in it"
            )
        blocks[parts[0]].append((number(parts[1], place, "the score"), place))
    for system, block in blocks.items():
        if system in table.systems:
            yield from _block(system, block, table, path)


def _by_system(path: Path, table: HumanTable) -> Iterator[tuple[Cell, float | None, str]]:
    for system in table.systems:
        file = Path(str(path).replace(_SYSTEM, system))
        block = [(number(line, place, "the score"), place) for place, line in lines_of(file)]
        yield from _block(system, block, table, file)


def _block(
    system: str, block: Sequence[tuple[float | None, str]], table: HumanTable, path: Path
) -> Iterator[tuple[Cell, float | None, str]]:
    """A score for each segment of the test set, for each judged one, or by the number of its line."""
    segments: Sequence[str] = table.ratings.segments or table.segments
    if len(block) == len(table.segments) and len(block) != len(segments):
        segments = table.segments
    if len(block) != len(segments):
        segments = _lines(len(block), table, f"{path}: {len(block)} scores of {system}")
    for segment, (value, place) in zip(segments, block, strict=True):
        yield (system, segment), value, place


def _lines(count: int, table: HumanTable, what: str) -> list[str]:
    """The numbers of lines as segments, if that is what people's segments are named by."""
    known = table.segments
    if table.ratings.segments or not all(s.isdecimal() for s in known) or max(map(int, known)) > count:
        raise InputError(
            f"{what}, but people judged {len(known)} segments; give a table with system, segment and score"
        )
    return [str(n) for n in np.arange(1, count + 1)]
