"""How alike two names sound, whatever languages and scripts their spellings went through.

Transliteration mistakes keep a name's skeleton of consonants and blur the rest: f for v, j for g,
i for y, vowels changed or lost, letters doubled. The distance is a weighted edit distance over
sounds (after the idea of Editex: Zobel and Dart, 1996); the sounds and what mistaking them costs
are in ``text/tables/sounds.yaml``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate
from math import inf

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

# Names that are farther apart than this have nothing in common, and how far does not matter.
_FAR = 0.4

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


@lru_cache(maxsize=65536)
def skeleton_keys(name: str) -> tuple[str, ...]:
    """The skeleton, and the skeleton without each of its consonants; each key once.

    Two names that are one consonant apart (changed, added or lost) share a key.
    """
    consonants = skeleton(name)
    shorter = (consonants[:i] + consonants[i + 1 :] for i in range(len(consonants)))
    return tuple(dict.fromkeys((consonants, *shorter)))


@lru_cache(maxsize=65536)
def sound_distance(a: str, b: str) -> float:
    """How far two names are apart by ear: 0 the same, 1 nothing in common; symmetric.

    Below 0.1 only blurred sounds differ; above 0.3 the names have little more than length in
    common; what would be above 0.4 is 1.
    """
    first, second = sounds(a), sounds(b)
    if not first or not second:
        return 0.0 if first == second else 1.0
    whole = max(_weight(first), _weight(second))
    return min(1.0, _edits(first, second, _FAR * whole) / whole)


@lru_cache(maxsize=65536)
def _weight(heard: str) -> float:
    return sum(_VOWEL_WEIGHT if sound in _VOWELS else 1.0 for sound in heard)


@lru_cache(maxsize=65536)
def _drops(heard: str) -> tuple[float, ...]:
    """What leaving out each of the sounds costs."""
    spellings = _spellings()
    return tuple(spellings.drop(heard, i) for i in range(len(heard)))


def _edits(first: str, second: str, limit: float) -> float:
    """The least cost of turning one row of sounds into the other; infinite if it is above the limit."""
    near, lost = _spellings().near, _drops(second)
    row = [0.0, *accumulate(lost)]
    for sound, drop in zip(first, _drops(first), strict=True):
        above, costs = row, near.get(sound, {})
        last = above[0] + drop
        row = [last]
        for j, other in enumerate(second):
            # Comparisons, for they are faster than min(), and this is where the time goes.
            best = above[j] if sound == other else above[j] + costs.get(other, 1.0)
            down, right = above[j + 1] + drop, last + lost[j]
            last = best if best < down else down
            last = last if last < right else right
            row.append(last)
        if min(row) > limit:
            return inf
    return last if last <= limit else inf


@dataclass(frozen=True, slots=True)
class _Spellings:
    """The table of sounds, made ready."""

    graphemes: Mapping[str, str]
    pattern: re.Pattern[str]
    near: Mapping[str, Mapping[str, float]]
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
    near: dict[str, dict[str, float]] = {}
    for pair, cost in facts["near"].items():
        for sound, other in (pair, pair[::-1]):
            near.setdefault(sound, {})[other] = cost
    return _Spellings(
        graphemes,
        re.compile("|".join(longest_first)),
        near,
        facts["dropped"],
        facts["dropped_at_end"],
    )
