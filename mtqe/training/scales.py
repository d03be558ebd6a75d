"""Fit what models' opinions mean (``configs/train-scales.yaml``).

Writes ``fluency.json`` (fluency from the target alone: n-grams, style, the quality network) and the
``network`` part of ``adequacy_vectors.json`` (vectors and the network, beside the source). Hinges
are fitted to MQM points per 100 words by non-negative least squares, mostly *within* sources: how
the points of one source's translations differ from their mean. Between sources most of what
differs is the difficulty of the source, which says nothing of a translation. Spoilt sentences
beside good ones (DEMETR, and made here) say what annotators seldom see.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mtqe.models import adequacy, fluency
from mtqe.models.adequacy import Pair
from mtqe.models.calibration import Calibration, Matrix
from mtqe.models.ngram import NgramModel
from mtqe.models.quality_net import QualityNet, load_quality_net
from mtqe.models.style import load_style
from mtqe.training.calibration import CALIBRATION_SET, judged, non_negative_least_squares
from mtqe.training.corpora import (
    fluent_texts,
    is_calibration,
)
from mtqe.training.fluency import estimate
from mtqe.training.provenance import write_json
from mtqe.training.scales_material import MOST, SEED, Material, Translation, read

# Languages of which style and the network order translations better than n-grams alone, without a
# source. In English they do not: what people write themselves looks odder to the network than what
# machines write.
LANGUAGES = ("de",)

# Languages with enough judged translations into them.
JUDGED = ("de", "en")

# How much differences between sources count beside those within, and spoilt sentences beside judged.
# The more these count, the better damage is seen and the worse systems are ordered.
_BETWEEN = 0.2
_SPOILT = {"de": 0.03, "en": 0.06}

# Languages in which adequacy beside a source counts how the target reads. In German fluency, which is
# fitted to differences within sources too, says it already.
READ = ("en",)

# Languages in which n-grams tell broken text, and nothing else: they order systems' translations worse than
# a coin (WMT21 biomedical).
BROKEN_ALONE = ("zh",)

# Hinges begin at these quantiles of judged texts, and of spoilt ones, which lie outside.
_QUANTILES = (0.0, 0.25, 0.5, 0.75, 0.9, 0.97)
_SPOILT_QUANTILES = (0.5, 0.9)

Values = NDArray[np.float64]


Measure = Callable[[Sequence[Translation]], Matrix]


def fit(material: Material, measure: Measure, points: Sequence[float]) -> Calibration:
    """The calibration of what ``measure`` says, on judged translations with these points."""
    contrasts = material.contrasts
    natural, good, bad = (
        measure(t) for t in (material.judged, [c.good for c in contrasts], [c.bad for c in contrasts])
    )
    known = np.flatnonzero(~np.isnan(natural).all(axis=0)).tolist()
    hinges = [(f, knot) for f in known for knot in _knots(natural[:, f], bad[:, f])]
    design = _design(natural, hinges)
    worse = np.subtract(_design(bad, hinges), _design(good, hinges))
    target = np.array(points)
    groups = _numbered([(t.source, t.languages) for t in material.judged])
    spread = _BETWEEN * (design - design.mean(axis=0)), _BETWEEN * (target - target.mean())
    parts = [(_centred(design, groups), _centred(target[:, None], groups)[:, 0]), spread]
    share = np.sqrt(_SPOILT[material.judged[0].languages[0]])
    parts.append((share * worse, share * np.array([c.points for c in contrasts])))
    x, y = (np.concatenate(column) for column in zip(*parts, strict=True))
    weights = non_negative_least_squares(x, y, np.ones(len(y)))
    return _calibration(natural, hinges, weights, target)


def _knots(natural: Values, bad: Values) -> list[float]:
    found = [*np.quantile(natural, _QUANTILES), *np.quantile(bad, _SPOILT_QUANTILES)]
    return sorted({round(float(knot), 5) for knot in found})


def _design(features: Matrix, hinges: Sequence[tuple[int, float]]) -> Matrix:
    return np.stack([np.maximum(features[:, f] - knot, 0.0) for f, knot in hinges], axis=1)


def _numbered(keys: Sequence[Any]) -> NDArray[np.int64]:
    numbers = {key: i for i, key in enumerate(dict.fromkeys(keys))}
    return np.array([numbers[key] for key in keys])


def _centred(x: Matrix, groups: NDArray[np.int64]) -> Matrix:
    """Each row without the mean of its group."""
    sums = np.zeros((int(groups.max()) + 1, x.shape[1]))
    np.add.at(sums, groups, x)
    return np.asarray(x - (sums / np.bincount(groups)[:, None])[groups])


def _calibration(
    natural: Matrix, hinges: Sequence[tuple[int, float]], weights: Values, target: Values
) -> Calibration:
    """Hinges with a base that makes the mean of what is expected that of what was counted."""
    kept = tuple(
        (int(f), knot, round(float(w), 5)) for (f, knot), w in zip(hinges, weights, strict=True) if w > 1e-4
    )
    means = tuple(round(float(mean), 5) for mean in np.nan_to_num(natural).mean(axis=0))
    low, high = -500.0, 500.0
    while high - low > 1e-5:
        middle = (low + high) / 2
        mean = Calibration(middle, means, kept, smooth=True).penalty(np.nan_to_num(natural)).mean()
        low, high = (middle, high) if mean < target.mean() else (low, middle)
    return Calibration(round(low, 5), means, kept, smooth=True)


def fluency_measure(
    ngram: NgramModel, language: str, net: QualityNet | None, named: fluency.LogProbs | None = None
) -> Measure:
    """Features of the target alone, mixed with average ones where texts are short, as in use."""
    style = load_style(language)

    def measure(translations: Sequence[Translation]) -> Matrix:
        targets = [t.target for t in translations]
        return _shrunk(*fluency.features_of(targets, ngram, style, net, named))

    return measure


def _shrunk(features: Matrix, tokens: Matrix) -> Matrix:
    return fluency.shrink(features, tokens, np.nan_to_num(features).mean(axis=0))


def adequacy_measure(log_length: dict[str, float]) -> Measure:
    """Features of the target beside the source."""

    def measure(translations: Sequence[Translation]) -> Matrix:
        pairs = [Pair(t.target, t.source, *t.languages) for t in translations]
        return adequacy.features_of(pairs, log_length, "source")

    return measure


def with_reading(measure: Measure, ngram: NgramModel, language: str) -> Measure:
    """The same, and how the target reads by itself."""
    style = load_style(language)

    def both(translations: Sequence[Translation]) -> Matrix:
        features, tokens = fluency.features_of([t.target for t in translations], ngram, style, None)
        reading = _shrunk(features[:, : len(adequacy.READING)], tokens)
        return np.concatenate([measure(translations), reading], axis=1)

    return both


def half_model(data: Path, language: str) -> NgramModel:
    """The n-grams of the documents that are not calibrated on."""
    half = fluent_texts(data, language, lambda document: not is_calibration(document))
    return NgramModel(language, estimate(list(half), language), {})


def fluency_scales(data: Path, material: Material, halves: Mapping[str, NgramModel]) -> dict[str, Any]:
    """What ``fluency.json`` holds."""
    languages = {language: _constant(data, language).stored() for language in BROKEN_ALONE}
    for language in LANGUAGES:
        own = material.of(language)
        measure = fluency_measure(halves[language], language, load_quality_net())
        languages[language] = fit(own, measure, [t.fluency for t in own.judged]).stored()
    return {"languages": languages}


def _constant(data: Path, language: str) -> Calibration:
    """What annotators count on average in translations into a language, whatever is measured."""
    rows_of = judged(data, "fluency_penalty", held_out=False)
    points = [min(points, MOST) for row, points in rows_of if row["lp"].endswith(f"-{language}")]
    return Calibration(round(float(np.mean(points)), 5), (0.0,) * len(fluency.NGRAMS), ())


def make(data: Path, out: Path) -> list[Path]:
    """Write both files; the same data gives the same bytes."""
    material = read(data)
    about = {
        "contrasts": len(material.contrasts),
        "data": f"{CALIBRATION_SET} (Google's MQM labels, Apache-2.0), DEMETR (MIT)",
        "judged": len(material.judged),
        "licence": "Apache-2.0",
        "seed": SEED,
    }
    halves = {language: half_model(data, language) for language in {*LANGUAGES, *READ}}
    paths = [out / "fluency.json", out / "adequacy_vectors.json"]
    write_json({"about": about, **fluency_scales(data, material, halves)}, paths[0])
    stored = json.loads(paths[1].read_text(encoding="utf-8"))
    network = adequacy_scales(stored["log_length"], material, halves)
    write_json({**stored, "about_network": about, "network": network}, paths[1])
    return paths


def adequacy_scales(
    log_length: dict[str, float], material: Material, halves: Mapping[str, NgramModel]
) -> dict[str, Any]:
    """The calibrations by language; English without how it reads stands for the others."""
    measure = adequacy_measure(log_length)
    measures = dict.fromkeys((*JUDGED, adequacy.OTHERS), measure)
    measures |= {language: with_reading(measure, halves[language], language) for language in READ}
    found = {}
    for name, one in measures.items():
        own = material.of(name if name in JUDGED else "en")
        found[name] = fit(own, one, [t.accuracy for t in own.judged]).stored()
    return found
