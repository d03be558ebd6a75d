"""From measurements to expected MQM points per 100 words: a sum of rising hinges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Calibration:
    """``base`` plus, for each hinge, ``weight * max(0, feature - knot)``.

    Fitted (``mtqe.training.calibration``) so that the sum is what annotators counted, with no
    negative weight: nothing that looks worse can score better. ``means`` are the features of
    an average text.
    """

    base: float
    means: tuple[float, ...]
    hinges: tuple[tuple[int, float, float], ...]  # feature, knot, weight

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Calibration:
        """The calibration that a weight file stores."""
        hinges = tuple((int(f), float(knot), float(weight)) for f, knot, weight in stored["hinges"])
        return cls(float(stored["base"]), tuple(map(float, stored["means"])), hinges)

    def penalty(self, features: Matrix) -> Matrix:
        """Expected points per 100 words of each row of features; 0 or more."""
        total = np.full(len(features), self.base)
        for feature, knot, weight in self.hinges:
            total += weight * np.maximum(features[:, feature] - knot, 0.0)
        return total
