"""Filters give what products one by one give."""

from __future__ import annotations

import numpy as np
import pytest

from mtqe.models.short_filter import STEP, short_filter


@pytest.mark.parametrize("width", [2, 3, 5])
@pytest.mark.parametrize("steps", [1, 2, 50])
def test_sums_are_those_of_products_one_by_one(width: int, steps: int) -> None:
    """To within rounding, in the order of the rows."""
    rng = np.random.default_rng(width)
    matrix = rng.normal(size=(width * 64, 32)).astype(np.float32)
    x = rng.normal(size=(steps * STEP + width - 1, 64)).astype(np.float32)
    parts = np.split(matrix.astype(np.float64), width)
    expected = sum(x[k : k + steps * STEP] @ part for k, part in enumerate(parts))
    found = short_filter(matrix, width)(x)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=2e-5 * float(np.std(expected)))


def test_rows_need_not_be_all_columns_of_their_array() -> None:
    """A part of a wider array, not at its top, and zeros stay zeros."""
    wide = np.zeros((30, 100), np.float32)
    wide[4:20, 10:74] = 1
    found = short_filter(np.ones((2 * 64, 8), np.float32), 2)(wide[3:24, 10:74])
    np.testing.assert_allclose(found[:, 0], [64, *[128] * 15, 64, 0, 0, 0], atol=1e-3)
