"""Fit direct assessments to sentence vectors (``configs/train-assessment.yaml``).

MLQE-PE's assessments (Fomicheva et al., 2022; CC0), of the pairs whose languages the sentence encoder
knows and for which there are no MQM judgements of news. Held-out documents are left out; the figures in
the file are correlations on documents that a fold of the regression has not seen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from mtqe.models.assessment import Floats, Regression, Texts, features_of
from mtqe.models.calibration import Matrix
from mtqe.training.calibration import judged
from mtqe.training.corpora import is_held_out, rows
from mtqe.training.provenance import write_tensors

PAIRS = ("en-zh", "ru-en")

# How strongly weights are drawn to 0: the best of 100 to 3000 for both pairs, by folds.
_RIDGE = 3000.0
_FOLDS = 5

# Assessments beyond these standard deviations are slips of one assessor.
_LEAST, _MOST = -3.0, 2.0

# Points per 100 words beyond which a sentence is bad whatever it says: as in ``mtqe.training.scales``.
_MOST_POINTS = 60.0

_AT_ONCE = 500


class Assessed(NamedTuple):
    """A translation with its source, the document it is of, and its assessment as a z-score."""

    texts: Texts
    document: str
    value: float


def read(data: Path, pair: str) -> list[Assessed]:
    """The assessed translations of one pair of languages."""
    found = []
    for row in rows(data / "da" / "mlqe_da.jsonl.gz"):
        if row["lp"] == pair and row["mt"].strip():
            document = str(row.get("doc_id") or row["id"])
            value = min(max(row["score"], _LEAST), _MOST)
            found.append(Assessed((row["mt"], row["src"]), document, value))
    return found


def measured(found: Sequence[Assessed]) -> Floats:
    """The features of all."""
    texts = [one.texts for one in found]
    parts = [features_of(texts[start : start + _AT_ONCE]) for start in range(0, len(texts), _AT_ONCE)]
    return np.concatenate(parts)


def fit(features: Floats, values: Matrix) -> Regression:
    """Ridge regression (Hoerl and Kennard, 1970) of what differs from the mean."""
    mean = features.mean(axis=0)
    x = (features - mean).astype(np.float64)
    weights = np.linalg.solve(x.T @ x + _RIDGE * np.eye(x.shape[1]), x.T @ (values - values.mean()))
    return Regression(mean, weights.astype(np.float32))


def by_folds(features: Floats, found: Sequence[Assessed]) -> Matrix:
    """What regressions say of the documents that they were fitted without."""
    values = np.array([one.value for one in found])
    fold = np.array([hashlib.sha256(one.document.encode()).digest()[2] % _FOLDS for one in found])
    said = np.zeros(len(found))
    for part in range(_FOLDS):
        inside = fold == part
        if inside.any() and not inside.all():
            mean, weights = fit(features[~inside], values[~inside])
            said[inside] = (features[inside] - mean) @ weights
    return said


def points_of_deviation(data: Path) -> float:
    """How far accuracy points of judged translations lie apart, as a standard deviation."""
    found = [min(points, _MOST_POINTS) for _, points in judged(data, "adequacy_penalty", held_out=False)]
    return round(float(np.std(found)), 2)


def make(data: Path, out: Path) -> Path:
    """Write ``assessment.safetensors``; the same data gives the same bytes."""
    arrays: dict[str, Any] = {}
    figures: dict[str, Any] = {}
    for pair in PAIRS:
        found = [one for one in read(data, pair) if not is_held_out(one.document)]
        features, values = measured(found), np.array([one.value for one in found])
        correlation = np.corrcoef(by_folds(features, found), values)[0, 1]
        figures[pair] = {"by folds": round(float(correlation), 3), "rows": len(found)}
        mean, weights = fit(features, values)
        arrays |= {f"{pair}.mean": mean, f"{pair}.weights": weights}
    return _write(arrays, figures, points_of_deviation(data), out / "assessment.safetensors")


def _write(arrays: dict[str, Any], figures: dict[str, Any], points: float, path: Path) -> Path:
    arrays = {name: np.ascontiguousarray(array, np.float32) for name, array in sorted(arrays.items())}
    digest = hashlib.sha256(b"".join(array.tobytes() for array in arrays.values()) + str(points).encode())
    about = {
        "data": "MLQE-PE direct assessments (CC0)",
        "digest": digest.hexdigest()[:8],
        "licence": "CC0-1.0",
        "pairs": figures,
        "points": points,
    }
    write_tensors(arrays, about, path)
    return path
