"""Names of a translation beside those of its source.

Between languages with Latin letters a name is copied, so that one which is nearly, but not quite, a
name of its source sentence is garbled. Out of Chinese, names are doubtful that were spelt by the
sound of their characters (``name_source_chinese``). Out of other scripts this can't be told: of
right transliterations from Russian one in ten is farther from its source by ear than a garbled name
is, from Arabic half of them are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mtqe.data import Article, Mark, Segment, Span
from mtqe.text.languages import base_language
from mtqe.text.name_source_chinese import doubtful_names, known_renderings
from mtqe.text.name_spellings import same_spelling
from mtqe.text.names import Mention, NameWord, commonness
from mtqe.text.phonetics import romanise, sound_distance
from mtqe.text.same_name import is_derived

# Zipf frequency from which a target name is one of the target language's own ("Munich").
_KNOWN = 1.0
_LEAST_LETTERS = 4

# With a larger share of capitals than this a source sentence is a headline, where they say nothing.
_HEADLINE_SHARE = 0.6

# Zipf frequency from which a source word with a capital is an ordinary word of its language ("Centre").
_ORDINARY = 3.5

# How far by ear a garbled name may be from its source, and how many letters longer or shorter.
_REACH = 0.15
_LETTERS_APART = 2

_CONFIDENCE = 0.7

# In an article of more segments than this, one doubtful name out of Chinese is most often a rare name
# that is spelt right; a translator who does not know its names has others wrong, or varies this one.
_FEW_SEGMENTS = 3
_LEAST_DOUBTS = 2

# A source sentence that is longer was not divided, and would take long.
_LONGEST_SOURCE = 2_000

# Of a source of so many characters a sentence that was not aligned may translate any part.
_SHORT_ARTICLE = 1_000

_WORD = re.compile(r"[^\W\d_]+(?:[\-‐‑][^\W\d_]+)*")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff'’-]+")


class _Counterpart(NamedTuple):
    """A name of the source, how far it is by ear, and its place in the segment's source."""

    distance: float
    text: str
    span: Span


def source_marks(article: Article, mentions: Sequence[Mention], *, rare_names: bool) -> Iterator[Mark]:
    """The names of the target that the source makes doubtful, if there is one.

    With ``rare_names`` those out of Chinese too that are no more than rare, in a short text.
    """
    target, source = (base_language(tag or "en") for tag in (article.target_lang, article.source_lang))
    if source == "zh":
        yield from _read_from_chinese(article, mentions, rare_names) if target == "en" else ()
    else:
        yield from garbled_copies(article, mentions)


def _read_from_chinese(article: Article, mentions: Sequence[Mention], rare_names: bool) -> Iterator[Mark]:
    short = len(article.segments) <= _FEW_SEGMENTS
    sources = list(_with_sources(article, mentions))
    found = [
        (doubt, offset)
        for mention, text, offset in sources
        for doubt in doubtful_names(mention.words, text)
        if doubt.grounded or (short and (rare_names or not doubt.rare))
    ]
    known = known_renderings(
        [doubt for doubt, _ in found], ((mention.words, text) for mention, text, _ in sources)
    )
    if short or known or len({doubt.text for doubt, _ in found}) >= _LEAST_DOUBTS:
        yield from (doubt.mark(offset, known.get(doubt.characters)) for doubt, offset in found)


def garbled_copies(article: Article, mentions: Sequence[Mention]) -> Iterator[Mark]:
    """Unknown target names that are nearly a name of their source sentence, in Latin letters."""
    target, source = (base_language(tag or "en") for tag in (article.target_lang, article.source_lang))
    for mention, text, offset in _with_sources(article, mentions):
        for word in mention.words:
            if not _is_doubtful(word, text, target):
                continue
            translation = article.segments[mention.sentence].target
            nearest = min(_alike(word.text, text, translation, source), default=None)
            if nearest and not _legitimate(word.text, target, nearest.text, source):
                yield _mark(word, nearest, offset)


def _legitimate(name: str, target: str, counterpart: str, source: str) -> bool:
    """Whether a language would change a name of the source so: an ending, or its way to spell it."""
    derived = any(is_derived(counterpart, name, language) for language in (target, source))
    return derived or same_spelling(name, target, counterpart, source)


def _with_sources(article: Article, mentions: Sequence[Mention]) -> Iterator[tuple[Mention, str, int | None]]:
    """Each mention with what its segment translates, and where that begins in the source, if known."""
    for mention in mentions:
        text, offset = _source_of(article.segments[mention.sentence], article)
        if 0 < len(text) <= _LONGEST_SOURCE:
            yield mention, text, offset


def _source_of(segment: Segment, article: Article) -> tuple[str, int | None]:
    """What a segment translates and where it stands; of a short article the whole source."""
    if segment.source is not None:
        return segment.source, segment.source_span[0] if segment.source_span else None
    source = article.source or ""
    return (source, 0) if len(source) <= _SHORT_ARTICLE else ("", None)


def _is_doubtful(word: NameWord, source: str, language: str) -> bool:
    letters = romanise(word.text)
    return (
        len(letters) >= _LEAST_LETTERS
        and bool(_LATIN.fullmatch(word.text))
        and not re.search("[-'’]", word.text)
        and max(commonness(word.text, language), commonness(letters, language)) < _KNOWN
        and word.text.lower() not in source.lower()
    )


def _alike(name: str, source: str, target: str, language: str) -> Iterator[_Counterpart]:
    """The names of the source that this one may stand for: those that the target lacks."""
    words = list(_WORD.finditer(source))
    if sum(word.group()[0].isupper() for word in words) > _HEADLINE_SHARE * len(words):
        return
    for match in words:
        heard = match.group()
        near = heard[0].isupper() and abs(len(heard) - len(name)) <= _LETTERS_APART
        if near and _LATIN.fullmatch(heard) and heard.lower() not in target.lower():
            distance = sound_distance(name, heard)
            if distance <= _REACH and commonness(heard, language) < _ORDINARY:
                yield _Counterpart(distance, heard, match.span())


def _mark(word: NameWord, nearest: _Counterpart, offset: int | None) -> Mark:
    start, end = nearest.span
    return Mark(
        *word.span,
        f"“{nearest.text}” in the source",
        "major",
        _CONFIDENCE,
        suggestion=nearest.text,
        source_span=None if offset is None else (offset + start, offset + end),
    )
