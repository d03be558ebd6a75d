"""Quality on the scale of somebody's own scores: a rising line, fitted by ``mtqe train``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from mtqe.errors import ConfigError
from mtqe.scale import SCORE_RANGE

FORMAT = "mtqe quality calibration 1"

Knots = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class QualityCalibration:
    """Lines between ``knots``, each a quality and the score that people gave to such translations."""

    knots: tuple[tuple[float, float], ...]
    about: Mapping[str, Any]

    def score(self, quality: float) -> float:
        """The score that people are expected to give, 0 to 100, higher for a higher ``quality``."""
        x, y = zip(*self.knots, strict=True)
        return float(np.interp(quality, x, y))

    @property
    def digest(self) -> str:
        """A short name of the knots: equal ones give equal numbers."""
        return hashlib.sha256(json.dumps(self.knots).encode()).hexdigest()[:8]


def read_quality_calibration(path: Path) -> QualityCalibration:
    """The calibration in a file that ``mtqe train`` made; a ``ConfigError`` if it is none."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: can't be read: {error.strerror}") from error
    except ValueError as error:
        raise ConfigError(f"{path}: {_NOT_ONE}") from error
    if not isinstance(stored, dict) or stored.get("format") != FORMAT:
        raise ConfigError(f"{path}: {_NOT_ONE}")
    if not is_rising(stored.get("knots")) or not isinstance(stored.get("about"), dict):
        raise ConfigError(f"{path}: is damaged: its knots don't rise from 0 to 100; make it anew")
    knots = tuple((float(x), float(y)) for x, y in stored["knots"])
    return QualityCalibration(knots, stored["about"])


_NOT_ONE = "is no calibration of quality; mtqe train makes one (configs/train-calibration.yaml)"


def is_rising(knots: Any) -> bool:
    """Whether these are pairs of numbers from 0 to 100, the first rising and the second not falling."""
    try:
        pairs = [(float(x), float(y)) for x, y in knots]
    except (TypeError, ValueError):
        return False
    inside = all(SCORE_RANGE[0] <= value <= SCORE_RANGE[1] for pair in pairs for value in pair)
    rising = all(a[0] < b[0] and a[1] <= b[1] for a, b in pairwise(pairs))
    return len(pairs) > 1 and inside and rising
