"""Numbers compared with limits, in words."""

from __future__ import annotations

from mtqe.filters.base import KEEP, Null, Verdict


def check(at_least: float | None, at_most: float | None) -> None:
    """A ValueError for limits that nothing or everything meets."""
    if at_least is None and at_most is None:
        raise ValueError("needs a limit: at_least, at_most or both")
    if at_least is not None and at_most is not None and at_least > at_most:
        raise ValueError(f"at_least {at_least:g} is more than at_most {at_most:g}")


def described(what: str, at_least: float | None, at_most: float | None, unit: str = "") -> str:
    """``quality at least 40``."""
    parts = [f"at least {at_least:g}"] if at_least is not None else []
    parts += [f"at most {at_most:g}"] if at_most is not None else []
    return f"{what} {' and '.join(parts)}{unit}".strip()


def compared(
    value: float, at_least: float | None, at_most: float | None, what: str, unit: str = ""
) -> Verdict:
    """Whether ``value`` is within the limits; if not, ``quality 31.2, less than 40``."""
    if at_least is not None and value < at_least:
        return Verdict(False, f"{what} {_shown(value, at_least)}{unit}, less than {at_least:g}".strip())
    if at_most is not None and value > at_most:
        return Verdict(False, f"{what} {_shown(value, at_most)}{unit}, more than {at_most:g}".strip())
    return KEEP


def unknown(null: Null, what: str, why: str | None) -> Verdict:
    """The verdict on an article that has no number."""
    return KEEP if null == "keep" else Verdict(False, f"{what} is not known" + (f": {why}" if why else ""))


def _shown(value: float, limit: float) -> str:
    """A number with as many digits as tell it from the limit."""
    for digits in range(1, 9):
        text = f"{value:.{digits}f}"
        if float(text) != limit:
            return text.removesuffix(".0")
    return repr(value)
