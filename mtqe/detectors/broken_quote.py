"""Quotation marks that a translation system put in the wrong place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, groupby, zip_longest
from typing import ClassVar, Literal, NamedTuple

from mtqe.data import Article, Example, Mark, Segment, Span
from mtqe.detectors.base import detectors
from mtqe.text.languages import base_language
from mtqe.text.spans import holder
from mtqe.text.tables import table

# Languages that close with what English opens with, languages that use one mark at both ends, and
# those whose marks have a space on their inside too, so that spaces say nothing.
_LOW_OPENING = frozenset({"de", "cs", "sk", "sl", "hr", "sr", "bg", "is", "lt", "et", "lv"})
_SAME_BOTH_ENDS = frozenset({"sv", "fi", "da", "no", "nb", "nn"})
_SPACED_INSIDE = frozenset({"fr", "br", "oc"})

# What may close what, slips of typists among them („so”, "so”): style, and no broken quotation.
_CLOSERS = {"“": '”"', "«": "»", "「": "」", "『": "』", "„": '”“"', '"': "”"}
_LOW_CLOSERS = {**_CLOSERS, "„": '“”"', "»": "«", '"': "”“"}

_MARKS = re.compile('[“”„«»「」『』"]')

# Inches, seconds and minutes of arc: 5'10", 19".
_MEASURE = re.compile(r"\d\s?['′’]?\s?\d*$")

# What stands before an opening mark and behind a closing one, when both are where they belong.
_BEFORE = "([{—–-/‘‚“„«'\"¿¡："
_BEHIND = ".,;:!?)]}…—–-/’'\"”»"

# In a text that puts spaces around most of its marks, they say nothing of one of them.
_HABIT = 0.5

# "“Ms. Adeyemi told the crowd": how many words may stand before the verb that says who speaks.
_SPEAKER_WORDS = 5
_SPEAKER_CHARACTERS = 80
_SPEAKER = rf"(?:[^\W\d_][\w.’'-]*\s+){{0,{_SPEAKER_WORDS}}}?"

# A mark of single quotation in the source: its quotations can't be counted by double marks.
_SINGLE = re.compile(r"(?<!\w)['‘‚‹›](?=\w)|[.,!?]['’](?!\w)|[‹›]")

_CONFIDENCE = {"place": 0.9, "pair": 0.8, "source": 0.85, "alone": 0.5}

# Marks that look otherwise at the other end, so that their place says which end they are.
_ONE_SIDED = frozenset("“”«»„")

_Place = Literal["start", "end", "apart", "inside"]


class _Quote(NamedTuple):
    """One quotation mark and where it stands."""

    mark: str
    at: int
    paragraph: int
    leads: bool  # stands at the start of its paragraph
    first: bool  # no other stands before it in its paragraph
    place: _Place  # at the start or the end of a word, apart from both, or between two


@dataclass
class _Lone:
    """Marks without a partner, in the order in which that was seen, and the pairs of the others."""

    unclosed: list[_Quote] = field(default_factory=list)
    unopened: list[_Quote] = field(default_factory=list)
    pairs: list[tuple[_Quote, _Quote]] = field(default_factory=list)


@detectors.register
@dataclass(frozen=True)
class BrokenQuote:
    """Mark quotation marks that stand where no writer puts them.

    That is an opening mark at the end of a word, a closing one at the start of one, and, where it
    has no partner, a closing mark apart from its word and an opening one before who speaks ("We
    go, “she said"). People forget to close quotations as often as systems do: other marks without
    a partner are marked only if ``unclosed`` is set, and then, where the source is known, only
    where its marks are in pairs. What the source leaves open stays so.

    Left alone as well: quotations over paragraphs, mixed kinds of marks in pairs, and languages
    that use one mark at both ends. Straight marks look the same at both ends; an odd number of
    them in a paragraph is marked only if ``straight`` is set.
    """

    unclosed: bool = False
    straight: bool = False

    name: ClassVar[str] = "broken_quote"
    mqm: ClassVar[str] = "fluency/punctuation"
    excludes: ClassVar[bool] = False
    default: ClassVar[bool] = True
    examples: ClassVar[tuple[Example, ...]] = (
        Example("“We will go,” she said. Later, “Mr. Adeyemi told the crowd.", marks=("“",)),
        Example("“We will go, “Ms. Adeyemi told the crowd.", marks=("“",)),
        Example("“Nobody knew,” he said. We were all asleep. ”", marks=("”",)),
        Example("“Yes,” she said. He spoke of ”progress, and left.", marks=("”",)),
        Example("He said“ we will go” and left. She said: “Good.”", marks=("“",)),
        Example(
            "It was “late“ when he left, she said. He was “tired“.", why="a keyboard without the other mark"
        ),
        Example(
            "He said: we will go. ”",
            source="Er sagte: wir gehen. “",
            source_lang="de",
            why="the source has the same",
        ),
        Example("He spoke of “progress, and left.", why="people forget to close quotations too"),
        Example('He called it "a good day and left.'),
        Example("“We will go,” she said. “Tomorrow.”"),
        Example("He said: “It began in spring.\n\nIt went on in summer.\n\nIt ended in autumn.” He left."),
        Example('He said: "It began in spring.\n\nIt ended in autumn." He left.'),
        Example("“It began in spring.\n\n“It ended in autumn,” he said."),
        Example('The board was 19" wide and he was 6\'2" tall.'),
        Example("“We will go,” she said. “Tomorrow we will,” he said. “Or never.”"),
        Example("He said that “the word ‘late’ means nothing.”"),
        Example('She said, "We will go.” He stayed.'),
        Example("„Wir gehen“, sagte sie.", target_lang="de"),
        Example("»Wir gehen«, sagte sie.", target_lang="de"),
        Example("„Idziemy”, powiedziała.", target_lang="pl"),
        Example("« Nous partons », dit-elle.", target_lang="fr"),
        Example("”Vi går”, sade hon.", target_lang="sv"),
        Example('"We will go," she said.'),
        Example("It's the dogs' dinner."),
    )

    def knows(self, article: Article) -> bool:
        """Whether marks of the target language say which end of a quotation they are."""
        return base_language(article.target_lang or "en") not in _SAME_BOTH_ENDS

    def detect(self, article: Article) -> Iterator[Mark]:
        """One mark for each quotation mark that lost its place."""
        language = base_language(article.target_lang or "en")
        if language in _SAME_BOTH_ENDS or not _MARKS.search(article.target):
            return
        spans = enumerate(_paragraphs(article.segments))
        paragraphs = [_quotes(article.target, number, span) for number, span in spans]
        lone = _unpaired(paragraphs, _closers(language, article.target))
        yield from self._broken(lone, _Judge(article, language, paragraphs, self.unclosed))
        if self.straight:
            yield from _odd(paragraphs)

    def _broken(self, lone: _Lone, judge: _Judge) -> Iterator[Mark]:
        """Marks for those without a partner that there is evidence against."""
        for quote in lone.unopened:
            if sign := judge.sign(quote, opens=False):
                yield _mark(quote, "closes a quotation that was never opened", sign)
        for before, quote in zip((None, *lone.unclosed), lone.unclosed, strict=False):
            if sign := judge.sign(quote, opens=True):
                again = before is not None and before.paragraph == quote.paragraph
                yield _unclosed(quote, sign, again)
        for opening, closing in lone.pairs if judge.spacing_tells else ():
            if opening.place == "end" and opening.mark in _ONE_SIDED:
                yield _mark(opening, "opens a quotation at the end of a word", "pair")
            elif closing.place == "start" and closing.mark in _ONE_SIDED:
                yield _mark(closing, "closes a quotation at the start of a word", "pair")


class _Judge:
    """What speaks against a mark that has no partner."""

    def __init__(
        self, article: Article, language: str, paragraphs: Sequence[Sequence[_Quote]], unclosed: bool
    ) -> None:
        self.article = article
        self.unclosed = unclosed
        self.speaker = _speaker(language)
        self.starts = [segment.target_span[0] for segment in article.segments]
        self.spacing_tells = language not in _SPACED_INSIDE and not _often_apart(paragraphs)

    def sign(self, quote: _Quote, *, opens: bool) -> str | None:
        """Which evidence there is that a quotation mark is broken, if any."""
        segment = self.article.segments[holder(self.starts, quote.at)]
        quotes = None if segment.source is None else _count(segment.source)
        if quotes is not None and quotes % 2 == 1:
            return None  # the source leaves it open, or it runs over sentences there too
        if self._misplaced(quote, opens):
            return "place"
        if not self.unclosed:
            return None
        return "alone" if quotes is None else _against_source(segment, quotes)

    def _misplaced(self, quote: _Quote, opens: bool) -> bool:
        if self.spacing_tells and quote.place in ({"apart", "end"} if opens else {"apart", "start"}):
            return True
        return opens and not quote.first and self._before_speaker(quote)

    def _before_speaker(self, quote: _Quote) -> bool:
        behind = self.article.target[quote.at + 1 : quote.at + 1 + _SPEAKER_CHARACTERS]
        return self.speaker is not None and self.speaker.match(behind) is not None


@cache
def _speaker(language: str) -> re.Pattern[str] | None:
    """A pattern for the words that say who speaks."""
    verbs = table("reporting_verbs").get(language)
    return re.compile(rf"\s?{_SPEAKER}(?:{'|'.join(map(re.escape, verbs))})\b") if verbs else None


def _often_apart(paragraphs: Sequence[Sequence[_Quote]]) -> bool:
    """Whether spaces around marks are the text's habit, as in tokenised text."""
    quotes = list(chain.from_iterable(paragraphs))
    apart = sum(quote.place == "apart" for quote in quotes)
    return len(quotes) > 2 and apart > _HABIT * len(quotes)


def _against_source(segment: Segment, in_source: int) -> str | None:
    """The sign that a segment has an odd number of marks, though its source has them in pairs."""
    countable = in_source > 0 or not _SINGLE.search(segment.source or "")
    return "source" if countable and _count(segment.target) % 2 == 1 else None


def _count(text: str) -> int:
    return len(_quotes(text, 0, (0, len(text))))


def _closers(language: str, text: str) -> Mapping[str, str]:
    """Opening marks and what closes them in this text.

    A text without low marks may use English ones in any language, and a keyboard may have one
    mark for both ends.
    """
    if language in _LOW_OPENING:
        english = "”" in text and "„" not in text
        return {**_LOW_CLOSERS, "“": '”"' if english else '”“"'}
    if "”" not in text:
        return {**_CLOSERS, "“": '“"'}
    return _CLOSERS if "“" in text or "„" in text else {**_CLOSERS, "”": '”"'}


def _paragraphs(segments: tuple[Segment, ...]) -> Iterator[Span]:
    """The range of each paragraph, without what is excluded."""
    scored = (segment for segment in segments if not segment.excluded)
    for _, group in groupby(scored, key=lambda segment: segment.paragraph):
        inside = list(group)
        yield inside[0].target_span[0], inside[-1].target_span[1]


def _quotes(text: str, number: int, span: Span) -> list[_Quote]:
    marks = [(m.group(), m.start()) for m in _MARKS.finditer(text, *span)]
    kept = [(mark, at) for mark, at in marks if mark != '"' or not _is_measure(text, at)]
    return [_Quote(mark, at, number, at == span[0], at == kept[0][1], _place(text, at)) for mark, at in kept]


def _is_measure(text: str, at: int) -> bool:
    """Whether a straight mark stands for inches or seconds."""
    return _MEASURE.search(text[max(at - 6, 0) : at]) is not None


def _place(text: str, at: int) -> _Place:
    """Where a mark stands; punctuation and brackets are parts of the word that they touch."""
    before, behind = text[at - 1 : at] or " ", text[at + 1 : at + 2] or " "
    if behind.isspace():
        return "apart" if before.isspace() else "end"
    if before.isspace() or (before in _BEFORE and behind not in _BEHIND):
        return "start"
    return "end" if behind in _BEHIND and before not in _BEFORE else "inside"


def _unpaired(paragraphs: Sequence[Sequence[_Quote]], closers: Mapping[str, str]) -> _Lone:
    """Marks without a partner.

    What a paragraph leaves open may be closed by a later one, or opened again at the start of
    the next; but not with other quotations in between.
    """
    lone = _Lone()
    stack: list[_Quote] = []
    for quotes in paragraphs:
        if quotes and stack and quotes[0].leads and quotes[0].mark == stack[-1].mark:
            stack.pop()
        for quote in quotes:
            _step(quote, stack, lone, closers)
        if quotes:
            curly = [quote for quote in stack if quote.mark != '"']
            lone.unclosed += curly[:-1]
            stack = curly[-1:]
    lone.unclosed += stack
    return lone


def _step(quote: _Quote, stack: list[_Quote], lone: _Lone, closers: Mapping[str, str]) -> None:
    """Close the quotation that ``quote`` closes, or open one."""
    if stack and _closes(quote, stack[-1], closers):
        lone.pairs.append((stack.pop(), quote))
    elif len(stack) > 1 and _closes(quote, stack[-2], closers):
        inner = stack.pop()
        lone.unclosed += [inner] if inner.mark != '"' else []
        stack.pop()
    elif _opens(quote, closers):
        if stack and stack[0].paragraph < quote.paragraph:
            lone.unclosed.append(stack.pop(0))
        stack.append(quote)
    else:
        lone.unopened.append(quote)


def _opens(quote: _Quote, closers: Mapping[str, str]) -> bool:
    """Whether a mark opens a quotation; one that may stand at both ends does so before a word."""
    both_ends = quote.mark in closers.get(quote.mark, "")
    return quote.mark in closers and (not both_ends or quote.place == "start")


def _closes(quote: _Quote, opening: _Quote, closers: Mapping[str, str]) -> bool:
    """Whether a mark closes what ``opening`` opens.

    Word processors turn a straight mark after a space into an opening one: it closes as well.
    """
    if quote.mark not in (opening.mark, '"'):
        return quote.mark in closers[opening.mark]
    if quote.place == "start":
        return False
    turned = quote.mark == "“" and quote.place == "apart"
    return turned or opening.mark == '"' or quote.mark in closers[opening.mark]


def _unclosed(quote: _Quote, sign: str, again: bool) -> Mark:
    """Of two marks that open the same quotation, the second was meant to close it."""
    if again:
        suggestion = _CLOSERS[quote.mark][0] if quote.mark in _CLOSERS else None
        return _mark(quote, "opens a quotation that is open already", sign, suggestion)
    return _mark(quote, "opens a quotation that is never closed", sign)


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
            yield _mark(quotes[-1], "one of an odd number of quotation marks in this paragraph", "alone")
        running = odd and not running and len(after) % 2 == 1


def _mark(quote: _Quote, message: str, sign: str, suggestion: str | None = None) -> Mark:
    return Mark(quote.at, quote.at + 1, message, "minor", _CONFIDENCE[sign], suggestion)
