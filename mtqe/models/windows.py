"""A text that is longer than a model reads, and its counterparts, in windows that run parallel."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

# Where a text is cut best, and where it is cut well.
_SENTENCE_END = re.compile(r"[.!?]+[\"'”’»)\]]*\s+|[。！？]+[”’」』）]*|\n+")
_SPACE = re.compile(r"\s+")

# A cut may be so far, as a share of a window, from where it would be by length alone.
_SENTENCE_REACH = 0.25
_SPACE_REACH = 0.1

# A counterpart shorter than this, in characters, is read whole with every window.
_SHORT = 64


class Piece(NamedTuple):
    """A part of a text, and where in the text it begins."""

    start: int
    text: str


# The pieces of one window: one of each text.
Window = tuple[Piece, ...]


def windows(texts: Sequence[str], least: int, fits: Callable[[Sequence[str]], bool]) -> list[Window]:
    """The fewest windows, from ``least`` on or nearly, of which each ``fits``.

    Texts are cut at the same shares of their lengths, at ends of sentences where one is near. A
    short one is not cut and stands in every window.
    """
    most = max(map(len, texts), default=1)
    number = max(least, 1)
    while True:
        found = list(zip(*(_pieces(text, number) for text in texts), strict=True))
        if number >= most or all(fits([piece.text for piece in window]) for window in found):
            return found
        number = min(number + 1 + number // 10, most)


def _pieces(text: str, number: int) -> list[Piece]:
    if number == 1 or len(text) < _SHORT:
        return [Piece(0, text)] * number
    cuts = [0, *_cuts(text, number), len(text)]
    return [Piece(start, text[start:end]) for start, end in pairwise(cuts)]


def _cuts(text: str, number: int) -> Iterator[int]:
    window = len(text) / number
    last = 0
    for share in range(1, number):
        last = max(last, _near(text, round(share * window), window))
        yield last


def _near(text: str, wanted: int, window: float) -> int:
    """The end of a sentence near a place, or of a word, or the place itself."""
    for pattern, reach in ((_SENTENCE_END, _SENTENCE_REACH), (_SPACE, _SPACE_REACH)):
        around = int(window * reach)
        ends = [found.end() for found in pattern.finditer(text, max(wanted - around, 0), wanted + around)]
        if ends:
            return min(ends, key=lambda end: abs(end - wanted))
    return wanted
