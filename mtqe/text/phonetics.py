"""How alike two names sound, whatever languages and scripts their spellings went through.

Transliteration mistakes keep a name's skeleton of consonants and blur the rest: f for v, j for g,
i for y, vowels changed or lost, letters doubled. The distance is a weighted edit distance over
sounds (after the idea of Editex: Zobel and Dart, 1996); the sounds and what mistaking them costs
are in ``text/tables/sounds.yaml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate

from anyascii import anyascii

from mtqe.text.tables import table

_VOWELS = frozenset("AEIOU")

# A vowel says half as much about who is meant as a consonant does.
_VOWEL_WEIGHT = 0.5

# Names are looked up by their consonants in these classes, within which mistakes are common.
_SKELETON = str.maketrans(
    {**dict.fromkeys("PBFVW", "P"), **dict.fromkeys("TD", "T"), **dict.fromkeys("SZCXc", "S")}
    | {**dict.fromkeys("KGJg", "K"), **dict.fromkeys("MN", "N"), **dict.fromkeys("LR", "L")}
    | dict.fromkeys("AEIOUHY", "")
)

# Longer names are no names; the distance takes time in proportion to the product of the lengths.
_LONGEST = 24

_NOT_LETTERS = re.compile(r"[^a-z]+")


@lru_cache(maxsize=65536)
def romanise(name: str) -> str:
    """``name`` in lower-case Latin letters alone: "bjornsson" of "Björnsson", "ivanov" of "Иванов"."""
    lower = name.lower()
    return _NOT_LETTERS.sub("", lower if lower.isascii() else anyascii(lower).lower())


@lru_cache(maxsize=65536)
def sounds(name: str) -> str:
    """The sounds of a name, one character each, as ``text/tables/sounds.yaml`` defines them."""
    letters = romanise(name)[:_LONGEST]
    graphemes = _spellings().graphemes
    heard: list[str] = []
    for grapheme in _spellings().pattern.findall(letters):
        heard += [sound for sound in graphemes[grapheme] if not heard or sound != heard[-1]]
    return "".join(heard)


def skeleton(name: str) -> str:
    """The classes of the consonants of a name: alike for spellings that differ in blurred sounds."""
    return sounds(name).translate(_SKELETON)


def skeleton_keys(name: str) -> Iterator[str]:
    """The skeleton, and the skeleton without each of its consonants.

    Two names that are one consonant apart (changed, added or lost) share a key.
    """
    consonants = skeleton(name)
    yield consonants
    yield from {consonants[:i] + consonants[i + 1 :] for i in range(len(consonants))}


@lru_cache(maxsize=65536)
def sound_distance(a: str, b: str) -> float:
    """How far two names are apart by ear: 0 the same, 1 nothing in common; symmetric.

    Below 0.1 only blurred sounds differ; above 0.3 the names have little more than length in common.
    """
    first, second = sounds(a), sounds(b)
    if not first or not second:
        return 0.0 if first == second else 1.0
    return min(1.0, _edits(first, second) / max(_weight(first), _weight(second)))


def _weight(heard: str) -> float:
    return sum(_VOWEL_WEIGHT if sound in _VOWELS else 1.0 for sound in heard)


def _edits(first: str, second: str) -> float:
    """The least cost of turning one row of sounds into the other."""
    spellings = _spellings()
    near = spellings.near
    lost = [spellings.drop(second, i) for i in range(len(second))]
    row = [0.0, *accumulate(lost)]
    for i, sound in enumerate(first):
        drop = spellings.drop(first, i)
        above, row = row, [row[0] + drop]
        for j, other in enumerate(second):
            change = 0.0 if sound == other else near.get(sound + other, 1.0)
            row.append(min(above[j] + change, above[j + 1] + drop, row[j] + lost[j]))
    return row[-1]


@dataclass(frozen=True, slots=True)
class _Spellings:
    """The table of sounds, made ready."""

    graphemes: Mapping[str, str]
    pattern: re.Pattern[str]
    near: Mapping[str, float]
    dropped: Mapping[str, float]
    dropped_at_end: Mapping[str, float]

    def drop(self, heard: str, index: int) -> float:
        """What leaving out the sound at ``index`` costs."""
        sound = heard[index]
        cost = self.dropped.get(sound, 1.0)
        if index == len(heard) - 1:
            return min(cost, self.dropped_at_end.get(sound, 1.0))
        # The first sound of a name is the last to be lost.
        return min(1.0, 2 * cost) if index == 0 else cost


@cache
def _spellings() -> _Spellings:
    facts = table("sounds")["any"]
    graphemes = facts["graphemes"]
    longest_first = sorted(graphemes, key=lambda grapheme: (-len(grapheme), grapheme))
    near = {pair: cost for key, cost in facts["near"].items() for pair in (key, key[::-1])}
    return _Spellings(
        graphemes,
        re.compile("|".join(longest_first)),
        near,
        facts["dropped"],
        facts["dropped_at_end"],
    )
