"""What stands around a number: sign, currency, unit, percent, hours, years, names with digits."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import islice
from math import prod

from mtqe.data import Span
from mtqe.text.numbers_facts import Facts
from mtqe.text.numbers_types import Number

# How far left and right of a number its sign, currency and unit can stand.
_REACH = 24

_CURRENCY_BEFORE = re.compile(
    r"([a-z]{0,3}[$€£¥￥₽₹₩₺₴]|\b(?:usd|eur|gbp|jpy|cny|rmb|rub|inr|chf|krw))\s?-?$"
)
_NAME_BEFORE = re.compile(r"[^\W\d_]['’.]?[-/_‑–#]?$|[#@_]$")
_CAPITAL_BEHIND = re.compile(r"[^\W\d_]")
_MINUS_BEFORE = re.compile(r"(?:^|[\s(\[:,~])-(?:[a-z]{0,3}[$€£¥])?$")
_PERCENT = re.compile(
    r"\s?(?:%|‰|percent\b|per cent\b|prozent|pour cent\b|por ciento\b|per cento\b|por cento\b"
    "|процент|パーセント|个百分点|個百分點)"
)
_PERCENT_BEFORE = "百分之"
_WORD = re.compile(r"[^\W\d_]+[²2]?(?:/h\b)?|°\s?[cf]?|[℃℉²%$€£¥￥₽₹₩₺₴\"”]|/h\b")
_ORDINAL = re.compile(r"^(?:st|nd|rd|th|er|ème|e|[ºª.])(?![^\W\d_])")
_CLOCK = re.compile(r"\s?[:.：]\s?[0-5]\d(?!\d)|\s?h\b")
# What may stand between a number and its unit.
_FILLERS = " \u00a0\u202f-多余餘来个個"
_LONGEST_HAN_NAME = 8
_MOST_WORDS = 3
_HAN_OR_KANA = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_UNIT_SUFFIX = frozenset(["st", "nd", "rd", "th", "er", "e", "è", "me", "ème", "ª", "º", "s", "x", "er"])
_RANGE_GAP = re.compile(r"[^\n;.。!?()]{1,8}")

_HALF_DAY = Decimal(12)
_DAY = Decimal(24)
_CENTURY = Decimal(100)
_NINETEEN, _TWENTY_ONE = Decimal(1900), Decimal(2100)
_TWENTY = Decimal(20)


def in_place(text: str, number: Number, language: Facts) -> Number:
    """``number`` with what ``text`` says around it; ``text`` is narrow."""
    before = text[max(0, number.start - _REACH) : number.start].lower()
    after = text[number.end : number.end + _REACH].lower()
    implied = set(number.implied)
    for value in (*number.readings, *number.parts):
        implied.update(_hours(value, before, after, language))
        implied.update(_years(value))
        implied.update(_tenths(value, after, language))
    currency, place = _currency(before, after, number, language)
    return replace(
        number,
        implied=frozenset(implied),
        currency=currency,
        currency_span=place,
        percent=_PERCENT.match(after) is not None or before.endswith(_PERCENT_BEFORE),
        unit=_name_behind(after, language.units)[0],
        negative=_MINUS_BEFORE.search(before) is not None,
        identifier=number.kind == "digits"
        and not currency
        and _is_identifier(text, number, before, language),
    )


def with_ranges(text: str, numbers: Sequence[Number]) -> list[Number]:
    """In "5 to 10 million" and "5, 7 and 10 million" the smaller numbers are millions too."""
    ranged = list(numbers)
    for i in range(len(ranged) - 2, -1, -1):
        number, following = ranged[i], ranged[i + 1]
        scale = _scale(following)
        if (
            scale
            and not number.scaled
            and number.value
            and _RANGE_GAP.fullmatch(text, number.end, following.start)
        ):
            implied = number.implied | {number.value * scale, *(r * scale for r in number.readings)}
            ranged[i] = replace(number, implied=implied, unit=number.unit or following.unit)
        elif (
            number.unit is None and following.unit and _RANGE_GAP.fullmatch(text, number.end, following.start)
        ):
            ranged[i] = replace(number, unit=following.unit)
    return ranged


def _scale(number: Number) -> Decimal | None:
    """What all its scale words multiply a number by, if they make hundreds or more."""
    scale = prod(number.scales, start=Decimal(1))
    return scale if scale >= _CENTURY else None


def _hours(value: Decimal, before: str, after: str, language: Facts) -> list[Decimal]:
    """3 pm is 15 o'clock, 15:30 is half past three, midnight is 0, 12 or 24."""
    if not 0 <= value <= _DAY or value != int(value):
        return []
    clock = _CLOCK.match(after) is not None
    near = clock or any(_near(word, before[-8:], after[:14]) for word in language.later)
    if not near:
        return []
    return [value + _HALF_DAY] if value <= _HALF_DAY else [value - _HALF_DAY]


def _near(word: str, before: str, after: str) -> bool:
    if not word.isascii() and _HAN_OR_KANA.match(word):
        return word in before or after.startswith(word)
    return re.search(rf"\b{re.escape(word)}\b", after) is not None


def _years(value: Decimal) -> list[Decimal]:
    """1998 is '98, and the nineties are the 1990s."""
    if value != int(value):
        return []
    if _NINETEEN <= value < _TWENTY_ONE:
        return [value % _CENTURY]
    if _TWENTY <= value < _CENTURY and value % 10 == 0:
        return [_NINETEEN + value]
    return []


def _tenths(value: Decimal, after: str, language: Facts) -> list[Decimal]:
    """六成 is 60 percent; 90 percent are nine of ten."""
    if after.startswith(language.tenths):
        return [value * 10]
    return [value / 10] if value <= _CENTURY and value % 10 == 0 and _PERCENT.match(after) else []


def _currency(before: str, after: str, number: Number, language: Facts) -> tuple[str | None, Span | None]:
    """The name of the currency at a number, and where it stands."""
    if found := _CURRENCY_BEFORE.search(before):
        start = number.start - len(before) + found.start(1)
        return _known(found[1], language), (start, start + len(found[1]))
    name, (start, end) = _name_behind(after, language.currencies)
    return name, (number.end + start, number.end + end) if name else None


def _known(sign: str, language: Facts) -> str | None:
    names = {name.lower(): value for name, value in language.currencies.items()}
    return names.get(sign) or names.get(sign[-1:])


def _name_behind(after: str, names: Mapping[str, str]) -> tuple[str | None, Span]:
    """The longest name of the table that the text goes on with, and its range."""
    rest = _ORDINAL.sub("", after, count=1).lstrip(_FILLERS)
    start = len(after) - len(rest)
    if _HAN_OR_KANA.match(rest):
        size = next((n for n in range(_LONGEST_HAN_NAME, 0, -1) if rest[:n] in names), 0)
        return names.get(rest[:size]), (start, start + size)
    words = [match.span() for match in islice(_WORD.finditer(rest), _MOST_WORDS)]
    for _, end in reversed(words if words and words[0][0] == 0 else []):
        if (name := " ".join(_WORD.findall(rest[:end]))) in names:
            return names[name], (start, start + end)
    return None, (0, 0)


def _is_identifier(text: str, number: Number, before: str, language: Facts) -> bool:
    """Whether digits are part of a name or code: G20, COVID-19, 5G, A-4."""
    if _NAME_BEFORE.search(before) and not _HAN_OR_KANA.match(before[-1]):
        return True
    behind = text[number.end : number.end + 1]
    if not _CAPITAL_BEHIND.match(behind) or _HAN_OR_KANA.match(behind):
        return False
    letters = re.match(r"[^\W\d_]+", text[number.end : number.end + _REACH])
    suffix = letters[0] if letters else ""
    return suffix.isupper() and not _is_suffix(suffix, language)


def _is_suffix(letters: str, language: Facts) -> bool:
    """Whether letters behind digits are an ending, a scale or a unit; "5G" is no weight."""
    low = letters.lower()
    is_unit = letters in language.units or (len(letters) > 1 and low in language.units)
    return low in _UNIT_SUFFIX or low in language.scales or is_unit
