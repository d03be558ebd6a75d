"""Stretches of a translation that annotators of MQM would mark, and how sure that is.

The quality network says of each piece how likely annotators are to mark it, and of the text what they
would count. Logistic models, of each language with and without a source, join that with what stands
around a word, with its place, and with how the n-gram model is surprised by it
(``weights/error_spans.md``). Neighbouring words that are likely enough are a stretch.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from math import log
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mtqe.data import Severity, Span
from mtqe.errors import ModelError
from mtqe.models.ngram import WEIGHTS, NgramModel, load_ngram, token_spans
from mtqe.models.piece_places import places_of
from mtqe.models.quality_net import OUTPUTS, Marks, QualityNet, load_quality_net
from mtqe.text.words import unit_spans

Floats = NDArray[np.floating[Any]]

# Of each word, character of an unspaced script, or punctuation mark.
FEATURES = (
    "marked",  # log-odds, as the quality network has them, that annotators mark it
    "serious",  # and that they mark it as more than minor
    "marked_before",
    "marked_after",
    "marked_in_text",
    "serious_in_text",
    "most_marked_in_text",
    *(f"text_{name}" for name in OUTPUTS),
    "rarity",
    "copied",
    "doubled",
    "alike",
    "length",
    "punctuation",
    "digit",
    "capital",
    "along",
    "last",
    "count",
    "surprise",  # log10 of the probability that the n-gram model gives it
    "surprise_before",
    "surprise_after",
    "rarity_as_word",
)

# Words that are stranger than this, in standard deviations, are taken for no stranger: what annotators
# saw says nothing of them.
_STRANGEST = 3.0

# A severe stretch is one of which more than this share of the marks is more than minor.
_SEVERE = 0.5


class LikelyError(NamedTuple):
    """A stretch of a target, and the probability, 0 to 1, that one annotator marks a part of it."""

    start: int
    end: int
    severity: Severity
    confidence: float


@dataclass(frozen=True)
class Logistic:
    """Probabilities that annotators mark a word (first column), and as more than minor (second)."""

    mean: Floats
    scale: Floats
    weights: Floats  # of a row for each feature and a column for each probability
    bias: Floats
    thresholds: tuple[tuple[float, float], ...]  # a share of text, and the probability it has at least
    knots: tuple[tuple[float, float], ...]  # a stretch's probability, and the share that was confirmed

    def probabilities(self, features: Floats) -> Floats:
        """Of rows of ``FEATURES``."""
        x = self.standard(features) @ self.weights + self.bias
        return np.asarray(1 / (1 + np.exp(-x)), np.float32)

    def standard(self, features: Floats) -> Floats:
        """In standard deviations from the mean; what is not known of a word (NaN) counts as average."""
        x = np.nan_to_num((features - self.mean) / self.scale)
        return np.asarray(np.clip(x, -_STRANGEST, _STRANGEST))

    def threshold(self, share: float) -> float:
        """The probability that this share, 0 to 1, of ordinary machine translations reaches."""
        return _between(self.thresholds, share)

    def confidence(self, probability: float) -> float:
        """How often an annotator marks a part of a stretch of this mean probability."""
        return _between(self.knots, probability)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Logistic:
        """The model that ``mtqe.training.error_spans`` stored."""
        mean, scale, weights, bias = (
            np.array(stored[name], np.float32) for name in ("mean", "scale", "weights", "bias")
        )
        thresholds, knots = (
            tuple((float(x), float(y)) for x, y in stored[name]) for name in ("thresholds", "knots")
        )
        return cls(mean, scale, weights, bias, thresholds, knots)


@dataclass(frozen=True)
class ErrorSpans:
    """The model; ``load_error_spans`` makes one."""

    net: QualityNet
    by_language: Mapping[str, Mapping[str, Logistic]]  # by "source" or "target_only", then by language
    revision: str

    def find(
        self, pairs: Sequence[tuple[str, str | None]], language: str, share: float
    ) -> Iterator[list[LikelyError]]:
        """For each target of a language, with or without its source, its likely errors in order.

        As many words are marked as are the likeliest ``share``, 0 to 1, of ordinary machine translations:
        fewer in good texts. Neither text may be white space alone.
        """
        for (target, source), marks in zip(pairs, self.net.marks(pairs), strict=True):
            model = self.by_language["target_only" if source is None else "source"][language]
            units, features = measure(target, marks, self.net, load_ngram(language))
            yield stretches(units, model, model.probabilities(features), model.threshold(share))

    def knows(self, language: str) -> bool:
        """Whether there is a model of a language."""
        return language in self.by_language["source"]


def stretches(
    units: Sequence[Span], model: Logistic, probabilities: Floats, least: float
) -> list[LikelyError]:
    """Neighbours of at least this probability, joined."""
    found = []
    for likely, group in groupby(range(len(units)), lambda i: bool(probabilities[i, 0] >= least)):
        if likely:
            inside = list(group)
            sizes = [units[i][1] - units[i][0] for i in inside]
            marked, serious = np.average(probabilities[inside], axis=0, weights=sizes).tolist()
            severity: Severity = "major" if serious > _SEVERE * marked else "minor"
            place = units[inside[0]][0], units[inside[-1]][1]
            found.append(LikelyError(*place, severity, model.confidence(marked)))
    return found


def measure(
    target: str, marks: Marks, net: QualityNet, ngram: NgramModel | None
) -> tuple[list[Span], Floats]:
    """The units of a target that may be marked, and their ``FEATURES``."""
    units = unit_spans(target)
    if not units:
        return [], np.zeros((0, len(FEATURES)), np.float32)
    size = len(target)
    places = [(0, 0), *places_of(net.encoder.pieces, target), (size, size)]
    found = _means(units, places, np.concatenate([marks.pieces, marks.signs[:, :4]], axis=1))
    marked = found[:, 0]
    of_text = np.tile([*marks.pieces.mean(0), marked.max(), *marks.outputs], (len(units), 1))
    around = _around(marked, float(marked.mean()))
    words = _surprise(target, units, ngram)
    columns = [found[:, :2], around, of_text, found[:, 2:], _look(target, units), words]
    return units, np.concatenate(columns, axis=1).astype(np.float32)


def _means(units: Sequence[Span], places: Sequence[Span], values: Floats) -> Floats:
    """The mean over the pieces of each unit, or what the nearest piece has."""
    inside = [i for i, (start, end) in enumerate(places) if end > start] or [0]
    starts, ends = np.array([places[i] for i in inside]).T
    first = np.minimum(np.searchsorted(ends, [start for start, _ in units], "right"), len(inside) - 1)
    last = np.maximum(np.searchsorted(starts, [end for _, end in units], "left"), first + 1)
    sums = np.concatenate([np.zeros((1, values.shape[1])), values[inside].astype(np.float64).cumsum(0)])
    return np.asarray((sums[last] - sums[first]) / (last - first)[:, None])


def _around(x: Floats, beyond: float) -> Floats:
    """What stands before and after each; ``beyond`` at the ends."""
    padded = np.concatenate([[beyond], x, [beyond]])
    return np.stack([padded[:-2], padded[2:]], axis=1)


def _look(target: str, units: Sequence[Span]) -> Floats:
    """Length, kind of letters, and place in the text."""
    words = [target[start:end] for start, end in units]
    count = len(words)
    rows = [
        [
            log(len(word)),
            float(not word[0].isalnum()),
            float(any(map(str.isdigit, word))),
            float(word[0].isupper()),
            i / count,
            float(i == count - 1),
            log(count),
        ]
        for i, word in enumerate(words)
    ]
    return np.array(rows)


def _surprise(target: str, units: Sequence[Span], ngram: NgramModel | None) -> Floats:
    """Log-probabilities of each unit, of those around it, and of its word alone; NaN if not known."""
    found = np.full((len(units), 4), np.nan)
    tokens = token_spans(target, ngram.language) if ngram is not None else None
    if ngram is None or not tokens:
        return found
    scores = ngram.score([target])
    joint = np.concatenate([scores.joint[:1], scores.joint])
    at = np.searchsorted([end for _, end in tokens], [start for start, _ in units], "right")
    at = np.minimum(at, len(tokens) - 1)
    columns = [joint[at + 1], joint[at], joint[at + 2], scores.unigram[at]]
    return np.asarray(np.stack(columns, axis=1))


def _between(line: Sequence[tuple[float, float]], at: float) -> float:
    x, y = zip(*line, strict=True)
    return float(np.interp(at, x, y))


@cache
def load_error_spans(path: Path = WEIGHTS / "error_spans.json") -> ErrorSpans:
    """The model that ships with the package; ``ModelError`` if its file is missing or damaged."""
    net = load_quality_net()
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        models = {
            mode: {language: Logistic.of(one) for language, one in found.items()}
            for mode, found in stored["models"].items()
        }
        return ErrorSpans(net, models, f"{stored['digest']}-{net.about['digest']}")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: is missing or damaged ({error}); train it again") from error
