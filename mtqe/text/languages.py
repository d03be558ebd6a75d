"""Language tags (BCP 47): checking them and taking them apart."""

from __future__ import annotations

from functools import cache


@cache
def is_language(tag: str) -> bool:
    """Whether ``tag`` is a valid BCP 47 language tag, such as "fr", "pt-BR" or "zh-Hant"."""
    import langcodes  # only if needed: its tables take longer than the rest of a start

    return langcodes.tag_is_valid(tag)


@cache
def base_language(tag: str) -> str:
    """The language subtag alone, standardised: "fr" of "fr-CA", "zh" of "zh-Hant"."""
    import langcodes

    try:
        return langcodes.Language.get(tag).language or tag.lower()
    except ValueError:
        return tag.lower()
