"""Numbers as a language writes them."""

from __future__ import annotations

from decimal import Decimal

from mtqe.text.numbers_facts import facts

# Below this many, thousands stand without a separator where none was asked for: years, numbers of houses.
_FIRST_GROUPED = Decimal(10_000)

# A large number is written with a word if no more digits than this are left before it.
_MOST_DIGITS = 4

_NO_BREAK = "\u00a0"


def format_number(value: Decimal, language: str, *, grouped: bool = True) -> str:
    """``value`` in digits, in the style of ``language``, or with a word for millions if it is round."""
    return _with_word(value, language) or _digits(value, language, grouped)


def _with_word(value: Decimal, language: str) -> str | None:
    own = facts(language)
    for size, word in sorted(own.large.items(), reverse=True):
        rest = value / size
        if (
            rest >= 1
            and rest * 1000 == int(rest * 1000)
            and len(_plain(rest).replace(".", "")) <= _MOST_DIGITS
        ):
            joint = "" if own.group == "," and not word.isascii() else " "
            return f"{_digits(rest, language, grouped=False)}{joint}{word}"
    return None


def _digits(value: Decimal, language: str, grouped: bool) -> str:
    own = facts(language)
    whole, _, decimals = _plain(abs(value)).partition(".")
    if grouped and Decimal(whole) >= _FIRST_GROUPED:
        separator = _NO_BREAK if own.group == " " else own.group
        whole = f"{int(whole):,}".replace(",", separator)
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}{own.point if decimals else ''}{decimals}"


def _plain(value: Decimal) -> str:
    """All digits, without an exponent and without zeros behind."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
