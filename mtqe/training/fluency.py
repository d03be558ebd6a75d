"""Train the n-gram models that ship with mtqe (``configs/train-ngram.yaml``).

For each language: n-gram models of fluent text, then hinges fitted to MQM fluency points per 100
words (WMT20/21 news, WMT21 biomedical; the documents that benchmarks report on are left out)
and to sentences spoilt on purpose, which no modern system writes but crawled pages hold.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from mtqe.models.fluency import ngram_features, shrink
from mtqe.models.ngram import UNSPACED, NgramModel
from mtqe.text.words import count_words
from mtqe.training.calibration import SPOILT_WEIGHT, fit, judged
from mtqe.training.corpora import MoreText, fluent_texts, is_calibration
from mtqe.training.ngram import Arrays, train
from mtqe.training.provenance import write_tensors

SEED = 20

# Sentences that the hinges are fitted with besides people's judgements.
_CLEAN = 2000
_FOREIGN = 200

# Points per 100 words of word salad and of other languages. With more, the squares of these
# sentences decide what ordinary text is expected to cost: on documents left out of the fit the
# worst fifth of English was expected to cost three times what people counted.
_BROKEN_POINTS = 60.0

Spoiler = Callable[[list[str], random.Random], list[str]]


def swap(tokens: list[str], rng: random.Random) -> list[str]:
    """Two neighbours change places."""
    i = rng.randrange(len(tokens) - 1)
    return [*tokens[:i], tokens[i + 1], tokens[i], *tokens[i + 2 :]]


def double(tokens: list[str], rng: random.Random) -> list[str]:
    """One token is said twice."""
    i = rng.randrange(len(tokens))
    return [*tokens[:i], tokens[i], *tokens[i:]]


def drop(tokens: list[str], rng: random.Random) -> list[str]:
    """One token is missing."""
    i = rng.randrange(len(tokens))
    return tokens[:i] + tokens[i + 1 :]


def shuffle(tokens: list[str], rng: random.Random) -> list[str]:
    """All tokens in any order."""
    return rng.sample(tokens, len(tokens))


# What each costs in MQM points; shuffled text is broken.
SPOILERS: tuple[tuple[Spoiler, float], ...] = ((swap, 5.0), (double, 1.0), (drop, 3.0))


def spoilt(texts: Sequence[str], language: str) -> tuple[list[str], list[float]]:
    """Sentences spoilt on purpose and their points per 100 words."""
    rng = random.Random(SEED)  # noqa: S311 (no secret)
    joiner = "" if language in UNSPACED else " "
    out: list[str] = []
    points: list[float] = []
    for text in texts:
        tokens = list(text) if language in UNSPACED else text.split()
        if len(tokens) < 5:
            continue
        words = max(count_words(text), 1)
        spoiler, cost = rng.choice(SPOILERS)
        out += [joiner.join(spoiler(tokens, rng)), joiner.join(shuffle(tokens, rng))]
        points += [min(100.0 * cost / words, _BROKEN_POINTS), _BROKEN_POINTS]
    return out, points


def calibrate(model: NgramModel, data: Path, clean: Sequence[str], foreign: Sequence[str]) -> dict[str, Any]:
    """The calibration of a model, from people's judgements and spoilt sentences."""
    rows = judged(data, "fluency_penalty", held_out=False)
    real = [
        (row["mt"], p)
        for row, p in rows
        if row["lp"].split("-")[1] == model.language and is_calibration(str(row["doc_id"]))
    ]
    bad, bad_points = spoilt(clean, model.language)
    texts = [text for text, _ in real] + list(clean)
    points = [p for _, p in real] + [0.0] * len(clean) + bad_points + [_BROKEN_POINTS] * len(foreign)
    features, tokens = ngram_features(model, [*texts, *bad, *foreign])
    means = features[: len(texts)].mean(axis=0)
    weights = np.full(len(features), SPOILT_WEIGHT)
    weights[: len(real)] = 1.0
    return fit(shrink(features, tokens, means), np.array(points), weights, len(texts), means)


def estimate(texts: Sequence[str], language: str) -> Arrays:
    """The arrays of the n-gram model of these texts."""
    return train(dict.fromkeys(texts), language, least_count=3, most_words=60_000, prune=2)


def make(data: Path, more_text: MoreText, language: str, out: Path) -> Path:
    """Train, calibrate and write the model of one language; the same input gives the same bytes.

    Calibrated is a model of half of the documents, on the other half; shipped is a model of both.
    """
    more = more_text.of(language)
    half = list(fluent_texts(data, language, lambda document: not is_calibration(document)))
    other_half = list(fluent_texts(data, language, is_calibration))
    clean = random.Random(SEED).sample(other_half, k=min(_CLEAN, len(other_half)))  # noqa: S311 (no secret)
    foreign = list(islice(fluent_texts(data, "de" if language != "de" else "en"), _FOREIGN))
    judge = NgramModel(language, estimate([*half, *more], language), {})
    texts = [*half, *other_half, *more]
    about = {
        "calibration": calibrate(judge, data, clean, foreign),
        "data": "WMT20/WMT21 news (Apache-2.0), WMT21 biomedical (Apache-2.0), MLQE-PE and CED (CC0), "
        "DEMETR (MIT)" + more_text.shown(language),
        "digest": hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16],
        "language": language,
        "licence": "Apache-2.0",
        "seed": SEED,
        "texts": len(texts),
    }
    path = out / f"ngram.{language}.safetensors"
    write_tensors(estimate(texts, language), about, path)
    return path
