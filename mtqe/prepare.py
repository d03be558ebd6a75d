"""Make an article ready to be judged: its languages, its sentences, what each translates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mtqe.data import Article, Omission, Segment, Span
from mtqe.text.languages import base_language
from mtqe.text.sentences import split_paragraphs, split_sentences

if TYPE_CHECKING:
    from mtqe.alignment import SentenceVectors

# With less certainty than this the detected language is a guess, and the report says so.
_SURE = 0.9

# With less than this there is nothing to go by: a word, or a list of names.
_GUESS = 0.25

_UNKNOWN = "und"


def prepare(article: Article, vectors: SentenceVectors | None = None) -> Article:
    """``article`` with languages, segments and omissions; segments that are given stay as they are.

    ``vectors`` gives those that sentences are put beside their sources by, instead of the encoder itself.
    """
    article = with_languages(article)
    return article if article.segments else _with_segments(article, vectors)


def with_languages(article: Article) -> Article:
    """``article`` with the languages that are not given detected, and notes that say so."""
    target_lang, notes = article.target_lang, list(article.notes)
    detected = list(article.detected)
    if target_lang is None:
        target_lang = _detect("target", article.target, notes, detected)
    source_lang = article.source_lang
    source = _source_text(article)
    if source_lang is None and source:
        source_lang = _detect("source", source, notes, detected)
    return replace(
        article,
        target_lang=target_lang,
        source_lang=source_lang,
        detected=tuple(detected),
        notes=tuple(notes),
    )


def _source_text(article: Article) -> str:
    """The whole source, or the sources of the segments that are given."""
    return article.source or "\n".join(segment.source for segment in article.segments if segment.source)


def _detect(side: str, text: str, notes: list[str], detected: list[str]) -> str | None:
    from mtqe.models.language_id import identify  # only if needed: it takes longer than many a run

    guess = identify(text)
    if guess is None:
        notes.append(f"the {side} has no letters to detect a language by")
        return None
    if guess.probability < _GUESS:
        notes.append(f"{side} language not given, and too little text to detect it by")
        return None
    detected.append(side)
    sure = "" if guess.probability >= _SURE else f", not surely (probability {guess.probability:.2f})"
    notes.append(f"{side} language not given; detected: {guess.language}{sure}")
    return guess.language


def _with_segments(article: Article, vectors: SentenceVectors | None) -> Article:
    units = [_Unit(n, span) for n, span in _sentences(article.target, article.target_lang)]
    omissions: list[Omission] = []
    if article.source is not None:
        units, omissions = _aligned(units, "source", article, vectors)
    if article.reference is not None:
        units, _ = _aligned(units, "reference", article, None)
    segments = tuple(_segment(index, unit, article) for index, unit in enumerate(units))
    return replace(article, segments=segments, omissions=tuple(omissions))


@dataclass(frozen=True, slots=True)
class _Unit:
    """Target sentences that stay together, and the ranges that they translate."""

    paragraph: int
    target: Span
    source: Span | None = None
    reference: Span | None = None


def _sentences(text: str, language: str | None) -> list[tuple[int, Span]]:
    """Paragraph number and range of each sentence."""
    found = []
    for number, (start, end) in enumerate(split_paragraphs(text)):
        inside = split_sentences(text[start:end], base_language(language or _UNKNOWN))
        found += [(number, (start + a, start + b)) for a, b in inside]
    return found


def _aligned(
    units: Sequence[_Unit], side: str, article: Article, vectors: SentenceVectors | None
) -> tuple[list[_Unit], list[Omission]]:
    """``units`` with their counterparts in the source or reference, and what has none in the target."""
    from mtqe.alignment import align  # only if needed, as above

    other = getattr(article, side)
    language = article.source_lang if side == "source" else article.target_lang
    spans = [span for _, span in _sentences(other, language)]
    beads = align(
        [article.target[slice(*unit.target)] for unit in units],
        [other[slice(*span)] for span in spans],
        blocks=[unit.paragraph for unit in units],
        languages=(article.target_lang, language),
        vectors=vectors,
    )
    joined: list[_Unit] = []
    omissions = []
    for ours, theirs in beads:
        span = (spans[theirs.start][0], spans[theirs.stop - 1][1]) if theirs else None
        if ours:
            joined.append(_join([units[i] for i in ours], side, span))
        elif span:
            omissions.append(Omission(span, other[slice(*span)], before_segment=len(joined)))
    return joined, omissions


def _join(units: Sequence[_Unit], side: str, span: Span | None) -> _Unit:
    first, last = units[0], units[-1]
    sources = [unit.source for unit in units if unit.source]
    source = (sources[0][0], sources[-1][1]) if sources else None
    joined = _Unit(first.paragraph, (first.target[0], last.target[1]), source)
    return replace(joined, source=span) if side == "source" else replace(joined, reference=span)


def _segment(index: int, unit: _Unit, article: Article) -> Segment:
    return Segment(
        index,
        unit.paragraph,
        unit.target,
        article.target[slice(*unit.target)],
        source=_cut(article.source, unit.source),
        source_span=unit.source,
        reference=_cut(article.reference, unit.reference),
        reference_span=unit.reference,
    )


def _cut(text: str | None, span: Span | None) -> str | None:
    return None if text is None or span is None else text[slice(*span)]
