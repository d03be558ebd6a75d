"""The probability that a machine translated an article, from the style of its sentences.

Sentences say little one by one (``mtqe.models.style``); their mean over an article says more. Null for
languages without a model and for texts too short to say.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from mtqe.models.ngram import WEIGHTS
from mtqe.models.style import style_revision

# A text of so many words is believed half: style is a matter of many words.
_HALF = 120.0

# Below so many words there is nothing to say.
LEAST_WORDS = 50


@dataclass(frozen=True)
class MachineModel:
    """A logistic curve over the mean log-odds of an article's sentences; see ``mtqe.training.machine``.

    ``points`` is how many MQM points per 100 words a machine's translation is expected to have beyond
    those that other models see, and ``alarm`` the probability that at most 1 % of people's texts reach.
    """

    slope: float
    middle: float
    points: float
    alarm: float

    def probability(self, log_odds: Sequence[float], words: Sequence[int]) -> float:
        """From 0 to 1; one half where there are no words, as likely as not."""
        total = sum(words)
        if not total:
            return 0.5
        belief = total / (total + _HALF)
        mean = float(np.average(log_odds, weights=words))
        return float(1 / (1 + np.exp(-belief * self.slope * (mean - self.middle))))


@cache
def _stored() -> Mapping[str, Any]:
    stored: dict[str, Any] = json.loads((WEIGHTS / "machine.json").read_text(encoding="utf-8"))
    return stored


def machine_revision() -> str:
    """A digest of what the probability rests on."""
    return f"{_stored()['digest']}-{style_revision()}"


@cache
def load_machine(language: str) -> MachineModel | None:
    """The model of a language, or None if the package has none."""
    stored = _stored()["languages"].get(language)
    if stored is None:
        return None
    return MachineModel(*(float(stored[name]) for name in ("slope", "middle", "points", "alarm")))
