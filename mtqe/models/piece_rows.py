"""What a network makes of pieces by themselves: computed once for each of them while a text is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

# Rows that are kept: the more, the fewer are computed again; 20 MB for those of the sentence encoder.
_KEPT = 1400


class PieceRows:
    """Rows of so many numbers that ``make`` computes for pieces; the latest are kept."""

    def __init__(self, make: Callable[[Ints], Floats], width: int) -> None:
        self._make, self._width = make, width
        self._forget(0)

    def of(self, pieces: Ints) -> tuple[Floats, Ints]:
        """An array, and which of its rows each of these different pieces has; row 0 is zeros.

        Rows that were given out stay as they are, whatever is asked for afterwards.
        """
        numbers = pieces.tolist()
        new = [piece for piece in numbers if piece not in self._known]
        if 1 + len(self._known) + len(new) > len(self._rows):
            new = self._renewed(numbers)
        if new:
            self._rows[self._place(new)] = self._make(np.array(new))
        return self._rows, np.array([self._known[piece] for piece in numbers], np.int64)

    def _renewed(self, pieces: Sequence[int]) -> list[int]:
        """Forget all but these pieces, and say which of them were not known."""
        rows, known = self._rows, self._known
        self._forget(len(pieces))
        kept = [piece for piece in pieces if piece in known]
        self._rows[self._place(kept)] = rows[[known[piece] for piece in kept]]
        return [piece for piece in pieces if piece not in known]

    def _forget(self, least: int) -> None:
        self._known: dict[int, int] = {}
        self._rows = np.empty((1 + max(least, _KEPT), self._width), np.float32)
        self._rows[0] = 0

    def _place(self, new: Sequence[int]) -> slice:
        first = 1 + len(self._known)
        self._known.update(zip(new, range(first, first + len(new)), strict=True))
        return slice(first, first + len(new))
