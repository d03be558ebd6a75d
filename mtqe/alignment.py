"""Which sentences of two texts translate one another: n to m, in order, with gaps.

Dynamic programming over the distances of sentence vectors (Thompson and Koehn, 2019, vecalign)
and over lengths (Gale and Church, 1993), along anti-diagonals. Where vectors don't know a
language, numbers and names that both sides share take their place. Long texts are first cut at
pairs that can't be anything but translations of one another.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mtqe.models.adequacy import covers
from mtqe.models.sentence_encoder import load_encoder
from mtqe.text.languages import base_language

# Sentence numbers on the first and on the second side; one of them may be empty, not both.
Bead = tuple[range, range]

Matrix = NDArray[np.float64]

# Vectors of sentences, a row of length 1 for each.
SentenceVectors = Callable[[Sequence[str]], NDArray[np.float32]]

# How many sentences of either side make a bead, and what its distance counts.
_WEIGHTS = {(1, 1): 1.0, (1, 2): 2.0, (2, 1): 2.0, (1, 3): 3.0, (3, 1): 3.0, (2, 2): 3.0}

# Costs are relative to two sentences that have nothing to do with each other, which is 1. Two
# gaps cost less than that, so that unrelated sentences are not forced together.
_GAP = 0.48

# How far sentences are apart that have nothing to do with each other, and how many pairs of a
# text it takes to know better.
_USUAL_UNIT = 0.9
_USUAL_PAIRS = 30

# Beyond this distance texts share a word or a number, and hardly a meaning.
_DOUBT = 0.75
_DOUBT_WEIGHT = 2.0

# What a length that is twice or half the usual costs.
_LENGTH_WEIGHT = 0.12
_MOST_LENGTH_COST = 0.5

# A text and its like by names and numbers alone: what nothing shared and all shared costs.
_NOTHING_SHARED, _ALL_SHARED = 0.62, 0.1

# Gaps of both sides whose lengths differ by no more than this factor may stand for each other.
_LIKE_LENGTH = 3.0

# How far apart sentences are that are translated freely; unrelated ones are rarely so near.
_FREE = 0.9

# Rows and columns of nothing before the first sentences, so that every bead begins somewhere.
_EDGE = 4

# More cells than this are cut at anchors first.
_MOST_CELLS = 250_000
_ANCHOR_DISTANCE = 0.45
_ANCHOR_LEAD = 0.15
_ANCHOR_WINDOW = 2_000

_TOKEN = re.compile(r"\d+|[A-ZÀ-ÞА-Я][^\W\d_]{2,}")


def align(
    ours: Sequence[str],
    theirs: Sequence[str],
    *,
    blocks: Sequence[int],
    languages: tuple[str | None, str | None],
    vectors: SentenceVectors | None = None,
) -> list[Bead]:
    """Beads in the order of both texts; every sentence is in exactly one.

    Our sentences are joined only where ``blocks`` (their paragraphs) are the same. Sentences
    that translate nothing stand alone opposite an empty range. ``vectors`` gives the encoder's
    vectors of sentences, if who calls has a use for what comes out beside them.
    """
    if not ours or not theirs:
        return _gaps(0, len(ours), 0, len(theirs))
    distance = _distances(ours, theirs, languages, vectors)
    cuts = [(0, 0), *_anchors(distance, len(ours), len(theirs)), (len(ours), len(theirs))]
    lengths = _lengths(ours), _lengths(theirs)
    found: list[Bead] = []
    for (i, j), (k, m) in pairwise(cuts):
        block = np.asarray(blocks[i:k])
        beads = _path(distance.part(slice(i, k), slice(j, m)), block, lengths[0][i:k], lengths[1][j:m])
        found += [(_shift(a, i), _shift(b, j)) for a, b in beads]
    if not isinstance(distance, _SharedTokens):
        found = list(_verified(found, ours, theirs))
    return list(_paired(found, distance, *lengths))


def _shift(numbers: range, by: int) -> range:
    return range(numbers.start + by, numbers.stop + by)


def _gaps(i: int, k: int, j: int, m: int) -> list[Bead]:
    return [(range(n, n + 1), range(j, j)) for n in range(i, k)] + [
        (range(k, k), range(n, n + 1)) for n in range(j, m)
    ]


def _lengths(texts: Sequence[str]) -> Matrix:
    return np.array([len(text) + 1.0 for text in texts])


def _verified(beads: Sequence[Bead], ours: Sequence[str], theirs: Sequence[str]) -> Iterator[Bead]:
    """Beads without sentences at their ends that add nothing to what the others say.

    Inside the search a joined text's vector is guessed from its parts; here it is known.
    """
    choices = {
        bead: [bead, *_shorter(bead)] for bead in beads if 1 in map(len, bead) and max(map(len, bead)) > 1
    }
    options = [option for found in choices.values() for option in found]
    texts = [(_joined(ours, a), _joined(theirs, b)) for a, b in options]
    likeness = dict(zip(options, _likeness(texts), strict=True))
    for bead in beads:
        best = max(choices.get(bead, [bead]), key=lambda option: likeness.get(option, 0.0))
        yield from _with_gaps(bead, best)


def _shorter(bead: Bead) -> list[Bead]:
    """The bead without the first or the last sentence of a side that has several."""
    a, b = bead
    ours = [(a[1:], b), (a[:-1], b)] if len(a) > 1 else []
    return [*ours, (a, b[1:]), (a, b[:-1])] if len(b) > 1 else ours


def _with_gaps(bead: Bead, best: Bead) -> Iterator[Bead]:
    """``best`` and, as gaps before and after it, what ``bead`` has besides."""
    (a, b), (c, d) = bead, best
    yield from _gaps(a.start, c.start, b.start, d.start)
    yield best
    yield from _gaps(c.stop, a.stop, d.stop, b.stop)


def _paired(
    beads: Sequence[Bead], distance: _Vectors | _SharedTokens, ours: Matrix, theirs: Matrix
) -> Iterator[Bead]:
    """Beads in which gaps of both sides that stand together are put beside one another.

    What is translated so freely that little shows it is still the translation of what stands in
    its place, if their lengths are alike and they are not wholly unlike.
    """
    scaled = theirs * float(ours.sum() / theirs.sum())
    waiting: list[Bead] = []
    for bead in beads:
        if bead[0] and bead[1]:
            yield from waiting
            yield bead
            waiting = []
        elif waiting and (pair := _pair(waiting[-1], bead, distance, ours, scaled)):
            waiting[-1] = pair
        else:
            waiting.append(bead)
    yield from waiting


def _pair(
    gap: Bead, other: Bead, distance: _Vectors | _SharedTokens, ours: Matrix, theirs: Matrix
) -> Bead | None:
    """Two gaps as one bead, if they are of different sides and may translate one another."""
    (a, b), (c, d) = gap, other
    if len(a) == len(c) or len(b) == len(d):
        return None
    mine, its = a or c, b or d
    lengths = sorted((ours[mine.start], theirs[its.start]))
    apart = distance.part(slice(mine.start, mine.stop), slice(its.start, its.stop))()[0, 0]
    return (mine, its) if lengths[1] <= _LIKE_LENGTH * lengths[0] and apart <= _FREE else None


def _joined(texts: Sequence[str], numbers: range) -> str:
    return " ".join(texts[n] for n in numbers)


def _likeness(pairs: Sequence[tuple[str, str]]) -> list[float]:
    vectors = load_encoder().encode([text for pair in pairs for text in pair])
    return [float(a @ b) for a, b in zip(vectors[::2], vectors[1::2], strict=True)]


class _Vectors:
    """Distances between sentences of both sides by their vectors."""

    def __init__(self, ours: Matrix, theirs: Matrix, unit: float | None = None) -> None:
        self.ours, self.theirs = ours, theirs
        # 1 is the mean over pairs that don't translate one another: all of them, nearly.
        self.unit = unit or _unit(ours, theirs)

    def part(self, rows: slice, columns: slice) -> _Vectors:
        return _Vectors(self.ours[rows], self.theirs[columns], self.unit)

    def __call__(self, a: int = 1, b: int = 1) -> Matrix:
        """Distances of every ``a`` neighbours on our side to every ``b`` on theirs.

        The sum of two sentences' vectors is near the vector of both together.
        """
        return np.asarray((1.0 - _runs(self.ours, a) @ _runs(self.theirs, b).T) / self.unit)


def _unit(ours: Matrix, theirs: Matrix) -> float:
    """Mean distance of a sample of all pairs; with few pairs, mostly what is usual."""
    step = max(len(ours) // 200, 1), max(len(theirs) // 200, 1)
    distances = 1.0 - ours[:: step[0]] @ theirs[:: step[1]].T
    return float((distances.sum() + _USUAL_UNIT * _USUAL_PAIRS) / (distances.size + _USUAL_PAIRS))


def _runs(vectors: Matrix, count: int) -> Matrix:
    """Unit vectors of the sums of ``count`` neighbours."""
    if count == 1:
        return vectors
    total = sum((vectors[x : len(vectors) - count + 1 + x] for x in range(count)), np.zeros(1))
    return np.asarray(total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-9))


class _SharedTokens:
    """The same interface over the names and numbers that both sides have."""

    def __init__(self, ours: Sequence[set[str]], theirs: Sequence[set[str]]) -> None:
        self.ours, self.theirs = ours, theirs

    def part(self, rows: slice, columns: slice) -> _SharedTokens:
        return _SharedTokens(self.ours[rows], self.theirs[columns])

    def __call__(self, a: int = 1, b: int = 1) -> Matrix:
        rows = [_union(self.ours, i, a) for i in range(len(self.ours) - a + 1)]
        columns = [_union(self.theirs, j, b) for j in range(len(self.theirs) - b + 1)]
        return np.array([[_unlike(x, y) for y in columns] for x in rows])


def _union(tokens: Sequence[set[str]], start: int, count: int) -> set[str]:
    return set().union(*tokens[start : start + count])


def _unlike(a: set[str], b: set[str]) -> float:
    shared = len(a & b) / max(len(a | b), 2)
    return _NOTHING_SHARED - (_NOTHING_SHARED - _ALL_SHARED) * shared


def _distances(
    ours: Sequence[str],
    theirs: Sequence[str],
    languages: tuple[str | None, str | None],
    vectors: SentenceVectors | None,
) -> _Vectors | _SharedTokens:
    if not all(covers(base_language(language or "und")) for language in languages):
        return _SharedTokens(*([set(_TOKEN.findall(text)) for text in texts] for texts in (ours, theirs)))
    found = (vectors or load_encoder().encode)([*ours, *theirs]).astype(np.float64)
    return _Vectors(found[: len(ours)], found[len(ours) :])


def _anchors(distance: _Vectors | _SharedTokens, n: int, m: int) -> list[tuple[int, int]]:
    """Places where long texts can be cut: both sides' sentences are each other's clear nearest."""
    if n * m <= _MOST_CELLS:
        return []
    pairs = [pair for i in range(n) if (pair := _nearest(distance, i, n, m)) is not None]
    chain: list[tuple[int, int]] = []
    for i, j in _longest_rising(pairs):
        if not chain or (i - chain[-1][0] >= 20 and j - chain[-1][1] >= 5):
            chain.append((i, j))
    return chain


def _nearest(distance: _Vectors | _SharedTokens, i: int, n: int, m: int) -> tuple[int, int] | None:
    """Sentence ``i`` and its nearest on the other side, if there is no second one like it."""
    middle = i * m // n
    first = max(middle - _ANCHOR_WINDOW, 0)
    row = distance.part(slice(i, i + 1), slice(first, middle + _ANCHOR_WINDOW))()[0]
    if len(row) < 2:
        return None
    best, second = np.argpartition(row, 1)[:2]
    clear = row[best] < _ANCHOR_DISTANCE and row[second] - row[best] > _ANCHOR_LEAD
    return (i, first + int(best)) if clear else None


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest chain of pairs that rises on both sides (patience sorting)."""
    tails: list[int] = []
    at: list[int] = []
    before: list[int] = []
    for index, (_, j) in enumerate(pairs):
        place = bisect_left(tails, j)
        before.append(at[place - 1] if place else -1)
        tails[place : place + 1] = [j]
        at[place : place + 1] = [index]
    chain = []
    index = at[-1] if at else -1
    while index >= 0:
        chain.append(pairs[index])
        index = before[index]
    return chain[::-1]


def _path(
    distance: _Vectors | _SharedTokens, blocks: NDArray[np.int64], ours: Matrix, theirs: Matrix
) -> list[Bead]:
    """The cheapest sequence of beads through the distances."""
    n, m = len(ours), len(theirs)
    if n == 0 or m == 0:
        return _gaps(0, n, 0, m)
    shapes = [*_WEIGHTS, (1, 0), (0, 1)]
    prices = np.full((len(shapes), n + _EDGE, m + _EDGE), np.inf)
    for price, (a, b) in zip(prices, shapes, strict=True):
        gap = a == 0 or b == 0
        costs = _GAP if gap else _bead_costs(distance, (a, b), blocks, ours, theirs)
        price[_EDGE - 1 + a :, _EDGE - 1 + b :] = costs
    choice = _cheapest(prices, [a * (m + _EDGE) + b for a, b in shapes])
    return list(_walk_back(choice[_EDGE - 1 :, _EDGE - 1 :], shapes, n, m))[::-1]


def _cheapest(prices: Matrix, back: Sequence[int]) -> NDArray[np.int8]:
    """Of each pair of places which shape ends there on the cheapest way, the first of equals.

    ``prices`` are those of each shape by where it ends; a shape begins so many cells before its end.
    """
    _, height, width = prices.shape
    total, choice = np.full(height * width, np.inf), np.full(height * width, -1, dtype=np.int8)
    first = (_EDGE - 1) * (width + 1)
    total[first] = 0.0
    flat, before = prices.reshape(len(prices), -1), np.array(back)[:, None]
    for diagonal in range(2 * _EDGE - 1, height + width - 1):
        i = np.arange(max(_EDGE - 1, diagonal - width + 1), min(height - 1, diagonal - _EDGE + 1) + 1)
        cells = i * width + diagonal - i
        offers = total[cells - before] + flat[:, cells]
        best = offers.argmin(axis=0)
        choice[cells], total[cells] = best, offers[best, np.arange(len(cells))]
    return choice.reshape(height, width)


def _walk_back(choice: NDArray[np.int8], shapes: Sequence[tuple[int, int]], n: int, m: int) -> Iterator[Bead]:
    while n or m:
        a, b = shapes[choice[n, m]]
        yield range(n - a, n), range(m - b, m)
        n, m = n - a, m - b


def _bead_costs(
    distance: _Vectors | _SharedTokens,
    shape: tuple[int, int],
    blocks: NDArray[np.int64],
    ours: Matrix,
    theirs: Matrix,
) -> Matrix:
    """Cost of the bead of this shape that begins at each pair of sentences.

    It grows with the number of sentences, or all would be joined.
    """
    a, b = shape
    n, m = len(ours), len(theirs)
    if n < a or m < b:
        return np.full((max(n - a + 1, 0), max(m - b + 1, 0)), np.inf)
    apart = distance(a, b)
    cost = (apart + _DOUBT_WEIGHT * np.maximum(apart - _DOUBT, 0.0)) * _WEIGHTS[shape]
    cost += _length_cost(_sums(ours, a), _sums(theirs, b), float(ours.sum() / theirs.sum()))
    if a > 1:
        cost[blocks[: n - a + 1] != blocks[a - 1 :]] = np.inf
    return np.asarray(cost)


def _sums(lengths: Matrix, count: int) -> Matrix:
    return np.convolve(lengths, np.ones(count), mode="valid")


def _length_cost(ours: Matrix, theirs: Matrix, ratio: float) -> Matrix:
    surprise = np.log2((ours[:, None] + 10) / (theirs[None, :] * ratio + 10))
    return np.asarray(np.minimum(_LENGTH_WEIGHT * surprise**2, _MOST_LENGTH_COST))
