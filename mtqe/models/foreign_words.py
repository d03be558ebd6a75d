"""Single words that are foreign to a language beyond doubt."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from mtqe.models.foreign_passages import NEVER
from mtqe.models.spelling import spelling
from mtqe.models.word_language import Frequencies, frequencies, neighbours
from mtqe.text.tables import table

# A single word counts if it is this much more usual in the other language, and usual there.
_EVIDENCE = 2.2
_FREQUENCY = 3.6
_LEAST_LETTERS = 5

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


def foreign_word(word: str, usual: Frequencies, language: str, suspect: str | None) -> str | None:
    """Why a lower-case word is of no use in ``language``, if it is foreign beyond doubt.

    ``usual`` are the words of the language; ``suspect`` is the language that the text around the
    word may be in. Words that either list of the language knows are never foreign.
    """
    if usual[word] > NEVER or len(word) < _LEAST_LETTERS:
        return None
    if _strange_letters(language).search(word):
        return "has letters that the language does not use"
    if word not in usual and (other := _spelt_like(word, language)):
        return f"is spelt like a word of another language ({other})"
    foreign = frequencies(suspect, "small") if suspect else None
    if foreign is None or word not in foreign or foreign[word] < _FREQUENCY:
        return None
    return f"is a word of another language ({suspect})" if foreign[word] - usual[word] >= _EVIDENCE else None


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
def _strange_letters(language: str) -> re.Pattern[str]:
    own = table("alphabets").get(language)
    if own is None:
        return re.compile(r"(?!)")
    base = "а-яё" if language in ("ru", "uk", "bg", "mk") else "a-z"
    return re.compile(f"[^{base}{own}'’-]")
