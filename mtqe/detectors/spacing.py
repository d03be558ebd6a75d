"""Spaces that were lost, doubled, or put where none belong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from mtqe.data import Article, Example, Mark
from mtqe.detectors.base import detectors
from mtqe.models.joined_words import JoinedWords, joined_words
from mtqe.text.faults import apart, fold
from mtqe.text.languages import base_language
from mtqe.text.spacing import (
    UNSPACED,
    Fault,
    code_spans,
    doubled_spaces,
    punctuation_faults,
    sentence_joints,
    unspaced_fault,
    word_start,
)

_WORD = re.compile(r"[^\W\d_]+")
# A word that may have lost a space: of letters alone, with white space or a sentence's punctuation around it.
_ALONE = re.compile(r"(?<![\w@#&./’'-])[^\W\d_]{4,40}(?![\w@/’'&-]|\.\w)")

_SHORTEST, _LONGEST = 4, 40

# What is written more often is a name or a term.
_MOST_TIMES = 2

# "in2019" and "2019and": a year beside a word.
_WORD_YEAR = re.compile(r"[12](?<=[^\W\d_][12])\d{3}(?![\w:/-]|[.,]\w)")
_YEAR_WORD = re.compile(r"[12](?<![\w.,:/#@-][12])\d{3}([^\W\d_]{2,12})(?![\w’'/-])")
_NO_WORD = re.compile(r"[\w.,:/#@-]")

# Both words of "said.The" are about as usual as this, or names; "Com" ends an address.
_USUAL = 3.0
_FUNCTION_WORD = 5.5
_DOMAINS = frozenset({"Com", "Net", "Org", "Ru", "De", "Fr"})

# Two pieces of a word with a space between, all in lower case.
_TWO_WORDS = re.compile(r"(?<![\w’'.-])([^\W\d_]{1,20}) (?=([^\W\d_]{1,20})(?![\w’'-]))")

# A segment with more faults than this was tokenised, or lost its spaces throughout: one mark.
_MOST_MARKS = 2

# Measured on texts by people, read one by one: 78 of 80 marks were faults.
_CONFIDENCE = 0.95


@detectors.register
@dataclass(frozen=True)
class Spacing:
    """Mark words that run together, and spaces beside punctuation where none belong.

    Words run together where a link or a tag ended (``theharbour``, ``Portugalat``, ``in2019``,
    ``said.The``): the token is in no word list, and one half is a function word that makes no
    compounds (``text/tables/spacing.yaml``), the other a usual word or a name of the article.
    A segment with more than two faults (``ex - minister``, ``" yes "`` and ``he did n't`` of a
    tokenised text) gets one mark. Left alone: compounds, hashtags, addresses, file names, code,
    numbers, abbreviations, initials, brands (``iPhone``), French spaces before ``; ! ? :``, and
    what the source has too. Doubled spaces are habits of typists and marked only on request
    (``doubled``). Chinese and Japanese are marked where a whole sentence is cut into words.
    Punctuation is checked in every other language; words in those of the table.
    """

    doubled: bool = False

    name: ClassVar[str] = "spacing"
    mqm: ClassVar[str] = "fluency/typography"
    excludes: ClassVar[bool] = False
    default: ClassVar[bool] = True
    examples: ClassVar[tuple[Example, ...]] = (
        Example("He asked for theharbour of the old town.", marks=("theharbour",)),
        Example("They met in Portugaland went home.", marks=("Portugaland",)),
        Example("The law was passed in2019 by both houses.", marks=("in2019",)),
        Example("Nobody came, she said.The hall stayed empty.", marks=("said.The",)),
        Example("They sold the house , and left.", marks=(" ,",)),
        Example(
            "The ex - minister ( Lisbon ) did n't come , they said .",
            marks=("ex - minister ( Lisbon ) did n't come , they said .",),
        ),
        Example("Wir haben das fürden Garten gekauft.", marks=("fürden",), target_lang="de"),
        Example("Der Donaudampfschifffahrtskapitän grüßte die Hafenmeisterei.", target_lang="de"),
        Example("« Vraiment ? » dit-il ; puis : « Non ! »", target_lang="fr"),
        Example("Write to info@beispiel.de or see www.example.org/page.Then wait."),
        Example("She bought an iPhone on eBay.  Then she saw it on YouTube, in 3.5 hours, at 10.30 a.m."),
        Example("J.K. Farrow of the U.S.A. ran Node.js and setup.py, e.g. version 2.10."),
        Example("The shareholders outperformed the superrich, notwithstanding #ThisIsFine."),
        Example("Mr McDonald met O'Brien and MacIntyre in the 1960s at 175th Street."),
        Example("The file is 135km of tape, 20GB of data and 300dpi."),
        Example("我们 在 Windows 上 工作。", target_lang="zh"),
        Example("Digame lo que pensaste al decírselo.", target_lang="es"),
    )

    def detect(self, article: Article) -> Iterator[Mark]:
        """One mark for each fault, or one for a segment with more than two."""
        language = base_language(article.target_lang or "und")
        faults = list(self._faults(article, language))
        if faults and article.segments:
            marks = (Mark(f.start, f.end, f.message, "minor", _CONFIDENCE, f.repaired) for f in faults)
            code = code_spans(article.target)
            yield from fold(article, apart(marks, code), _MOST_MARKS, "faults of spacing", "minor")

    def _faults(self, article: Article, language: str) -> Iterator[Fault]:
        text = article.target
        if language in UNSPACED:
            yield from _unspaced(article)
            return
        yield from punctuation_faults(text, language)
        if self.doubled:
            yield from doubled_spaces(text)
        finder = joined_words(language)
        if finder is not None:
            yield from _word_faults(text, _WORD.findall(text), finder)


def _unspaced(article: Article) -> Iterator[Fault]:
    for segment in article.segments:
        fault = unspaced_fault(segment.target)
        if fault:
            start = segment.target_span[0]
            yield fault._replace(start=start + fault.start, end=start + fault.end)


def _word_faults(text: str, words: Sequence[str], finder: JoinedWords) -> Iterator[Fault]:
    times = Counter(words)
    names = {word for word in times if word.istitle()}
    yield from _joined(text, times, names, finder)
    yield from _sentences(text, names, finder)
    yield from _years(text, finder)
    yield from _pieces(text, words, finder)


def _joined(text: str, words: Counter[str], names: Set[str], finder: JoinedWords) -> Iterator[Fault]:
    """Words that ran together; each kind of word is looked at once, however long the text is."""
    rare = (word for word, times in words.items() if times <= _MOST_TIMES)
    some = (word for word in rare if _SHORTEST <= len(word) <= _LONGEST)
    halves = {word: found for word in some if (found := finder.split(word, names)) is not None}
    if not halves:
        return
    for match in _ALONE.finditer(text):
        if match.group() in halves:
            yield Fault(*match.span(), halves[match.group()], "two words run together")


def _sentences(text: str, names: Set[str], finder: JoinedWords) -> Iterator[Fault]:
    for start, left, right in sentence_joints(text):
        if _ends(left[:-1], right, finder) and _begins(right, names, finder):
            end = start + len(left) + len(right)
            yield Fault(start, end, f"{left} {right}", "no space after the sentence")


def _ends(left: str, right: str, finder: JoinedWords) -> bool:
    """Whether a sentence may end with ``left``: a word, or a name before a word that is none."""
    if not left.isalpha() or (left.islower() and left in finder.usual):
        return True
    return left.istitle() and finder.usual[right.lower()] >= _FUNCTION_WORD and len(left) >= _SHORTEST


def _begins(right: str, names: Set[str], finder: JoinedWords) -> bool:
    known = finder.usual[right.lower()] >= _USUAL or right in names
    return known and right not in _DOMAINS


def _years(text: str, finder: JoinedWords) -> Iterator[Fault]:
    for match in _WORD_YEAR.finditer(text):
        start = word_start(text, match.start())
        word = text[start : match.start()]
        if finder.stands_by_years(word) and not _NO_WORD.match(text, max(start - 1, 0), start):
            yield Fault(start, match.end(), f"{word} {match.group()}", "no space before the year")
    for match in _YEAR_WORD.finditer(text):
        if finder.stands_by_years(match.group(1)):
            year = match.group()[:4]
            yield Fault(*match.span(), f"{year} {match.group(1)}", "no space after the year")


def _pieces(text: str, words: Sequence[str], finder: JoinedWords) -> Iterator[Fault]:
    rare = {word for word in set(words) if finder.is_piece(word)}
    beside = {pair for pair in pairwise(words) if pair[0] in rare or pair[1] in rare}
    pieces = {pair for pair in beside if finder.joins(*pair)}
    if not pieces:
        return
    for match in _TWO_WORDS.finditer(text):
        if match.groups() in pieces:
            yield Fault(match.start(1), match.end(2), "".join(match.groups()), "one word written as two")
