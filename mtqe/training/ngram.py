"""Estimate n-gram models: interpolated Kneser-Ney with pruning, in the back-off form of ARPA files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mtqe.models.ngram import CLASSES, END, START, Ints, ending, quantise, token_ids, tokens

# Kneser-Ney's discount; estimates from counts of counts lie between 0.7 and 0.9 on such text.
_DISCOUNT = 0.8
_FLOOR = 1e-8

# Rare words that end alike, for the ending to be a class.
_LEAST_SHARED = 5

Arrays = dict[str, NDArray[Any]]


def train(texts: Iterable[str], language: str, *, least_count: int, most_words: int, prune: int) -> Arrays:
    """The arrays of an ``NgramModel``; trigrams seen less than ``prune`` times are left out."""
    texts = list(texts)
    words = _vocabulary(texts, language, least_count, most_words)
    ids = _encode(texts, language, {word: index for index, word in enumerate(words)})
    return {
        "vocabulary": np.frombuffer("\n".join(words).encode(), dtype=np.uint8),
        **_estimate(ids, len(words), prune),
    }


def _vocabulary(texts: list[str], language: str, least_count: int, most_words: int) -> list[str]:
    """Classes, frequent words, and the endings that several of the others share."""
    counts = Counter(
        token.lower() for text in texts for kind, token in tokens(text, language) if kind in ("word", "mark")
    )
    frequent = {word for word, count in counts.most_common(most_words) if count >= least_count}
    endings = Counter(ending(word) for word in counts if word not in frequent)
    shared = {name for name, count in endings.items() if count >= _LEAST_SHARED}
    return [*CLASSES, *sorted(frequent | shared)]


def _encode(texts: list[str], language: str, words: dict[str, int]) -> Ints:
    ids = [START, START]
    for text in texts:
        ids += [*token_ids(text, language, words), END, START, START]
    return np.array(ids, dtype=np.int64)


def _estimate(ids: Ints, size: int, prune: int) -> Arrays:
    """Probabilities and back-off weights of all orders."""
    real = ids[2:] != START
    third, second, first = ids[2:][real], ids[1:-1][real], ids[:-2][real]
    keys3, counts3 = np.unique((first * size + second) * size + third, return_counts=True)
    keys2, counts2 = np.unique(second * size + third, return_counts=True)
    unigram = _unigrams(keys2, size)
    p2 = _interpolate(keys2, _continuations(keys3, keys2, counts2, size), size, unigram)
    lower3 = p2[np.searchsorted(keys2, keys3 % (size * size))]
    p3 = _discounted(keys3, counts3, size, lower3)
    kept = counts3 >= prune
    keys3, p3, lower3 = keys3[kept], p3[kept], lower3[kept]
    backoff2 = _backoff(keys3 // size, p3, lower3, keys2)
    backoff1 = _backoff(keys2 // size, p2, unigram[keys2 % size], np.arange(size))
    return {
        "unigram": quantise(np.log10(unigram)),
        "backoff1": quantise(np.log10(backoff1)),
        "keys2": keys2,
        "p2": quantise(np.log10(p2)),
        "backoff2": quantise(np.log10(backoff2)),
        "keys3": keys3,
        "p3": quantise(np.log10(p3)),
    }


def _unigrams(keys2: Ints, size: int) -> NDArray[np.float64]:
    """In how many different contexts a word stands: its probability where nothing else is known."""
    counts = np.bincount(keys2 % size, minlength=size).astype(np.float64) + 0.5
    counts[START] = _FLOOR
    return np.asarray(counts / counts.sum())


def _continuations(keys3: Ints, keys2: Ints, counts2: Ints, size: int) -> Ints:
    """How many different words stand before each pair; pairs at a start keep their counts."""
    pairs, different = np.unique(keys3 % (size * size), return_counts=True)
    result = np.ones_like(counts2)
    result[np.searchsorted(keys2, pairs)] = different
    return np.where(keys2 // size == START, counts2, result)


def _interpolate(keys: Ints, counts: Ints, size: int, unigram: NDArray[np.float64]) -> NDArray[np.float64]:
    return _discounted(keys, counts, size, unigram[keys % size])


def _discounted(keys: Ints, counts: Ints, size: int, lower: NDArray[np.float64]) -> NDArray[np.float64]:
    """Discounted relative frequencies, with what was taken off given to the lower order."""
    contexts, index = np.unique(keys // size, return_inverse=True)
    totals = np.bincount(index, counts, len(contexts))
    types = np.bincount(index, minlength=len(contexts))
    taken = _DISCOUNT * types / totals
    return np.maximum((counts - _DISCOUNT) / totals[index] + taken[index] * lower, _FLOOR)


def _backoff(
    contexts: Ints, p: NDArray[np.float64], lower: NDArray[np.float64], wanted: Ints
) -> NDArray[np.float64]:
    """What each wanted context leaves to the words that it was not seen with."""
    at = np.searchsorted(wanted, contexts)
    inside = (at < len(wanted)) & (wanted[np.minimum(at, len(wanted) - 1)] == contexts)
    kept = np.bincount(at[inside], p[inside], len(wanted))
    kept_lower = np.bincount(at[inside], lower[inside], len(wanted))
    return np.clip((1 - kept) / np.maximum(1 - kept_lower, _FLOOR), _FLOOR, 1.0)
