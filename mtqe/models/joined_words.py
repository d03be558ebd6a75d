"""Two words written as one, and one word written as two: ``text/tables/spacing.yaml`` and frequencies."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from functools import cache

from mtqe.models.word_language import Frequencies, frequencies
from mtqe.text.spacing import rules

# The other half of a join must be about as usual as this; names, if they stand alone elsewhere too.
_USUAL = 3.7
_USUAL_NAME = 3.9
_SHORT_NAME = 4
_LEAST = 3

# A list has some joins in it that people often make; no word of two function words is so rare.
_RARE = 2.6

# A piece that is no word, and the word that two pieces make.
_FRAGMENT = 1.5
_WHOLE = 4.0


@dataclass(frozen=True)
class JoinedWords:
    """Finds the space that a word lost, or has too many, in one language."""

    usual: Frequencies
    before: frozenset[str]
    after: frozenset[str]
    pairs: frozenset[str]

    def split(self, word: str, names: Set[str] = frozenset()) -> str | None:
        """``word`` as two words with a space between; None if it is one word, a name or a compound.

        ``names`` are capitalised words that stand alone in the same text.
        """
        if self.usual[word.lower()] > _RARE:
            return None
        halves = ((word[:at], word[at:]) for at in range(1, len(word)))
        found = [pair for pair in halves if self._are_two(*pair, names)]
        return " ".join(max(found, key=self._score)) if found else None

    def is_piece(self, word: str) -> bool:
        """Whether ``word`` is no word but might be a piece of one."""
        return word.islower() and self.usual[word] < _FRAGMENT

    def joins(self, left: str, right: str) -> bool:
        """Whether two pieces, neither of which need be a word, are one usual word."""
        return (self.is_piece(left) or self.is_piece(right)) and self.usual[left + right] >= _WHOLE

    def _score(self, halves: Iterable[str]) -> float:
        return min(self.usual[half.lower()] for half in halves)

    def _are_two(self, left: str, right: str, names: Set[str]) -> bool:
        low, high = left.lower(), right.lower()
        if low in self.pairs and high in self.pairs and (left.islower() or left.istitle()):
            return right.islower()
        if self.usual[low + high] > self.usual.floor:
            return False
        if right[:1].isupper():
            return left.islower() and low in self.before | self.pairs and self._stands(right, names)
        return (low in self.before and self._is_word(right)) or (
            high in self.after and self._stands(left, names)
        )

    def _stands(self, word: str, names: Set[str]) -> bool:
        """Whether ``word`` can stand alone: a usual word, or a name of the text."""
        if word.islower():
            return self._is_word(word)
        known = self.usual[word.lower()] >= _USUAL_NAME and len(word) >= _SHORT_NAME
        return word in names or (known and word[1:].islower())

    def _is_word(self, word: str) -> bool:
        return len(word) >= _LEAST and self.usual[word] >= _USUAL


@cache
def joined_words(language: str) -> JoinedWords | None:
    """The finder for a language with a word list and an entry in the table, or None."""
    usual, known = frequencies(language), rules(language)
    if usual is None or not known:
        return None
    lists = [frozenset(known.get(name, ())) for name in ("before", "after", "pairs")]
    return JoinedWords(usual, *lists)
