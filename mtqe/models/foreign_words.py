"""Single words that are foreign to a language beyond doubt."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from mtqe.models.spelling import spelling
from mtqe.models.word_language import Frequencies, frequencies, neighbours, romanised
from mtqe.text.tables import table

# A single word counts if it is usual in the other language, and so many orders of magnitude less
# so in this one: the more, the better this one knows it. With these, half of a text's single words
# of French, German or Spanish are found, and one word in eight thousand of people's texts is.
_FREQUENCY = 3.8
_EVIDENCE = 2.5
_EVIDENCE_STEP = 0.4
_UNKNOWN = 0.8
_LEAST_LETTERS = 3

# Words of other alphabets in Latin letters look like nothing else: rarer ones are safe too. In half a
# million words of people's English, three are taken for Russian.
_ROMANISED_FREQUENCY = 3.0
_LEAST_ROMANISED = 4

# Words of the language that the text was translated from need less.
_SOURCE_BONUS = 1.0

# A word that the language's list hardly knows, and long enough to show how it is spelt.
_NEVER = 1.6
_LEAST_SPELT = 5

# A word of no list: its letters are strange to the target language (natural log of probability,
# by letter), and this much likelier in another one.
_STRANGE_SPELLING = -3.2
_SPELLING_EVIDENCE = 10.0

# Syllables of Japanese and Chinese in Latin letters: a word of them is a loan or a name without
# its capital, and Turkish or Finnish by its spelling alone.
_SYLLABLES = re.compile(
    r"(?:(?:[kgsztdnhbpmryw]|sh|ch|ts|zh|j|f|l|q|x|ky|gy|ny|hy|by|py|my|ry)?"
    r"(?:[aeiou]|ai|ei|ao|ou|ia|ie|iu|ua|ui|uo|iao|uai)(?:ng?(?![aeiou]))?){2,}"
)


def foreign_word(word: str, usual: Frequencies, language: str, source: str | None) -> str | None:
    """Why a lower-case word is of no use in ``language``, if it is foreign beyond doubt.

    ``usual`` are the words of the language; ``source`` is the language of the source, if it is
    known, whose words need less evidence.
    """
    if len(word) < _LEAST_LETTERS or usual[word] >= _FREQUENCY or word in _loanwords(language):
        return None
    if other := _listed_elsewhere(word, language, source):
        return f"is a word of another language ({other})"
    if other := _romanised_elsewhere(word, language):
        return f"is a word of another language ({other}) in Latin letters"
    if usual[word] > _NEVER or len(word) < _LEAST_SPELT:
        return None
    if _strange_letters(language).search(word):
        return "has letters that the language does not use"
    other = _spelt_like(word, language) if word not in usual else None
    return f"is spelt like a word of another language ({other})" if other else None


@lru_cache(maxsize=50_000)
def _listed_elsewhere(word: str, language: str, source: str | None) -> str | None:
    """The language that a word is usual in, if it is far less so in its own."""
    usual = frequencies(language)
    lists = {code: known for code in neighbours(language) if (known := frequencies(code, "small"))}
    there = {code: known[word] for code, known in lists.items() if word in known}
    best = max(there, key=there.__getitem__, default=None)
    if usual is None or best is None or there[best] < _FREQUENCY:
        return None
    bonus = _SOURCE_BONUS if best == source else 0.0
    return best if there[best] - usual[word] >= _needed(usual[word]) - bonus else None


@lru_cache(maxsize=50_000)
def _romanised_elsewhere(word: str, language: str) -> str | None:
    """The language of another alphabet that a word is usual in, as it sounds."""
    usual = frequencies(language)
    if usual is None or len(word) < _LEAST_ROMANISED:
        return None
    there = {code: known[word] for code, known in romanised(language).items() if word in known}
    best = max(there, key=there.__getitem__, default=None)
    if best is None or there[best] < _ROMANISED_FREQUENCY:
        return None
    return best if there[best] - usual[word] >= _needed(usual[word]) else None


def _needed(here: float) -> float:
    """How much more usual a word has to be elsewhere."""
    return _EVIDENCE + _EVIDENCE_STEP * max(here - _UNKNOWN, 0.0)


@lru_cache(maxsize=10_000)
def _spelt_like(word: str, language: str) -> str | None:
    """The language by whose rules a word is spelt, if it is far more likely than its own."""
    home = spelling(language)
    if home is None or home.score(word) > _STRANGE_SPELLING * len(word) or _SYLLABLES.fullmatch(word):
        return None
    scores = {code: found.score(word) for code in neighbours(language) if (found := spelling(code))}
    best = max(scores, key=scores.__getitem__, default=None)
    return best if best and scores[best] - home.score(word) >= _SPELLING_EVIDENCE else None


@cache
def _loanwords(language: str) -> frozenset[str]:
    return frozenset(table("loanwords").get(language, ()))


@cache
def _strange_letters(language: str) -> re.Pattern[str]:
    own = table("alphabets").get(language)
    if own is None:
        return re.compile(r"(?!)")
    base = "а-яё" if language in ("ru", "uk", "bg", "mk") else "a-z"
    return re.compile(f"[^{base}{own}'’-]")
