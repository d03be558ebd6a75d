"""Tables of edits, of many pairs of texts at once, and the alignments that they hold.

A text is a string with a character for each word. Only a beam around the diagonal is looked at, as
sacrebleu does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Table = NDArray[np.signedinteger[Any]]

# A target and its reference.
Pair = tuple[str, str]

# For each word of target and reference where the next wrong one is, and behind how many words of the
# target each of the reference stands.
Alignment = tuple[list[int], list[int], list[int]]

# How far from the diagonal sacrebleu looks: 25 on one side, 24 on the other. A way through the
# table with at most 24 insertions and at most 24 deletions never comes farther.
BEAM = 25

# Tercom's limit of a shift, in words.
LONGEST_SHIFT = 10

# Words from which on a table needs larger numbers.
_LONG = 8000

# Pairs that are worked on together: enough that arrays pay, few enough to stay in the cache; and
# cells of their tables, so that whole documents don't take all memory.
_MOST_PAIRS = 400
_MOST_CELLS = 4_000_000


def batches(pairs: Sequence[Pair]) -> Iterator[list[Pair]]:
    """The pairs in parts for one table each, those of about the same size together."""
    batch: list[Pair] = []
    width = 0
    for pair in sorted(pairs, key=lambda pair: (len(pair[0]), len(pair[1]), pair)):
        width = max(width, len(pair[1]))
        cells = (len(batch) + 1) * (len(pair[0]) + 1) * (width + 1)
        if batch and (len(batch) >= _MOST_PAIRS or cells > _MOST_CELLS):
            yield batch
            batch, width = [], len(pair[1])
        batch.append(pair)
    if batch:
        yield batch


def distances(pairs: Sequence[Pair]) -> list[int]:
    """How many edits make each target its reference; neither may be empty."""
    targets, references = _padded([pair[0] for pair in pairs]), _padded([pair[1] for pair in pairs])
    return _ends(_table(targets, references, _edges(pairs)), pairs)


def alignments(pairs: Sequence[Pair]) -> list[tuple[int, Alignment]]:
    """The edits of each pair, and its alignment."""
    targets, references = _padded([pair[0] for pair in pairs]), _padded([pair[1] for pair in pairs])
    table = _table(targets, references, _edges(pairs))
    way = _Way.back(table, targets, references, pairs)
    return [
        (count, way.row(row, pair))
        for row, (count, pair) in enumerate(zip(_ends(table, pairs), pairs, strict=True))
    ]


def _ends(table: Table, pairs: Sequence[Pair]) -> list[int]:
    return [int(table[len(pair[0]), len(pair[1]), row]) for row, pair in enumerate(pairs)]


@dataclass(frozen=True)
class _Edges:
    """Where the beam begins and ends in each row of the table, for each pair."""

    ratios: NDArray[np.float64]
    widths: NDArray[np.int32]
    rows: Ints

    def outside(self, row: int, columns: Table) -> NDArray[np.bool_] | None:
        """What sacrebleu does not look at in a row of the table; the last row it sees to its end."""
        middle, far = np.floor(row * self.ratios), _far(columns.dtype)
        first, behind = middle - self.widths, np.where(self.rows == row, far, middle + self.widths)
        if (first <= 0).all() and (behind >= len(columns)).all():
            return None
        found: NDArray[np.bool_] = columns < np.maximum(first, 0).astype(columns.dtype)
        found |= columns >= np.minimum(behind, far).astype(columns.dtype)
        return found


def _far(dtype: Any) -> int:
    """More edits than any way through a table of this type has."""
    return int(np.iinfo(dtype).max) // 2


def _edges(pairs: Sequence[Pair]) -> _Edges | None:
    """The beam of ``pairs``; None if nothing is outside it."""
    if max(max(len(pair[0]), len(pair[1])) for pair in pairs) < BEAM:
        return None
    rows = np.array([len(pair[0]) for pair in pairs])
    ratios = np.array([len(pair[1]) for pair in pairs]) / rows
    # Where lengths differ so much that a row and the next would not touch, it is wider.
    wide = np.ceil(ratios / 2 + BEAM).astype(np.int32)
    return _Edges(ratios, np.where(ratios / 2 > BEAM, wide, np.int32(BEAM)), rows)


def _padded(texts: Sequence[str]) -> Ints:
    """Texts as rows of numbers, -1 behind their ends."""
    rows = np.full((len(texts), max(map(len, texts))), -1, np.int64)
    for row, text in enumerate(texts):
        rows[row, : len(text)] = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return rows


def _table(targets: Ints, references: Ints, edges: _Edges | None) -> Table:
    """Edits from each beginning of a target to each of its reference: (target, reference, pairs)."""
    longest = max(targets.shape[1], references.shape[1])
    dtype: type[np.signedinteger[Any]] = np.int16 if longest < _LONG else np.int32
    columns = np.arange(references.shape[1] + 1, dtype=dtype)[:, None]
    table = np.empty((targets.shape[1] + 1, len(columns), len(targets)), dtype)
    table[0] = columns
    # Pairs are the last axis, so that each step is one for many of them at once.
    words, others = targets.T.astype(np.int32), np.ascontiguousarray(references.T, np.int32)
    for i in range(1, len(table)):
        above, row = table[i - 1], table[i]
        row[0] = np.minimum(above[0] + 1, _far(dtype))
        np.minimum(above[:-1] + (others != words[i - 1]), above[1:] + 1, out=row[1:])
        outside = None if edges is None else edges.outside(i, columns)
        if outside is not None:
            np.copyto(row, _far(dtype), where=outside)
        # An insertion adds one for each step to the right.
        row -= columns
        _running_minimum(row)
        row += columns
        if outside is not None:
            np.copyto(row, _far(dtype), where=outside)
    return table


def _running_minimum(rows: Table) -> None:
    """Each row becomes the least of itself and those before it: in steps of 1, 2, 4 and so on."""
    step = 1
    while step < len(rows):
        np.minimum(rows[step:], rows[:-step], out=rows[step:])
        step *= 2


@dataclass(frozen=True)
class _Way:
    """Which words are wrong, and behind how many words of the target each of the reference stands."""

    target_wrong: NDArray[np.bool_]
    reference_wrong: NDArray[np.bool_]
    behind: Ints

    @classmethod
    def back(cls, table: Table, targets: Ints, references: Ints, pairs: Sequence[Pair]) -> _Way:
        """The way back through the table: rather replaced than deleted than inserted, as Tercom does."""
        found = cls(targets >= 0, references >= 0, np.zeros(references.shape, np.int64))
        rows = np.arange(len(pairs))
        i = np.array([len(pair[0]) for pair in pairs])
        j = np.array([len(pair[1]) for pair in pairs])
        while rows.size:
            here, left, up = table[i, j, rows], np.maximum(j - 1, 0), np.maximum(i - 1, 0)
            wrong = targets[rows, up] != references[rows, left]
            replace = (i > 0) & (j > 0) & (table[up, left, rows] + wrong == here)
            delete = ~replace & (i > 0) & (table[up, j, rows] + 1 == here)
            right = replace & ~wrong
            found.target_wrong[rows[right], up[right]] = False
            found.reference_wrong[rows[right], left[right]] = False
            found.behind[rows[~delete], left[~delete]] = i[~delete]
            i, j = np.where(replace | delete, up, i), np.where(delete, j, left)
            going = (i > 0) | (j > 0)
            rows, i, j = rows[going], i[going], j[going]
        return found

    def row(self, row: int, pair: Pair) -> Alignment:
        """For a pair: the next wrong word from each place of target and reference, and ``behind``."""
        return (
            _next_true(self.target_wrong[row, : len(pair[0])]),
            _next_true(self.reference_wrong[row, : len(pair[1])]),
            self.behind[row, : len(pair[1])].tolist(),
        )


def _next_true(flags: NDArray[np.bool_]) -> list[int]:
    """For each place the first one from there on that is true; far away if there is none."""
    far = 2 * LONGEST_SHIFT + len(flags)
    places = np.where(flags, np.arange(len(flags)), far)
    return [int(place) for place in np.minimum.accumulate(places[::-1])[::-1]]
