"""The wrecked titles of ``text/tables/honorifics.yaml``, made ready."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from mtqe.text.tables import table


@dataclass(frozen=True, slots=True)
class Wreck:
    """What a wrecked title should be, what has to stand beside it, and how sure it then is."""

    right: str | None
    before: str
    confidence: float
    after: str = ""  # patterns, of titles behind a name: what it follows, and what does not follow it
    unless: str = ""


def has_table(language: str) -> bool:
    """Whether there are wrecked titles for a target language."""
    return language in table("honorifics")


@cache
def find_wrecks(language: str, source: str | None) -> Mapping[str, Wreck]:
    """The wrecks in a target language, from one source language or, if it is not known, from any."""
    tables = table("honorifics").get(language, {})
    sources = tables if source is None else [key for key in ("any", source) if key in tables]
    return {
        form: Wreck(
            entry.get("right"),
            entry["before"],
            entry["confidence"],
            entry.get("after", ""),
            entry.get("unless", ""),
        )
        for key in sources
        for entry in tables[key]
        for written in entry["forms"]
        # Tokenised texts have a space before the point.
        for form in {written, re.sub(r"\.$", " .", written)}
    }
