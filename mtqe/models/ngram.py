"""Word n-gram language models with interpolated Kneser-Ney smoothing (Chen and Goodman, 1999).

Small models that ship with the package, one file a language: a vocabulary, the probabilities of
uni-, bi- and trigrams and their back-off weights, looked up for many sentences at once.
Numbers, names that the model doesn't know and addresses are classes, so that text is not
disfluent for being about people one has never heard of.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any
from unicodedata import is_normalized, normalize

import numpy as np
from numpy.typing import NDArray

from mtqe.data import Span
from mtqe.errors import ModelError
from mtqe.models.word_language import frequencies

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

WEIGHTS = Path(str(files("mtqe.models").joinpath("weights")))

# The first ids of every vocabulary.
START, END, UNKNOWN, NUMBER, NAME, ADDRESS, RARE = range(7)
CLASSES = ("<s>", "</s>", "<unk>", "<number>", "<name>", "<address>", "<rare>")

_CLASS_OF = {"number": NUMBER, "address": ADDRESS, "name": NAME}

# Letters that tell "-ing" from "-ed" and "-lich" from "-keit" well enough.
_ENDING = 3

# Languages that are written without spaces are modelled by characters.
UNSPACED = frozenset({"zh", "ja", "th"})

_TOKEN = re.compile(
    r"(?P<address>(?:https?://|www\.)\S+|\S+@\S+\.\w+|[@#]\w+)"
    r"|(?P<number>\d[\d.,:/]*\d|\d)"
    r"|(?P<word>[^\W\d_]+(?:['’\-][^\W\d_]+)*)"
    r"|(?P<mark>[^\w\s])"
)
_CHARACTER = re.compile(
    r"(?P<address>(?:https?://|www\.)[!-~]+)|(?P<number>\d[\d.,]*)|(?P<name>[A-Za-z][\w'-]*)|(?P<word>\w)|(?P<mark>[^\w\s])"
)
# Word lists of Chinese and Japanese lack characters and spellings that nobody would stumble at.
_OWN_CHARACTER = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]")
_QUOTES = str.maketrans("’‘“”„«»–—", '\'\'"""""--')


@dataclass(frozen=True)
class TokenScores:
    """Log-probabilities (base 10) of the tokens of many texts, one after the other.

    ``starts`` has for each text the position of its first token; its last is the end of text.
    ``known`` says which tokens are words of the vocabulary.
    """

    starts: Ints
    ids: Ints
    joint: Floats
    unigram: Floats
    seen_pair: NDArray[np.bool_]


class NgramModel:
    """The language model of one language."""

    def __init__(self, language: str, arrays: dict[str, NDArray[Any]], about: dict[str, Any]) -> None:
        self.language = language
        self.about = about
        words = bytes(arrays["vocabulary"]).decode("utf-8").split("\n")
        self._ids = {word: index for index, word in enumerate(words)}
        self._size = len(words)
        self._unigram = dequantise(arrays["unigram"])
        self._backoff1 = dequantise(arrays["backoff1"])
        self._keys2, self._p2 = arrays["keys2"], dequantise(arrays["p2"])
        self._backoff2 = dequantise(arrays["backoff2"])
        self._keys3, self._p3 = arrays["keys3"], dequantise(arrays["p3"])

    @cached_property
    def unigram(self) -> Floats:
        """Log-probability of each word of the vocabulary by itself."""
        return self._unigram

    def score(self, texts: Sequence[str]) -> TokenScores:
        """What the model thinks of each token of each text, the end of the text included."""
        ids, starts = self._encode(texts)
        before1 = _shifted(ids, starts, 1)
        before2 = _shifted(ids, starts, 2)
        key2 = before1 * self._size + ids
        context = before2 * self._size + before1
        found2, p2 = _look_up(self._keys2, self._p2, key2)
        found_context, backoff2 = _look_up(self._keys2, self._backoff2, context)
        found3, p3 = _look_up(self._keys3, self._p3, context * self._size + ids)
        lower = np.where(found2, p2, self._backoff1[before1] + self._unigram[ids])
        joint = np.where(found3, p3, np.where(found_context, backoff2, 0) + lower)
        return TokenScores(starts, ids, joint.astype(np.float32), self._unigram[ids], found2)

    def _encode(self, texts: Sequence[str]) -> tuple[Ints, Ints]:
        """Ids of all tokens, each text with an end, and where each text starts."""
        ids: list[int] = []
        starts = []
        for text in texts:
            starts.append(len(ids))
            ids += token_ids(text, self.language, self._ids)
            ids.append(END)
        return np.array(ids, dtype=np.int64), np.array(starts, dtype=np.int64)


def token_ids(text: str, language: str, ids: Mapping[str, int]) -> Iterator[int]:
    """The id of each token; classes stand for what the vocabulary lacks.

    A word that the language has but the vocabulary has not is known by its ending, which says
    most of how it behaves in a sentence. A capital makes it a name; at the start of a sentence,
    where every word has one, only if the language has no such word.
    """
    first = True
    for match in _matches(text, language):
        kind = match.lastgroup
        if kind == "word":
            known = ids.get(match[0].lower())
            yield _word_id(match[0], first, language, ids) if known is None else known
        else:
            yield ids.get(match[0], RARE) if kind == "mark" else _CLASS_OF[str(kind)]
        first = first and kind == "mark"


def tokens(text: str, language: str) -> Iterator[tuple[str, str]]:
    """Kind ("word", "mark", "number", "name" or "address") and text of each token."""
    for match in _matches(text, language):
        yield str(match.lastgroup), match.group()


def token_spans(text: str, language: str) -> list[Span] | None:
    """Where each token stands in ``text``; None if characters in it are written as several (NFC)."""
    return [match.span() for match in _matches(text, language)] if is_normalized("NFC", text) else None


def _matches(text: str, language: str) -> Iterator[re.Match[str]]:
    pattern = _CHARACTER if language in UNSPACED else _TOKEN
    return pattern.finditer(normalize("NFC", text).translate(_QUOTES))


def _word_id(token: str, first: bool, language: str, ids: Mapping[str, int]) -> int:
    """The class of a word that is not in the vocabulary."""
    word = token.lower()
    if token[0].isupper() and not first:
        return NAME
    if _is_word(word, language):
        return ids.get(ending(word), RARE)
    return NAME if token[0].isupper() else UNKNOWN


def ending(word: str) -> str:
    """The class of rare words that end alike."""
    return f"~{word[-_ENDING:]}"


def _is_word(word: str, language: str) -> bool:
    """Whether the language has such a word (or character), or such words with a hyphen between."""
    if language in UNSPACED:
        return _OWN_CHARACTER.match(word) is not None
    listed = frequencies(language)
    return listed is None or all(part in listed for part in word.split("-"))


@cache
def load_ngram(language: str, folder: Path = WEIGHTS) -> NgramModel | None:
    """The model of a language, or None if there is none; ``ModelError`` if its file is damaged."""
    path = folder / f"ngram.{language}.safetensors"
    if not path.is_file():
        return None
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as stored:
            arrays = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118 (no mapping)
            about = json.loads(stored.metadata()["about"])
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{path}: is damaged ({error}); install mtqe again") from error
    return NgramModel(language, arrays, about)


def languages(folder: Path = WEIGHTS) -> list[str]:
    """Codes of the languages that have a model, sorted."""
    return sorted(path.name.split(".")[1] for path in folder.glob("ngram.*.safetensors"))


# Log-probabilities in steps of 1/32: 0 down to -8 in a byte.
_STEP = 32.0


def quantise(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Log10 values between -8 and 0 as bytes."""
    return np.clip(np.round(-values * _STEP), 0, 255).astype(np.uint8)


def dequantise(values: NDArray[Any]) -> Floats:
    """The inverse of ``quantise``, to within 1/64."""
    return -values.astype(np.float32) / np.float32(_STEP)


def _shifted(ids: Ints, starts: Ints, by: int) -> Ints:
    """The token ``by`` places before each; before a text's first token stands START."""
    shifted = np.full_like(ids, START)
    shifted[by:] = ids[:-by]
    for offset in range(by):
        at = starts + offset
        shifted[at[at < len(ids)]] = START
    # A text of one token is followed by the next text's first, which was set above.
    return shifted


def _look_up(keys: Ints, values: Floats, wanted: Ints) -> tuple[NDArray[np.bool_], Floats]:
    """Which of ``wanted`` are among the sorted ``keys``, and their values (0 for the others)."""
    if len(keys) == 0 or len(wanted) == 0:
        return np.zeros(len(wanted), dtype=bool), np.zeros(len(wanted), dtype=np.float32)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    found = keys[at] == wanted
    return found, np.where(found, values[at], np.float32(0))
