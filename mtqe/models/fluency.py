"""Expected fluency penalty of a sentence from what a language model thinks of its words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mtqe.models.calibration import Calibration, Matrix
from mtqe.models.ngram import NAME, NUMBER, RARE, UNKNOWN, WEIGHTS, NgramModel, TokenScores, load_ngram

# Names of the features; each is larger for worse text.
FEATURES = ("surprisal", "gain_lost", "worst_window", "odd_pairs", "unknown_words")

# Tokens around the worst place of a sentence that are looked at together.
_WINDOW = 4

# Log10 of the frequency from which a word's company is known: pairs of two such words that
# were never seen are odd.
_FREQUENT = -3.5

# What is measured of a short text is little: it is mixed with this many average tokens.
_PRIOR_TOKENS = 6.0


@dataclass(frozen=True)
class FluencyModel:
    """A language model and what its opinion means to people."""

    ngram: NgramModel
    calibration: Calibration

    def judge(self, texts: Sequence[str]) -> Iterator[tuple[float, tuple[float, ...]]]:
        """For each text the expected fluency points per 100 words, and its features."""
        features, tokens = features_of(self.ngram, texts)
        shrunk = shrink(features, tokens, np.array(self.calibration.means))
        penalties = self.calibration.penalty(shrunk)
        for penalty, row in zip(penalties.tolist(), features.tolist(), strict=True):
            yield penalty, tuple(row)


@cache
def load_fluency(language: str) -> FluencyModel | None:
    """The model of a language, or None if the package has none."""
    ngram = load_ngram(language)
    return FluencyModel(ngram, Calibration.of(ngram.about["calibration"])) if ngram else None


@cache
def weights_revision() -> str:
    """A digest of all fluency weights that ship with the package."""
    digest = hashlib.sha256()
    for path in sorted(WEIGHTS.glob("ngram.*.safetensors")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def shrink(features: Matrix, tokens: Matrix, means: Matrix) -> Matrix:
    """Features as they would be with some average tokens added."""
    share = (tokens / (tokens + _PRIOR_TOKENS))[:, None]
    return np.asarray(share * features + (1 - share) * means)


def features_of(model: NgramModel, texts: Sequence[str]) -> tuple[Matrix, Matrix]:
    """One row of ``FEATURES`` for each text, and the number of its tokens."""
    if not texts:
        return np.zeros((0, len(FEATURES))), np.zeros(0)
    scores = model.score(texts)
    tokens = np.diff(np.append(scores.starts, len(scores.ids))).astype(np.float64)
    gain = (scores.joint - scores.unigram).astype(np.float64)
    columns = [
        _mean(-scores.joint, scores, tokens),
        _mean(-gain, scores, tokens),
        np.maximum.reduceat(_windows(-gain, scores), scores.starts),
        _mean(_odd_pairs(scores), scores, tokens),
        _mean(scores.ids == UNKNOWN, scores, tokens),
    ]
    return np.stack(columns, axis=1), tokens


def _mean(values: NDArray[Any], scores: TokenScores, tokens: Matrix) -> Matrix:
    return np.asarray(np.add.reduceat(values.astype(np.float64), scores.starts) / tokens)


def _windows(values: Matrix, scores: TokenScores) -> Matrix:
    """Mean over each token and the ones before it; windows don't reach into another text."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    position = np.arange(len(values))
    text = np.repeat(scores.starts, np.diff(np.append(scores.starts, len(values))))
    begin = np.maximum(position + 1 - _WINDOW, text)
    return np.asarray((total[position + 1] - total[begin]) / _WINDOW)


def _odd_pairs(scores: TokenScores) -> NDArray[np.bool_]:
    frequent = (scores.unigram > _FREQUENT) & ~np.isin(scores.ids, (UNKNOWN, NUMBER, NAME, RARE))
    before = np.concatenate([[False], frequent[:-1]])
    before[scores.starts] = False
    return np.asarray(frequent & before & ~scores.seen_pair)
