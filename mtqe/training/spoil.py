"""Good sentences spoilt on purpose, in ways that translations go wrong."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from mtqe.models.ngram import UNSPACED

# Kinds of damage that show only beside the source.
NEEDS_SOURCE = frozenset({"drop", "half", "wrong", "number", "negation", "name", "added", "copied"})

# A kind that is wrong in meaning, but shows in the target alone as well.
UNTRANSLATED = "untranslated"

# Kinds that leave nothing of the translation.
BROKEN = frozenset({"wrong", "copied", "salad"})

_LEAST_WORDS = 6

# Words of at most so many letters are mostly those that hold a sentence together.
_SHORT = 3
_NUMBER = re.compile(r"\d+")

_NEGATIONS = {
    "de": ("nicht",),
    "en": ("not", "never"),
    "es": ("no",),
    "fr": ("pas",),
    "it": ("non",),
    "pt": ("não",),
    "ru": ("не",),
}
_AUXILIARIES = frozenset(
    "is are was were will can has have ist sind war wird hat haben kann est sont es è".split()  # noqa: SIM905
)


class Material(NamedTuple):
    """A good sentence as words (characters where there are no spaces), another's, and the source."""

    words: list[str]
    others: list[str]
    source: str
    language: str
    rng: random.Random


def spoilt(text: str, other: str, source: str, language: str, rng: random.Random) -> dict[str, str]:
    """Kinds of damage and the text with each; none for a text of a few words.

    ``other`` is an unrelated sentence of the same language.
    """
    words, others = (list(t) if language in UNSPACED else t.split() for t in (text, other))
    if len(words) < _LEAST_WORDS or not others:
        return {}
    material = Material(words, others, source, language, rng)
    joiner = "" if language in UNSPACED else " "
    found = {kind: joiner.join(make(material)) for kind, make in _ANYWHERE.items()}
    if language not in UNSPACED:
        found |= {kind: joiner.join(make(material)) for kind, make in _SPACED.items()}
    found["number"] = _other_number(text, rng)
    return {kind: worse for kind, worse in found.items() if worse and worse != text}


def _drop(m: Material) -> list[str]:
    count, start = _stretch(m)
    return m.words[:start] + m.words[start + count :]


def _repeat(m: Material) -> list[str]:
    count, start = _stretch(m)
    return m.words[: start + count] + m.words[start:]


def _stretch(m: Material) -> tuple[int, int]:
    count = max(1, int(len(m.words) * m.rng.choice([0.06, 0.12, 0.25])))
    return count, m.rng.randrange(len(m.words) - count)


def _swap(m: Material) -> list[str]:
    words = m.words[:]
    for _ in range(max(1, len(words) // 12)):
        i = m.rng.randrange(len(words) - 1)
        words[i], words[i + 1] = words[i + 1], words[i]
    return words


def _move(m: Material) -> list[str]:
    a, c = sorted(m.rng.sample(range(len(m.words) + 1), 2))
    b = m.rng.randrange(a, c + 1)
    return m.words[:a] + m.words[b:c] + m.words[a:b] + m.words[c:]


def _replace(m: Material) -> list[str]:
    words = m.words[:]
    for _ in range(max(1, len(words) // 10)):
        words[m.rng.randrange(len(words))] = m.rng.choice(m.others)
    return words


def _half(m: Material) -> list[str]:
    middle = max(2, len(m.words) // 2)
    return m.words[:middle] if m.rng.random() < 0.5 else m.words[middle:]


def _untranslated(m: Material) -> list[str]:
    """Some words of the source, or all, in the place of the translation's."""
    theirs, words = m.source.split(), m.words[:]
    count = min(m.rng.choice([1, 2, 4, 8]), len(theirs))
    if count:
        i, start = m.rng.randrange(len(words)), m.rng.randrange(len(theirs) - count + 1)
        words[i : i + count] = theirs[start : start + count]
    return words


def _negate(m: Material) -> list[str]:
    """Without its negations, or with one."""
    negations = _NEGATIONS.get(m.language, ())
    kept = [word for word in m.words if word.lower().strip(".,") not in negations]
    places = [i for i, word in enumerate(m.words) if word.lower() in _AUXILIARIES]
    if len(kept) < len(m.words) or not negations or not places:
        return kept
    place = m.rng.choice(places) + 1
    return [*m.words[:place], negations[0], *m.words[place:]]


def _rename(m: Material) -> list[str]:
    """With another's capitalised word for one of its own; every noun of German has a capital."""
    own, theirs = _capitals(m.words), [m.others[i] for i in _capitals(m.others)]
    words = m.words[:]
    if own and theirs and m.language != "de":
        words[m.rng.choice(own)] = m.rng.choice(theirs)
    return words


def _capitals(words: Sequence[str]) -> list[int]:
    return [i for i, word in enumerate(words) if i and word[:1].isupper()]


def _misspell(m: Material) -> list[str]:
    words = m.words[:]
    long = [i for i, word in enumerate(words) if len(word) > _SHORT + 1]
    if long:
        i = m.rng.choice(long)
        letter = m.rng.randrange(1, len(words[i]) - 1)
        words[i] = words[i][:letter] + words[i][letter + 1 :]
    return words


def _without_short(m: Material) -> list[str]:
    short = [i for i, word in enumerate(m.words) if len(word) <= _SHORT and word.isalpha()]
    gone = set(m.rng.sample(short, -(-len(short) // 4)))
    return [word for i, word in enumerate(m.words) if i not in gone]


def _other_number(text: str, rng: random.Random) -> str:
    numbers = list(_NUMBER.finditer(text))
    if not numbers:
        return text
    match = rng.choice(numbers)
    digits = match.group()
    new = str(int(digits) + rng.choice([1, 2, 5, 10])) if len(digits) < 6 else digits[::-1]
    return text[: match.start()] + new + text[match.end() :]


_ANYWHERE: dict[str, Callable[[Material], list[str]]] = {
    "added": lambda m: m.words + m.others[: max(2, len(m.others) // 2)],
    "copied": lambda m: [m.source],
    "drop": _drop,
    "half": _half,
    "move": _move,
    "repeat": _repeat,
    "replace": _replace,
    "salad": lambda m: m.rng.sample(m.words, len(m.words)),
    "swap": _swap,
    UNTRANSLATED: _untranslated,
    "wrong": lambda m: m.others,
}
_SPACED: dict[str, Callable[[Material], list[str]]] = {
    "function": _without_short,
    "name": _rename,
    "negation": _negate,
    "typo": _misspell,
}
