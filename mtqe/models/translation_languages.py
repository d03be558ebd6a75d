"""How translation models call the languages that others name by BCP 47."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import langcodes

# A language as a token: NLLB's "fra_Latn", mBART's "fr_XX", M2M-100's "__fr__", Marian's ">>fra<<".
_CODE = re.compile(r"(?:__|>>)?([a-z]{2,3})(?:[_-]([A-Z][a-z]{3}|[A-Z]{2}))?(?:__|<<)?")

# Where nobody wrote a territory.
_NOWHERE = "XX"

# What BCP 47 calls a language that nobody knows.
_UNKNOWN = "und"


def language_tokens(tokenizer: Any) -> dict[str, str]:
    """The tokens of a tokenizer that stand for languages, by the code that its settings take.

    None for models of one pair of languages.
    """
    if hasattr(tokenizer, "lang_code_to_token"):
        return dict(tokenizer.lang_code_to_token)
    marked = getattr(tokenizer, "supported_language_codes", None)
    special = tokenizer.all_special_tokens if marked is None else marked
    return {token: token for token in special if _CODE.fullmatch(token) and len(token) > len("xx_")}


@cache
def pick_code(tag: str, codes: tuple[str, ...]) -> str | None:
    """The one of a model's ``codes`` that a BCP 47 tag means; None if it has none for that language.

    Of a language in several scripts the one that the tag says or implies is taken: "zh-TW" is
    written in Hant.
    """
    try:
        given = langcodes.Language.get(tag)
    except ValueError:
        return None
    if not given.language or given.language == _UNKNOWN:
        return None
    wanted, language = given.maximize(), _macro(given.language)
    found = [(code, parts) for code in codes if (parts := _parts(code)) and parts[0] == language]
    return min(found, key=lambda pair: _distance(wanted, pair[1]))[0] if found else None


def _distance(wanted: langcodes.Language, parts: Sequence[str | None]) -> tuple[int, int]:
    """How far a code's script, and its territory, are from what is wanted: the same, unsaid, another."""
    _, script, territory = parts
    return _differs(script, wanted.script), _differs(territory, wanted.territory)


def _differs(one: str | None, wanted: str | None) -> int:
    if one == wanted:
        return 0
    return 1 if one in (None, _NOWHERE) else 2


def _parts(code: str) -> tuple[str, str | None, str | None] | None:
    """The language, script and territory of a model's code; None for what is no code."""
    found = _CODE.fullmatch(code)
    if found is None:
        return None
    language, more = found[1], found[2]
    # "prs" is Persian of Afghanistan.
    territory = langcodes.Language.get(langcodes.standardize_tag(language)).territory
    script = more if more and len(more) == len("Latn") else None
    return _macro(language), script, more if more and script is None else territory


@cache
def _macro(language: str) -> str:
    """A language's code as part of the language that it is counted to: "ar" of "arb"."""
    found = langcodes.Language.get(langcodes.standardize_tag(language, macro=True)).language or language
    return "no" if found == "nb" else found
