"""Numbers in Han characters, alone or with digits: 三千五百万, 350万, 二〇一八."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

DIGIT_VALUES = {c: Decimal(i) for i, c in enumerate("零一二三四五六七八九")} | {
    "〇": Decimal(0),
    "两": Decimal(2),
    "兩": Decimal(2),
    "廿": Decimal(20),
}
SMALL_SCALES = {"十": Decimal(10), "百": Decimal(100), "千": Decimal(1000)}
LARGE_SCALES = {
    "万": Decimal(10**4),
    "萬": Decimal(10**4),
    "亿": Decimal(10**8),
    "億": Decimal(10**8),
    "兆": Decimal(10**12),
}
_SCALES = SMALL_SCALES | LARGE_SCALES

# "More than", between a number and its scale: 100多万.
ABOUT = "多余餘来几幾数"
HAN = "".join(DIGIT_VALUES) + "".join(_SCALES)

# 千 before one of these is a part of the unit: 千瓦 is a kilowatt.
_KILO_UNITS = "瓦克米伏卡帕赫焦"
HAN_RUN = f"(?:[{HAN.replace('千', '')}]|千(?![{_KILO_UNITS}]))++"

_TEN = Decimal(10)

# Longer rows are no quantities, and their scales multiplied would leave every bound.
_MOST_TOKENS = 24

# A character, or digits that were read before.
Token = str | Decimal


def has_scale(tokens: Sequence[Token]) -> bool:
    """Whether one of the tokens is 十, 百, 千, 万, 亿 or 兆."""
    return any(token in _SCALES for token in tokens if isinstance(token, str))


def has_digit(tokens: Sequence[Token]) -> bool:
    """Whether one of the tokens is more than a scale."""
    return any(isinstance(token, Decimal) or token in DIGIT_VALUES for token in tokens)


def is_vague(tokens: Sequence[Token]) -> bool:
    """Whether two digits in a row stand beside a scale: 十四五 is fourteen or fifteen."""
    digits = [not isinstance(token, str) or token in DIGIT_VALUES for token in tokens]
    return has_scale(tokens) and any(a and b for a, b in pairwise(digits))


def read_han(tokens: Sequence[Token]) -> tuple[Decimal, ...]:
    """What the tokens mean, likeliest first: by their scales, or digit by digit."""
    if not has_scale(tokens):
        return (_by_place(tokens),)
    whole = _by_scale(tokens)
    return (whole, *_clipped(tokens, whole))


def digit_atoms(tokens: Sequence[Token]) -> frozenset[Decimal]:
    """The digits among the tokens, one by one: 七八十 says 7 and 8."""
    return frozenset(t if isinstance(t, Decimal) else DIGIT_VALUES[t] for t in tokens if t not in _SCALES)


def scale_atoms(tokens: Sequence[Token]) -> tuple[Decimal, ...]:
    """The scales among the tokens."""
    return tuple(_SCALES[t] for t in tokens[:_MOST_TOKENS] if isinstance(t, str) and t in _SCALES)


def _by_place(tokens: Sequence[Token]) -> Decimal:
    value = Decimal(0)
    for token in tokens[:_MOST_TOKENS]:
        value = value * 10 + DIGIT_VALUES.get(str(token), Decimal(0))
    return value


def _by_scale(tokens: Sequence[Token]) -> Decimal:
    total, section, last = Decimal(0), Decimal(0), Decimal(0)
    number: Decimal | None = None
    for token in tokens[:_MOST_TOKENS]:
        if isinstance(token, str) and token in SMALL_SCALES:
            section += (Decimal(1) if number is None else number) * SMALL_SCALES[token]
            number = None
        elif isinstance(token, str) and token in LARGE_SCALES:
            total, last = _scaled(total, section + (number or 0), LARGE_SCALES[token], last)
            section, number = Decimal(0), None
        else:
            digit = token if isinstance(token, Decimal) else DIGIT_VALUES[token]
            number = digit if number is None else number * 10 + digit
    return total + section + (number or 0)


def _scaled(total: Decimal, section: Decimal, scale: Decimal, last: Decimal) -> tuple[Decimal, Decimal]:
    """The total after a large scale: 2万 times 亿, or 1億 plus 2000 times 万."""
    if not section:
        return (total or Decimal(1)) * scale, scale
    return ((total + section) * scale if scale > last > 0 else total + section * scale), scale


def _clipped(tokens: Sequence[Token], whole: Decimal) -> list[Decimal]:
    """两万五 is 25,000 in speech: the last digit counts tenths of the scale before it."""
    if len(tokens) < 3 or not isinstance(tokens[-1], str) or not isinstance(tokens[-2], str):
        return []
    digit, scale = DIGIT_VALUES.get(tokens[-1]), _SCALES.get(tokens[-2])
    return [whole - digit + digit * scale / 10] if digit and scale and scale > _TEN else []
