"""Names of a translation into English that were spelt by the sound of a Chinese source.

Chinese writes foreign names by their sound, and the names of Koreans, Vietnamese and people of Hong
Kong in its own characters: what they were is no longer to be seen. A translator who does not know a
name reads the characters in Mandarin ("Ruan" for Nguyen), or invents a spelling that sounds like
them. Names of the mainland are left alone, for their Mandarin reading is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mtqe.data import Mark, Span
from mtqe.text.chinese_names import (
    LONGEST,
    chinese_names,
    foreign_rows,
    pinyin,
    read_as,
    surname_length,
    writes_sound,
)
from mtqe.text.names import NameWord, commonness
from mtqe.text.phonetics import romanise, sound_distance

_LEAST_LETTERS = 4

# Zipf frequency from which a Mandarin reading is a name that English knows ("Jinping", "Shenzhen").
_KNOWN_READING = 1.5

# Zipf frequency from which another name is known well enough to be trusted ("Putin", "Guterres").
_KNOWN = 2.0

# How far by ear an invented spelling is from the characters that it was heard from.
_REACH = 0.3

# The least share of a foreign name's characters that write little else than sounds.
_SOUNDS = 0.34

# A name has between so many letters for each letter of its reading: Mandarin adds vowels and no more.
_SHORTEST, _LONGEST = 0.5, 1.7

# Shares of marks that raters of Chinese-English news agree with.
_CONFIDENCE = {"own_spelling": 0.8, "abroad": 0.8, "read": 0.7, "heard": 0.7}


@dataclass(frozen=True, slots=True)
class Doubt:
    """A name that is likely wrong, and the characters that it was made from."""

    text: str
    span: Span
    characters: str
    source_span: Span  # in the segment's source
    reason: str

    def mark(self, offset: int | None) -> Mark:
        """The mark, for a segment whose source begins at ``offset`` of the article's, if known."""
        place = None if offset is None else (offset + self.source_span[0], offset + self.source_span[1])
        return Mark(
            *self.span,
            f"“{self.characters}” in the source {_REASONS[self.reason]}",
            "major",
            _CONFIDENCE[self.reason],
            source_span=place,
        )


_REASONS = {
    "own_spelling": "is no mainland name, and is spelt as Mandarin reads it",
    "abroad": "names something abroad, and is spelt as Mandarin reads it",
    "read": "writes a foreign name, and is spelt as Mandarin reads it",
    "heard": "writes a foreign name; this spelling of it is not known",
}


def doubtful_names(words: Sequence[NameWord], source: str) -> Iterator[Doubt]:
    """The words of one name of the translation that its Chinese source makes doubtful."""
    people = list(_people(words, source))
    yield from people
    taken = {word for person in people for word in person.text.split()}
    for word in words:
        if word.text not in taken:
            yield from _word(word, source)


def _people(words: Sequence[NameWord], source: str) -> Iterator[Doubt]:
    """Surname and given name in Mandarin, of people who write themselves in another way."""
    elsewhere = bool(chinese_names().own_spelling.search(source))
    for surname, given in pairwise(words):
        place = _person(romanise(surname.text), romanise(given.text), source)
        if place is None or commonness(given.text, "en") >= _KNOWN_READING:
            continue
        if elsewhere or source[place[0]] in chinese_names().elsewhere_surnames:
            text = f"{surname.text} {given.text}"
            yield _doubt(text, (surname.span[0], given.span[1]), source, place, "own_spelling")


def _person(surname: str, given: str, source: str) -> Span | None:
    """Where the source has a Chinese surname and a given name of one or two characters that read so."""
    for start, end in read_as(source, surname + given, LONGEST // 2):
        length = surname_length(source, start)
        if length and end - start - length in (1, 2) and surname == pinyin(source[start : start + length]):
            return start, end
    return None


def _word(word: NameWord, source: str) -> Iterator[Doubt]:
    letters = romanise(word.text)
    common = max(commonness(word.text, "en"), commonness(letters, "en"))
    if len(letters) < _LEAST_LETTERS or common >= _KNOWN or word.text.lower() in source.lower():
        return
    read = [place for place in read_as(source, letters) if place[1] - place[0] > 1]
    if read:
        reason = _why_misread(source, read[0])
        if reason and common < _KNOWN_READING:
            yield _doubt(word.text, word.span, source, read[0], reason)
        return
    heard = None if _is_product(word.text) else _heard(letters, source)
    if heard:
        yield _doubt(word.text, word.span, source, heard, "heard")


def _why_misread(source: str, place: Span) -> str | None:
    """Why characters that are no Chinese person's given name should not be read in Mandarin."""
    start, end = place
    if start and surname_length(source, start - 1):
        return None
    if chinese_names().abroad.search(source):
        return "abroad"
    foreign = any(row[0] <= start and end <= row[1] for row in foreign_rows(source))
    return "read" if foreign and writes_sound(source[start:end], _SOUNDS) else None


def _heard(letters: str, source: str) -> Span | None:
    """The characters of a foreign name that sound most like ``letters``, if any are near."""
    best = min(_alike(letters, source), default=None)
    return best[1] if best and best[0] <= _REACH else None


def _alike(letters: str, source: str) -> Iterator[tuple[float, Span]]:
    for first, last in foreign_rows(source):
        for start in range(first, last - 1):
            for end in range(start + 2, min(last, start + LONGEST) + 1):
                characters = source[start:end]
                reading = pinyin(characters)
                fits = _SHORTEST * len(reading) <= len(letters) <= _LONGEST * len(reading)
                if fits and writes_sound(characters, _SOUNDS):
                    yield sound_distance(letters, reading), (start, end)


def _is_product(text: str) -> bool:
    """Whether a capital stands inside, as in "YouTube"."""
    return any(a.islower() and b.isupper() for a, b in pairwise(text))


def _doubt(text: str, span: Span, source: str, place: Span, reason: str) -> Doubt:
    return Doubt(text, span, source[place[0] : place[1]], place, reason)
