"""How many n-grams of a text stand in its references too: for a whole corpus at once, and exact.

An n-gram is a number made of its segment and its units, a few bits each, so that one sort brings
equal n-grams together, and those of every lower order as well: they are the beginnings. Nothing is
hashed, so that counts are those of sacrebleu's dictionaries.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

# Bits of a number that is sorted; the sign is left alone.
_BITS = 63


@dataclass(frozen=True)
class Units:
    """The units of a side of a corpus, words or characters, as numbers: all in a row, and how many each."""

    ids: Ints
    lengths: Ints

    def part(self, start: int, stop: int) -> Units:
        """The units of some of the segments."""
        ends = np.concatenate(([0], np.cumsum(self.lengths)))
        return Units(self.ids[ends[start] : ends[stop]], self.lengths[start:stop])


def characters(texts: Sequence[str]) -> Units:
    """The characters of each text."""
    joined = "".join(texts).encode("utf-32-le", errors="surrogatepass")
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    return Units(np.frombuffer(joined, np.uint32).astype(np.int64), lengths)


def words(texts: Sequence[Sequence[str]], vocabulary: dict[str, int]) -> Units:
    """The words of each text by their numbers in ``vocabulary``, to which new ones are added."""
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    ids = (vocabulary.setdefault(word, len(vocabulary)) for text in texts for word in text)
    return Units(np.fromiter(ids, np.int64, int(lengths.sum())), lengths)


def totals(units: Units, order: int) -> Ints:
    """How many n-grams each segment has: of shape (segments, order), column n-1 for n."""
    found: Ints = np.maximum(units.lengths[:, None] - np.arange(order, dtype=np.int64), 0)
    return found


def matches(target: Units, references: Sequence[Units], order: int) -> Ints:
    """How many n-grams of each target stand in its references, of shape (segments, order).

    An n-gram counts as often as in the reference that has it most often, at most.
    """
    sides = _renumbered([target, *references])
    sizes = int(max((side.ids.max(initial=0) for side in sides), default=0)) + 1
    free = _BITS - _bits(len(sides)) - order * _bits(sizes + 1)
    if free < 0:
        return _counted(sides, order)
    parts = [
        _matches([side.part(start, stop) for side in sides], order, _bits(sizes + 1))
        for start, stop in _chunks(len(target.lengths), 2**free)
    ]
    return np.concatenate([np.zeros((0, order), np.int64), *parts])


def _bits(count: int) -> int:
    """Bits that it takes to tell ``count`` things apart."""
    return max(count - 1, 1).bit_length()


def _chunks(count: int, size: int) -> Iterator[tuple[int, int]]:
    return ((start, min(start + size, count)) for start in range(0, count, size))


def _renumbered(sides: Sequence[Units]) -> list[Units]:
    """The sides with numbers that start at 0 in every segment, as small as can be."""
    segments = np.concatenate([_segments(side) for side in sides])
    ids = np.concatenate([side.ids for side in sides])
    size = int(ids.max(initial=0)) + 1
    known, places = np.unique(segments * size + ids, return_inverse=True)
    starts = np.searchsorted(known, np.arange(len(sides[0].lengths)) * size)
    local = places.reshape(-1) - starts[segments]
    cuts = np.cumsum([side.ids.size for side in sides])[:-1]
    return [Units(part, side.lengths) for part, side in zip(np.split(local, cuts), sides, strict=True)]


def _segments(side: Units) -> Ints:
    return np.repeat(np.arange(len(side.lengths)), side.lengths)


def _matches(sides: Sequence[Units], order: int, bits: int) -> Ints:
    side_bits = _bits(len(sides))
    keys = np.concatenate([(_keys(side, order, bits) << side_bits) | n for n, side in enumerate(sides)])
    keys.sort()
    of_side = keys & (2**side_bits - 1)
    # How many of each side come before each place; a run's count is the difference at its ends.
    before = [np.concatenate(([0], np.cumsum(of_side == n))) for n in range(len(sides))]
    found = [
        _matches_of(keys >> (side_bits + bits * (order - n)), before, n, bits) for n in range(1, order + 1)
    ]
    segments = len(sides[0].lengths)
    return np.stack([np.bincount(s, c, segments)[:segments] for s, c in found], axis=1).astype(np.int64)


def _matches_of(keys: Ints, before: Sequence[Ints], order: int, bits: int) -> tuple[Ints, Ints]:
    """For every n-gram that is whole: its segment, and how often it counts."""
    starts = np.concatenate(([0], np.flatnonzero(keys[1:] != keys[:-1]) + 1)) if keys.size else keys
    ends = np.concatenate((starts[1:], [keys.size])) if keys.size else keys
    target, *references = [counted[ends] - counted[starts] for counted in before]
    count = np.minimum(target, np.maximum.reduce(references))
    # A last unit of 0 is the padding behind the end of a segment.
    kept = (count > 0) & ((keys[starts] & (2**bits - 1)) != 0)
    return keys[starts[kept]] >> (bits * order), count[kept]


def _keys(side: Units, order: int, bits: int) -> Ints:
    """A number for each place of a side: its segment, then ``order`` units from there, 0 behind the end."""
    pad = order - 1
    segments = _segments(side)
    padded = np.zeros(side.ids.size + pad * len(side.lengths) + pad, np.int64)
    places = np.arange(side.ids.size) + segments * pad
    padded[places] = side.ids + 1
    keys = segments
    for offset in range(order):
        keys = (keys << bits) | padded[places + offset]
    return keys


def _counted(sides: Sequence[Units], order: int) -> Ints:
    """The same with dictionaries, for segments with too many different units to be numbers."""
    found = np.zeros((len(sides[0].lengths), order), np.int64)
    for row in range(len(found)):
        texts = [tuple(side.part(row, row + 1).ids.tolist()) for side in sides]
        for n in range(1, order + 1):
            target, *others = [Counter(t[i : i + n] for i in range(len(t) - n + 1)) for t in texts]
            best = others[0]
            for other in others[1:]:
                best |= other
            found[row, n - 1] = (target & best).total()
    return found
