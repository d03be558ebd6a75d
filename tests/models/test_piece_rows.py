"""What is remembered of pieces is never another piece's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from mtqe.models import piece_rows as module
from mtqe.models.piece_rows import PieceRows


def made(pieces: NDArray[np.int64]) -> NDArray[np.float32]:
    """A row that only this piece has."""
    return np.stack([pieces + 1, -pieces], axis=1).astype(np.float32)


@given(st.lists(st.sets(st.integers(0, 30), max_size=12), max_size=20))
def test_rows_are_the_pieces_own_and_stay_so(batches: list[set[int]]) -> None:
    """However much was asked for since, and forgotten; row 0 is a gap's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_KEPT", 8)
        rows = PieceRows(made, 2)
        given_out = [(batch, *rows.of(np.array(sorted(batch), np.int64))) for batch in batches]
    for batch, array, at in given_out:
        assert array[at].tolist() == [[piece + 1.0, -piece] for piece in sorted(batch)]
        assert not array[0].any()


def test_a_piece_is_made_once_while_it_is_in_use() -> None:
    """That is what it is for; what the last batch had is known after others were forgotten."""
    asked: list[int] = []

    def counted(pieces: NDArray[np.int64]) -> NDArray[np.float32]:
        asked.extend(pieces.tolist())
        return made(pieces)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_KEPT", 8)
        rows = PieceRows(counted, 2)
        for start in range(0, 40, 4):
            rows.of(np.array([100, 101, *range(start, start + 4)]))
    assert asked.count(100) == asked.count(101) == 1
    assert len(asked) == 42
