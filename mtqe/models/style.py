"""Whether a sentence reads as a machine's translation, by its function words and the shapes of others.

Content is taken out first: a word that is not among the most usual of its language is only known by
its ending, its capital and whether it is rare, so topics and names say nothing. What is left, as
n-grams of shapes and of usual words, goes into a logistic regression (``mtqe.training.style``).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from mtqe.errors import ModelError
from mtqe.models.ngram import WEIGHTS

Floats = NDArray[np.float64]
Hashes = NDArray[np.uint64]

# Rows of the table of weights: hashes of n-grams share them where they collide.
ROWS = 1 << 18

# Lengths of n-grams of shapes, and of usual words.
SHAPES, WORDS = (1, 2, 3, 4), (1, 2, 3)

# Words that stand for themselves among shapes; Zipf frequencies (log10 per billion words) from which
# a word stands for itself among words, and below which it is rare.
_FUNCTION_WORDS = 300
_USUAL, _RARE = 4.0, 3.0
_ENDING = 2
_HAS_ENDING = 5

_TOKEN = re.compile(r"[^\W\d_]+(?:['’][a-z]+)?|\d[\d,.]*|[^\w\s]")

# Texts whose log-odds are remembered: the sentences of a batch of articles, a few MB.
_REMEMBERED = 10_000

# Quotation marks and dashes say which word processor a text comes from, not who wrote it.
TYPOGRAPHY = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "–": "-", "—": "-"})

# Odd, so that a product loses nothing; n-grams of either kind and length begin elsewhere.
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_TOP = np.uint64(64 - 18)
_EDGE = ("<s>", "</s>")


class Grams(NamedTuple):
    """The rows of all n-grams of some texts, one text after the other from ``starts``; their tokens."""

    rows: NDArray[np.int64]
    starts: NDArray[np.int64]
    tokens: Floats


@dataclass(frozen=True)
class Shaper:
    """Turns tokens of one language into what is left of them."""

    language: str
    known: dict[str, tuple[int, int]] = field(default_factory=dict)

    def hashes(self, token: str) -> tuple[int, int]:
        """Hashes of a token's shape, and of its word if it is a usual one."""
        if token not in self.known:
            shape, word = self._left(token)
            self.known[token] = crc32(shape.encode()), crc32(word.encode())
        return self.known[token]

    def _left(self, token: str) -> tuple[str, str]:
        from wordfreq import zipf_frequency

        lower = token.lower()
        if not token[0].isalpha():
            return ("#" if token[0].isdigit() else token), ("#" if token[0].isdigit() else token)
        frequency = zipf_frequency(lower, self.language)
        word = lower if frequency > _USUAL else "_"
        if lower in _function_words(self.language):
            return lower, word
        capital = token[0].isupper()
        if capital and self.language != "de":  # German nouns have capitals
            return "Xx", word
        ending = f"-{lower[-_ENDING:]}" if len(lower) >= _HAS_ENDING else ""
        return ("X" if capital else "x") + ("r" if frequency < _RARE else "") + ending, word


@cache
def _function_words(language: str) -> frozenset[str]:
    from wordfreq import top_n_list

    return frozenset(top_n_list(language, _FUNCTION_WORDS))


@cache
def shaper(language: str) -> Shaper:
    """The one shaper of a language: it remembers tokens."""
    return Shaper(language)


def grams(texts: Sequence[str], language: str) -> Grams:
    """The n-grams of each text."""
    hashes = shaper(language).hashes
    tokens = [_TOKEN.findall(text.translate(TYPOGRAPHY)) for text in texts]
    edged = [[_EDGE[0], *found, _EDGE[1]] for found in tokens]
    flat = np.array([hashes(token) for found in edged for token in found], np.uint64).reshape(-1, 2)
    owner = np.repeat(np.arange(len(texts)), [len(found) for found in edged])
    rows, owners = zip(*_each_length(flat, owner), strict=True)
    order = np.argsort(np.concatenate(owners), kind="stable")
    counts = np.bincount(np.concatenate(owners), minlength=len(texts))
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    sizes = np.array([max(len(found), 1) for found in tokens], np.float64)
    return Grams(np.concatenate(rows)[order], starts, sizes)


def _each_length(flat: Hashes, owner: NDArray[Any]) -> list[tuple[NDArray[np.int64], NDArray[Any]]]:
    found = []
    for column, lengths in enumerate((SHAPES, WORDS)):
        for length in lengths:
            whole = owner[: len(owner) - length + 1] == owner[length - 1 :]
            value = np.full(int(whole.sum()), 16 * column + length, np.uint64)
            for place in range(length):
                value = (value ^ flat[place : len(flat) - length + 1 + place, column][whole]) * _FACTOR
                value ^= value >> np.uint64(29)
            found.append(((value * _FACTOR >> _TOP).astype(np.int64), owner[: len(whole)][whole]))
    return found


@dataclass(frozen=True)
class StyleModel:
    """The regression of one language; ``load_style`` makes one."""

    language: str
    weights: NDArray[np.float32]
    bias: float
    about: dict[str, Any]

    def log_odds(self, texts: Sequence[str]) -> Floats:
        """How much each text reads as a machine's: above 0 rather so, below 0 rather as a person's.

        Each is read once; those of late are remembered, since scorers ask for the same sentences.
        """
        known, new = self._remembered, list(dict.fromkeys(texts))
        if len(known) + len(new) > _REMEMBERED:
            known.clear()
        new = [text for text in new if text not in known]
        known.update(zip(new, self._read(new).tolist(), strict=True))
        return np.array([known[text] for text in texts], np.float64)

    @cached_property
    def _remembered(self) -> dict[str, float]:
        return {}

    def _read(self, texts: Sequence[str]) -> Floats:
        if not texts:
            return np.zeros(0)
        found = grams(texts, self.language)
        sums = np.add.reduceat(self.weights[found.rows].astype(np.float64), found.starts)
        return np.asarray(sums / np.sqrt(found.tokens) + self.bias)


@cache
def load_style(language: str) -> StyleModel | None:
    """The model of a language, or None if the package has none."""
    path = WEIGHTS / f"style.{language}.safetensors"
    return read_style(path) if path.is_file() else None


@cache
def style_revision() -> str:
    """A digest of all style weights that ship with the package."""
    digest = hashlib.sha256()
    for path in sorted(WEIGHTS.glob("style.*.safetensors")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def read_style(path: Path) -> StyleModel:
    """A model by its file; ``ModelError`` if that is damaged."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as stored:
            about = json.loads(stored.metadata()["about"])
            weights = stored.get_tensor("weights").astype(np.float32) * stored.get_tensor("scale")
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{path}: is damaged ({error}); install mtqe again") from error
    return StyleModel(about["language"], weights, about["bias"], about)
