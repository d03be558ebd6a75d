"""People's sentences spoilt in one way each, for detectors that no human marks exist for.

Each function gives the spoilt text, or None where there is nothing to spoil. Which place is
spoilt follows from the text alone, so that every run spoils the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from zlib import crc32

_WORD = re.compile(r"[^\W\d_]{4,}")
_COMMA = re.compile(r"(?<=\w), ")
_OPENING = re.compile(r"(?<=\w) [“«](?=\w)")
_CLOSING = re.compile(r"(?<=\w)[”»](?= \w)")


def pick(text: str, pattern: re.Pattern[str]) -> re.Match[str] | None:
    """One of the places where a pattern matches."""
    found = list(pattern.finditer(text))
    return found[crc32(text.encode()) % len(found)] if found else None


def read_as_windows_1252(text: str) -> str | None:
    """Bytes of UTF-8 taken for Windows-1252, in one word that has more than ASCII letters."""
    match = pick(text, re.compile(r"\b(?=\w*[à-ÿ])\w{3,}"))
    if match is None:
        return None
    garbled = match.group().encode().decode("cp1252", errors="replace")
    return text[: match.start()] + garbled + text[match.end() :]


def space_before_comma(text: str) -> str | None:
    """A space before a comma."""
    match = pick(text, _COMMA)
    return None if match is None else f"{text[: match.start()]} {text[match.start() :]}"


def words_joined(text: str) -> str | None:
    """Two words without the space between them."""
    match = pick(text, re.compile(r"(?<=[a-z]{3}) (?=[a-z]{3})"))
    return None if match is None else text[: match.start()] + text[match.end() :]


def opening_mark_moved(text: str) -> str | None:
    """An opening quotation mark at the end of the word before."""
    match = pick(text, _OPENING)
    return None if match is None else text[: match.start()] + match.group()[::-1] + text[match.end() :]


def closing_mark_moved(text: str) -> str | None:
    """A closing quotation mark at the start of the word behind it."""
    match = pick(text, _CLOSING)
    if match is None:
        return None
    return f"{text[: match.start()]} {match.group()}{text[match.end() :].lstrip()}"


def word_doubled(text: str) -> str | None:
    """A word twice."""
    match = pick(text, _WORD)
    return None if match is None else f"{text[: match.end()]} {match.group()}{text[match.end() :]}"


def digit_changed(text: str) -> str | None:
    """Another digit in a number."""
    match = pick(text, re.compile(r"\d"))
    if match is None:
        return None
    return text[: match.start()] + str((int(match.group()) + 3) % 10) + text[match.end() :]


# By detector, what is done and to texts of which languages; "source" where it shows beside one alone.
SPOILT: dict[str, list[tuple[Callable[[str], str | None], tuple[str, ...]]]] = {
    "mojibake": [(read_as_windows_1252, ("de", "fr", "es", "pt", "it"))],
    "spacing": [(space_before_comma, ("en", "de", "es")), (words_joined, ("en", "de", "fr", "es"))],
    "broken_quote": [(opening_mark_moved, ("en",)), (closing_mark_moved, ("en",))],
    "repetition": [(word_doubled, ("en", "de", "fr", "es", "ru"))],
    "number_mismatch": [(digit_changed, ("en", "de", "fr", "es", "ru", "zh"))],
}
