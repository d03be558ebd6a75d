"""How a language spells: letter trigrams of its usual words (Cavnar and Trenkle, 1994, for words)."""

from __future__ import annotations

from collections import Counter
from functools import cache
from math import log

from mtqe.models.word_language import frequencies

# The most usual words show how a language spells; rarer ones are names and borrowings.
_WORDS = 10_000

# What is added to each count, over about as many letters as an alphabet has.
_SMOOTHING = 0.05
_LETTERS = 40


class Spelling:
    """Letter trigrams of one language; ``score`` is the log-probability of a word's spelling."""

    def __init__(self, words: list[str]) -> None:
        self._trigrams: Counter[str] = Counter()
        for word in words:
            self._trigrams.update(_trigrams(word))
        self._contexts: Counter[str] = Counter()
        for trigram, count in self._trigrams.items():
            self._contexts[trigram[:2]] += count

    def score(self, word: str) -> float:
        """Natural log of the probability of the letters, 0 or less; longer words have less."""
        return sum(self._log(trigram) for trigram in _trigrams(word))

    def _log(self, trigram: str) -> float:
        seen = self._trigrams[trigram] + _SMOOTHING
        return log(seen / (self._contexts[trigram[:2]] + _SMOOTHING * _LETTERS))


@cache
def spelling(language: str) -> Spelling | None:
    """The spelling of a language that has a word list, or None."""
    known = frequencies(language, "small")
    return Spelling(known.most_usual(_WORDS)) if known is not None else None


def _trigrams(word: str) -> list[str]:
    framed = f"^^{word}$"
    return [framed[i : i + 3] for i in range(len(framed) - 2)]
