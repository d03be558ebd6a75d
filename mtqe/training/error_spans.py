"""Fit what annotators' marks depend on: mtqe train configs/train-error-spans.yaml.

Logistic regressions (scikit-learn) on the words of the tuning half of documents that the quality
network has not learnt from: those of the set that was left out of it, and those that are held out of
everything. n-grams are estimated anew without the set that was left out: references of a sentence
that the n-gram model has seen tell it what a translation should have said (in WMT21, AUC of marked
words rises from 0.68 to 0.71 by that alone).

Where several annotators judged, a word counts as marked by the share of them who marked it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mtqe.data import Span
from mtqe.models.error_spans import FEATURES, Floats, Logistic, measure, stretches
from mtqe.models.ngram import NgramModel
from mtqe.models.quality_net import QualityNet, load_quality_net
from mtqe.models.sentence_encoder import LANGUAGES as READ
from mtqe.text.spans import overlap
from mtqe.training.corpora import fluent_texts, is_for_tuning, is_held_out, rows
from mtqe.training.fluency import estimate
from mtqe.training.provenance import write_json
from mtqe.training.quality_examples import SPAN_SETS, Marks
from mtqe.training.recipes.base import Progress

# Target languages that have enough marks. Of the others' (of WMT21 biomedical) AUC of marked words is 0.58
# together, and 0.52 into Chinese, which has most.
LANGUAGES = ("de", "en")

MODES = ("source", "target_only")

# Weak regularisation: there are far more words than weights.
_C = 0.1
_ROUNDS = 300

# Shares of the text for which the thresholds are kept, and those that confidences are fitted to.
_SHARES = (0.0, 0.003, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
_USUAL_SHARES = (0.01, 0.03, 0.1)
_GROUPS = 6
_FOLDS = 5

_AT_ONCE = 200
_LEAST_SCALE = 1e-3
_DIGITS = 5

Values = NDArray[np.float64]


class Annotated(NamedTuple):
    """A translation with the marks of each of its annotators."""

    target: str
    source: str | None
    language: str
    pair: str
    data: str
    document: str
    system: str
    marks: tuple[Marks, ...]


@dataclass(frozen=True)
class Measured:
    """A translation's units, their features, and the shares of annotators who marked each."""

    one: Annotated
    units: list[Span]
    features: Floats
    marked: Values  # in any way, and as more than minor


def read(data: Path, left_out: str | None) -> Iterator[Annotated]:
    """Translations that a network, trained without one set, has not learnt from; of all documents."""
    for name in SPAN_SETS:
        found: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
        for row in rows(data / "spans" / f"{name}.jsonl.gz"):
            if row["dataset"] == left_out or is_held_out(str(row["doc_id"])):
                key = (row["lp"], row["doc_id"], row["seg_id"], row["system"], row["mt"])
                found[tuple(map(str, key))].append(row)
        yield from (annotated(same) for same in found.values() if _can_be_read(same[0]))


def annotated(same: Sequence[Mapping[str, Any]]) -> Annotated:
    """The rows of one translation as one, each of an annotator."""
    row = same[0]
    source_lang, language = row["lp"].split("-")
    source = row["src"] if source_lang in READ else None
    names = row["dataset"], str(row["doc_id"]), str(row.get("system"))
    return Annotated(row["mt"], source, language, row["lp"], *names, tuple(_marks(one) for one in same))


def _can_be_read(row: Mapping[str, Any]) -> bool:
    return row["lp"].split("-")[1] in READ and bool((row["mt"] or "").strip() and (row["src"] or "").strip())


def _marks(row: Mapping[str, Any]) -> Marks:
    """What an annotator marked; source errors and neutral marks are none."""
    spans = (
        (span["start"], max(span["end"], span["start"] + 1), span["severity"] != "minor")
        for span in row["spans"]
        if span["severity"] in ("minor", "major", "critical") and span["family"] != "source"
    )
    return Marks(tuple(spans))


def measured(
    found: Sequence[Annotated], mode: str, net: QualityNet, ngrams: Mapping[str, NgramModel]
) -> Iterator[Measured]:
    """Features of translations, with their sources or without."""
    for start in range(0, len(found), _AT_ONCE):
        some = found[start : start + _AT_ONCE]
        pairs = [(one.target, one.source if mode == "source" else None) for one in some]
        for one, marks in zip(some, net.marks(pairs), strict=True):
            units, features = measure(one.target, marks, net, ngrams.get(one.language))
            if units:
                yield Measured(one, units, features, _marked(one, units))


def _marked(one: Annotated, units: Sequence[Span]) -> Values:
    """Of each unit, how much of it annotators marked, on average, and marked as more than minor."""
    found = np.zeros((len(one.target) + 1, 2))
    for marks in one.marks:
        by_this = np.zeros((len(one.target), 2), bool)
        for start, end, serious in marks.spans:
            by_this[start:end] |= np.array([True, serious])
        found[1:] += by_this
    sums = (found / len(one.marks)).cumsum(0)
    starts, ends = np.array(units).T
    return np.asarray((sums[ends] - sums[starts]) / (ends - starts)[:, None])


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


def unseen_ngrams(data: Path, found: Sequence[Annotated], left_out: str | None) -> dict[str, NgramModel]:
    """n-grams of texts that are not of the set that was left out of the network."""
    documents = {one.document for one in found if one.data == left_out}

    def texts(language: str) -> list[str]:
        return list(fluent_texts(data, language, lambda document: document not in documents))

    return {name: NgramModel(name, estimate(texts(name), name), {}) for name in LANGUAGES}


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
