"""Quotation marks that lost their place: opened and never closed, closed and never opened."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
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

_TWICE = "opens a quotation that is open already"
_UNCLOSED = "opens a quotation that is never closed"


class _Quote(NamedTuple):
    """One quotation mark and where it stands."""

    mark: str
    at: int
    leads: bool  # stands at the start of its paragraph


@detectors.register
@dataclass(frozen=True)
class BrokenQuote:
    """Mark quotation marks without a partner in their paragraph.

    A quotation that runs over paragraphs opens each and closes only the last: left alone. So
    are straight marks after digits (inches), articles that use a mark at one end only, and
    languages whose conventions are not known here.
    """

    name: ClassVar[str] = "broken_quote"
    mqm: ClassVar[str] = "fluency/punctuation"
    excludes: ClassVar[bool] = False
    default: ClassVar[bool] = True
    examples: ClassVar[tuple[Example, ...]] = (
        Example("“We will go,” she said. Later, “Mr. Adeyemi told the crowd.", marks=("“",)),
        Example("“We will go, “Ms. Adeyemi told the crowd.", marks=("“",)),
        Example("“Nobody knew,” he said. We were all asleep. ”", marks=("”",)),
        Example('He called it "a good day and left.', marks=('"',)),
        Example("“We will go,” she said. “Tomorrow.”"),
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
        english = "”" in article.target and "„" not in article.target
        pairs = _LOW_PAIRS if language in _LOW_OPENING and not english else _PAIRS
        paragraphs = [_quotes(article.target, span) for span in _paragraphs(article.segments)]
        yield from _unpaired(paragraphs, pairs)
        yield from _odd(paragraphs)


def _paragraphs(segments: tuple[Segment, ...]) -> Iterator[Span]:
    """The range of each paragraph, without what is excluded."""
    scored = (segment for segment in segments if not segment.excluded)
    for _, group in groupby(scored, key=lambda segment: segment.paragraph):
        inside = list(group)
        yield inside[0].target_span[0], inside[-1].target_span[1]


def _quotes(text: str, span: Span) -> list[_Quote]:
    found = [
        _Quote(match.group(), match.start(), match.start() == span[0])
        for match in _MARKS.finditer(text, *span)
    ]
    return [
        quote
        for quote in found
        if quote.mark != '"' or not _MEASURE.search(text[max(quote.at - 6, 0) : quote.at])
    ]


def _unpaired(paragraphs: Sequence[Sequence[_Quote]], pairs: Mapping[str, str]) -> Iterator[Mark]:
    """Closing marks that nothing opened, and opening marks that nothing closed.

    What a paragraph leaves open may be closed, or opened again at its start, by the next.
    """
    stack: list[_Quote] = []
    for quotes in paragraphs:
        carried, stack = stack, []
        if not _reopens(quotes, carried):
            stack = list(carried)
        for quote in quotes:
            if stack and pairs.get(stack[-1].mark) == quote.mark:
                stack.pop()
            elif stack and stack[-1].mark == quote.mark and stack[-1] not in carried:
                # Nobody opens the same marks twice: the second was meant to close.
                yield _mark(quote, _TWICE, suggestion=pairs[stack.pop().mark])
            elif quote.mark in pairs:
                stack.append(quote)
            elif quote.mark in pairs.values():
                yield _mark(quote, "closes a quotation that was never opened")
        yield from (_mark(quote, _UNCLOSED) for quote in stack if quote in carried)
        stack = [quote for quote in stack if quote not in carried]
    yield from (_mark(quote, _UNCLOSED) for quote in stack)


def _reopens(quotes: Sequence[_Quote], carried: Sequence[_Quote]) -> bool:
    """Whether a paragraph goes on with the quotation that the one before left open."""
    return bool(quotes and carried and quotes[0].leads and quotes[0].mark == carried[-1].mark)


def _odd(paragraphs: Sequence[Sequence[_Quote]]) -> Iterator[Mark]:
    """The last of an odd number of straight marks: which of them is astray can't be told.

    Two such paragraphs in a row are a quotation that runs over both.
    """
    straight = [[quote for quote in quotes if quote.mark == '"'] for quotes in paragraphs]
    odd = [len(quotes) % 2 == 1 for quotes in straight]
    for number, quotes in enumerate(straight):
        if odd[number] and not any(odd[max(number - 1, 0) : number] + odd[number + 1 : number + 2]):
            yield _mark(quotes[-1], "one of an odd number of quotation marks in this paragraph", 0.6)


def _mark(quote: _Quote, message: str, confidence: float = 0.75, suggestion: str | None = None) -> Mark:
    return Mark(quote.at, quote.at + 1, message, "minor", confidence, suggestion)
