"""Words, phrases and sentences that a translation system said again without being asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from mtqe.data import Article, Example, Mark, Segment, Severity, Span
from mtqe.detectors.base import detectors
from mtqe.text.languages import base_language
from mtqe.text.spans import overlap
from mtqe.text.tables import table

# A phrase of up to six words that follows itself with nothing but spaces between. Lengths are
# bounded, so that the search stays linear.
_REPEATED_PHRASE = re.compile(
    r"(?<![\w'’-])((?:[\w'’-]{1,30}[ \u00a0]){2,5}[\w'’-]{1,30})(?:\s\1)+(?![\w'’-])", re.I
)
_REPEATED_PAIR = re.compile(r"(?<![\w'’-])([\w'’-]{1,30}[ \u00a0][\w'’-]{1,30})(?:\s\1){2,}(?![\w'’-])", re.I)
_REPEATED_WORD = re.compile(r"(?<![\w'’.-])([^\W\d_]{2,30})(?:[ \u00a0]\1)+(?![\w'’-])")
# Scripts without spaces: at least four characters said twice, or two said three times.
_REPEATED_RUN = re.compile(
    r"([\u3040-\u30ff\u3400-\u9fff]{4,20})\1+|([\u3040-\u30ff\u3400-\u9fff]{2,3})\2{2,}"
)

# Shorter sentences ("Why not?") are said twice on purpose.
_LEAST_SENTENCE_WORDS = 6
_CONFIDENCE = 0.85
_NOT_WORD = re.compile(r"[\W_]+")


@detectors.register
@dataclass(frozen=True)
class Repetition:
    """Mark the second and later copies of a word, a phrase or a sentence that follows itself.

    A sentence counts as repeated only right after itself: further apart it is a pull quote or a
    caption. Left alone: names that double a word ("Walla Walla"), words that a language doubles
    (``text/tables/doubled_words.yaml``), emphasis with a comma, numbers, and what the
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
    for pattern in (_REPEATED_PHRASE, _REPEATED_PAIR, _REPEATED_RUN, _REPEATED_WORD):
        for found in pattern.finditer(segment.target):
            unit = next(group for group in found.groups() if group)
            if pattern is _REPEATED_WORD and not _is_slip(unit, doubled):
                continue
            if any(overlap(found.span(), span) for span in taken) or _in_source(found.group(), segment):
                continue
            taken.append(found.span())
            severity: Severity = "minor" if pattern is _REPEATED_WORD else "major"
            yield _mark(segment, found.start() + len(unit), found.end(), unit, severity)


def _is_slip(word: str, doubled: frozenset[str]) -> bool:
    """Whether doubling ``word`` is a mistake: it is no name and none that its language doubles."""
    return word.islower() and word not in doubled


def _in_source(text: str, segment: Segment) -> bool:
    return segment.source is not None and text.casefold() in segment.source.casefold()


def _mark(segment: Segment, start: int, end: int, unit: str, severity: Severity) -> Mark:
    text = segment.target
    start += len(text[start:end]) - len(text[start:end].lstrip())
    offset = segment.target_span[0]
    message = f"repeats {unit!r}"
    return Mark(offset + start, offset + end, message, severity, _CONFIDENCE, suggestion="")


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
    return frozenset(table("doubled_words").get(base_language(language or "und"), ()))
