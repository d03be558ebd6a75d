"""Expected fluency penalty of a sentence, from what several models think of it by itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mtqe.models.calibration import Calibration, Matrix, agreed
from mtqe.models.machine import LEAST_WORDS, MachineModel, load_machine
from mtqe.models.ngram import NAME, NUMBER, RARE, UNKNOWN, WEIGHTS, NgramModel, TokenScores, load_ngram
from mtqe.models.quality_net import OUTPUTS, QualityNet, load_quality_net
from mtqe.models.style import StyleModel, load_style

# Names of the features; each is larger for worse text. First those of the n-grams, then whether it
# reads as a machine's translation, then outputs of the quality network without a source.
NGRAMS = ("surprisal", "gain_lost", "worst_window", "odd_pairs", "unknown_words")
STYLE = ("machine_style",)
NET = ("net_total", "net_fluency", "net_spoilt", "net_machine")
# What a language model makes of it that the user names; see ``mtqe.scorers.fluency_language_model``.
NAMED = ("nats_per_character",)
FEATURES = (*NGRAMS, *STYLE, *NET, *NAMED)
_NET = [FEATURES.index(name) for name in NET]
_OUTPUTS = [OUTPUTS.index(name.removeprefix("net_")) for name in NET]

# Tokens around the worst place of a sentence that are looked at together.
_WINDOW = 4

# Log10 of the frequency from which a word's company is known: pairs of two such words that
# were never seen are odd.
_FREQUENT = -3.5

# What is measured of a short text is little: it is mixed with this many average tokens.
_PRIOR_TOKENS = 6.0

# Characters that are added to a text's, where nats of one are counted: a short text says little.
_PRIOR_CHARACTERS = 5

_CALIBRATIONS = WEIGHTS / "fluency.json"

# The log-probabilities of texts under a language model, in nats.
LogProbs = Callable[[Sequence[str]], Sequence[float]]


@dataclass(frozen=True)
class FluencyModel:
    """Models of one language, as far as there are any, and what their opinions mean to people."""

    ngram: NgramModel
    style: StyleModel | None
    net: QualityNet | None
    calibrations: tuple[Calibration, ...]  # see ``agreed``
    machine: MachineModel | None = None
    named: LogProbs | None = None

    def by_machine(self, features: Sequence[Mapping[str, float]], words: Sequence[int]) -> float | None:
        """The probability that a machine translated the article of these sentences, if that can be said."""
        if self.machine is None or sum(words) < LEAST_WORDS:
            return None
        return self.machine.probability([row[STYLE[0]] for row in features], words)

    def judge(self, texts: Sequence[str]) -> Iterator[tuple[float, dict[str, float]]]:
        """For each text the expected fluency points per 100 words, and its features by name."""
        features, tokens = features_of(texts, self.ngram, self.style, self.net, self.named)
        penalties = agreed(*self._opinions(features, tokens))
        known = np.flatnonzero(~np.isnan(features).all(axis=0)).tolist()
        for penalty, row in zip(penalties.tolist(), features.tolist(), strict=True):
            yield penalty, {FEATURES[i]: row[i] for i in known}

    def _opinions(self, features: Matrix, tokens: Matrix) -> tuple[Matrix, list[Matrix]]:
        first, *others = (self._penalty(one, features, tokens) for one in self.calibrations)
        return first, others

    def _penalty(self, calibration: Calibration, features: Matrix, tokens: Matrix) -> Matrix:
        chosen = features[:, : len(calibration.means)]
        shrunk = shrink(np.nan_to_num(chosen), tokens, np.array(calibration.means))
        return calibration.penalty(shrunk)


@cache
def load_fluency(language: str) -> FluencyModel | None:
    """The model of a language, or None if the package has none.

    All rest on n-grams, fitted to all kinds of bad text. Where it orders systems better, a calibration
    with style and the network comes first; where n-grams tell broken text and nothing else, a constant.
    Where style tells people's articles from machines', that is counted for the article as a whole.
    """
    ngram, own = load_ngram(language), _stored()["languages"].get(language)
    if ngram is None:
        return None
    calibrations = tuple(Calibration.of(one) for one in (own, ngram.about["calibration"]) if one)
    net = load_quality_net() if own and len(own["means"]) > len(NGRAMS) + len(STYLE) else None
    return FluencyModel(ngram, load_style(language), net, calibrations, load_machine(language))


def load_hearing(language: str, named: LogProbs) -> FluencyModel | None:
    """The model of a language with a language model that is heard first; None if nobody measured how."""
    model, own = load_fluency(language), _hearing()["languages"].get(language)
    if model is None or own is None:
        return None
    return replace(model, calibrations=(Calibration.of(own), *model.calibrations), named=named)


def hearing_revision() -> str:
    """A digest of what a language model's numbers mean, and of the models that are heard beside it."""
    return f"{weights_revision()}-{_hearing()['digest']}"


@cache
def _hearing() -> Mapping[str, Any]:
    stored: dict[str, Any] = json.loads((WEIGHTS / "language_model.json").read_text(encoding="utf-8"))
    return stored


@cache
def _stored() -> Mapping[str, Any]:
    stored: dict[str, Any] = json.loads(_CALIBRATIONS.read_text(encoding="utf-8"))
    return stored


@cache
def weights_revision() -> str:
    """A digest of all fluency weights that ship with the package."""
    digest = hashlib.sha256()
    shared = ("quality_net.safetensors", "fluency.json", "machine.json")
    names = ("ngram.*.safetensors", "style.*.safetensors", *shared)
    for path in sorted(path for name in names for path in WEIGHTS.glob(name)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def shrink(features: Matrix, tokens: Matrix, means: Matrix) -> Matrix:
    """Features as they would be with some average tokens added."""
    share = (tokens / (tokens + _PRIOR_TOKENS))[:, None]
    return np.asarray(share * features + (1 - share) * means)


def features_of(
    texts: Sequence[str],
    ngram: NgramModel,
    style: StyleModel | None,
    net: QualityNet | None,
    named: LogProbs | None = None,
) -> tuple[Matrix, Matrix]:
    """One row of ``FEATURES`` for each text, NaN where there is no model, and its number of tokens.

    Those of ``NAMED``, the last ones, are only there if there is such a model.
    """
    width = len(FEATURES) - (len(NAMED) if named is None else 0)
    features = np.full((len(texts), width), np.nan)
    if not texts:
        return features, np.zeros(0)
    features[:, : len(NGRAMS)], tokens = ngram_features(ngram, texts)
    if style is not None:
        features[:, len(NGRAMS)] = style.log_odds(texts)
    if net is not None:
        judged = net.judge([(text, None) for text in texts])
        features[:, _NET] = judged[:, _OUTPUTS]
    if named is not None:
        sizes = np.array([len(text) + _PRIOR_CHARACTERS for text in texts])
        features[:, -1] = -np.array(named(texts)) / sizes
    return features, tokens


def ngram_features(model: NgramModel, texts: Sequence[str]) -> tuple[Matrix, Matrix]:
    """One row of ``NGRAMS`` for each text, and the number of its tokens."""
    if not texts:
        return np.zeros((0, len(NGRAMS))), np.zeros(0)
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
