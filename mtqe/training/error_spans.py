"""Fit what annotators' marks depend on: mtqe train configs/train-error-spans.yaml.

Logistic regressions (scikit-learn) on the words of the tuning half of documents that the quality
network has not learnt from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mtqe.data import Span
from mtqe.models.error_spans import FEATURES, Floats, Logistic, stretches
from mtqe.models.quality_net import load_quality_net
from mtqe.text.spans import overlap
from mtqe.training.corpora import is_for_tuning
from mtqe.training.error_spans_read import LANGUAGES, Annotated, Measured, measured, read, unseen_ngrams
from mtqe.training.provenance import write_json
from mtqe.training.recipes.base import Progress

MODES = ("source", "target_only")

# Weak regularisation: there are far more words than weights.
_C = 0.1
_ROUNDS = 300
_LEAST_SCALE = 1e-3

# Shares of the text for which the thresholds are kept, and those that confidences are fitted to.
_SHARES = (0.0, 0.003, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
_USUAL_SHARES = (0.01, 0.03, 0.1)
_GROUPS = 6
_FOLDS = 5

_DIGITS = 5

Values = NDArray[np.float64]


def fit(found: Sequence[Measured]) -> dict[str, Any]:
    """The stored form of ``Logistic``."""
    model = fitted(found)
    return {
        **{name: _rounded(getattr(model, name)) for name in ("mean", "scale", "weights", "bias")},
        "thresholds": thresholds(found, model),
        "knots": _knots(found),
        "translations": len(found),
        "words": sum(len(one.units) for one in found),
    }


def fitted(found: Sequence[Measured]) -> Logistic:
    """A model that says of no stretch how sure it is."""
    features = np.concatenate([one.features for one in found])
    marked = np.concatenate([one.marked for one in found])
    known = ~np.isnan(features).all(axis=0)
    mean, scale = np.zeros(len(FEATURES)), np.ones(len(FEATURES))
    mean[known] = np.nanmean(features[:, known], axis=0)
    scale[known] = np.maximum(np.nanstd(features[:, known], axis=0), _LEAST_SCALE)
    model = Logistic(mean, scale, np.zeros((len(FEATURES), 2)), np.zeros(2), (), ((0.0, 0.0), (1.0, 1.0)))
    x, sizes = model.standard(features), _sizes(found)
    weights, bias = zip(*(_regression(x, marked[:, i], sizes) for i in (0, 1)), strict=True)
    return replace(model, weights=np.stack(weights, axis=1), bias=np.array(bias))


def _sizes(found: Sequence[Measured]) -> Values:
    """Characters of each unit."""
    return np.concatenate([np.diff(np.array(one.units))[:, 0] for one in found]).astype(float)


def _regression(x: Floats, marked: Values, sizes: Values) -> tuple[Values, float]:
    """Weights and bias; a word is marked by a share of the annotators, and not by the others."""
    from sklearn.linear_model import LogisticRegression

    count = len(x)
    weights = np.concatenate([sizes * marked, sizes * (1 - marked)]) / sizes.mean()
    model = LogisticRegression(C=_C, max_iter=_ROUNDS)
    model.fit(np.concatenate([x, x]), np.repeat([True, False], count), sample_weight=weights)
    return model.coef_[0], float(model.intercept_[0])


def thresholds(found: Sequence[Measured], model: Logistic) -> list[tuple[float, float]]:
    """For each share of the text, the least probability in it."""
    probabilities = np.concatenate([model.probabilities(one.features)[:, 0] for one in found])
    sizes, order = _sizes(found), np.argsort(-probabilities, kind="stable")
    shares = np.cumsum(sizes[order]) / sizes.sum()
    at = np.minimum(np.searchsorted(shares, _SHARES), len(order) - 1)
    return [(s, round(float(p), _DIGITS)) for s, p in zip(_SHARES, probabilities[order][at], strict=True)]


def _knots(found: Sequence[Measured]) -> list[tuple[float, float]]:
    """How often annotators mark a part of a stretch, by its probability: a line that does not fall.

    Each fifth of the documents is judged by a model of the others: of what it was fitted to, a model is
    too sure.
    """
    folds = np.array([sha256(one.one.document.encode()).digest()[2] % _FOLDS for one in found])
    pairs: list[tuple[float, float]] = []
    for fold in np.unique(folds):
        own, others = (
            [found[i] for i in np.flatnonzero(flags).tolist()] for flags in (folds == fold, folds != fold)
        )
        pairs += _judged_by(own, fitted(others or own))
    groups = np.array_split(np.array(sorted(pairs)), _GROUPS)
    xs, ys = np.array([group.mean(axis=0) for group in groups]).T
    return [(round(float(x), _DIGITS), round(float(y), 3)) for x, y in zip(xs, _rising(ys), strict=True)]


def _judged_by(found: Sequence[Measured], model: Logistic) -> Iterator[tuple[float, float]]:
    """Probabilities of stretches, and the share of annotators who marked a part of each."""
    lines = dict(thresholds(found, model))
    for one in found:
        probabilities = model.probabilities(one.features)
        for share in _USUAL_SHARES:
            for stretch in stretches(one.units, model, probabilities, lines[share]):
                yield stretch.confidence, confirmed(one.one, stretch[:2])


def confirmed(one: Annotated, span: Span) -> float:
    """The share of the annotators who marked a part of a stretch."""
    return float(np.mean([any(overlap(span, mark[:2]) for mark in marks.spans) for marks in one.marks]))


def _rising(values: Values) -> Values:
    """The nearest values, of groups of one size, that don't fall (pool adjacent violators)."""
    means = [
        [values[first : last + 1].mean() for last in range(first, len(values))]
        for first in range(len(values))
    ]
    return np.array(
        [
            max(min(means[first][last - first] for last in range(i, len(values))) for first in range(i + 1))
            for i in range(len(values))
        ]
    )


def _rounded(array: NDArray[Any]) -> Any:
    return np.round(array.astype(float), _DIGITS).tolist()


def make(data: Path, out: Path, progress: Progress) -> Path:
    """Write ``error_spans.json`` into ``out``; the same data and weights give the same bytes."""
    net = load_quality_net()
    left_out = net.about.get("left_out")
    found = list(read(data, left_out))
    ngrams = unseen_ngrams(data, found, left_out)
    tuning = [one for one in found if one.language in LANGUAGES and is_for_tuning(one.document)]
    models: dict[str, dict[str, Any]] = {}
    for done, mode in enumerate(MODES):
        progress(done, len(MODES), mode)
        known = list(measured(tuning, mode, net, ngrams))
        models[mode] = {
            language: fit([one for one in known if one.one.language == language]) for language in LANGUAGES
        }
    about = {
        "data": "WMT20/WMT21 news (Google's MQM labels), WMT21 biomedical (Apache-2.0)",
        "left_out": left_out,
        "licence": "Apache-2.0",
        "network": net.about["digest"],
    }
    path = out / "error_spans.json"
    write_json({"about": about, "models": models}, path)
    return path
