"""Products with neighbouring rows, four places at a time, with about half of the multiplications.

What a place becomes is the sum of its neighbours' products with a matrix for each of them: a filter.
Polynomials are multiplied by their values at a few points (Toom, 1963; Cook, 1966), and so are
filters, of which neighbouring places then share products (Winograd, 1980; Lavin and Gray, 2016).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# Places that are computed together. With more of them points lie further apart and rounding grows.
STEP = 4

# In this order: near 1, and exact in binary, so that sums of few rows lose little. Infinity is the last.
_POINTS = (0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5)


@dataclass(frozen=True)
class ShortFilter:
    """A filter of ``width`` matrices one below the other; ``short_filter`` makes one."""

    width: int
    before: Floats
    matrices: Floats
    after: Floats

    def __call__(self, x: Floats) -> Floats:
        """Of row p the sum over k of ``x[p + k] @ matrix[k]``, to within rounding in the seventh digit.

        There are ``width - 1`` rows fewer than in ``x``, and their number is a multiple of ``STEP``.
        """
        steps, columns = (len(x) - self.width + 1) // STEP, x.shape[1]
        row, column = x.strides
        tiles = as_strided(x, (steps, len(self.before), columns), (STEP * row, row, column), writeable=False)
        products = (self.before @ tiles).transpose(1, 0, 2) @ self.matrices
        return np.asarray((self.after @ products.transpose(1, 0, 2)).reshape(steps * STEP, -1))


def short_filter(matrix: Floats, width: int) -> ShortFilter:
    """The filter whose matrices are the ``width`` equal parts of ``matrix``, from its top."""
    points = np.array(_POINTS[: STEP + width - 2])
    parts = np.stack(np.split(matrix.astype(np.float64), width))
    matrices = np.tensordot(_values(points, width) / _apart(points)[:, None], parts, 1)
    before = _before(points).astype(np.float32)
    return ShortFilter(width, before, matrices.astype(np.float32), _values(points, STEP).T.astype(np.float32))


def _values(points: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Of each point, infinity at the end, its powers: what coefficients are multiplied by."""
    return np.vstack([points[:, None] ** np.arange(count), np.eye(count)[-1]])


def _apart(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of each point the product of its distances to the others; 1 for infinity."""
    distances = points[:, None] - points + np.eye(len(points))
    return np.append(distances.prod(axis=1), 1.0)


def _before(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of each point the polynomial that is 0 at the others, lowest power first (Lagrange)."""
    others = [np.delete(points, i) for i in range(len(points))]
    rows = [np.append(np.poly(some)[::-1], 0.0) for some in others]
    return np.stack([*rows, np.poly(points)[::-1]])
