"""Which differences between two names are legitimate, and which of them looks like the right one."""

from __future__ import annotations

import re
from functools import lru_cache

from mtqe.text.names import case_endings, feminine_stems, name_words
from mtqe.text.phonetics import romanise

# A stem shorter than this says nothing: "Al" and "Alan".
_LEAST_STEM = 3

# Two names with a common stem are derived from it only if their endings are endings beyond doubt.
_WHOLE_ENDING = 2

# A name that was cut short lost this many letters at most.
_MOST_CLIPPED = 2

_VOWELS = "aeiouy"

# The syllables of Hanyu Pinyin: Chinese names are alike by nature.
_SYLLABLES = (
    r"[bpm](?:a|ai|ao|an|ang|ei|en|eng|i|iao|ie|ian|in|ing|o|ou|u)",
    r"f(?:a|an|ang|ei|en|eng|o|ou|u)",
    r"[dtnl](?:a|ai|ao|an|ang|e|ei|en|eng|i|ia|iao|ie|iu|ian|iang|in|ing|ong|ou|u|uo|ui|uan|un|v|ve|ue)",
    r"[gkh](?:a|ai|ao|an|ang|e|ei|en|eng|ong|ou|u|ua|uo|uai|ui|uan|un|uang)",
    r"[jqx](?:i|ia|iao|ie|iu|ian|iang|in|ing|iong|u|ue|uan|un)",
    r"(?:zh|ch|sh|[rzcs])(?:a|ai|ao|an|ang|e|ei|en|eng|i|ong|ou|u|ua|uo|uai|ui|uan|un|uang)",
    r"y(?:a|an|ang|ao|e|i|in|ing|o|ong|ou|u|ue|uan|un)",
    r"w(?:a|ai|an|ang|ei|en|eng|o|u)",
)
_OPEN_SYLLABLES = r"(?:a|ai|an|ang|ao|e|ei|en|er|o|ou)"
_PINYIN = re.compile(rf"{_OPEN_SYLLABLES}?(?:{'|'.join(_SYLLABLES)}){{0,2}}")

# Languages whose names take endings for their cases.
_INFLECTING = frozenset(
    {
        "ru",
        "uk",
        "be",
        "pl",
        "cs",
        "sk",
        "sl",
        "hr",
        "sr",
        "bs",
        "bg",
        "mk",
        "lt",
        "lv",
        "is",
        "fi",
        "et",
        "hu",
        "tr",
        "el",
        "la",
        "eu",
    }
)
_LONGEST_CASE_ENDING = 4


def is_inflecting(language: str) -> bool:
    """Whether names take endings for their cases in this language."""
    return language in _INFLECTING


@lru_cache(maxsize=65536)
def is_derived(a: str, b: str, language: str) -> bool:
    """Whether one name is the plural, adjective, inhabitant, feminine or pet form of the other."""
    first, second = sorted((romanise(a), romanise(b)), key=len)
    if first == second or _is_part(a, b) or _is_part(b, a):
        return True
    if is_inflecting(language) and _share_stem(first, second):
        return True
    if first in _stems(second, language, 1) or second in _stems(first, language, 1):
        return True
    # Common nouns with capitals take short endings too: "Kapside", "Kapsids".
    least = 1 if name_words(language).capital_nouns else _WHOLE_ENDING
    return not _stems(first, language, least).isdisjoint(_stems(second, language, least))


def is_clipped(short: str, whole: str) -> bool:
    """Whether one name is the other without its last letter or two."""
    first, second = romanise(short), romanise(whole)
    return second.startswith(first) and 0 < len(second) - len(first) <= _MOST_CLIPPED


def keeps_case(odd: str, usual: str) -> bool:
    """Whether one name is the other with a case ending of another language: "Keller", "Kellerom"."""
    inflected, name = romanise(odd), romanise(usual)
    stem = name[:-1] if name[-1:] in _VOWELS else name
    rest = inflected.removeprefix(stem)
    if len(stem) < _LEAST_STEM or rest == inflected or rest not in case_endings():
        return False
    return rest != "a" or not stem.endswith(feminine_stems())


def is_inhabitant(a: str, b: str, language: str) -> bool:
    """Whether two names differ by a plural or by an ending of adjectives and inhabitants."""
    first, second = sorted((romanise(a), romanise(b)), key=len)
    words = name_words(language)
    endings = [ending for ending in (words.plural, *words.inhabitants) if ending]
    stems = {first, *(first[:-1] for _ in first[-1:] if first[-1] in _VOWELS)}
    return "-" in a or "-" in b or any(stem + ending == second for stem in stems for ending in endings)


@lru_cache(maxsize=65536)
def _stems(name: str, language: str, least: int) -> frozenset[str]:
    """What a name may be derived from by an ending of at least so many letters.

    A longer ending may have replaced a final vowel: "Canadian" is from "Canad" or "Canada".
    """
    found = set()
    for ending in name_words(language).endings:
        if len(ending) >= least and name.endswith(ending) and len(name) - len(ending) >= _LEAST_STEM:
            stem = name[: -len(ending)]
            found.add(stem)
            if len(ending) >= _WHOLE_ENDING:
                found |= {stem + vowel for vowel in _VOWELS}
    return frozenset(found)


def _is_part(name: str, compound: str) -> bool:
    """Whether a name is, or shares, one side of a hyphen: "Keller", "Keller-Moser" of "Keller-Brandt"."""
    if "-" not in compound:
        return False
    parts = compound.lower().split("-")
    return name.lower() in parts or any(len(p) > _LEAST_STEM and p in parts for p in name.lower().split("-"))


def _share_stem(first: str, second: str) -> bool:
    common = next((i for i, (x, y) in enumerate(zip(first, second, strict=False)) if x != y), len(first))
    return common >= max(_LEAST_STEM, len(second) - _LONGEST_CASE_ENDING)


@lru_cache(maxsize=65536)
def is_pinyin(name: str) -> bool:
    """Whether a name reads as one or two syllables of Hanyu Pinyin without tones, such as "Xudong"."""
    return name.isascii() and bool(_PINYIN.fullmatch(romanise(name)))
