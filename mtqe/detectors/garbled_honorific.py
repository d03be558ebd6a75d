"""Titles of the source language, left over or wrecked before a name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from mtqe.data import Article, Example, Mark, Span
from mtqe.detectors.base import detectors
from mtqe.models.language_id import identify
from mtqe.text.languages import base_language
from mtqe.text.name_forms import Form, find_forms
from mtqe.text.names import commonness, find_mentions, lower_words, name_words
from mtqe.text.phonetics import romanise
from mtqe.text.spans import holder, merge, overlap
from mtqe.text.tables import table

# What follows a title: a capitalised word, and perhaps another one that it is paired with.
_NAME = re.compile(r"[ \u00a0]+([^\W\d_][\w’'-]+)")
_PAIRED = re.compile(r"(?:,[ \u00a0][^\W\d_][\w’'-]+)*,?[ \u00a0](?:and|und|&)[ \u00a0]([^\W\d_][\w’'-]+)")
_POSSESSIVE = re.compile(r"[’']s?$")

# A capitalised word as common as this is an everyday word ("That", "Please"), not a name.
_EVERYDAY = 5.0

# How much of the text says which language it is in, and how surely.
_AROUND = 80
_SURE = 0.9

# "5 mm. Keller": a measure; "J. M. Keller", "Luc M. Keller": an initial.
_MEASURED = re.compile(r"\d[ \u00a0]?$")
_LEAD = 20
_NAME_BEFORE = re.compile(r"\b([^\W\d_a-z][^\W\d_]*)\.?[ \u00a0]?$")

# "Morita suspect": titles that Japanese puts behind a name.
_BEHIND = re.compile(r"[ \u00a0](suspect|defendant)(?=[ \u00a0,.][^\W\dA-Z_]|[.,])")


@dataclass(frozen=True, slots=True)
class _Wreck:
    """A wrecked title as ``text/tables/honorifics.yaml`` has it."""

    right: str | None
    before: str
    confidence: float


@detectors.register
@dataclass(frozen=True)
class GarbledHonorific:
    """Mark the wrecks of titles such as the French "MM." before a name.

    An abbreviated title of the source is often taken for something else: "MM." becomes "Mm." or,
    spelt out with its point, "the gentlemen."; "Mme" becomes "MI am". Left alone: measures (5 mm.),
    initials and stage names (M. Ward), the interjection, "Herr" and "Señora", which are style, and
    titles in front of anything but a name.
    """

    name: ClassVar[str] = "garbled_honorific"
    mqm: ClassVar[str] = "accuracy/mistranslation"
    excludes: ClassVar[bool] = False
    default: ClassVar[bool] = True
    examples: ClassVar[tuple[Example, ...]] = (
        Example("Mm. Keller and Brandt met the mayor.", marks=("Mm.",)),
        Example("MI am Okafor will speak on Monday.", marks=("MI am",)),
        Example("They asked for the release of the gentlemen. Keller and Brandt.", marks=("the gentlemen.",)),
        Example("Luc Berthier spoke first. M. Berthier had little to say.", marks=("M.",)),
        Example("Prosecutors say Kenji Morita fled. On Friday Morita suspect confessed.", marks=("suspect",)),
        Example("The screw is 5 mm. Keller sells it."),
        Example("“Mm. That was good,” she said."),
        Example("He thanked the gentlemen. Peter left."),
        Example("M. Ward played first. Ward then left."),
        Example("Maria Berthier wrote the book. M. Berthier is her pen name."),
        Example("J. M. Coetzee and Anna Coetzee were there."),
        Example("He works for MI. Am I right?"),
        Example("Mrs. Keller met Ms. Brandt, and Herr Vogel met Señora Ruiz."),
        Example("Messrs. Keller and Brandt met the mayor."),
        Example("Police suspect Morita. Kenji Morita denies it."),
        Example("Kenji Morita was named. The Morita suspects were let go."),
        Example("General MM Naravane met the minister."),
    )

    def detect(self, article: Article) -> Iterator[Mark]:
        """One mark for each wrecked title, without the name."""
        language = base_language(article.target_lang or "en")
        source = base_language(article.source_lang) if article.source_lang else None
        wrecks = _wrecks(language, source)
        if not wrecks:
            return
        excluded = merge(segment.target_span for segment in article.segments if segment.excluded)
        # Most texts have none: to look for each is faster than a pattern of all.
        present = [form for form in wrecks if form in article.target]
        found = _read(_pattern(present).finditer(article.target), excluded) if present else []
        behind = _read(_BEHIND.finditer(article.target), excluded) if source in (None, "ja") else []
        # Names are looked for only where there is something to decide by them: this is much faster.
        forms = _forms(article, language) if found or behind else {}
        for match in found:
            wreck = wrecks[match.group()]
            if not _before_name(article.target, match, wreck.before, forms, language):
                continue
            if wreck.before != "surname" or not _is_foreign(article.target, match, language):
                yield _mark(match.span(), wreck)
        if language == "en":
            yield from _titles_behind(article.target, behind, forms)


@cache
def _wrecks(language: str, source: str | None) -> Mapping[str, _Wreck]:
    """The wrecks in a target language, from one source language or, if it is not known, from any."""
    tables = table("honorifics").get(language, {})
    sources = tables if source is None else [key for key in ("any", source) if key in tables]
    return {
        form: _Wreck(entry.get("right"), entry["before"], entry["confidence"])
        for key in sources
        for entry in tables[key]
        for form in entry["forms"]
    }


def _pattern(forms: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(forms, key=lambda form: (-len(form), form))
    return re.compile(rf"(?<![\w.@’'-])(?:{'|'.join(map(re.escape, longest_first))})(?=[ \u00a0])")


def _forms(article: Article, language: str) -> Mapping[str, Form]:
    lower = lower_words(article.target)
    mentions = find_mentions(article, lower)
    return find_forms(mentions, article.target, language, name_words(language), lower)


def _read(matches: Iterable[re.Match[str]], excluded: Sequence[Span]) -> list[re.Match[str]]:
    """The matches outside the ranges that are no part of the article."""
    starts = [start for start, _ in excluded]
    return [
        match
        for match in matches
        if not excluded or not overlap(match.span(), excluded[holder(starts, match.start())])
    ]


def _before_name(
    text: str, match: re.Match[str], before: str, forms: Mapping[str, Form], language: str
) -> bool:
    """Whether a name follows, of the kind that the table asks for."""
    name = _NAME.match(text, match.end())
    lead = text[max(match.start() - _LEAD, 0) : match.start()]
    if not name or not name.group(1)[0].isupper() or _MEASURED.search(lead):
        return False
    word = _POSSESSIVE.sub("", name.group(1))
    if before == "surname":
        return not _ends_in_name(lead, forms) and _has_first_name(forms.get(word), match.group())
    if not _is_name(word, forms, language):
        return False
    paired = _PAIRED.match(text, name.end())
    pair = paired is not None and paired.group(1)[0].isupper()
    if before == "bare pair":
        return pair and paired is not None and text[paired.end() : paired.end() + 1] in (".", "")
    return pair or before == "name"


def _is_foreign(text: str, match: re.Match[str], language: str) -> bool:
    """Whether the title stands in a passage of another language, where it is right."""
    line = text.rfind("\n", 0, match.start()) + 1
    guess = identify(text[max(line, match.start() - _AROUND) : match.end() + _AROUND])
    return guess is not None and guess.language != language and guess.probability >= _SURE


def _is_name(word: str, forms: Mapping[str, Form], language: str) -> bool:
    form = forms.get(word)
    lowered = form.lowered if form else False
    return not lowered and commonness(word, language) < _EVERYDAY


def _ends_in_name(lead: str, forms: Mapping[str, Form]) -> bool:
    """Whether a name or an initial stands right before: "J. M. Keller", "Luc M. Keller"."""
    name = _NAME_BEFORE.search(lead)
    return name is not None and (len(name.group(1)) == 1 or name.group(1) in forms)


def _has_first_name(form: Form | None, title: str) -> bool:
    """Whether a surname belongs to someone whose first name the title does not abbreviate."""
    if form is None or form.lowered:
        return False
    initial = romanise(title)[:1]
    return bool(form.given) and not any(given.startswith(initial) for given in form.given)


def _titles_behind(text: str, matches: Iterable[re.Match[str]], forms: Mapping[str, Form]) -> Iterator[Mark]:
    """Titles as in "Morita suspect" for "the suspect Morita"."""
    surnames = {form.text.lower() for form in forms.values() if form.given and not form.follows}
    determiners = name_words("en").determiners
    for match in matches:
        words = text[max(match.start() - 40, 0) : match.start()].lower().split()[-2:]
        if words and words[-1] in surnames and words[0] not in determiners:
            yield Mark(
                *match.span(1),
                "a title that belongs before the name",
                confidence=0.7,
                suggestion=f"{match.group(1)} {words[-1].title()}",
            )


def _mark(span: Span, wreck: _Wreck) -> Mark:
    message = f"a wrecked title{f' ({wreck.right})' if wreck.right else ''}"
    return Mark(*span, message, "minor", wreck.confidence, wreck.right)
