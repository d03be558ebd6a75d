"""A text that is longer than a model reads, and its counterparts, in windows that run parallel.

Sentences are aligned first (``mtqe.alignment``), so that the sides of a window translate one another even
where one side has more to say. Where a single sentence is too long, it and its counterpart are cut at
the same shares of their lengths.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from mtqe.alignment import align
from mtqe.models.language_id import identify
from mtqe.text.sentences import split_paragraphs, split_sentences

_SPACE = re.compile(r"\s+")

# A cut may be so far, as a share of a window, from where it would be by length alone.
_SPACE_REACH = 0.1

# A counterpart shorter than this, in characters, is read whole with every part of a sentence.
_SHORT = 64


class Piece(NamedTuple):
    """A part of a text, and where it begins."""

    start: int
    text: str

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)


# The pieces of one window: one of each text, of which some may be empty.
Window = tuple[Piece, ...]
Fits = Callable[[Sequence[str]], bool]


def windows(texts: Sequence[str], least: int, fits: Fits) -> list[Window]:
    """The fewest windows, from ``least`` on or nearly, of which each ``fits``.

    Each holds whole sentences of the first text and what translates them in the others. What has no
    translation stands with its neighbours, or, if it is too long for that, opposite an empty
    piece. Every character of every text is in a window.
    """
    if not any(texts):
        return [tuple(Piece(0, text) for text in texts)]
    parts = [part for window in _parallel(texts) for part in _fitting(window, fits)]
    number = min(max(least, 1), len(parts))
    while True:
        found = [_joined(group, texts) for group in _groups(parts, number)]
        if number >= len(parts) or all(fits([piece.text for piece in window]) for window in found):
            return found
        number = min(number + 1 + number // 10, len(parts))


def _parallel(texts: Sequence[str]) -> list[Window]:
    """The smallest windows that run parallel: sentences and what translates them."""
    starts = [_sentence_starts(text) for text in texts]
    places = _places(texts, starts)
    return [
        tuple(
            Piece(own[a], text[own[a] : own[b]])
            for text, own, a, b in zip(texts, starts, begin, end, strict=True)
        )
        for begin, end in pairwise(places)
    ]


def _sentence_starts(text: str) -> list[int]:
    """Where each sentence begins, and where the text ends."""
    if not text:
        return [0]
    language = _language(text) or "und"
    found = [
        start + begin
        for start, end in split_paragraphs(text)
        for begin, _ in split_sentences(text[start:end], language)
    ]
    return [0, *found[1:], len(text)]


def _language(text: str) -> str | None:
    guess = identify(text)
    return None if guess is None else guess.language


def _places(texts: Sequence[str], starts: Sequence[Sequence[int]]) -> list[tuple[int, ...]]:
    """Numbers of sentences, one of each text, where all can be cut at once."""
    first, *others = (
        [text[a:b].strip() for a, b in pairwise(own)] for text, own in zip(texts, starts, strict=True)
    )
    own = _language(texts[0])
    ends = [
        _ends(first, other, (own, _language(text))) for other, text in zip(others, texts[1:], strict=True)
    ]
    if not ends:
        return [(number,) for number in range(len(first) + 1)]
    shared = sorted(set.intersection(*(set(one) for one in ends)))
    return [place for number in shared for place in _at(number, [one[number] for one in ends])]


def _ends(
    ours: Sequence[str], theirs: Sequence[str], languages: tuple[str | None, str | None]
) -> dict[int, list[int]]:
    """Where a pair of texts can be cut: by the number of our sentence, those of theirs, in order."""
    found: dict[int, list[int]] = {0: [0]}
    for a, b in align(ours, theirs, blocks=[0] * len(ours), languages=languages):
        found.setdefault(a.stop, []).append(b.stop)
    return found


def _at(number: int, others: Sequence[Sequence[int]]) -> Iterator[tuple[int, ...]]:
    """The places before one sentence: several, where others have what the first text lacks."""
    most = max(map(len, others))
    for step in range(1, most + 1):
        yield number, *(other[-(-step * len(other) // most) - 1] for other in others)


def _fitting(window: Window, fits: Fits) -> list[Window]:
    """A window, or, if it is too long, parts of it at the same shares of its pieces."""
    most = max(len(piece.text) for piece in window)
    number = 1
    while True:
        found = list(zip(*(_cut(piece, number) for piece in window), strict=True))
        if number >= most or all(fits([piece.text for piece in part]) for part in found):
            return found
        number = min(number + 1 + number // 10, most)


def _cut(piece: Piece, number: int) -> list[Piece]:
    start, text = piece
    if number == 1 or len(text) < _SHORT:
        return [piece] * number
    cuts = [0, *_cuts(text, number), len(text)]
    return [Piece(start + a, text[a:b]) for a, b in pairwise(cuts)]


def _cuts(text: str, number: int) -> Iterator[int]:
    window = len(text) / number
    last = 0
    for share in range(1, number):
        last = max(last, _near(text, round(share * window), window))
        yield last


def _near(text: str, wanted: int, window: float) -> int:
    """The end of a word near a place, or the place itself."""
    around = int(window * _SPACE_REACH)
    ends = [found.end() for found in _SPACE.finditer(text, max(wanted - around, 0), wanted + around)]
    return min(ends, key=lambda end: abs(end - wanted)) if ends else wanted


def _groups(parts: Sequence[Window], number: int) -> Iterator[Sequence[Window]]:
    """So many groups of neighbours, of about the same length."""
    ends = [0, *accumulate(sum(len(piece.text) for piece in window) for window in parts)]
    cuts = [0]
    for share in range(1, number):
        near = _nearest(ends, ends[-1] * share / number)
        cuts.append(min(max(near, cuts[-1] + 1), len(parts) - number + share))
    return (parts[a:b] for a, b in pairwise([*cuts, len(parts)]))


def _nearest(ends: Sequence[int], wanted: float) -> int:
    """The number of the end that is nearest to a length."""
    after = bisect_left(ends, wanted, 1, len(ends) - 1)
    return after if ends[after] - wanted <= wanted - ends[after - 1] else after - 1


def _joined(group: Sequence[Window], texts: Sequence[str]) -> Window:
    """Neighbours as one window."""
    ends = zip(group[0], group[-1], texts, strict=True)
    return tuple(Piece(first.start, text[first.start : last.end]) for first, last, text in ends)
