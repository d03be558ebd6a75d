"""Mentions of people, places and organisations: runs of capitalised words, without their titles.

No model: capital letters inside sentences, word frequencies, and the words that stand beside names
(``text/tables/name_words.yaml``). In Chinese and Japanese, the foreign names that are written by their
sound (``unspaced_names``); other scripts without capital letters have no mentions here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from math import log10
from typing import NamedTuple

import wordfreq

from mtqe.data import Article, Segment, Span
from mtqe.text.languages import base_language
from mtqe.text.tables import table
from mtqe.text.unspaced_names import name_rows

# Letters joined by apostrophes and hyphens; a possessive ending is split off afterwards.
_WORD = re.compile(r"[^\W\d_]+(?:[’'\-‐‑][^\W\d_]+)*")

# "Tanaka-san": an honorific of the source that stayed on.
_SUFFIX = re.compile(r"[-‐‑](?:san|sama|kun|chan|sensei)$")

_POSSESSIVE = re.compile(r"(?:[’'][sS]|(?<=[sS])[’'])$")

# What may stand between the words of one name: a space, or the point of "Mr. " and "J. ".
_INSIDE = re.compile(r"\.?[ \u00a0]")

# A Zipf frequency is the logarithm of occurrences in a thousand million words (van Heuven 2014).
_ZIPF = 9.0

# What stands between two words of a clause.
_WITHIN = re.compile(r"[,.]?[ \u00a0]|[/’'-]")

# A first word of a sentence that is as common as this is no name ("The", "Many", "Stone" is rarer).
_FUNCTION_WORD = 5.4

# More than this share of longer words with capitals makes a headline: capitals say nothing there.
_HEADLINE_SHARE = 0.6
_LONGER_WORD = 4
_LEAST_HEADLINE = 3


class NameWord(NamedTuple):
    """One word of a name and its place, without "'s" and "-san"."""

    text: str
    span: Span


class Mention(NamedTuple):
    """A name in the text: its words without titles, and what stands around it."""

    words: tuple[NameWord, ...]
    title: tuple[str, ...]  # lower-case titles and honorifics, those before the name first
    sentence: int
    initial: bool  # the sentence begins with the name or its title
    headline: bool  # capitals say nothing here
    before: str  # the lower-case word before, "" if none
    after: str  # the lower-case word after, "" if none


@dataclass(frozen=True, slots=True)
class NameWords:
    """The words that stand beside names in a language; ``known`` is false for one without a table."""

    known: bool
    particles: frozenset[str]
    honorific: frozenset[str]
    role: frozenset[str]
    titles: frozenset[str]  # of either kind
    offices: frozenset[str]  # titles that may have the name of a country or a firm before them
    speech: frozenset[str]
    pairing: frozenset[str]
    numbers: frozenset[str]
    plural: str
    endings: tuple[str, ...]
    inhabitants: tuple[str, ...]
    suffixes: tuple[str, ...]
    determiners: frozenset[str]
    pronouns: frozenset[str]
    capital_nouns: bool
    elisions: tuple[str, ...]  # words that stand before an apostrophe and a name
    unspaced: bool  # a language without capitals and spaces


@cache
def name_words(language: str) -> NameWords:
    """The table of a language, as ``text/tables/name_words.yaml`` has it."""
    tables = table("name_words")
    facts = tables.get(language, {})

    def words(key: str) -> frozenset[str]:
        return frozenset(facts.get(key, ()))

    return NameWords(
        language in tables,
        frozenset(tables["any"]["particles"]),
        words("honorific"),
        words("role"),
        words("honorific") | words("role"),
        words("honorific") | words("offices"),
        words("speech"),
        words("and"),
        words("numbers"),
        facts.get("plural", ""),
        tuple(sorted(words("endings"))),
        tuple(sorted(words("inhabitants"))),
        tuple(sorted(words("suffixes"))),
        words("determiners"),
        words("pronouns"),
        bool(facts.get("capital_nouns")),
        tuple(sorted(words("elisions"))),
        bool(facts.get("unspaced")),
    )


@cache
def _words_of(language: str) -> re.Pattern[str]:
    """Words of a language, in which "l’" of "l’Allemagne" is one of its own."""
    elided = name_words(language).elisions
    before = rf"\b(?:{'|'.join(elided)})[’'](?=\w)|" if elided else ""
    return re.compile(before + _WORD.pattern)


@cache
def case_endings() -> frozenset[str]:
    """What names end in where a translation kept the case ending of its source."""
    return frozenset(table("name_words")["any"]["cases"])


@cache
def honorifics() -> frozenset[str]:
    """The titles of people in every language."""
    return frozenset(word for facts in table("name_words").values() for word in facts.get("honorific", ()))


@cache
def feminine_stems() -> tuple[str, ...]:
    """What the surnames of men end in that take an "a" for a woman."""
    return tuple(table("name_words")["any"]["feminine"])


@cache
def _frequencies(language: str) -> Mapping[str, float]:
    """Words and their frequencies; none for a language that wordfreq does not know."""
    try:
        return wordfreq.get_frequency_dict(language, "best")
    except LookupError:
        return {}


@lru_cache(maxsize=65536)
def commonness(word: str, language: str) -> float:
    """How common a word is, whatever its case: the Zipf frequency; 0 unknown, 3 rare, 5 common."""
    frequency = _frequencies(language).get(word.lower(), 0.0)
    return max(0.0, log10(frequency) + _ZIPF) if frequency else 0.0


def lower_words(text: str) -> frozenset[str]:
    """The words of a text that are written without a capital."""
    return frozenset(word for word in set(_WORD.findall(text)) if word[0].islower())


def find_mentions(article: Article, lower: frozenset[str]) -> list[Mention]:
    """The mentions in an article's segments, in text order, without those in excluded segments.

    ``lower`` are the ``lower_words`` of the article: what may open a sentence without being a name.
    """
    language = base_language(article.target_lang or "en")
    unspaced = name_words(language).unspaced
    return [
        mention
        for segment in article.segments
        if not segment.excluded
        for mention in (
            _unspaced_mentions(segment, language) if unspaced else _mentions(segment, language, lower)
        )
    ]


def _unspaced_mentions(segment: Segment, language: str) -> Iterator[Mention]:
    text, offset = segment.target, segment.target_span[0]
    for row in name_rows(text, language):
        words = tuple(NameWord(text[start:end], (offset + start, offset + end)) for start, end in row)
        yield Mention(words, (), segment.index, initial=False, headline=False, before="", after="")


class _Words(NamedTuple):
    """The words of a segment, and what it takes to tell which of them are names."""

    target: str
    matches: Sequence[re.Match[str]]
    texts: Sequence[str]
    language: str
    lower: frozenset[str]  # the ``lower_words`` of the article
    facts: NameWords


def _mentions(segment: Segment, language: str, lower: frozenset[str]) -> Iterator[Mention]:
    matches = list(_words_of(language).finditer(segment.target))
    texts = [match.group() for match in matches]
    words = _Words(segment.target, matches, texts, language, lower, name_words(language))
    headline, end = None, 0
    for start, text in enumerate(texts):
        if start < end or not text[0].isupper() or not _names(words, start):
            continue
        end = start + 1
        while end < len(texts) and _goes_on(words, end):
            end += 1
        headline = _is_headline(texts) if headline is None else headline
        yield from _mention(segment, words, range(start, end), headline)


def _names(words: _Words, index: int) -> bool:
    """Whether a word with a capital is part of a name: no acronym, and not common where a sentence opens."""
    text = words.texts[index]
    if len(text) > 1 and text.isupper():
        return False
    return not _may_open(words, index) or not _is_function_word(text, words)


def _goes_on(words: _Words, index: int) -> bool:
    """Whether a name goes on with this word."""
    text = words.texts[index]
    named = _names(words, index) if text[0].isupper() else text in words.facts.particles
    return named and _joined(words, index)


def _gap(words: _Words, index: int) -> str:
    """What stands between a word and the one before."""
    return words.target[words.matches[index - 1].end() : words.matches[index].start()]


def _is_headline(texts: Sequence[str]) -> bool:
    longer = [text for text in texts if len(text) >= _LONGER_WORD]
    capitals = sum(text[0].isupper() for text in longer)
    return len(longer) >= _LEAST_HEADLINE and capitals > _HEADLINE_SHARE * len(longer)


def _may_open(words: _Words, index: int) -> bool:
    """Whether a sentence, a quotation or a clause may begin with this word, so that capitals say nothing."""
    if index == 0:
        return True
    gap = _gap(words, index)
    return gap != " " and not _WITHIN.fullmatch(gap)


def _is_function_word(text: str, words: _Words) -> bool:
    word = text.lower()
    if word in words.facts.titles:
        return False
    return word in words.lower or commonness(word, words.language) >= _FUNCTION_WORD


def _joined(words: _Words, index: int) -> bool:
    """Whether nothing but a space, or an abbreviation's point, lies before this word."""
    gap = _gap(words, index)
    if gap == " ":
        return True
    return bool(_INSIDE.fullmatch(gap)) and (gap[0] != "." or len(words.texts[index - 1]) <= len("Messrs"))


def _mention(segment: Segment, words: _Words, run: range, headline: bool) -> Iterator[Mention]:
    texts, facts, end = words.texts, words.facts, run.stop
    while texts[end - 1] in facts.particles:
        end -= 1
    start = _after_titles(texts, run, facts)
    if start >= end:
        return
    suffix = _SUFFIX.search(_without_possessive(texts[end - 1].lower()))
    titles = [text.lower() for text in texts[run.start : start]]
    yield Mention(
        tuple(_name_word(words, index, segment.target_span[0]) for index in range(start, end)),
        (*titles, *([suffix.group()[1:]] if suffix else ())),
        segment.index,
        run.start == 0,
        headline,
        _neighbour(texts, run.start - 1),
        _neighbour(texts, end),
    )


def _after_titles(texts: Sequence[str], run: range, facts: NameWords) -> int:
    """Where a name begins after its titles, and after whose minister or mayor its bearer is."""
    start = run.start
    while start < run.stop - 1 and texts[start].lower() in facts.titles:
        start += 1
    inside = [index + 1 for index in run[start - run.start : -1] if texts[index].lower() in facts.offices]
    return inside[-1] if inside else start


def _name_word(words: _Words, index: int, offset: int) -> NameWord:
    text = _SUFFIX.sub("", _without_possessive(words.texts[index]))
    start = offset + words.matches[index].start()
    return NameWord(text, (start, start + len(text)))


def _without_possessive(text: str) -> str:
    return text if text.isalpha() else _POSSESSIVE.sub("", text)


def _neighbour(texts: Sequence[str], index: int) -> str:
    return texts[index].lower() if 0 <= index < len(texts) else ""
