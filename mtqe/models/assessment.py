"""Direct assessments of a translation beside its source, by ridge regression on sentence vectors.

For the few pairs of languages for which people's direct assessments may be learnt from; what it learns
hardly carries over to other pairs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mtqe.errors import ModelError
from mtqe.models.calibration import Matrix
from mtqe.models.ngram import WEIGHTS
from mtqe.models.sentence_encoder import load_encoder

Floats = NDArray[np.float32]

# A text beside its source.
Texts = tuple[str, str]

# Factors that bring a vector's products and differences near the size of lengths, and its own values to
# half of that: those say of what the text is.
_BOTH, _OWN = 20.0, 10.0
_ALIKE, _RATIO = 3.0, 3.0

# What is said of texts unlike any that were assessed is bounded: standard deviations.
_MOST = 1.5


class Regression(NamedTuple):
    """The mean of the features of assessed translations, and a weight for each feature."""

    mean: Floats
    weights: Floats


@dataclass(frozen=True)
class AssessmentModel:
    """The regressions by pair of languages, as "ru-en"; ``load_assessment`` makes one."""

    pairs: Mapping[str, Regression]
    points: float  # MQM points per 100 words that a standard deviation of assessments stands for
    digest: str

    def lead(self, texts: Sequence[Texts], pair: str) -> Matrix:
        """By how many standard deviations each target would be assessed above the mean, within 1.5.

        Zeros for pairs of languages without a model.
        """
        known = self.pairs.get(pair)
        if known is None or not texts:
            return np.zeros(len(texts))
        found = (features_of(texts) - known.mean) @ known.weights
        return np.clip(found.astype(np.float64), -_MOST, _MOST)


def features_of(texts: Sequence[Texts]) -> Floats:
    """What is measured of each target and its source, shape (n, 2052)."""
    vectors = load_encoder().encode([target for target, _ in texts] + [source for _, source in texts])
    u, v = vectors[: len(texts)], vectors[len(texts) :]
    alike = np.einsum("ij,ij->i", u, v)[:, None]
    lengths = np.log(np.array([[len(target) + 10, len(source) + 10] for target, source in texts]))
    ratio = _RATIO * (lengths[:, :1] - lengths[:, 1:])
    columns = [_BOTH * u * v, _BOTH * np.abs(u - v), _OWN * u, _OWN * v, _ALIKE * alike, lengths, ratio]
    return np.concatenate(columns, axis=1).astype(np.float32)


@cache
def load_assessment(folder: Path = WEIGHTS) -> AssessmentModel:
    """The model that ships with the package; ``ModelError`` if its file is missing or damaged."""
    from safetensors import SafetensorError, safe_open

    path = folder / "assessment.safetensors"
    try:
        with safe_open(path, framework="numpy") as stored:
            about = json.loads(stored.metadata()["about"])
            arrays = {n: stored.get_tensor(n).astype(np.float32) for n in stored.keys()}  # noqa: SIM118
            pairs = {p: Regression(arrays[f"{p}.mean"], arrays[f"{p}.weights"]) for p in about["pairs"]}
            return AssessmentModel(pairs, float(about["points"]), str(about["digest"]))
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{path}: is missing or damaged ({error}); install mtqe again") from error
