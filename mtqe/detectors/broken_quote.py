"""Quotation marks that lost their place: opened and never closed, closed and never opened."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest
from typing import ClassVar, NamedTuple

from mtqe.data import Article, Example, Mark, Segment, Span
from mtqe.detectors.base import detectors
from mtqe.text.languages import base_language

# Languages whose opening mark is what English closes with, or that close with the mark they open with.
_LOW_OPENING = frozenset({"de", "cs", "sk", "sl", "hr", "sr", "bg", "is", "lt", "et", "lv"})
_SAME_BOTH_ENDS = frozenset({"sv", "fi", "da", "no", "nb"})

_PAIRS = {"“": "”", "«": "»", "「": "」", "『": "』"}
_LOW_PAIRS = {"„": "“", "»": "«", "«": "»"}
_MARKS = re.compile('[“”„«»「」『』"]')

# Inches, seconds and minutes of arc: 5'10", 19".
_MEASURE = re.compile(r"\d\s?['′’]?\s?\d*$")


class _Quote(NamedTuple):
    """One quotation mark and where it stands."""

    mark: str
    at: int
    paragraph: int
    leads: bool  # stands at the start of its paragraph


@detectors.register
@dataclass(frozen=True)
class BrokenQuote:
    """Mark quotation marks without a partner in their paragraph.

    A quotation that runs over paragraphs opens each and closes only the last: left alone, like
    languages that use one mark at both ends. Straight marks look the same at both ends, and
    crawled text has lost the paragraphs that they run over, so that an odd number of them is
    no sign of a bad translation: they are counted only if ``straight`` is set.
    """

    straight: bool = False

    name: ClassVar[str] = "broken_quote"
    mqm: ClassVar[str] = "fluency/punctuation"
    excludes: ClassVar[bool] = False
    default: ClassVar[bool] = True
    examples: ClassVar[tuple[Example, ...]] = (
        Example("“We will go,” she said. Later, “Mr. Adeyemi told the crowd.", marks=("“",)),
        Example("“We will go, “Ms. Adeyemi told the crowd.", marks=("“",)),
        Example("“Nobody knew,” he said. We were all asleep. ”", marks=("”",)),
        Example('He called it "a good day and left.'),
        Example("“We will go,” she said. “Tomorrow.”"),
        Example("He said: “It began in spring.\n\nIt went on in summer.\n\nIt ended in autumn.” He left."),
        Example('He said: "It began in spring.\n\nIt ended in autumn." He left.'),
        Example("“It began in spring.\n\n“It ended in autumn,” he said."),
        Example('The board was 19" wide and he was 6\'2" tall.'),
        Example("“We will go,” she said. “Tomorrow we will,” he said. “Or never.”"),
        Example("He said that “the word ‘late’ means nothing.”"),
        Example("„Wir gehen“, sagte sie.", target_lang="de"),
        Example("»Wir gehen«, sagte sie.", target_lang="de"),
        Example("« Nous partons », dit-elle.", target_lang="fr"),
        Example("”Vi går”, sade hon.", target_lang="sv"),
        Example('"We will go," she said.'),
        Example("It's the dogs' dinner."),
    )

    def detect(self, article: Article) -> Iterator[Mark]:
        """One mark for each quotation mark that has no partner."""
        language = base_language(article.target_lang or "en")
        if language in _SAME_BOTH_ENDS:
            return
        pairs = _pairs(language, article.target)
        spans = enumerate(_paragraphs(article.segments))
        paragraphs = [_quotes(article.target, number, span) for number, span in spans]
        yield from _unpaired(paragraphs, pairs)
        if self.straight:
            yield from _odd(paragraphs)


def _pairs(language: str, text: str) -> Mapping[str, str]:
    """Opening marks and what closes them; a text that has no low marks may use English ones."""
    if language not in _LOW_OPENING:
        return _PAIRS
    english = "”" in text and "„" not in text
    return {**_LOW_PAIRS, "“": "”"} if english else _LOW_PAIRS


def _paragraphs(segments: tuple[Segment, ...]) -> Iterator[Span]:
    """The range of each paragraph, without what is excluded."""
    scored = (segment for segment in segments if not segment.excluded)
    for _, group in groupby(scored, key=lambda segment: segment.paragraph):
        inside = list(group)
        yield inside[0].target_span[0], inside[-1].target_span[1]


def _quotes(text: str, number: int, span: Span) -> list[_Quote]:
    found = (_Quote(m.group(), m.start(), number, m.start() == span[0]) for m in _MARKS.finditer(text, *span))
    return [quote for quote in found if quote.mark != '"' or not _is_measure(text, quote.at)]


def _is_measure(text: str, at: int) -> bool:
    """Whether a straight mark stands for inches or seconds."""
    return _MEASURE.search(text[max(at - 6, 0) : at]) is not None


def _unpaired(paragraphs: Sequence[Sequence[_Quote]], pairs: Mapping[str, str]) -> Iterator[Mark]:
    """Closing marks that nothing opened, and opening marks that nothing closed.

    What a paragraph leaves open may be closed by a later one, or opened again at the start of
    the next; but not with other quotations in between.
    """
    stack: list[_Quote] = []
    for quotes in paragraphs:
        if _reopens(quotes, stack):
            stack.pop()
        for quote in quotes:
            if stack and pairs.get(stack[-1].mark) == quote.mark:
                stack.pop()
            elif quote.mark in pairs:
                yield from _unclosed([open_ for open_ in stack if open_.paragraph < quote.paragraph], pairs)
                stack = [open_ for open_ in stack if open_.paragraph == quote.paragraph] + [quote]
            elif quote.mark in pairs.values():
                yield _mark(quote, "closes a quotation that was never opened")
    yield from _unclosed(stack, pairs)


def _unclosed(stack: Sequence[_Quote], pairs: Mapping[str, str]) -> Iterator[Mark]:
    """One mark: of two that open the same quotation, the second was meant to close it."""
    if len(stack) > 1:
        yield _mark(stack[-1], "opens a quotation that is open already", suggestion=pairs[stack[-1].mark])
    elif stack:
        yield _mark(stack[0], "opens a quotation that is never closed")


def _reopens(quotes: Sequence[_Quote], stack: Sequence[_Quote]) -> bool:
    """Whether a paragraph goes on with the quotation that one before left open."""
    return bool(quotes and stack and quotes[0].leads and quotes[0].mark == stack[-1].mark)


def _odd(paragraphs: Sequence[Sequence[_Quote]]) -> Iterator[Mark]:
    """The last of an odd number of straight marks: which of them is astray can't be told.

    Two such paragraphs with no mark between them are a quotation that runs over both.
    """
    straight = [[quote for quote in quotes if quote.mark == '"'] for quotes in paragraphs]
    quoting = [quotes for quotes in straight if quotes]
    running = False
    for quotes, after in zip_longest(quoting, quoting[1:], fillvalue=list[_Quote]()):
        odd = len(quotes) % 2 == 1
        if odd and not running and len(after) % 2 == 0:
            yield _mark(quotes[-1], "one of an odd number of quotation marks in this paragraph", 0.6)
        running = odd and not running and len(after) % 2 == 1


def _mark(quote: _Quote, message: str, confidence: float = 0.75, suggestion: str | None = None) -> Mark:
    return Mark(quote.at, quote.at + 1, message, "minor", confidence, suggestion)
