"""How much of one text's meaning another has, by sentence vectors and what they can't see."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import log

import numpy as np

from mtqe.errors import ModelError
from mtqe.models.assessment import AssessmentModel, load_assessment
from mtqe.models.calibration import Calibration, Matrix, agreed, never_below_zero
from mtqe.models.fluency import NGRAMS, STYLE, load_fluency, shrink
from mtqe.models.fluency import features_of as fluency_features
from mtqe.models.language_id import identify
from mtqe.models.ngram import UNSPACED, WEIGHTS
from mtqe.models.quality_net import OUTPUTS, load_quality_net
from mtqe.models.sentence_encoder import LANGUAGES, encoder_revision, load_encoder
from mtqe.models.word_language import frequencies

# Names of the features; each is larger for worse pairs. Beside a source the quality network is
# asked as well; and, in languages that have the models, how the target reads by itself: what reads
# badly is often translated wrongly.
FEATURES = ("distance", "length_surprise", "numbers_lost")
NET = ("net_total", "net_accuracy", "net_spoilt", "net_machine")
READING = (*NGRAMS, *STYLE)
_OUTPUTS = [OUTPUTS.index(name.removeprefix("net_")) for name in NET]

# The calibration of target languages that have none of their own.
OTHERS = "others"

# Points per 100 words of text that is no translation: see ``mtqe.scale``, this is a score of 1.
_BROKEN = 100.0

# From this share of words that are the source's own on, nobody calls it a translation.
_COPIED = 0.5
_LEAST_WORDS = 4
_SURE = 0.95

# By how much more usual words are on average in the source's language: a factor of three.
_FOREIGN = 0.5

_LOWER_WORD = re.compile(r"(?<![\w'’-])[^\W\d_A-ZÀ-Þ]{3,}")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class Pair:
    """A segment and what its meaning is measured against, with their languages' base codes."""

    target: str
    other: str
    target_lang: str
    other_lang: str

    @property
    def languages(self) -> str:
        """As "ru-en"."""
        return f"{self.other_lang}-{self.target_lang}"


@dataclass(frozen=True)
class Judgement:
    """Expected accuracy points per 100 words, what they were measured by, and the gate that closed."""

    penalty: float
    features: dict[str, float]
    copied: float
    gate: str | None


@dataclass(frozen=True)
class AdequacyModel:
    """Calibrations for the source and for a reference, and how long each language's text is."""

    network: Mapping[str, Calibration]  # by target language, or ``OTHERS``
    source: Calibration
    reference: Calibration
    assessment: AssessmentModel
    log_length: dict[str, float]
    revision: str

    def judge(self, pairs: Sequence[Pair], against: str) -> list[Judgement]:
        """One judgement for each pair; ``against`` is "source" or "reference"."""
        features = features_of(pairs, self.log_length, against)
        penalties = self._penalties(pairs, features, against).tolist()
        rows = features.tolist()
        return [self._judgement(*found) for found in zip(pairs, penalties, rows, strict=True)]

    def _penalties(self, pairs: Sequence[Pair], features: Matrix, against: str) -> Matrix:
        if against != "source":
            return self.reference.penalty(features)
        by_vectors = self.source.penalty(features[:, : len(FEATURES)])
        chosen = np.zeros(len(pairs))
        names = [self._calibration_of(pair) for pair in pairs]
        for name in set(names):
            own = [i for i, one in enumerate(names) if one == name]
            targets = [pairs[i].target for i in own]
            chosen[own] = self.network[name].penalty(self._with_reading(features[own], targets, name))
        return agreed(self._assessed(pairs, chosen), [by_vectors])

    def _calibration_of(self, pair: Pair) -> str:
        """The target language's own, but for pairs of languages that have direct assessments."""
        own = pair.target_lang in self.network and pair.languages not in self.assessment.pairs
        return pair.target_lang if own else OTHERS

    def _with_reading(self, features: Matrix, targets: Sequence[str], language: str) -> Matrix:
        """Features with those of ``READING``, if the language's calibration has these."""
        if len(self.network[language].means) == features.shape[1]:
            return features
        reading, tokens = reading_of(targets, language)
        means = np.array(self.network[language].means[features.shape[1] :])
        return np.concatenate([features, shrink(reading, tokens, means)], axis=1)

    def _assessed(self, pairs: Sequence[Pair], points: Matrix) -> Matrix:
        """Points less those that direct assessments take off, for the pairs of languages that have any."""
        found = points.copy()
        for name in self.assessment.pairs:
            own = [i for i, pair in enumerate(pairs) if pair.languages == name]
            lead = self.assessment.lead([(pairs[i].target, pairs[i].other) for i in own], name)
            found[own] = never_below_zero(points[own] - self.assessment.points * lead)
        return found

    def _judgement(self, pair: Pair, penalty: float, row: list[float]) -> Judgement:
        copied = copied_share(pair)
        gate = _gate(pair, copied)
        features = dict(zip((*FEATURES, *NET), row, strict=False))
        return Judgement(penalty + _BROKEN * (gate is not None), features, copied, gate)


def covers(language: str | None) -> bool:
    """Whether sentence vectors know the language."""
    return language in LANGUAGES


@cache
def load_adequacy() -> AdequacyModel:
    """The model that ships with the package."""
    path = WEIGHTS / "adequacy_vectors.json"
    stored = json.loads(path.read_text(encoding="utf-8"))
    return AdequacyModel(
        {name: Calibration.of(one) for name, one in stored["network"].items()},
        Calibration.of(stored["source"]),
        Calibration.of(stored["reference"]),
        load_assessment(),
        stored["log_length"],
        f"{stored['digest']}-{load_quality_net().about['digest']}-{load_assessment().digest}-{encoder_revision()}",
    )


def features_of(pairs: Sequence[Pair], log_length: dict[str, float], against: str) -> Matrix:
    """One row of ``FEATURES`` for each pair, and of ``NET`` against a source."""
    if against != "source":
        return vector_features(pairs, log_length)
    # The network comes first: the vectors of sentences fall out of what it reads.
    outputs = load_quality_net().judge([(pair.target, pair.other) for pair in pairs])
    return np.concatenate([vector_features(pairs, log_length), outputs[:, _OUTPUTS]], axis=1)


def reading_of(targets: Sequence[str], language: str) -> tuple[Matrix, Matrix]:
    """One row of ``READING`` for each target, and its number of tokens."""
    model = load_fluency(language)
    if model is None:
        raise ModelError(f"no model of how {language!r} reads; install mtqe again")
    features, tokens = fluency_features(targets, model.ngram, model.style, None)
    return features[:, : len(READING)], tokens


def vector_features(pairs: Sequence[Pair], log_length: dict[str, float]) -> Matrix:
    """One row of ``FEATURES`` for each pair."""
    if not pairs:
        return np.zeros((0, len(FEATURES)))
    vectors = load_encoder().encode([pair.target for pair in pairs] + [pair.other for pair in pairs])
    half = len(pairs)
    cosines = np.einsum("ij,ij->i", vectors[:half], vectors[half:])
    lengths = [abs(_length_surprise(pair, log_length)) for pair in pairs]
    return np.stack([1.0 - cosines, lengths, [numbers_lost(pair) for pair in pairs]], axis=1)


def _length_surprise(pair: Pair, log_length: dict[str, float]) -> float:
    """By how much the lengths differ from what is usual, as a log ratio; short texts vary anyway."""
    expected = log_length.get(pair.target_lang, 0.0) - log_length.get(pair.other_lang, 0.0)
    return log((len(pair.target) + 10) / (len(pair.other) + 10)) - expected


def numbers_lost(pair: Pair) -> float:
    """Share of the other text's numbers, as runs of digits, that the target lacks."""
    theirs = Counter(_NUMBER.findall(pair.other))
    missing = theirs - Counter(_NUMBER.findall(pair.target))
    return missing.total() / (theirs.total() + 1)


def copied_share(pair: Pair) -> float:
    """Share of the target's ordinary words that stand in the source as they are; 0 for few words."""
    if pair.target_lang == pair.other_lang:
        return 0.0
    words = _ordinary(pair.target, pair.target_lang)
    theirs = set(_ordinary(pair.other, pair.other_lang))
    return sum(word in theirs for word in words) / len(words) if len(words) >= _LEAST_WORDS else 0.0


def _ordinary(text: str, language: str) -> list[str]:
    """Words that are neither names nor numbers; pairs of characters where there are no spaces."""
    if language in UNSPACED:
        return [text[i : i + 2] for i in range(len(text) - 1)]
    return _LOWER_WORD.findall(text)


def _gate(pair: Pair, copied: float) -> str | None:
    """Why the target is no translation at all, whatever its vector says."""
    if not any(map(str.isalnum, pair.target)):
        return "empty"
    if copied >= _COPIED:
        return "copied from the source"
    return "in the source's language" if _is_in_other_language(pair) else None


def _is_in_other_language(pair: Pair) -> bool:
    """Whether the target's ordinary words are rather those of the source's language.

    Names are left out: they are at home everywhere. Languages without a word list, or without
    spaces between words, are told apart by their letters.
    """
    if pair.target_lang == pair.other_lang:
        return False
    own, other = frequencies(pair.target_lang), frequencies(pair.other_lang)
    if own is None or other is None or {pair.target_lang, pair.other_lang} & UNSPACED:
        guess = identify(pair.target)
        return guess is not None and guess.language == pair.other_lang and guess.probability >= _SURE
    words = [word.lower() for word in _ordinary(pair.target, pair.target_lang)]
    return len(words) >= _LEAST_WORDS and sum(other[w] - own[w] for w in words) > _FOREIGN * len(words)
