"""Writing systems: which one a text or a language uses, by ISO 15924 codes."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from functools import cache

import langcodes

# First and last code points of the blocks that hold a script's letters.
_BLOCKS = (
    ("Latn", 0x41, 0x24F),
    ("Grek", 0x370, 0x3FF),
    ("Cyrl", 0x400, 0x52F),
    ("Armn", 0x530, 0x58F),
    ("Hebr", 0x590, 0x5FF),
    ("Arab", 0x600, 0x77F),
    ("Deva", 0x900, 0x97F),
    ("Beng", 0x980, 0x9FF),
    ("Guru", 0xA00, 0xA7F),
    ("Gujr", 0xA80, 0xAFF),
    ("Orya", 0xB00, 0xB7F),
    ("Taml", 0xB80, 0xBFF),
    ("Telu", 0xC00, 0xC7F),
    ("Knda", 0xC80, 0xCFF),
    ("Mlym", 0xD00, 0xD7F),
    ("Sinh", 0xD80, 0xDFF),
    ("Thai", 0xE00, 0xE7F),
    ("Laoo", 0xE80, 0xEFF),
    ("Tibt", 0xF00, 0xFFF),
    ("Mymr", 0x1000, 0x109F),
    ("Geor", 0x10A0, 0x10FF),
    ("Hang", 0x1100, 0x11FF),
    ("Ethi", 0x1200, 0x137F),
    ("Khmr", 0x1780, 0x17FF),
    ("Latn", 0x1E00, 0x1EFF),
    ("Grek", 0x1F00, 0x1FFF),
    ("Kana", 0x3040, 0x30FF),
    ("Hani", 0x3400, 0x9FFF),
    ("Hang", 0xAC00, 0xD7AF),
    ("Hani", 0xF900, 0xFAFF),
    ("Hani", 0x20000, 0x3FFFF),
)
_STARTS = [first for _, first, _ in _BLOCKS]

UNKNOWN = "Zyyy"

# What langcodes calls the mixed writing of a language, in the scripts that it mixes.
_MIXED = {
    "Hans": ("Hani",),
    "Hant": ("Hani",),
    "Jpan": ("Hani", "Kana"),
    "Kore": ("Hang", "Hani"),
}


def script_of_letter(letter: str) -> str:
    """The script of one letter; "Zyyy" for what is no letter or of a script that is not known here."""
    code = ord(letter)
    name, _, last = _BLOCKS[max(bisect_right(_STARTS, code) - 1, 0)]
    return name if code <= last and letter.isalpha() else UNKNOWN


def script_of(text: str) -> str:
    """The script of most letters of a text; "Zyyy" if it has none."""
    counts = Counter(map(script_of_letter, text))
    del counts[UNKNOWN]
    return max(counts, key=counts.__getitem__, default=UNKNOWN)


@cache
def scripts_of(language: str) -> tuple[str, ...]:
    """The scripts that a language (BCP 47) is written in: Han and kana for "ja"; none if not known."""
    try:
        script = langcodes.Language.get(language).maximize().script
    except ValueError:
        return ()
    return () if script is None else _MIXED.get(script, (script,))


@cache
def letters_outside(scripts: tuple[str, ...]) -> re.Pattern[str]:
    """Matches one letter of a script known here that is none of ``scripts``."""
    ranges = "".join(f"{chr(a)}-{chr(b)}" for name, a, b in _BLOCKS if name not in scripts)
    return re.compile(rf"(?=[^\W\d_])[{ranges}]")
