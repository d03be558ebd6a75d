"""Whether numbers of two texts say the same: as written, rounded, in other units, by the century."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from decimal import Decimal
from math import prod

from mtqe.text.numbers_facts import currency_codes, unit_size
from mtqe.text.numbers_types import Number

# Only large numbers are rounded by translators, and to no less than two digits.
_LEAST_ROUNDED = Decimal(10_000)
_LEAST_DIGITS = 2

# How far a conversion to other units may be off: 100 km are called 60 miles, 90 °F are called 30 °C.
_CONVERSION_SLACK = 0.07
_DEGREES_SLACK = 2.5
_FREEZING = {"F": 32.0}

_CENTURY = 100


def agrees(number: Number, said: Set[Decimal], meant: Set[Decimal]) -> bool:
    """Whether a reading, or every part, is among ``said``, or what it implies among ``meant``."""
    if any(reading in said for reading in number.readings) or any(value in meant for value in number.implied):
        return True
    return bool(number.parts) and all(part in said for part in number.parts if part)


def is_rounded(number: Number, others: Sequence[Number]) -> bool:
    """Whether a large number is one of the others rounded, or the other way round."""
    values = [v for other in others for v in other.readings if v >= _LEAST_ROUNDED]
    return any(_near(r, v) for r in number.readings if r >= _LEAST_ROUNDED for v in values)


def is_cut(number: Number, other: Number) -> bool:
    """Whether one of two numbers is the other with fewer decimals, rounded."""
    return number.value is not None and other.value is not None and _near(number.value, other.value)


def _near(a: Decimal, b: Decimal) -> bool:
    return any(
        (digits := _digits(short)) >= _LEAST_DIGITS and Decimal(f"{long:.{digits - 1}e}") == short
        for long, short in ((a, b), (b, a))
    )


def _digits(value: Decimal) -> int:
    """How many digits a number has without the zeros behind."""
    text = f"{value:f}"
    return len((text.rstrip("0").replace(".", "") if "." in text else text).strip("0"))


def is_converted(number: Number, others: Sequence[Number]) -> bool:
    """Whether a number is one of the others in another unit, or in the century that the other counts."""
    return any(_same_century(number, other) or _same_size(number, other) for other in others)


def _same_century(a: Number, b: Number) -> bool:
    """The 20th century and 1960, either way round."""
    century, year = (a, b) if a.unit == "century" else (b, a)
    if century.unit != "century" or century.value is None or year.value is None:
        return False
    return year.value < _LEAST_ROUNDED and year.value // _CENTURY + 1 == century.value


def _same_size(a: Number, b: Number) -> bool:
    if a.unit is None or b.unit is None or a.unit == b.unit:
        return False
    (measure, _), (other, _) = unit_size(a.unit), unit_size(b.unit)
    if measure != other:
        return False
    ours, theirs = _sizes(a), _sizes(b)
    least = _DEGREES_SLACK if measure == "temperature" else 0.0
    return any(abs(x - y) <= max(_CONVERSION_SLACK * abs(y), least) for x in ours for y in theirs)


def _sizes(number: Number) -> list[float]:
    unit = str(number.unit)
    _, size = unit_size(unit)
    return [(float(v) - _FREEZING.get(unit, 0.0)) * size for v in number.readings]


def unscaled(number: Number) -> list[Decimal]:
    """The readings without the scale words: 570 of "570 thousand"."""
    scales = {*number.scales, prod(number.scales, start=Decimal(1))}
    return [reading / scale for reading in number.readings for scale in scales if number.scaled]


def other_currency(number: Number, others: Sequence[Number]) -> Number | None:
    """The number of the same value whose currency cannot be the same, if none has the same one."""
    if number.currency is None:
        return None
    same = [o for o in others if not set(o.readings).isdisjoint(number.readings)]
    ours = currency_codes(number.currency)
    if not same or any(o.currency is None or not ours.isdisjoint(currency_codes(o.currency)) for o in same):
        return None
    return same[0]


def slip_of(number: Number, others: Iterable[Number]) -> Number | None:
    """The number whose digits are the same but for one, or but for two that changed places."""
    ours = _plain(number)
    return next((o for o in others if len(ours) >= _LEAST_DIGITS and _one_slip(ours, _plain(o))), None)


def _one_slip(a: str, b: str) -> bool:
    if len(a) != len(b):
        return False
    different = [i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
    if len(different) != 2:
        return len(different) == 1
    i, j = different
    return j == i + 1 and a[i] == b[j] and a[j] == b[i]


def _plain(number: Number) -> str:
    return "" if number.value is None else f"{number.value:f}"


def magnitude_changed(a: Number, b: Number) -> bool:
    """Whether one is at least ten times the other."""
    if a.value is None or b.value is None or min(a.value, b.value) <= 0:
        return False
    return max(a.value, b.value) >= 10 * min(a.value, b.value)


def likeness(a: Number, b: Number) -> tuple[int, int]:
    """How alike two numbers are, for pairing what is left over: of a kind, and by their digits."""
    kind = (
        int(a.unit == b.unit)
        + int(a.percent == b.percent)
        + int((a.currency is None) == (b.currency is None))
    )
    ours, theirs = _written(a), _written(b)
    return kind, sum(min(ours.count(d), theirs.count(d)) for d in set(ours)) - abs(len(ours) - len(theirs))


def _written(number: Number) -> str:
    return "" if number.value is None else f"{number.value:f}".strip("0").replace(".", "")
