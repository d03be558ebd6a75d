"""Mentions of people, places and organisations: runs of capitalised words, without their titles.

No model: capital letters inside sentences, word frequencies, and the words that stand beside names
(``text/tables/name_words.yaml``). Scripts without capital letters have no mentions here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import log10

import wordfreq

from mtqe.data import Article, Segment, Span
from mtqe.text.languages import base_language
from mtqe.text.tables import table

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


@dataclass(frozen=True, slots=True)
class NameWord:
    """One word of a name and its place, without "'s" and "-san"."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Mention:
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
    )


@cache
def case_endings() -> frozenset[str]:
    """What names end in where a translation kept the case ending of its source."""
    return frozenset(table("name_words")["any"]["cases"])


@cache
def _frequencies(language: str) -> Mapping[str, float]:
    """Words and their frequencies; none for a language that wordfreq does not know."""
    try:
        return wordfreq.get_frequency_dict(language, "best")
    except LookupError:
        return {}


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
    return [
        mention
        for segment in article.segments
        if not segment.excluded
        for mention in _mentions(segment, language, lower)
    ]


def _mentions(segment: Segment, language: str, lower: frozenset[str]) -> Iterator[Mention]:
    words = list(_WORD.finditer(segment.target))
    headline = _is_headline([word.group() for word in words])
    run: list[int] = []
    for index, word in enumerate(words):
        text = word.group()
        if not text[0].isupper() or (text.isupper() and len(text) > 1):
            named = bool(run) and text in name_words(language).particles
        else:
            named = not _may_open(segment.target, words, index) or not _is_function_word(
                text, language, lower
            )
        if run and not (named and _joined(segment.target, words, index)):
            yield from _mention(segment, words, run, language, headline)
            run = []
        if named and (run or text[0].isupper()):
            run.append(index)
    if run:
        yield from _mention(segment, words, run, language, headline)


def _is_headline(words: Sequence[str]) -> bool:
    longer = [word for word in words if len(word) >= _LONGER_WORD]
    capitals = sum(word[0].isupper() for word in longer)
    return len(longer) >= _LEAST_HEADLINE and capitals > _HEADLINE_SHARE * len(longer)


def _may_open(text: str, words: Sequence[re.Match[str]], index: int) -> bool:
    """Whether a sentence, a quotation or a clause may begin with this word, so that capitals say nothing."""
    return index == 0 or not _WITHIN.fullmatch(text, words[index - 1].end(), words[index].start())


def _is_function_word(text: str, language: str, lower: frozenset[str]) -> bool:
    word = text.lower()
    if word in name_words(language).honorific | name_words(language).role:
        return False
    return word in lower or commonness(word, language) >= _FUNCTION_WORD


def _joined(text: str, words: Sequence[re.Match[str]], index: int) -> bool:
    """Whether nothing but a space, or an abbreviation's point, lies before this word."""
    before, word = words[index - 1], words[index]
    gap = text[before.end() : word.start()]
    return bool(_INSIDE.fullmatch(gap)) and (gap[0] != "." or len(before.group()) <= len("Messrs"))


def _mention(
    segment: Segment, words: Sequence[re.Match[str]], run: Sequence[int], language: str, headline: bool
) -> Iterator[Mention]:
    table_words = name_words(language)
    texts = [words[index].group().lower() for index in run]
    titles = 0
    while titles < len(run) - 1 and (texts[titles] in table_words.honorific | table_words.role):
        titles += 1
    while texts[-1] in table_words.particles and words[run[len(texts) - 1]].group()[0].islower():
        texts.pop()
    kept = run[titles : len(texts)]
    if not kept:
        return
    offset = segment.target_span[0]
    suffix = _SUFFIX.search(_POSSESSIVE.sub("", texts[-1]))
    yield Mention(
        tuple(_name_word(words[index], offset) for index in kept),
        (*texts[:titles], *([suffix.group()[1:]] if suffix else ())),
        segment.index,
        run[0] == 0,
        headline,
        _neighbour(words, run[0] - 1),
        _neighbour(words, kept[-1] + 1),
    )


def _name_word(word: re.Match[str], offset: int) -> NameWord:
    text = _SUFFIX.sub("", _POSSESSIVE.sub("", word.group()))
    return NameWord(text, (offset + word.start(), offset + word.start() + len(text)))


def _neighbour(words: Sequence[re.Match[str]], index: int) -> str:
    return words[index].group().lower() if 0 <= index < len(words) else ""
