"""Fit the hinges that turn measurements into expected MQM points per 100 words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from mtqe.models.calibration import Matrix
from mtqe.text.words import count_words
from mtqe.training.corpora import is_held_out, rows

VIEW = "views/mqm_adequacy_fluency_segments"

# Sets whose licence lets weights ship. Unbabel's annotations of WMT21 en-ru carry none.
_LICENSED = ("mqm20", "mqm21news", "bio21")
_NOT_LICENSED = {("mqm21news", "en-ru")}

# The set that is left out of training of the quality network and of style, and calibrated on: what a
# model has seen looks better to it than anything ever will again.
CALIBRATION_SET = "mqm21news"

# More points per 100 words than this say nothing more: the text is broken.
MOST_POINTS = 150.0

# Spoilt sentences stand for crawled pages; real judgements decide wherever there are any.
SPOILT_WEIGHT = 0.1

# Hinges begin at these quantiles of real texts, and beyond: spoilt text lies outside.
_QUANTILES = (0.0, 0.25, 0.5, 0.75, 0.9, 0.97)


def licensed(row: dict[str, Any]) -> bool:
    """Whether weights that were fitted to this row of the view may ship."""
    return row["dataset"] in _LICENSED and (row["dataset"], row["lp"]) not in _NOT_LICENSED


def judged(data: Path, penalty: str, held_out: bool) -> Iterator[tuple[dict[str, Any], float]]:
    """Licensed segments with their points per 100 words in the field ``penalty``."""
    for row in rows(data / f"{VIEW}.jsonl.gz"):
        words = count_words(row["mt"] or "")
        if licensed(row) and words and is_held_out(str(row["doc_id"])) == held_out:
            yield row, min(100.0 * row[penalty] / words, MOST_POINTS)


def fit(features: Matrix, points: Matrix, weights: Matrix, real: int, means: Matrix) -> dict[str, Any]:
    """The stored form of a ``Calibration``; the first ``real`` rows are judged by people."""
    hinges = [
        (feature, float(knot))
        for feature in range(features.shape[1])
        for knot in np.unique(np.quantile(features[:real, feature], _QUANTILES))
    ]
    columns = (np.maximum(features[:, feature] - knot, 0.0) for feature, knot in hinges)
    design = np.stack([np.ones(len(features)), *columns], axis=1)
    solution = non_negative_least_squares(design, points, weights)
    kept = [
        (feature, round(knot, 5), round(float(weight), 5))
        for (feature, knot), weight in zip(hinges, solution[1:], strict=True)
        if weight > 1e-6
    ]
    return {
        "base": round(float(solution[0]), 5),
        "means": [round(float(m), 5) for m in means],
        "hinges": kept,
    }


def non_negative_least_squares(design: Matrix, wanted: Matrix, weights: Matrix, rounds: int = 3000) -> Matrix:
    """Coordinate descent on the weighted normal equations; the unique minimum is reached closely."""
    gram = design.T @ (design * weights[:, None])
    gram[np.diag_indices_from(gram)] += 1e-9 * len(design)
    right = design.T @ (wanted * weights)
    solution = np.zeros(design.shape[1])
    for _ in range(rounds):
        for i in range(len(solution)):
            gradient = right[i] - gram[i] @ solution + gram[i, i] * solution[i]
            solution[i] = max(gradient / gram[i, i], 0.0)
    return solution
