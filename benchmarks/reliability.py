"""Whether what mtqe expects of segments is what annotators count, from the best tenth to the worst."""

from __future__ import annotations

from typing import Any

import numpy as np
from judges import EXPECTED, SOURCE, words
from numpy.typing import NDArray
from shared import ROUNDS, SEED, Values

from mtqe.bench.meta_table import HumanTable, Matrix
from mtqe.scale import error_free_probability

TENTHS = 10


def reliability(table: HumanTable, own: dict[str, Matrix]) -> dict[str, list[dict[str, Any]]]:
    """Tenths of segments by expected points per 100 words, and by the probability of no error.

    What is expected of each tenth, and what annotators counted, with an interval over documents.
    """
    judged = ~np.isnan(table.scores)
    documents = np.tile(table.article_of_segment, (len(table.systems), 1))[judged]
    expected, points, length = -own["quality, " + SOURCE][judged], -table.scores[judged], words(table)[judged]
    free = np.array([error_free_probability(x) for x in -own[EXPECTED][judged]])
    alike = np.ones(len(points))
    return {
        "points per 100 words": tenths(expected, 100.0 * points / length, length, documents),
        "free of errors": tenths(free, (points == 0).astype(float), alike, documents),
    }


def tenths(
    expected: Values, counted: Values, weights: Values, documents: NDArray[np.intp]
) -> list[dict[str, Any]]:
    """From the least expected to the most: weighted means, and an interval of the counted one."""
    parts = np.array_split(np.argsort(expected, kind="stable"), TENTHS)
    return [
        {
            "expected": round(float(np.average(expected[part], weights=weights[part])), 3),
            "counted": round(float(np.average(counted[part], weights=weights[part])), 3),
            "interval": _interval(counted[part] * weights[part], weights[part], documents[part]),
        }
        for part in parts
    ]


def _interval(sums: Values, weights: Values, documents: NDArray[np.intp]) -> list[float] | None:
    unit = np.unique(documents, return_inverse=True)[1]
    if not unit.any():
        return None
    above, below = np.bincount(unit, sums), np.bincount(unit, weights)
    drawn = np.random.default_rng(SEED).integers(len(above), size=(ROUNDS, len(above)))
    found = np.quantile(above[drawn].sum(1) / below[drawn].sum(1), (0.025, 0.975))
    return [round(float(end), 3) for end in found]
