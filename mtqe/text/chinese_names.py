"""Chinese text as names: how its characters read aloud, and which of them write a foreign name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from anyascii import anyascii

from mtqe.data import Span
from mtqe.text.tables import table

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")

# The longest name that is looked for; foreign ones take as many characters as syllables.
LONGEST = 8


@dataclass(frozen=True, slots=True)
class ChineseNames:
    """The table ``chinese_names.yaml``, made ready."""

    surnames: frozenset[str]
    compound_surnames: frozenset[str]
    elsewhere_surnames: frozenset[str]
    readings: dict[str, str]
    sounds: frozenset[str]
    foreign: re.Pattern[str]  # a row of characters that write foreign names
    own_spelling: re.Pattern[str]
    abroad: re.Pattern[str]
    place_ends: re.Pattern[str]  # what follows the name of a Chinese place


@cache
def chinese_names() -> ChineseNames:
    """What is known of names in Chinese."""
    facts = table("chinese_names")["zh"]
    sounds = facts["sounds"].replace(" ", "")
    return ChineseNames(
        frozenset(facts["surnames"].replace(" ", "")),
        frozenset(facts["compound_surnames"]),
        frozenset(facts["elsewhere_surnames"]),
        facts["readings"],
        frozenset(sounds),
        re.compile(f"[{sounds}{facts['sounds_too'].replace(' ', '')}]{{2,}}"),
        re.compile("|".join(facts["own_spelling"])),
        re.compile("|".join((*facts["own_spelling"], *facts["abroad"]))),
        re.compile(f"[{facts['place_ends']}]"),
    )


@lru_cache(maxsize=16384)
def readings(character: str) -> tuple[str, ...]:
    """The Mandarin syllables that a character may stand for, without tones; none if it is no character."""
    if not _HAN.match(character):
        return ()
    usual = anyascii(character).strip().lower()
    other = chinese_names().readings.get(character, usual)
    return (usual,) if other == usual else (usual, other)


@lru_cache(maxsize=16384)
def pinyin(characters: str) -> str:
    """The usual reading of a row of characters: "zhangsan" of 张三."""
    return "".join(syllable for character in characters for syllable in readings(character)[:1])


@lru_cache(maxsize=65536)
def heard_as(characters: str) -> str:
    """How a row of characters sounds as a foreign name: "meriken" of 梅里肯, not "meiliken"."""
    sounds = table("chinese_sounds")["zh"]
    return "".join(sounds.get(character) or pinyin(character) for character in characters)


def read_as(text: str, letters: str, at_most: int = LONGEST) -> Iterator[Span]:
    """Where ``text`` has characters that read ``letters``, as a whole and in at most so many characters."""
    for start in range(len(text)):
        end = _read_from(text, start, letters, at_most)
        if end is not None:
            yield start, end


def _read_from(text: str, start: int, letters: str, at_most: int) -> int | None:
    if not letters:
        return start
    if start == len(text) or not at_most:
        return None
    for syllable in readings(text[start]):
        if letters.startswith(syllable):
            end = _read_from(text, start + 1, letters[len(syllable) :], at_most - 1)
            if end is not None:
                return end
    return None


def surname_length(text: str, start: int) -> int:
    """How many characters of a Chinese surname stand at ``start``: 2, 1 or 0."""
    names = chinese_names()
    if text[start : start + 2] in names.compound_surnames:
        return 2
    return 1 if text[start : start + 1] in names.surnames else 0


def foreign_rows(text: str) -> Iterator[Span]:
    """The rows of characters of which a foreign name may be part, as half-open ranges."""
    yield from (match.span() for match in chinese_names().foreign.finditer(text))


def writes_sound(characters: str, least: float) -> bool:
    """Whether so large a share of the characters writes little else than the sounds of foreign names."""
    sounds = chinese_names().sounds
    return sum(character in sounds for character in characters) >= least * len(characters)
