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

# The other half of a word that ends other words too, as "in" does.
_VERY_USUAL = 4.3
_LEAST_BESIDE_WEAK = 4

# Inside a word, a capital after so usual a word begins another word.
_FUNCTION_WORD = 5.3
_KNOWN_NAME = 3.0

# Two pieces are one word if that is so many orders of magnitude likelier, and it is a usual one.
_PIECE = 3.2
_WHOLE = 4.0
_LIKELIER = 5.5
_ZIPF = 9.0


@dataclass(frozen=True)
class JoinedWords:
    """Finds the space that a word lost, or has too many, in one language."""

    usual: Frequencies
    before: frozenset[str]
    after: frozenset[str]
    weak: frozenset[str]
    pairs: frozenset[str]
    dates: frozenset[str]
    listed: frozenset[str]

    def split(self, word: str, names: Set[str] = frozenset()) -> str | None:
        """``word`` as two words with a space between; None if it is one word, a name or a compound.

        ``names`` are capitalised words that stand alone in the same text.
        """
        if word.lower() in self.usual and word.lower() not in self.listed:
            return None
        halves = ((word[:at], word[at:]) for at in range(1, len(word)))
        found = [pair for pair in halves if self._are_two(*pair, names)]
        return " ".join(max(found, key=self._score)) if found else None

    def stands_by_years(self, word: str) -> bool:
        """Whether a year often stands beside ``word``: "in", "May"."""
        return word in self.dates or word.lower() in self.pairs

    def is_piece(self, word: str) -> bool:
        """Whether ``word`` is no word but might be a piece of one."""
        return word.islower() and self.usual[word] < _PIECE

    def joins(self, left: str, right: str) -> bool:
        """Whether two pieces, neither of which need be a word, are one usual word."""
        if not (left.islower() and right.islower()):
            return False
        whole = self.usual[left + right]
        return whole >= _WHOLE and whole + _ZIPF - self.usual[left] - self.usual[right] >= _LIKELIER

    def _score(self, halves: Iterable[str]) -> float:
        return min(self.usual[half.lower()] for half in halves)

    def _are_two(self, left: str, right: str, names: Set[str]) -> bool:
        low, high = left.lower(), right.lower()
        if left in self.pairs and right in self.pairs:
            return True
        if right[:1].isupper():
            return left.islower() and self._ends_at_capital(left, right, names)
        if low in self.before and self._is_word(right):
            return True
        if high in self.after and self._stands(left, names):
            return True
        # A capital may be a name's: "Inwood" is one, "Theyshould" is none.
        first = low if len(left) >= _LEAST_BESIDE_WEAK else left
        return self._is_weak(first, right) or self._is_weak(right, left)

    def _ends_at_capital(self, left: str, right: str, names: Set[str]) -> bool:
        usual = len(left) > 1 and self.usual[left] >= _FUNCTION_WORD
        known = right[1:].islower() and len(right) >= _LEAST and self.usual[right.lower()] >= _KNOWN_NAME
        return usual and (known or right in names)

    def _is_weak(self, function: str, other: str) -> bool:
        """Whether a word that stands in other words too is joined to a very usual one."""
        long = len(other) >= _LEAST_BESIDE_WEAK and other.islower()
        return function in self.weak and long and self.usual[other] >= _VERY_USUAL

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
    lists = [
        frozenset(known.get(name, ())) for name in ("before", "after", "weak", "pairs", "dates", "listed")
    ]
    return JoinedWords(usual, *lists)
