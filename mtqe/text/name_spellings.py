"""Whether two spellings of a name are the same, each by the rules of its own language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from anyascii import anyascii

from mtqe.text.tables import table

# "Pissarew" doubles the s, for it would be voiced.
_DOUBLED = re.compile(r"(.)\1+")


def same_spelling(first: str, language: str, second: str, other: str) -> bool:
    """Whether ``first`` in its language and ``second`` in the other spell one name ("Katschow", "Kachov")."""
    return _folded(first, language) == _folded(second, other)


@lru_cache(maxsize=16384)
def _folded(name: str, language: str) -> str:
    spelt = _replaced(_replaced(name.lower(), language), "any")
    return _DOUBLED.sub(r"\1", anyascii(spelt).lower())


def _replaced(name: str, language: str) -> str:
    replacements, pattern = _rules(language)
    return pattern.sub(lambda match: replacements[match.group()], name) if replacements else name


@cache
def _rules(language: str) -> tuple[Mapping[str, str], re.Pattern[str]]:
    """The replacements of a language and the pattern that finds them; none for one without a table."""
    rules = table("name_spellings").get(language, {})
    return rules, re.compile("|".join(sorted(map(re.escape, rules), key=lambda key: (-len(key), key))))
