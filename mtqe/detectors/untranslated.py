"""Words and passages that were left in another language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from mtqe.data import Article, Example, Mark, Segment, Severity, Span
from mtqe.detectors.base import detectors
from mtqe.models.copied_words import load_copied_words
from mtqe.models.foreign_passages import (
    PASSAGE_WORDS,
    WORD,
    Token,
    has_rare_words,
    in_title,
    passages,
    suspect,
    tokenise,
)
from mtqe.models.foreign_words import foreign_word
from mtqe.models.word_language import Frequencies, frequencies, neighbours
from mtqe.text.foreign_script import foreign_script
from mtqe.text.languages import base_language
from mtqe.text.scripts import scripts_of
from mtqe.text.spans import overlap

# A foreign word that an author wants: inside quotation marks or brackets, or explained in brackets.
_OPENING = "“‘\"'«„(["
_GLOSS_AFTER = re.compile(r"[”’\"'»)\]]|\s*\(|\s+or\s|,? (?:which|that) means?\b|, meaning\b")

# A stretch that is this share of its sentence is the sentence.
_SENTENCE_SHARE = 0.6

# Of issues with this confidence, as measured on development articles, so many are right.
_WORD = 0.85
_SCRIPT = 0.9
_PASSAGE_BASE, _PASSAGE_STEP, _PASSAGE_MOST = 0.6, 0.05, 0.97


@detectors.register
@dataclass(frozen=True)
class Untranslated:
    """Mark words and passages of the target that are in another language.

    For passages, word frequencies of the target language and of each language in the same
    letters are weighed against each other by a two-state Viterbi search; letters of another
    script speak for themselves. A single word must be foreign beyond doubt: unknown in the target
    language, and usual in another one or spelt with letters that the target language lacks.
    Left alone: capitalised words and what is between them (names and titles), words in quotation marks
    or brackets or explained there, addresses, and loanwords that the target language's word list
    has. Single words and passages of the same script need a word list of the target language in
    ``wordfreq``, in Latin or Cyrillic letters.

    With the source, words that are copied from it are judged too ("the Census Bureau" in a German
    text). Annotators mark some and translators keep many of the same, so these are minor, of low
    confidence: ``copied`` is the least probability, 0 to 1, that an annotator marks the word, among
    segments of which a third have such a mark; 1 turns them off.
    """

    name: ClassVar[str] = "untranslated"
    mqm: ClassVar[str] = "accuracy/untranslated"
    excludes: ClassVar[bool] = False
    default: ClassVar[bool] = True
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            "The bridge was closed. Les travaux devraient durer jusqu’à la fin du mois. Traffic is slow.",
            marks=("Les travaux devraient durer jusqu’à la fin du mois.",),
        ),
        Example("The men were released mercredi after a long talk.", marks=("mercredi",)),
        Example("They signed the new heildarkjarasamningur with the crew.", marks=("heildarkjarasamningur",)),
        Example("The mayor said that 市政府 will pay.", marks=("市政府",)),
        Example(
            "Мэр сказал, что the city council will pay for it, и ушёл.",
            marks=("the city council will pay for it",),
            target_lang="ru",
        ),
        Example(
            "Der Rat sprach gestern über das settlement agreement with the workers der Stadt.",
            marks=("settlement agreement with the workers",),
            source="The council spoke yesterday about the city's settlement agreement with the workers.",
            target_lang="de",
            source_lang="en",
        ),
        Example("She studied at the École des Hautes Études before she joined Le Monde."),
        Example("The Länder (federal states) decide about schools."),
        Example("Critics called it a “Schnapsidee” and went home."),
        Example("He ate a croissant in a café and paid an entrepreneur for his résumé."),
        Example("The concept of Weltschmerz was a cliché by then, a kind of déjà vu."),
        Example("Ana de la Cruz and Jan van der Berg met at the Museo del Prado."),
        Example("Write to redaktion@beispiel.de or see www.beispiel.de/seite."),
        Example("The ad hoc committee met pro forma and voted nem con."),
        Example("The Bundestag and the Assemblée nationale voted on Tuesday."),
        Example("He played in the film La vie d’une femme heureuse last year."),
        Example("They ate takoyaki and drank kombucha by the river."),
        Example("The rest mass is μ, and Δν falls; the α-helix is stable."),
        Example("The poet Li Bai (李白) lived in Chang'an."),
        Example("Ich habe das Meeting im Büro gecancelt und ein Update geschickt.", target_lang="de"),
        Example("Он купил iPhone в Apple Store и поставил Google Chrome.", target_lang="ru"),
        Example(
            "Sara Whitlock und Tom Barrow trafen sich in Leeds.",
            source="Sara Whitlock and Tom Barrow met in Leeds.",
            target_lang="de",
            source_lang="en",
        ),
    )

    copied: float = 0.5

    def knows(self, article: Article) -> bool:
        """Whether the target language has a word list, or letters of its own."""
        target = article.target_lang or "und"
        lists = neighbours(base_language(target)) and frequencies(base_language(target))
        return bool(lists) or "Latn" not in (scripts_of(target) or ("Latn",))

    def detect(self, article: Article) -> Iterator[Mark]:
        """One mark for each foreign passage or word."""
        target = article.target_lang or "und"
        base = base_language(target)
        usual = frequencies(base) if neighbours(base) else None
        for segment in article.segments:
            marks = list(_script_marks(segment, target))
            if usual is not None:
                marks += _word_marks(segment, base, usual, article.source_lang)
            if self.copied < 1.0 and segment.source and article.source_lang:
                marks += self._copies(segment, (base, base_language(article.source_lang)))
            yield from _without_overlaps(marks)

    def _copies(self, segment: Segment, languages: tuple[str, str]) -> Iterator[Mark]:
        model = load_copied_words()
        for run in model.find(segment.target, segment.source or "", languages, self.copied):
            confidence = round(model.precision * run.probability, 2)
            yield _mark(segment, run[:2], "stands in the source as it is", "minor", confidence)


def _script_marks(segment: Segment, language: str) -> Iterator[Mark]:
    text = segment.target
    for start, end in foreign_script(text, language):
        if not _is_meant(text, (start, end)):
            whole = end - start >= _SENTENCE_SHARE * len(text)
            severity: Severity = "critical" if whole else "major"
            yield _mark(segment, (start, end), "in letters of another language", severity, _SCRIPT)


def _word_marks(segment: Segment, target: str, usual: Frequencies, source: str | None) -> Iterator[Mark]:
    if not has_rare_words(segment.target, usual):
        return
    tokens = tokenise(segment.target, usual)
    language = suspect(tokens, target, source)
    foreign = frequencies(language, "small") if language else None
    copied = set(WORD.findall(segment.source.lower())) if segment.source else set()
    if foreign is not None:
        for first, last in passages(tokens, copied, foreign):
            yield _passage_mark(segment, tokens, first, last, str(language))
    for i, token in enumerate(tokens):
        why = foreign_word(token.form, usual, target, source) if token.plain else None
        if why and not in_title(tokens, i, foreign) and not _is_meant(segment.target, token[1:3]):
            yield _mark(segment, token[1:3], why, "major", _WORD)


def _passage_mark(segment: Segment, tokens: Sequence[Token], first: int, last: int, language: str) -> Mark:
    start, end = tokens[first].start, tokens[last - 1].end
    whole = last - first >= _SENTENCE_SHARE * len(tokens)
    if whole:
        start = 0 if first <= 1 else start
        end = len(segment.target) if last >= len(tokens) - 1 else end
    words = last - first
    severity: Severity = "critical" if whole and words >= PASSAGE_WORDS else "major"
    confidence = min(_PASSAGE_BASE + _PASSAGE_STEP * words, _PASSAGE_MOST)
    return _mark(segment, (start, end), f"left in another language ({language})", severity, confidence)


def _is_meant(text: str, span: Span) -> bool:
    """Whether the author wants the foreign word: it is quoted, bracketed or explained."""
    before = text[: span[0]].rstrip()[-1:]
    return (before in _OPENING and before != "") or _GLOSS_AFTER.match(text, span[1]) is not None


def _without_overlaps(marks: Sequence[Mark]) -> Iterator[Mark]:
    """The marks that no surer one of the same segment overlaps."""
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda mark: (-mark.confidence, mark.start)):
        if not any(overlap((mark.start, mark.end), (other.start, other.end)) for other in kept):
            kept.append(mark)
            yield mark


def _mark(segment: Segment, span: Span, message: str, severity: Severity, confidence: float) -> Mark:
    offset = segment.target_span[0]
    return Mark(offset + span[0], offset + span[1], message, severity, confidence)
