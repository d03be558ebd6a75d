"""Words of a text with their places, and how many there are in any script."""

from __future__ import annotations

import re

from mtqe.data import Span

# Letters and digits, joined by apostrophes, hyphens and points as in "l’Environnement",
# "Al-Ghazali", "U.S." and "3.14".
_WORD = re.compile(r"\w+(?:[’'\-.‐‑]\w+)*")

# Scripts that don't put spaces between words: Han, kana, Thai, Lao, Khmer, Burmese.
_UNSPACED_CLASS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_CLASS = f"{_UNSPACED_CLASS}\U00020000-\U0003ffff"
_UNSPACED = re.compile(f"[{_CLASS}]")
_UNSPACED_RUN = re.compile(f"[{_CLASS}]+")

# An English word in a Chinese translation is 1.6 characters, in a Japanese one about 2: with
# one figure for all, penalties per 100 words are comparable across scripts.
_UNSPACED_CHARACTERS_PER_WORD = 1.8

# What people mark as wrong: a word, a character of a script without spaces, a punctuation mark.
_UNIT = re.compile(f"{_UNSPACED.pattern}|[^\\W{_CLASS}]+(?:[’'\\-.‐‑][^\\W{_CLASS}]+)*|[^\\w\\s]")


def unit_spans(text: str) -> list[Span]:
    """Ranges of the words, the characters of unspaced scripts, and the punctuation marks, in order."""
    return [match.span() for match in _UNIT.finditer(text)]


def word_spans(text: str) -> list[Span]:
    """Ranges of the words in reading order; a run of unspaced script counts as one word."""
    return [match.span() for match in _WORD.finditer(text)]


def is_unspaced(text: str) -> bool:
    """Whether ``text`` has a character of a script that puts no spaces between words."""
    return _UNSPACED.search(text) is not None


def count_words(text: str) -> int:
    """How many words ``text`` has; unspaced scripts are counted by characters.

    Never 0 for a text with a letter or digit in it, so that it can be divided by.
    """
    characters = len(_UNSPACED.findall(text))
    spaced = _UNSPACED_RUN.sub(" ", text) if characters else text
    unspaced_words = -(-characters // _UNSPACED_CHARACTERS_PER_WORD)
    return len(_WORD.findall(spaced)) + int(unspaced_words)
