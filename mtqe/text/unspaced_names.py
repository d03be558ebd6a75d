"""Foreign names in Chinese and Japanese: where they stand, and whether two are spellings of one.

Such names are rows of characters that write sounds, 安东·维尔科夫 or アントン・ベルコフ: in Chinese those of
``text/tables/chinese_names.yaml``, in Japanese katakana. Where neither a point nor another script
bounds it, a row may take in a character too many; such a row has no spelling of its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from mtqe.data import Span
from mtqe.text.chinese_names import foreign_rows
from mtqe.text.phonetics import romanise, sound_distance

# What stands between the first name and the surname.
_POINTS = frozenset("·•‧・･．＝=")

_KATAKANA = re.compile(r"[\u30a1-\u30fa\u30fc]{2,}")

_HAN_AT_END = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+\Z")
_SHORT_FIRST_NAME = 2

# A row without a point is a name only if it is long, and no sentence that happens to have such characters.
_LEAST_ALONE = {"zh": 3, "ja": 4}
_LONGEST_PART = 10

# Two katakana names that are alike without these differ in style: long vowels, doubled consonants, a
# plural's end. アグリゲイツ, アグリゲーツ and アグリゲート are one.
_STYLE = str.maketrans("", "", "ーッ")
_LONG_VOWELS = (("ei", "e"), ("ou", "o"))
_PLURAL = re.compile(r"(?:tsu|[sz]u|[td]o)$")

# No more than half of the characters may differ.
_HALF = 2
_MOST_LONGER = 1


def name_rows(text: str, language: str) -> Iterator[list[Span]]:
    """Foreign names: the ranges of their parts, first name first; short ones only beside a point."""
    for row in _joined(text, _rows(text, language)):
        longest = max(end - start for start, end in row)
        least = _LEAST_ALONE[language] if len(row) == 1 else 0
        if least <= longest <= _LONGEST_PART:
            yield row


def _rows(text: str, language: str) -> Iterator[Span]:
    if language == "zh":
        return (_to_points(text, *row) for row in foreign_rows(text))
    return (match.span() for match in _KATAKANA.finditer(text))


def _to_points(text: str, start: int, end: int) -> Span:
    """A row with the character between it and a point, which is of the name, if no table has it."""
    before = start > 1 and text[start - 2] in _POINTS and text[start - 1].isalpha()
    after = text[end + 1 : end + 2] in _POINTS and text[end].isalpha()
    return start - before, end + after


def _joined(text: str, parts: Iterable[Span]) -> Iterator[list[Span]]:
    """Parts that nothing but a point lies between, together."""
    row: list[Span] = []
    for start, end in parts:
        if row and not (start - row[-1][1] == 1 and text[row[-1][1]] in _POINTS):
            yield row
            row = []
        row = row or _before_point(text, start)
        row.append((start, end))
    if row:
        yield row


def _before_point(text: str, start: int) -> list[Span]:
    """Of a Chinese first name that is no row, its end: the two characters before the point."""
    if start == 0 or text[start - 1] not in _POINTS:
        return []
    first = _HAN_AT_END.search(text, max(start - 1 - _SHORT_FIRST_NAME, 0), start - 1)
    return [first.span()] if first else []


@lru_cache(maxsize=65536)
def respelling(odd: str, usual: str, language: str) -> float | None:
    """How far by ear two spellings are apart; None if they can't be of one name.

    At least half of the characters stay, in their places. Katakana names differ in more than style, and
    may be one longer or shorter; Chinese ones are of one length.
    """
    longer = 0
    if language == "ja":
        if _plain(odd) == _plain(usual):
            return None
        odd, usual, longer = odd.translate(_STYLE), usual.translate(_STYLE), _MOST_LONGER
    if abs(len(odd) - len(usual)) > longer or _changed(odd, usual) * _HALF > len(odd):
        return None
    return sound_distance(odd, usual)


def _plain(katakana: str) -> str:
    """A name's letters without what is style."""
    letters = romanise(katakana.translate(_STYLE))
    for long, short in _LONG_VOWELS:
        letters = letters.replace(long, short)
    return _PLURAL.sub("", letters)


def _changed(odd: str, usual: str) -> int:
    """How many characters differ: one for one, or between what both begin and end with."""
    if len(odd) == len(usual):
        return sum(a != b for a, b in zip(odd, usual, strict=True))
    same = _common(odd, usual)
    rest, other = odd[same:], usual[same:]
    return max(len(rest), len(other)) - _common(rest[::-1], other[::-1])


def _common(a: str, b: str) -> int:
    """How many characters both begin with."""
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
