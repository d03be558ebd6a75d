"""Edits of translation edit rate (Snover et al., 2006), as sacrebleu counts them and many times as fast.

sacrebleu follows Tercom: the block of words whose shift saves most edits is moved, until none saves
any. Here the distances of all shifts that are tried come from one call of rapidfuzz, and the
alignments that say which are tried from arrays over many pairs at once. sacrebleu looks for edits
only near the diagonal; where that could change anything, so do the arrays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cpdist

from mtqe.bench.edit_table import BEAM, LONGEST_SHIFT, Alignment, Pair, alignments, batches, distances

# Tercom's limits, as sacrebleu has them: words of a shift, how far it goes, shifts that are tried.
_FARTHEST_SHIFT = 50
_MOST_TRIED = 1000

# There are a million characters to stand for the words of so many pairs.
_MOST_AT_ONCE = 50_000

Words = Sequence[str]

# Length of a block, its start, the place it goes to, and what the target is then.
_Candidate = tuple[int, int, int, str]


def edits(pairs: Sequence[tuple[Words, Words]]) -> list[int]:
    """How many edits make each target its reference; pairs are words of target and reference."""
    parts = (pairs[start : start + _MOST_AT_ONCE] for start in range(0, len(pairs), _MOST_AT_ONCE))
    return [count for part in parts for count in _edits(part)]


def _edits(pairs: Sequence[tuple[Words, Words]]) -> list[int]:
    letters: dict[str, str] = {}
    texts = [(_letters(target, letters), _letters(reference, letters)) for target, reference in pairs]
    known: dict[Pair, int] = {}
    for batch in batches(list(dict.fromkeys(texts))):
        known.update(zip(batch, _edits_of(batch), strict=True))
    return [known[pair] for pair in texts]


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


def _edits_of(batch: Sequence[Pair]) -> list[int]:
    pairs = [_Pair(target, reference) for target, reference in batch]
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
    found = alignments([(pair.target, pair.reference) for pair in pairs])
    for pair, (distance, alignment) in zip(pairs, found, strict=True):
        pair.distance = distance
        pair.candidates = _candidates(pair, alignment)
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
    outside = {
        (candidate[3], pair.reference)
        for pair, some in zip(pairs, fewer, strict=True)
        for left, candidate in some
        if not _inside(pair, left)
    }
    known: dict[Pair, int] = {}
    for batch in batches(list(outside)):
        known.update(zip(batch, distances(batch), strict=True))
    for pair, some in zip(pairs, fewer, strict=True):
        exact = [(known.get((c[3], pair.reference), left), c) for left, c in some]
        yield [(left, c) for left, c in exact if left < pair.distance]


def _inside(pair: _Pair, distance: int) -> bool:
    """Whether sacrebleu's beam holds every way with so many edits, so that it finds the same."""
    return (distance + abs(len(pair.target) - len(pair.reference))) // 2 < BEAM


def _candidates(pair: _Pair, alignment: Alignment) -> list[_Candidate]:
    """Every shift that Tercom tries; none once it gives up."""
    found = []
    for start, other, length in _blocks(pair.target, pair.reference, alignment):
        for place in _places(alignment[2], other, length):
            found.append((length, start, place, _shifted(pair.target, start, length, place)))
        if pair.tried + len(found) >= _MOST_TRIED:
            return []
    pair.tried += len(found)
    return found


def _blocks(target: str, reference: str, alignment: Alignment) -> Iterator[tuple[int, int, int]]:
    """Equal blocks of target and reference that are wrong where they stand: starts, and length."""
    next_target, next_reference, behind = alignment
    places: dict[str, list[int]] = {}
    for other, word in enumerate(reference):
        places.setdefault(word, []).append(other)
    for start, word in enumerate(target):
        if next_target[start] - start >= LONGEST_SHIFT:
            continue
        for other in places.get(word, ()):
            least = max(next_target[start] - start, next_reference[other] - other) + 1
            within = least <= LONGEST_SHIFT and abs(other - start) <= _FARTHEST_SHIFT
            if within and target[start : start + least] == reference[other : other + least]:
                at = behind[other] - 1
                for length in range(least, _equal(target, start, reference, other) + 1):
                    if not start <= at < start + length:
                        yield start, other, length


def _equal(target: str, start: int, reference: str, other: int) -> int:
    """How many words from here on are equal, as far as a shift goes."""
    most = min(LONGEST_SHIFT, len(target) - start, len(reference) - other)
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
