"""From measurements to expected MQM points per 100 words: a sum of rising hinges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

# A smooth calibration is straight from about three times so many points on.
_BEND = 2.0


# Points per 100 words beyond which a second opinion counts: text that is bad, not another style.
_BAD = 25.0


def agreed(opinion: Matrix, others: Sequence[Matrix]) -> Matrix:
    """One penalty from several calibrations: the first's, and what others find beyond 25 points.

    The first orders ordinary translations well; others were fitted to damage that it may not see.
    """
    return opinion + sum(np.maximum(other - _BAD, 0.0) for other in others)


def never_below_zero(points: Matrix) -> Matrix:
    """Points that bend towards 0 and never reach it, so that of two good texts one is still better."""
    return np.asarray(_BEND * np.logaddexp(0.0, points / _BEND))


@dataclass(frozen=True)
class Calibration:
    """``base`` plus, for each hinge, ``weight * max(0, feature - knot)``.

    Fitted (``mtqe.training.calibration``) so that the sum is what annotators counted, with no
    negative weight: nothing that looks worse can score better. ``means`` are the features of
    an average text. A ``smooth`` one never quite reaches 0, so that of two good texts the better
    one still scores better; its base may be negative.
    """

    base: float
    means: tuple[float, ...]
    hinges: tuple[tuple[int, float, float], ...]  # feature, knot, weight
    smooth: bool = False

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Calibration:
        """The calibration that a weight file stores."""
        hinges = tuple((int(f), float(knot), float(weight)) for f, knot, weight in stored["hinges"])
        smooth = bool(stored.get("smooth", False))
        return cls(float(stored["base"]), tuple(map(float, stored["means"])), hinges, smooth)

    def stored(self) -> dict[str, Any]:
        """What a weight file stores."""
        return {"base": self.base, "means": self.means, "hinges": self.hinges, "smooth": self.smooth}

    def penalty(self, features: Matrix) -> Matrix:
        """Expected points per 100 words of each row of features; 0 or more."""
        total = np.full(len(features), self.base)
        for feature, knot, weight in self.hinges:
            total += weight * np.maximum(features[:, feature] - knot, 0.0)
        return never_below_zero(total) if self.smooth else total
