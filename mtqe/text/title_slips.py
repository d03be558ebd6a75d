"""English titles in the wrong place or of the wrong sex: "Morita suspect", "Mr. Morita-san"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

from mtqe.data import Mark, Span
from mtqe.text.name_forms import Form
from mtqe.text.names import NameWords, commonness

# "Morita suspect": titles that Japanese puts behind a name, for people who were named in full.
_BEHIND = re.compile(r"[ \u00a0](suspect|defendant)(?=[ \u00a0,.][^\W\dA-Z_]|[.,])")

# "Morita president of the club (39) said": an office behind a bare surname, without a comma.
_OFFICES = ("president", "chairman", "chairwoman", "chairperson", "director", "mayor", "governor", "captain")
_OFFICE = re.compile(rf"[ \u00a0]({'|'.join(_OFFICES)})(?= of [a-z])")

# "Mr. Morita-san": the suffix says what the title does.
_TWICE = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss)\.? (?:[^\W\d_a-z][\w’'-]{0,40} )?[^\W\d_a-z]\w{1,40}-(?:san|sama|kun)\b"
)

_SUFFIXED = ("-san", "-sama", "-kun")

# "Ms. Keller", but not the second title of "Mr. and Mrs. Keller".
_SEXED = re.compile(r"\b(?<!and )(?<!& )((?:Mr|Mrs|Ms|Miss)\.?)[ \u00a0]([^\W\d_a-z][\w-]+)")
_MALE = frozenset({"Mr", "Mr."})

# A name so common is a company's, a club's or a place's as well: "the Chelsea manager".
_PLACE = 3.0

# Whom people make president: "They elected Keller president of the club."
_PUTS_BEFORE = re.compile(
    r"(?:elect|nam|appoint|mak|made|call|declar|proclaim|crown|install|keep|kept)\w*$|^as$"
)

# How far before a title its name is looked for.
_LEAD = 50

# Guesses: the development articles have too few of each to measure; no human text was flagged.
_SUSPECT_BEHIND = 0.7
_OFFICE_BEHIND = 0.6
_MIXED = 0.6
_DOUBLED = 0.7


def titles_behind(text: str, forms: Callable[[], Mapping[str, Form]], words: NameWords) -> Iterator[Mark]:
    """Titles as in "Morita suspect" for "the suspect Morita"; ``forms`` is called only if it is needed."""
    matches = list(_BEHIND.finditer(text)) if "suspect" in text or "defendant" in text else []
    found = forms().values() if matches else ()
    surnames = {form.text.lower() for form in found if form.given and not form.follows}
    for match in matches:
        lead, name = _lead(text, match.start())
        if name.lower() in surnames and lead.lower() not in words.determiners:
            yield _behind(match.span(1), f"{match.group(1)} {name.title()}", _SUSPECT_BEHIND)


def offices_behind(text: str, language: str, words: NameWords) -> Iterator[Mark]:
    """Offices as in "Morita president of the club said", which lacks its commas."""
    # Most texts have none: to look for each is faster than a pattern of all.
    present = any(f" {office} of " in text for office in _OFFICES)
    for match in _OFFICE.finditer(text) if present else ():
        lead, name = _lead(text, match.start())
        bare = name.isalpha() and name.istitle() and not lead[:1].isupper() and lead not in words.determiners
        if bare and not _PUTS_BEFORE.search(lead) and commonness(name, language) < _PLACE:
            yield _behind(match.span(1), f"{match.group(1)} {name}", _OFFICE_BEHIND)


def doubled_titles(text: str) -> Iterator[Mark]:
    """Names as in "Mr. Morita-san", whole."""
    for match in _TWICE.finditer(text) if any(ending in text for ending in _SUFFIXED) else ():
        yield Mark(*match.span(), "a title before the name and one behind it", confidence=_DOUBLED)


def mixed_titles(text: str, forms: Callable[[], Mapping[str, Form]]) -> Iterator[Mark]:
    """Titles of the rarer sex, where one person is a man and a woman by turns."""
    people: dict[str, dict[bool, list[Span]]] = defaultdict(lambda: {True: [], False: []})
    both = "Mr" in text and ("Ms" in text or "Mrs" in text or "Miss" in text)
    for match in _SEXED.finditer(text) if both else ():
        people[match.group(2)][match.group(1) in _MALE].append(match.span(1))
    for name, places in people.items():
        if not (places[True] and places[False]):
            continue
        form = forms().get(name)
        if form is None or len(form.given) > 1 or form.follows:
            continue
        for span in min(places[False], places[True], key=len):
            yield Mark(*span, f"{name} is a man and a woman by turns", confidence=_MIXED)


def _lead(text: str, end: int) -> tuple[str, str]:
    """The word before a name, and the name that ends there; empty if there is none."""
    before = text[max(end - _LEAD, 0) : end].replace("\n", " . ").split(" ")
    return (before[-2] if len(before) > 1 else "", before[-1])


def _behind(span: Span, suggestion: str, confidence: float) -> Mark:
    return Mark(*span, "a title that belongs before the name", confidence=confidence, suggestion=suggestion)
