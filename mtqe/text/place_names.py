"""Countries and cities under the names that other languages have for them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from mtqe.data import Article, Mark, Span
from mtqe.text.names import commonness
from mtqe.text.phonetics import romanise
from mtqe.text.tables import table

# Shorter names are words of some language, or names of people.
_LEAST_LETTERS = 5

_CAPITAL = re.compile(r"(?<![\w’'-])[^\W\d_a-zß-ÿ]\w+")

# A foreign name that is more usual than this in the target language stands for something there.
_KNOWN = 2.6

# Inside quotation marks or brackets, or explained there, a foreign name is meant.
_QUOTED = re.compile(r"[“‘\"'«„(\[]$")

# Of the marks on development articles and human texts.
_CONFIDENCE = 0.8

# A capital right beside: "Rue de Londres" is a street, "Jack Londres" a man.
_CAPITAL_BEFORE = re.compile(r"[^\W\d_a-zß-ÿ][\w.’'-]*(?: (?:de|du|des|di|del|da|do|von|van|of))?[ -]$")
_CAPITAL_BEHIND = re.compile(r"[ -][^\W\d_a-zß-ÿ]")
_AROUND = 40


class ForeignPlace(NamedTuple):
    """A place under another language's name: where, in which language, and its own name here."""

    span: Span
    language: str
    own: str


def place_marks(article: Article, language: str) -> Iterator[Mark]:
    """Marks for places that an article in ``language`` calls as hardly anybody does in it."""
    for segment in article.segments:
        offset = segment.target_span[0]
        for place in foreign_places(segment.target, language) if not segment.excluded else ():
            start, end = place.span
            known = commonness(segment.target[start:end], language) > _KNOWN
            if not known and not _QUOTED.search(segment.target, max(start - 1, 0), start):
                message = f"the name of this place in another language ({place.language})"
                span = (offset + start, offset + end)
                yield Mark(*span, message, confidence=_CONFIDENCE, suggestion=place.own)


def foreign_places(text: str, language: str) -> Iterator[ForeignPlace]:
    """Places that a text in ``language`` calls as another language does; none without a table."""
    names = _foreign_names(language)
    for match in _CAPITAL.finditer(text) if names else ():
        for name, other, own in names.get(match.group(), ()):
            start, end = match.start(), match.start() + len(name)
            if text.startswith(name, start) and not _is_part(text, start, end):
                yield ForeignPlace((start, end), other, own)
                break


def _is_part(text: str, start: int, end: int) -> bool:
    """Whether a name goes on, to either side."""
    before = text[max(start - _AROUND, 0) : start]
    return (
        text[end : end + 1].isalnum()
        or _CAPITAL_BEHIND.match(text, end) is not None
        or _CAPITAL_BEFORE.search(before) is not None
    )


@cache
def _foreign_names(language: str) -> Mapping[str, list[tuple[str, str, str]]]:
    """By first word, other languages' names with their language and the own name; longest first."""
    tables = table("place_names")
    own = {english: name for name, english in tables.get(language, {}).items()}
    known = {romanise(name) for name in own.values()}
    found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for other, names in tables.items():
        for name, english in names.items():
            usable = english in own and len(name) >= _LEAST_LETTERS and romanise(name) not in known
            if other != language and usable and name[0].isupper():
                found[re.split(r"\W", name, maxsplit=1)[0]].append((name, other, own[english]))
    return {first: sorted(some, key=lambda item: -len(item[0])) for first, some in found.items()}
