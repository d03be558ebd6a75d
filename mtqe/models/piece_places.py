"""Where the pieces that a SentencePiece model cuts stand in the text, as it was given.

A model normalises text before it cuts it (NFKC, one space for many), so a piece's length says nothing
of the text's. SentencePiece keeps the way back, in its protocol buffer.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mtqe.data import Span

# Fields of SentencePiece's messages: pieces of a text; begin and end of a piece, in bytes.
_PIECES, _BEGIN, _END = 2, 4, 5

# Kinds of fields in a protocol buffer: a number, and bytes of which the length is said.
_NUMBER, _BYTES = 0, 2


def places_of(pieces: Any, text: str) -> list[Span]:
    """Ranges of ``text`` that its pieces stand for, in order.

    ``pieces`` is a SentencePiece processor. Together the ranges hold all but white space and characters
    without a width. A range is empty where a piece stands for nothing but these, and where a character
    becomes several pieces it is the last one's.
    """
    stored = text.encode("utf-8", "surrogatepass")
    starts = _starts(text)
    message = bytes(pieces.encode(stored, out_type="serialized_proto"))
    return [_trimmed(text, starts, *_bounds(piece)) for name, piece in _fields(message) if name == _PIECES]


def _starts(text: str) -> NDArray[np.int64]:
    """At which byte each character begins, and where the text ends."""
    sizes = (len(letter.encode("utf-8", "surrogatepass")) for letter in text)
    return np.array([0, *accumulate(sizes)])


def _trimmed(text: str, starts: NDArray[np.int64], begin: int, end: int) -> Span:
    """A range of bytes as one of characters; a character counts whole, be it only a part of it."""
    first = int(np.searchsorted(starts, begin, "right")) - 1
    last = max(int(np.searchsorted(starts, end, "left")), first)
    inner = text[first:last]
    first += len(inner) - len(inner.lstrip())
    return first, max(first, first + len(inner.strip()))


def _bounds(piece: bytes) -> tuple[int, int]:
    found = {name: value for name, value in _fields(piece) if isinstance(value, int)}
    return found.get(_BEGIN, 0), found.get(_END, 0)


def _fields(message: bytes) -> Iterator[tuple[int, Any]]:
    """Number and value of each field of a protocol buffer."""
    at = 0
    while at < len(message):
        key, at = _number(message, at)
        value, at = _number(message, at)
        if key & 7 == _BYTES:
            yield key >> 3, message[at : at + value]
            at += value
        elif key & 7 == _NUMBER:
            yield key >> 3, value


def _number(message: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where it ends."""
    value = shift = 0
    while True:
        value |= (message[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if message[at - 1] < 0x80:
            return value, at
