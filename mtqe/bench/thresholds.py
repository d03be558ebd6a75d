"""What a difference between two systems means to people: how often they agree with it.

From the comparison of thousands of pairs of systems with human judgements by Kocmi, Zouhar,
Federmann and Post, "Navigating the Metrics Maze: Reconciling Score Magnitudes and Accuracies" (ACL
2024): the share of pairs with a difference of so many points in which people prefer the same system
follows a / (1 + exp(-b·difference)). The constants are those that its authors publish with it
(github.com/kocmitom/MT-Thresholds). There are none for TER, nor for other options than sacrebleu's.
"""

from __future__ import annotations

import math

# The share that large differences come to, in per cent, and how fast.
_CURVES = {
    "bleu": (88.33333333333225, 0.9663926931178954),
    "chrf": (92.999999999972, 1.1142732157139852),
    "bleu(tokenize=flores200)": (90.99999999998793, 0.8079046528617078),
}


def agreement(metric: str, difference: float) -> float | None:
    """Per cent of people's judgements that agree with a difference in points; None if nobody measured it."""
    if metric not in _CURVES:
        return None
    most, slope = _CURVES[metric]
    return most / (1.0 + math.exp(-slope * abs(difference)))
