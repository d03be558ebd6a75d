"""Edits of translation edit rate (Snover et al., 2006), as sacrebleu counts them and many times as fast.

sacrebleu follows Tercom: the block of words whose shift saves most edits is moved, until none saves
any. Here the distances of all shifts that are tried come from one call of rapidfuzz, and the
alignments that say which are tried from arrays over many pairs at once. sacrebleu looks for edits
only near the diagonal; where that could change anything, so do the arrays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cpdist

# Tercom's limits, as sacrebleu has them: words of a shift, how far it goes, shifts that are tried.
_LONGEST_SHIFT = 10
_FARTHEST_SHIFT = 50
_MOST_TRIED = 1000

# How far from the diagonal sacrebleu looks: 25 on one side, 24 on the other. A way through the
# table with at most 24 insertions and at most 24 deletions never comes farther.
_BEAM = 25

# Words from which on a table needs larger numbers.
_LONG = 8000

# Pairs that are aligned together: enough that arrays pay, few enough to stay in the cache.
_BATCH = 400

Words = Sequence[str]
Ints = NDArray[np.int64]
Table = NDArray[np.signedinteger[Any]]

# Length of a block, its start, the place it goes to, and what the target is then.
_Candidate = tuple[int, int, int, str]


def edits(pairs: Sequence[tuple[Words, Words]]) -> list[int]:
    """How many edits make each target its reference; pairs are words of target and reference."""
    distinct = list(dict.fromkeys((tuple(target), tuple(reference)) for target, reference in pairs))
    # Pairs of about the same size stand together, so that little of the arrays is padding.
    by_size = iter(sorted(distinct, key=lambda pair: (len(pair[0]), len(pair[1]))))
    known: dict[tuple[Words, Words], int] = {}
    while batch := list(islice(by_size, _BATCH)):
        known.update(zip(batch, _edits(batch), strict=True))
    return [known[tuple(target), tuple(reference)] for target, reference in pairs]


@dataclass
class _Pair:
    """A pair with its words as characters, and how far it has come."""

    target: str
    reference: str
    shifts: int = 0
    tried: int = 0
    distance: int = 0
    done: bool = False
    candidates: list[_Candidate] = field(default_factory=list)


def _edits(batch: Sequence[tuple[Words, Words]]) -> list[int]:
    letters: dict[str, str] = {}
    pairs = [_Pair(_letters(target, letters), _letters(reference, letters)) for target, reference in batch]
    for pair in pairs:
        pair.done = pair.target == pair.reference or not pair.reference or not pair.target
        pair.distance = max(len(pair.target), len(pair.reference)) if pair.target != pair.reference else 0
    while active := [pair for pair in pairs if not pair.done]:
        _align(active)
        _shift([pair for pair in active if pair.candidates])
    return [pair.shifts + pair.distance for pair in pairs]


def _letters(words: Words, letters: dict[str, str]) -> str:
    return "".join(letters.setdefault(word, chr(len(letters))) for word in words)


def _align(pairs: Sequence[_Pair]) -> None:
    """Set the distances of ``pairs`` and the shifts that are worth a try; without any a pair is done."""
    targets, references = _padded([p.target for p in pairs]), _padded([p.reference for p in pairs])
    table = _table(targets, references, _edges(pairs))
    alignment = _Alignment.of(table, targets, references, pairs)
    for row, pair in enumerate(pairs):
        pair.distance = int(table[len(pair.target), len(pair.reference), row])
        pair.candidates = _candidates(pair, alignment.row(row, pair))
        pair.done = not pair.candidates


def _shift(pairs: Sequence[_Pair]) -> None:
    """Make the best shift of each pair if it saves an edit; else the pair is done."""
    for pair, found in zip(pairs, _savings(pairs), strict=True):
        # Fewest edits first, then the longest block, the earliest, the earliest place to go.
        best = min(found, key=lambda it: (it[0], -it[1][0], it[1][1], it[1][2]), default=None)
        if best is None:
            pair.done = True
        else:
            pair.shifts, pair.target = pair.shifts + 1, best[1][3]


def _savings(pairs: Sequence[_Pair]) -> Iterator[list[tuple[int, _Candidate]]]:
    """For each pair the candidates that save edits, with the edits that are left."""
    references = [pair.reference for pair in pairs for _ in pair.candidates]
    targets = [candidate[3] for pair in pairs for candidate in pair.candidates]
    found = iter(cpdist(references, targets, scorer=Levenshtein.distance, dtype=np.int32).tolist())
    # In the beam there are at least as many edits, so that these are all that can save any.
    fewer = [
        [
            (left, c)
            for left, c in zip(islice(found, len(pair.candidates)), pair.candidates, strict=True)
            if left < pair.distance
        ]
        for pair in pairs
    ]
    known = _in_beam(
        {
            (pair.reference, c[3])
            for pair, some in zip(pairs, fewer, strict=True)
            for left, c in some
            if not _inside(pair, left)
        }
    )
    for pair, some in zip(pairs, fewer, strict=True):
        exact = [(known.get((pair.reference, c[3]), left), c) for left, c in some]
        yield [(left, c) for left, c in exact if left < pair.distance]


def _inside(pair: _Pair, distance: int) -> bool:
    """Whether sacrebleu's beam holds every way with so many edits, so that it finds the same."""
    return (distance + abs(len(pair.target) - len(pair.reference))) // 2 < _BEAM


def _in_beam(wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The edits that sacrebleu finds in its beam, of references and targets."""
    by_size = iter(sorted(wanted, key=lambda pair: (len(pair[1]), len(pair[0]), pair)))
    known: dict[tuple[str, str], int] = {}
    while batch := list(islice(by_size, _BATCH)):
        pairs = [_Pair(target, reference) for reference, target in batch]
        references, targets = _padded([pair[0] for pair in batch]), _padded([pair[1] for pair in batch])
        table = _table(targets, references, _edges(pairs))
        for row, (reference, target) in enumerate(batch):
            known[reference, target] = int(table[len(target), len(reference), row])
    return known


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


def _edges(pairs: Sequence[_Pair]) -> _Edges | None:
    """The beam of ``pairs``; None if nothing is outside it."""
    if max(max(len(pair.target), len(pair.reference)) for pair in pairs) < _BEAM:
        return None
    rows = np.array([len(pair.target) for pair in pairs])
    ratios = np.array([len(pair.reference) for pair in pairs]) / rows
    # Where lengths differ so much that a row and the next would not touch, it is wider.
    wide = np.ceil(ratios / 2 + _BEAM).astype(np.int32)
    return _Edges(ratios, np.where(ratios / 2 > _BEAM, wide, np.int32(_BEAM)), rows)


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
class _Alignment:
    """Which words are wrong, and behind how many words of the target each of the reference stands."""

    target_wrong: NDArray[np.bool_]
    reference_wrong: NDArray[np.bool_]
    behind: Ints

    @classmethod
    def of(cls, table: Table, targets: Ints, references: Ints, pairs: Sequence[_Pair]) -> _Alignment:
        """The way back through the table: rather replaced than deleted than inserted, as Tercom does."""
        found = cls(targets >= 0, references >= 0, np.zeros(references.shape, np.int64))
        rows = np.arange(len(pairs))
        i = np.array([len(pair.target) for pair in pairs])
        j = np.array([len(pair.reference) for pair in pairs])
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

    def row(self, row: int, pair: _Pair) -> tuple[list[int], list[int], list[int]]:
        """For a pair: the next wrong word from each place of target and reference, and ``behind``."""
        return (
            _next_true(self.target_wrong[row, : len(pair.target)]),
            _next_true(self.reference_wrong[row, : len(pair.reference)]),
            self.behind[row, : len(pair.reference)].tolist(),
        )


def _next_true(flags: NDArray[np.bool_]) -> list[int]:
    """For each place the first one from there on that is true; far away if there is none."""
    far = 2 * _LONGEST_SHIFT + len(flags)
    places = np.where(flags, np.arange(len(flags)), far)
    return [int(place) for place in np.minimum.accumulate(places[::-1])[::-1]]


def _candidates(pair: _Pair, alignment: tuple[list[int], list[int], list[int]]) -> list[_Candidate]:
    """Every shift that Tercom tries; none once it gives up."""
    found = []
    for start, other, length in _blocks(pair.target, pair.reference, alignment):
        for place in _places(alignment[2], other, length):
            found.append((length, start, place, _shifted(pair.target, start, length, place)))
        if pair.tried + len(found) >= _MOST_TRIED:
            return []
    pair.tried += len(found)
    return found


def _blocks(
    target: str, reference: str, alignment: tuple[list[int], list[int], list[int]]
) -> Iterator[tuple[int, int, int]]:
    """Equal blocks of target and reference that are wrong where they stand: starts, and length."""
    next_target, next_reference, behind = alignment
    places: dict[str, list[int]] = {}
    for other, word in enumerate(reference):
        places.setdefault(word, []).append(other)
    for start, word in enumerate(target):
        if next_target[start] - start >= _LONGEST_SHIFT:
            continue
        for other in places.get(word, ()):
            least = max(next_target[start] - start, next_reference[other] - other) + 1
            within = least <= _LONGEST_SHIFT and abs(other - start) <= _FARTHEST_SHIFT
            if within and target[start : start + least] == reference[other : other + least]:
                at = behind[other] - 1
                for length in range(least, _equal(target, start, reference, other) + 1):
                    if not start <= at < start + length:
                        yield start, other, length


def _equal(target: str, start: int, reference: str, other: int) -> int:
    """How many words from here on are equal, as far as a shift goes."""
    most = min(_LONGEST_SHIFT, len(target) - start, len(reference) - other)
    for length in range(1, most):
        if target[start + length] != reference[other + length]:
            return length
    return most


def _places(behind: Sequence[int], other: int, length: int) -> Iterator[int]:
    """Where in the target a block may go: before the reference's block, or behind a word of it."""
    last = None
    for word in range(other - 1, other + length):
        place = behind[word] if word >= 0 else 0
        if place != last:
            last = place
            yield place


def _shifted(target: str, start: int, length: int, place: int) -> str:
    """``target`` with a block moved to where ``place`` words were before it, as Tercom does it."""
    block, end = target[start : start + length], start + length
    if place < start:
        return target[:place] + block + target[place:start] + target[end:]
    if place > end:
        return target[:start] + target[end:place] + block + target[place:]
    return target[:start] + target[end : length + place] + block + target[length + place :]
