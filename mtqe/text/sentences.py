"""Paragraphs and sentences of a text, as exact ranges of code points.

Sentence ends are found by sentencex (Wikimedia), which ``benchmarks/segmentation.py`` compares
with others; abbreviations that it does not know are in ``text/tables/abbreviations.yaml``, and what
stands around ordinal numbers in ``text/tables/ordinals.yaml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from mtqe.data import Span
from mtqe.text.tables import table

_BLANK_LINES = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")

# Hard-wrapped text: every line but the last about as long as the longest one.
_LEAST_WRAP = 45
_MOST_WRAP = 130
_WRAP_SHARE = 0.6

# Longer than any sentence of prose. What has no full stop for so long (a list, a table, a loop of a
# translation system) is cut at a space, so that models and people can handle it.
_LONGEST_SENTENCE = 2_000

# The library's time is quadratic in quotation marks: a page of nothing else takes a minute.
_PIECE = 10_000

_SURROGATE = re.compile("[\ud800-\udfff]")

# The library may leave these on the wrong side where quotation marks are not in pairs.
_OPENING = re.compile(r"(?<=\s)[“«„‘(\[「『（]\s?$")
_CLOSING = re.compile(r"[”»’\"')\]」』）]+(?=\s|$)")
_ORDINAL = re.compile(r"(?<![\w.,])\d{1,4}\.\s*$")
_NUMBER_ALONE = re.compile(r"\s*\d{1,3}\.\s*")
_CJK_CLOSED_QUOTE = re.compile(r"[。！？][」』”）]$")


def split_paragraphs(text: str) -> list[Span]:
    """Ranges of the paragraphs: blank lines separate them, and so do line ends in unwrapped text.

    Lines are joined where the text is hard-wrapped (lines of like length up to 130 characters)
    or the next line goes on in lower case; otherwise each line, such as a headline or a byline,
    is a paragraph. Ranges have no white space at their ends and hold all other characters.
    """
    return [span for block in _blocks(text) for span in _lines(text, block)]


def split_sentences(text: str, language: str) -> list[Span]:
    """Ranges of the sentences of one paragraph, in order, without white space at their ends.

    ``language`` is a language code; one that sentencex does not know is split like English.
    Every character but white space is in exactly one range. No range is longer than 2,000.
    """
    spans: list[Span] = []
    start = 0
    for end in _sentence_ends(text, language):
        spans += _bounded(text, start, end)
        start = end
    return spans


def _blocks(text: str) -> Iterator[Span]:
    start = 0
    for blank in _BLANK_LINES.finditer(text):
        yield start, blank.start()
        start = blank.end()
    yield start, len(text)


def _lines(text: str, block: Span) -> Iterator[Span]:
    """The paragraphs of a block of lines."""
    spans = []
    at = block[0]
    for line in text[slice(*block)].split("\n"):
        spans.append((at, at + len(line)))
        at += len(line) + 1
    wrapped = _is_wrapped([end - start for start, end in spans])
    joined: list[Span] = []
    for span in spans:
        if joined and (wrapped or _goes_on(text, span)):
            joined[-1] = (joined[-1][0], span[1])
        else:
            joined.append(span)
    return (stripped for span in joined if (stripped := _strip(text, *span)) is not None)


def _is_wrapped(lengths: list[int]) -> bool:
    longest = max(lengths)
    full = all(length >= _WRAP_SHARE * longest for length in lengths[:-1])
    return len(lengths) > 1 and _LEAST_WRAP <= longest <= _MOST_WRAP and full


def _goes_on(text: str, line: Span) -> bool:
    """Whether a line carries on the sentence of the line before."""
    first = text[slice(*line)].lstrip()[:1]
    return first.islower()


def _strip(text: str, start: int, end: int) -> Span | None:
    part = text[start:end]
    left = len(part) - len(part.lstrip())
    right = len(part.rstrip())
    return (start + left, start + right) if right > left else None


def _sentence_ends(text: str, language: str) -> Iterator[int]:
    """Where sentences end; a piece's last sentence, which may go on, opens the next piece."""
    start = 0
    while len(text) - start > _PIECE:
        ends = _ends(text[start : start + _PIECE], language) or [_cut(text, start, start + _PIECE) - start]
        yield from (start + end for end in ends)
        start += ends[-1]
    yield from (start + end for end in _ends(text[start:], language))
    yield len(text)


def _ends(piece: str, language: str) -> list[int]:
    """Where sentences end inside a piece, its own end left out."""
    import sentencex

    found = sentencex.get_sentence_boundaries(language, _SURROGATE.sub("\ufffd", piece))
    starts = [boundary["start_index"] for boundary in found][1:]
    ends = [0]
    for start in starts:
        # "1. Introduction": a number alone counts what follows.
        if not _is_inside(piece, start, language) and not _NUMBER_ALONE.fullmatch(piece, ends[-1], start):
            ends.append(_outside_quotes(piece, start))
    return [end for end in dict.fromkeys(ends[1:]) if end < len(piece)]


def _outside_quotes(piece: str, start: int) -> int:
    """``start``, moved before opening marks that stand there and behind closing ones."""
    opening = _OPENING.search(piece, max(start - 4, 0), start)
    if opening:
        return opening.start()
    closing = _CLOSING.match(piece, start)
    return closing.end() if closing else start


def _is_inside(piece: str, start: int, language: str) -> bool:
    """Whether a boundary of the library lies inside a sentence."""
    before = piece[max(start - 20, 0) : start].rstrip()
    if _abbreviations(language).search(before) or _is_ordinal(piece, start, language):
        return True
    # 「行こう。」と彼は言った。 The quotation is part of a sentence that goes on without a space.
    goes_on = piece[start : start + 1]
    return bool(_CJK_CLOSED_QUOTE.search(before)) and "\u3040" <= goes_on <= "\u309f"


def _is_ordinal(piece: str, start: int, language: str) -> bool:
    """Whether the number before ``start`` has its full stop as an ordinal: "10. September"."""
    begin = max(start - 20, 0)
    if not _ORDINAL.search(piece, begin, start):
        return False
    if piece[start : start + 1].islower():
        return True
    before, after = _around_ordinals(language)
    return bool(before.search(piece, begin, start) or after.match(piece, start))


@cache
def _around_ordinals(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What stands before an ordinal, with its number, and behind one; nothing without a table."""
    words = table("ordinals").get(language, {})
    before, after = ("|".join(words.get(place, ())) or "(?!)" for place in ("before", "after"))
    return re.compile(rf"\b(?:{before})\s+\d{{1,3}}\.\s*$", re.I), re.compile(rf"(?:{after})\b", re.I)


@cache
def _abbreviations(language: str) -> re.Pattern[str]:
    """What a sentence does not end with in this language."""
    known = table("abbreviations")
    forms = [re.escape(form) for code in ("any", language) for form in known.get(code, ())]
    return re.compile(rf"(?:^|[\s(«“\"'’-])(?:{'|'.join(forms)})$")


def _bounded(text: str, start: int, end: int) -> Iterator[Span]:
    """A sentence without white space at its ends, in parts if it is too long."""
    while end - start > _LONGEST_SENTENCE:
        cut = _cut(text, start, start + _LONGEST_SENTENCE)
        if span := _strip(text, start, cut):
            yield span
        start = cut
    if span := _strip(text, start, end):
        yield span


def _cut(text: str, start: int, end: int) -> int:
    """The last position up to ``end`` after a space, or ``end`` if there is none in the last half."""
    space = text.rfind(" ", start + (end - start) // 2, end)
    return space + 1 if space >= 0 else end
