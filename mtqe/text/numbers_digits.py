"""What a run of digits with points, commas and spaces in it may mean."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from itertools import pairwise

# A run starts and ends with a digit. Spaces join groups of exactly three; other separators any.
# Possessive: a long run is read once.
SPACES = " \u00a0\u2009\u202f"
DIGITS = (
    rf"(?<!\d)\d{{1,3}}(?:[{SPACES}]\d{{3}}(?!\d))++(?:[.,]\d++)?(?![.,]?\d)"
    r"|\d++(?:[.,'’٫٬·．]\d++)*+"
)

_SEPARATOR = re.compile(r"[^\d]")
_THOUSAND = 3

# Longer runs are codes: nobody reads them as a quantity, and arithmetic would cut them.
_MOST_DIGITS = 24


def read_digits(run: str, point: str) -> tuple[tuple[Decimal, ...], tuple[Decimal, ...]]:
    """The readings of a run, likeliest first, and the numbers that it may be a row of.

    ``point`` is what the language writes before decimals. "1.234" is 1234 or 1.234 whatever the
    language; "12.03.2018" has no reading and is the row 12, 3, 2018.
    """
    run = _ascii(run)
    chunks = _SEPARATOR.split(run)
    separators = _SEPARATOR.findall(run)
    values = tuple(_value(chunk) for chunk in chunks)
    if not separators:
        return values, _military(run)
    grouped = [_value("".join(chunks))] if _grouped(chunks, separators) else []
    decimal = [_fraction(chunks)] if _has_decimals(chunks, separators) else []
    first = decimal + grouped if separators[-1] in (point, "٫") else grouped + decimal
    return tuple(first), values


def _military(run: str) -> tuple[Decimal, ...]:
    """Hours and minutes of 0430."""
    return (_value(run[:2]), _value(run[2:])) if len(run) == 4 and run.startswith("0") else ()


def _ascii(run: str) -> str:
    """Digits of any script as 0 to 9."""
    return run if run.isascii() else "".join(_plain(c) for c in run)


def _plain(character: str) -> str:
    if character.isdigit():
        return str(unicodedata.digit(character))
    return {"·": ".", "．": "."}.get(character, character)


def _value(digits: str) -> Decimal:
    return Decimal(digits) if len(digits) <= _MOST_DIGITS else Decimal(digits[:_MOST_DIGITS])


def _fraction(chunks: list[str]) -> Decimal:
    whole, decimals = "".join(chunks[:-1]), chunks[-1]
    return Decimal(f"{whole[:_MOST_DIGITS]}.{decimals[:_MOST_DIGITS]}")


def _grouped(chunks: list[str], separators: list[str]) -> bool:
    """Whether the separators may all stand between thousands: 1,234,567 or 12,34,567."""
    if len(set(separators)) > 1 or not 1 <= len(chunks[0]) <= _THOUSAND or chunks[0].startswith("0"):
        return False
    inner, last = chunks[1:-1], chunks[-1]
    alike = all(len(chunk) == _THOUSAND for chunk in inner) or (
        separators[0] == "," and all(len(chunk) == 2 for chunk in inner)
    )
    return alike and len(last) == _THOUSAND


def _has_decimals(chunks: list[str], separators: list[str]) -> bool:
    """Whether the last separator may be the decimal point: the only one, or another than the rest."""
    if separators[-1] not in ".,٫·":
        return False
    if len(separators) == 1:
        return True
    return separators[-1] not in separators[:-1] and _grouped(chunks[:-1], separators[:-1])


def looks_like_row(run: str) -> bool:
    """Whether a run is a date, a version or an address and no number: 12.03.2018."""
    return bool(_SEPARATOR.search(run)) and not read_digits(run, ".")[0]


def chunk_spans(run: str) -> list[tuple[int, int]]:
    """Ranges of the parts between separators."""
    cuts = [-1, *(match.start() for match in _SEPARATOR.finditer(run)), len(run)]
    return [(a + 1, b) for a, b in pairwise(cuts)]
