"""How usual a word is in a language: word frequencies by wordfreq (Speer, 2022)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property
from math import log10

from mtqe.text.languages import base_language

# Zipf's scale: 3 is once in a million words, 6 once in a thousand.
_ZIPF = 9.0

# A word this usual in a language is one of its words, wherever it came from.
EVERYDAY = 3.0

# What a word of no list is taken for: a little rarer than the rarest of the list.
_LARGE_FLOOR = 0.8
_SMALL_FLOOR = 2.6

# Small lists have 30,000 to 60,000 words, large ones some 300,000.
_LARGE = 150_000

# Languages with Latin letters whose words are looked for in texts of another one.
LATIN = (
    "en",
    "fr",
    "de",
    "es",
    "it",
    "pt",
    "nl",
    "sv",
    "da",
    "nb",
    "is",
    "fi",
    "pl",
    "cs",
    "hu",
    "ro",
    "tr",
    "id",
)
CYRILLIC = ("ru", "uk", "bg", "mk")

_NAMES = {"no": "nb", "nn": "nb", "hr": "sh", "sr": "sh", "bs": "sh"}


# Languages in other alphabets whose words, left untranslated, arrive in Latin letters. Not Greek: half of
# science is.
_ROMANISED = ("ru", "uk", "bg")
_NOT_LETTERS = re.compile(r"[^a-z]+")


class Frequencies:
    """Zipf frequencies of a language's words in lower case; words of no list have ``floor``."""

    def __init__(self, found: dict[str, float]) -> None:
        self._found = found
        self.floor = _LARGE_FLOOR if len(self._found) > _LARGE else _SMALL_FLOOR

    def __getitem__(self, word: str) -> float:
        frequency = self._found.get(word)
        return self.floor if frequency is None else log10(frequency) + _ZIPF

    def __contains__(self, word: object) -> bool:
        return word in self._found

    def above_floor(self, words: Sequence[str]) -> float:
        """By how much these words are more frequent than words of no list, all together."""
        found = filter(None, map(self._found.get, words))
        return sum(log10(frequency) + _ZIPF - self.floor for frequency in found)

    @cached_property
    def everyday(self) -> frozenset[str]:
        """The words that are used at least once in a million words."""
        least = 10 ** (EVERYDAY - _ZIPF)
        return frozenset(word for word, frequency in self._found.items() if frequency >= least)

    def most_usual(self, count: int) -> list[str]:
        """The words of letters alone that are used most, the most usual first."""
        ranked = sorted(self._found, key=lambda word: (-self._found[word], word))
        return [word for word in ranked if word.isalpha()][:count]


@cache
def frequencies(language: str, size: str = "best") -> Frequencies | None:
    """The word list of a language code, or None if wordfreq has none; "small" lists load fast."""
    from wordfreq import available_languages, get_frequency_dict

    code = _NAMES.get(base_language(language), base_language(language))
    known = available_languages(size)
    return Frequencies(get_frequency_dict(code, wordlist=size)) if code in known else None


@cache
def romanised(language: str) -> Mapping[str, Frequencies]:
    """By language code, the usual words of other alphabets as a text in ``language`` would spell them.

    Empty for a language that is not written in Latin letters.
    """
    from wordfreq import get_frequency_dict

    lists = {}
    for code in _ROMANISED if base_language(language) in LATIN else ():
        known = get_frequency_dict(code, wordlist="small")
        found: dict[str, float] = {}
        # The most usual word comes first and keeps its place.
        for word, frequency in zip(_in_latin_letters(known), known.values(), strict=True):
            found.setdefault(word, frequency)
        lists[code] = Frequencies(found)
    return lists


def _in_latin_letters(words: Iterable[str]) -> list[str]:
    """Words as they sound, in a to z; each letter is looked up once."""
    from anyascii import anyascii

    joined = "\n".join(words)
    letters = {ord(c): _NOT_LETTERS.sub("", anyascii(c).lower()) for c in set(joined) - {"\n"}}
    return joined.translate(letters).split("\n")


def neighbours(language: str) -> tuple[str, ...]:
    """Languages in the same letters, whose words may have been left in a text of ``language``."""
    code = base_language(language)
    group = next((group for group in (LATIN, CYRILLIC) if code in group), ())
    return tuple(other for other in group if other != code)
