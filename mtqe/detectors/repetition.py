"""Words, phrases and sentences that a translation system said again without being asked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import eq
from typing import ClassVar, NamedTuple

from mtqe.data import Article, Example, Mark, Segment, Severity, Span
from mtqe.detectors.base import detectors
from mtqe.text.languages import base_language
from mtqe.text.spans import overlap
from mtqe.text.tables import table

# Words joined by apostrophes and hyphens; what holds no letter is a number and may come twice.
_WORD = re.compile(r"\w[\w'’-]*")
_LETTER = re.compile(r"[^\W\d_]")

# What stands between the words of one phrase, and what may stand between two copies of one: no line
# end, for a paragraph may begin with the headline's words.
_SPACES = re.compile(r"[ \u00a0\n]*\Z")
_SPACE_BETWEEN = re.compile(r"[ \u00a0]*\Z")
_BREAK = re.compile(r"[ \u00a0]*[,;.–—]?[ \u00a0]*\Z")

# The longest phrase that is compared with what follows it, and how often one of so many words has
# to be said to be no figure of speech ("day after day after day", "location, location, location"):
# with only spaces between, and with commas. A slip that doubles one word is looked at on its own.
_LONGEST_PHRASE = 12
_COPIES = {1: 4, 2: 3}
_LISTED_COPIES = {1: 4, 2: 4, 3: 3}

# "the train station and the train station." There the clause has to end: people go on ("of the town
# or of the town hall").
_CLAUSE_END = re.compile(r"\s*(?:[.,;:!?)\]”\"»]|$)")
_LEAST_JOINED_WORDS = 3
_LONGEST_JOIN = 3

# Scripts without spaces: at least four characters said twice, or two said three times.
_REPEATED_RUN = re.compile(
    r"([\u3040-\u30ff\u3400-\u9fff]{4,20})\1+|([\u3040-\u30ff\u3400-\u9fff]{2,3})\2{2,}"
)
# Laughter and drawn-out vowels are of one or two characters: ははははは, ーーー.
_LEAST_DIFFERENT = 2

# A word that is glued to itself, with hyphens or without: "man-man-man", "WhiteWhiteWhite". Shorter
# or of few letters it is laughter.
_GLUED = re.compile(r"([^\W\d_]{3,15})(?:[-/]?\1){2,}", re.I)
_LEAST_GLUED = 9
_LEAST_LETTERS = 3

# A segment that says the same three words at least so often, and little else, is a loop.
_LOOP_ROUNDS = 5
_LOOP_WORDS = 15
_LOOP_SHARE = 0.4

# A name of more letters than this is no abbreviation.
_SHORT_NAME = 3

# Shorter sentences ("Why not?") are said twice on purpose.
_LEAST_SENTENCE_WORDS = 6
_NOT_WORD = re.compile(r"[\W_]+")

_CONFIDENCE = {"word": 0.85, "name": 0.7, "phrase": 0.9, "clause": 0.7, "loop": 0.9}


class _Repeat(NamedTuple):
    """What is repeated, the range of its later copies, and how: a key of ``_CONFIDENCE``."""

    unit: str
    start: int
    end: int
    kind: str


@detectors.register
@dataclass(frozen=True)
class Repetition:
    """Mark the second and later copies of a word, a phrase or a sentence that follows itself.

    A sentence counts as repeated only right after itself: further apart it is a pull quote or a
    caption. Clauses of four words and more may have a comma or an "and" between their copies. Left
    alone: names that double a word ("Walla Walla"), words that a language doubles
    (``text/tables/doubled_words.yaml``), emphasis with a comma, numbers, laughter, and what the
    source repeats too.
    """

    name: ClassVar[str] = "repetition"
    mqm: ClassVar[str] = "fluency/duplication"
    excludes: ClassVar[bool] = False
    default: ClassVar[bool] = True
    examples: ClassVar[tuple[Example, ...]] = (
        Example("The council approved the the budget.", marks=("the",)),
        Example(
            "He lives in the old town in the old town with his dog.",
            marks=("in the old town",),
        ),
        Example(
            "The ferry left the harbour at nine. The ferry left the harbour at nine.",
            marks=("The ferry left the harbour at nine.",),
        ),
        Example("She had had enough, and he knew that that was true."),
        Example("They moved from Walla Walla to Baden Baden."),
        Example("No, no, never! It was very very cold."),
        Example("More and more and more people came, day after day after day."),
        Example("The numbers were 10 10 10 and 7."),
        Example("Why not? Why not?"),
        Example("Wir wissen, dass die die Tür öffnen.", target_lang="de"),
        Example("Nous nous sommes vus hier.", target_lang="fr"),
        Example("The the band played on.", source="Die The the Band spielte weiter.", source_lang="de"),
        Example("The committee voted for the committee chair."),
    )

    def detect(self, article: Article) -> Iterator[Mark]:
        """Marks of repeats inside each segment, then of segments that say the last one again."""
        doubled = _doubled(article.target_lang)
        for before, segment in zip((None, *article.segments), article.segments, strict=False):
            if before is not None and _same(before, segment):
                yield _sentence_mark(segment, before)
            else:
                yield from _inside(segment, doubled)


def _inside(segment: Segment, doubled: frozenset[str]) -> Iterator[Mark]:
    """Marks inside one segment; a longer repeat hides the shorter ones in it."""
    taken: list[Span] = []
    for repeat in _repeats(segment.target, doubled):
        span = (repeat.start, repeat.end)
        if not any(overlap(span, other) for other in taken) and not _in_source(repeat, segment):
            taken.append(span)
            yield _mark(segment, repeat)


def _repeats(text: str, doubled: frozenset[str]) -> Iterator[_Repeat]:
    """Every repeat in a text, the widest kinds first."""
    spans = [found.span() for found in _WORD.finditer(text)]
    words = [text[slice(*span)].casefold() for span in spans]
    if len(set(words)) < len(words):
        for lag in sorted(_lags(words), reverse=True):
            yield from _phrases(text, spans, words, lag, doubled)
            yield from _joined(text, spans, words, lag)
        if loop := _loop(text, spans, words):
            yield loop
        yield from _words(text, spans, words, doubled)
    yield from _runs(text)
    for span, word in zip(spans, words, strict=True):
        if len(word) >= _LEAST_GLUED:
            yield from _glued(text, span, doubled)


def _lags(words: Sequence[str]) -> set[int]:
    """How far words are from their last mention, as far as a phrase and a word can be."""
    last: dict[str, int] = {}
    lags = set()
    for at, word in enumerate(words):
        if at - last.get(word, at) <= _LONGEST_PHRASE + 1:
            lags.add(at - last.get(word, at))
        last[word] = at
    return lags - {0}


def _matches(words: Sequence[str], lag: int, count: int) -> Iterator[int]:
    """Where ``count`` words equal those ``lag`` words further on; after a match, behind it."""
    same = bytes(map(eq, words, words[lag:]))
    at = same.find(b"\1" * count)
    while at >= 0:
        yield at
        end = same.find(b"\0", at)
        at = -1 if end < 0 else same.find(b"\1" * count, end)


def _loop(text: str, spans: Sequence[Span], words: Sequence[str]) -> _Repeat | None:
    """A segment that says three words over and over, from their second time to their last."""
    if len(words) < _LOOP_WORDS or len(set(words)) > len(words) / 2:
        return None
    triples = list(zip(words, words[1:], words[2:], strict=False))
    triple, rounds = Counter(triples).most_common(1)[0]
    much = rounds >= _LOOP_ROUNDS and rounds * len(set(triple)) >= _LOOP_SHARE * len(words)
    if not much or not any(_LETTER.search(word) for word in triple):
        return None
    places = [n for n, other in enumerate(triples) if other == triple]
    start, end = spans[places[1]][0], spans[places[-1] + 2][1]
    return _Repeat(" ".join(triple), start, end, "loop")


def _phrases(
    text: str, spans: Sequence[Span], words: Sequence[str], count: int, doubled: frozenset[str]
) -> Iterator[_Repeat]:
    """Phrases of ``count`` words that follow themselves often enough."""
    least = min(_COPIES.get(count, 2), _LISTED_COPIES.get(count, 2))
    for at in _matches(words, count, count * (least - 1)):
        last = at + count
        while words[last : last + count] == words[at : at + count]:
            last += count
        unit = text[spans[at][0] : spans[at + count - 1][1]]
        between = [_gap(text, spans, n) for n in range(at, last - 1)]
        kind = _phrase_kind(between, count)
        if kind and _LETTER.search(unit) and not doubled.issuperset(words[at : at + count]):
            yield _Repeat(unit, spans[at + count][0], spans[last - 1][1], kind)


def _phrase_kind(between: Sequence[str], count: int) -> str | None:
    """Whether copies are repeated with only spaces between them, or with commas."""
    junctions = between[count - 1 :: count]
    copies = len(junctions) + 1
    inner = [gap for n, gap in enumerate(between) if n % count != count - 1]
    if not all(map(_SPACES.match, inner)):
        return None
    if all(map(_SPACE_BETWEEN.match, junctions)):
        return "phrase" if copies >= _COPIES.get(count, 2) else None
    listed = copies >= _LISTED_COPIES.get(count, 2) and all(map(_BREAK.match, junctions))
    return "clause" if listed else None


def _joined(text: str, spans: Sequence[Span], words: Sequence[str], lag: int) -> Iterator[_Repeat]:
    """Phrases with one short word, such as "and", between their copies."""
    count = lag - 1
    if count < _LEAST_JOINED_WORDS:
        return
    for at in _matches(words, lag, count):
        join = words[at + count]
        between = [_gap(text, spans, n) for n in range(at, at + 2 * count)]
        short = len(join) <= _LONGEST_JOIN and join not in words[at : at + count]
        if short and all(map(_BREAK.match, between)) and _CLAUSE_END.match(text, spans[at + 2 * count][1]):
            start, end = spans[at + count + 1][0], spans[at + 2 * count][1]
            yield _Repeat(text[start:end], start, end, "clause")


def _gap(text: str, spans: Sequence[Span], number: int) -> str:
    return text[spans[number][1] : spans[number + 1][0]]


def _words(
    text: str, spans: Sequence[Span], words: Sequence[str], doubled: frozenset[str]
) -> Iterator[_Repeat]:
    """Single words that follow themselves after one space."""
    for at in _matches(words, 1, 1):
        first, second = (text[slice(*spans[n])] for n in (at, at + 1))
        again = second in (first, first.casefold())
        if again and _gap(text, spans, at) in (" ", "\u00a0") and first.casefold() not in doubled:
            named = at > 0 and text[spans[at - 1][0]].isupper() and _gap(text, spans, at - 1) == " "
            if kind := _word_kind(second, named):
                yield _Repeat(first, *spans[at + 1], kind)


def _word_kind(word: str, named: bool) -> str | None:
    """Whether doubling a word is a slip: after another word of its name, a name is no double one."""
    if len(word) < 2 or not _LETTER.search(word):
        return None
    if word.islower():
        return "word"
    if len(word) > _SHORT_NAME and not word.isalpha():
        return "word"  # "Covid-19 Covid-19", "Leeds's Leeds's"
    return "name" if named and len(word) > _SHORT_NAME else None


def _runs(text: str) -> Iterator[_Repeat]:
    """Repeats in scripts that don't separate words."""
    for found in _REPEATED_RUN.finditer(text):
        unit = found.group(1) or found.group(2)
        if len(set(unit)) >= _LEAST_DIFFERENT:
            yield _Repeat(unit, found.start() + len(unit), found.end(), "phrase")


def _glued(text: str, span: Span, doubled: frozenset[str]) -> Iterator[_Repeat]:
    """A word that is glued to itself at least twice."""
    found = _GLUED.search(text, *span)
    unit = found.group(1).casefold() if found else ""
    if found and len(set(unit)) >= _LEAST_LETTERS and unit not in doubled:
        yield _Repeat(found.group(1), found.end(1), found.end(), "phrase")


def _in_source(repeat: _Repeat, segment: Segment) -> bool:
    """Whether the source has the same words twice in a row, such as a name or a code."""
    if segment.source is None:
        return False
    twice = f"{repeat.unit} {repeat.unit}".casefold()
    return twice in segment.source.casefold() or repeat.unit.casefold() * 2 in segment.source.casefold()


def _mark(segment: Segment, repeat: _Repeat) -> Mark:
    offset = segment.target_span[0]
    severity: Severity = "minor" if repeat.kind in ("word", "name") else "major"
    return Mark(
        offset + repeat.start,
        offset + repeat.end,
        f"repeats {repeat.unit!r}",
        severity,
        _CONFIDENCE[repeat.kind],
        suggestion="",
    )


def _same(before: Segment, segment: Segment) -> bool:
    """Whether a segment says word for word what the one before it said, and its source does not."""
    words = _normal(segment.target)
    if len(words) < _LEAST_SENTENCE_WORDS or words != _normal(before.target):
        return False
    both = before.source is not None and segment.source is not None
    return not (both and _normal(before.source or "") == _normal(segment.source or ""))


def _normal(text: str) -> list[str]:
    return _NOT_WORD.sub(" ", text.casefold()).split()


def _sentence_mark(segment: Segment, before: Segment) -> Mark:
    start, end = segment.target_span
    message = "says the sentence before again"
    return Mark(start, end, message, "major", 0.8, suggestion="", related=(before.target_span,))


def _doubled(language: str | None) -> frozenset[str]:
    words = table("doubled_words")
    return frozenset([*words["any"], *words.get(base_language(language or "und"), ())])
