"""Sentences and whole articles in a language that they should not be in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from mtqe.data import Article, Example, Mark, Segment, Severity
from mtqe.detectors.base import detectors
from mtqe.models.sentence_language import OtherLanguage, are_close, other_language
from mtqe.text.languages import base_language
from mtqe.text.words import count_words

# An article with more than this share of its words in sentences of another language is in that language;
# then shorter sentences count too.
_WHOLE = 0.5
_LEAST_WORDS_THEN = 3

# What is quoted may be in any language.
_QUOTE = re.compile('[“„«»「『"]')
_QUOTATION = re.compile(
    '[“„«][^“”„«»]{0,2000}[”“»]|»[^«»]{0,2000}«|「[^「」]{0,2000}」|『[^『』]{0,2000}』|"[^"]{0,2000}"'
)
_CONFIDENCE = 0.9


@detectors.register
@dataclass(frozen=True)
class WrongLanguage:
    """Mark sentences that are in a third language, and all of an article in the wrong language.

    A sentence counts if few of its words are usual in the target language, a language classifier
    is sure of another one, and most words are usual there; or if its letters are those of another
    script. Marked are sentences that are neither in the target nor in the source language; without
    a source language, sentences in another script alone. Where more than half of an article is
    in another language than declared, all such sentences are marked, whatever language it is.
    Words and sentences left in the source language are ``untranslated``, which looks closer.
    Marked too: traditional characters where ``zh-Hans`` or ``zh-CN`` is declared and the reverse,
    Cyrillic in ``sr-Latn``, Russian in Latin letters. Left alone: sentences of fewer than
    ``min_words`` words (two Chinese characters count as one), quotations, names and titles, lists,
    code, formulas, what the source has word for word, and languages too close to tell (Norwegian
    and Danish, Croatian and Serbian, Portuguese and Galician, Indonesian and Malay).
    """

    min_words: int = 6

    name: ClassVar[str] = "wrong_language"
    mqm: ClassVar[str] = "accuracy/untranslated"
    excludes: ClassVar[bool] = False
    default: ClassVar[bool] = True
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            "Der Rat tagte am Montag. Los vecinos del barrio no quieren que se construya el puente.",
            marks=("Los vecinos del barrio no quieren que se construya el puente.",),
            source="The council met on Monday. The neighbours do not want the bridge to be built.",
            target_lang="de",
            source_lang="en",
        ),
        Example(
            "The council met on Monday. Соседи не хотят, чтобы мост построили в этом году.",
            marks=("Соседи не хотят, чтобы мост построили в этом году.",),
        ),
        Example(
            "The council met on Monday and it voted for a new bridge over the river.",
            marks=("The council met on Monday and it voted for a new bridge over the river.",),
            target_lang="de",
        ),
        Example(
            "會議決定從明年開始實施這項計劃。",
            marks=("會議決定從明年開始實施這項計劃。",),
            target_lang="zh-Hans",
        ),
        Example("会议决定从明年开始实施这项计划。", target_lang="zh-Hans"),
        Example(
            "El alcalde dijo: «We shall not pay for any of this, not now and not ever».", target_lang="es"
        ),
        Example("“Nous ne paierons rien de tout cela, ni maintenant ni jamais.”"),
        Example("Rådet stemte i går for å bygge en ny bro over elven i byen.", target_lang="da"),
        Example("O conselho votou ontem a favor de uma nova ponte sobre o rio.", target_lang="pt-BR"),
        Example(
            "Museu d'Art Contemporani, Plaça dels Àngels, Universitat Politècnica, Sant Cugat del Vallès"
        ),
        Example("lim sup x → ∞, sin x cos y = f(x) + g(y), for i in range(n): print(i)"),
        Example("Он работает в компании Bright Harbour Shipping and Trading Limited.", target_lang="ru"),
        Example("東京都知事選挙候補者一覧", target_lang="ja"),
        Example("Der Manager bekam ein Update vom Team und cancelte das Meeting.", target_lang="de"),
        Example("Skupština je jučer glasala za novi most preko rijeke u gradu.", target_lang="sr"),
    )

    def detect(self, article: Article) -> Iterator[Mark]:
        """One mark for each sentence in another language."""
        if article.target_lang is None:
            return
        found = self._find(article, self.min_words)
        if not found:
            return
        words = sum(count_words(segment.target) for segment, _ in found)
        if words > _WHOLE * _words(article, self.min_words):
            yield from (_mark(*finding) for finding in self._find(article, _LEAST_WORDS_THEN))
            return
        for segment, other in found:
            if _is_third(other, article) and not _is_copied(segment, article):
                yield _mark(segment, other)

    def _find(self, article: Article, least: int) -> list[tuple[Segment, OtherLanguage]]:
        target = article.target_lang or "und"
        found = (
            (segment, other_language(_without_quotations(segment.target), target, least))
            for segment in article.segments
            if not segment.excluded
        )
        return [(segment, other) for segment, other in found if other is not None]


def _words(article: Article, least: int) -> int:
    """How many words stand in sentences that are long enough to tell their language."""
    sizes = (count_words(segment.target) for segment in article.segments if not segment.excluded)
    return sum(size for size in sizes if size >= least)


def _without_quotations(text: str) -> str:
    return _QUOTATION.sub(" ", text) if _QUOTE.search(text) else text


def _is_third(other: OtherLanguage, article: Article) -> bool:
    """Whether a sentence is neither in the target language nor in the source's."""
    if article.source_lang is None:
        return other.script
    return not are_close(other.language, base_language(article.source_lang))


def _is_copied(segment: Segment, article: Article) -> bool:
    return any(segment.target in (source or "") for source in (segment.source, article.source))


def _mark(segment: Segment, other: OtherLanguage) -> Mark:
    severity: Severity = "major" if other.readable else "critical"
    return Mark(*segment.target_span, other.message, severity, _CONFIDENCE)
