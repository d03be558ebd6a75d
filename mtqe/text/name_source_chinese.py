"""Names of a translation into English that were spelt by the sound of a Chinese source.

Chinese writes foreign names by their sound, and the names of Koreans, Vietnamese and people of Hong
Kong in its own characters: what they were is no longer to be seen. A translator who does not know a
name reads the characters in Mandarin ("Ruan" for Nguyen), or invents a spelling that sounds like
them. People and places of the mainland are read in Mandarin rightly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mtqe.data import Mark, Severity, Span
from mtqe.text.chinese_names import (
    LONGEST,
    chinese_names,
    foreign_rows,
    heard_as,
    pinyin,
    read_as,
    surname_length,
    writes_sound,
)
from mtqe.text.names import NameWord, commonness, name_words
from mtqe.text.phonetics import romanise, sound_distance

_LEAST_LETTERS = 4

# Zipf frequency from which a Mandarin reading is a name that English knows ("Jinping", "Shenzhen").
_KNOWN_READING = 1.5

# Zipf frequency from which another name is known well enough to be trusted ("Putin", "Merkel"), and
# from which it has at least been seen, so that it may be right.
_KNOWN, _SEEN = 2.0, 1.0

# So many characters that write a foreign name are no Chinese name; two may be one all the same.
_SURELY_FOREIGN = 3

# How far by ear an invented spelling is from the characters that it was heard from.
_REACH = 0.2

# The least share of a foreign name's characters that write little else than sounds.
_SOUNDS = 0.34

# A name has between so many letters for each letter that its characters are heard as.
_SHORTEST, _LONGEST = 0.6, 1.7

# Two words that are as common as this make an English name of their own ("Goldstream").
_WORD_OF_COMPOUND = 3.5
_LEAST_PART = 3

# Endings of English words ("Pedestrianization") have so many letters; shorter ones names have too.
_LEAST_ENDING = 4

# Shares of marks that raters of Chinese-English news agree with.
_CONFIDENCE = {
    "own_spelling": 0.8,
    "abroad": 0.8,
    "read": 0.45,
    "heard": 0.75,
    "unknown": 0.3,
    "mainland": 0.25,
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """A name that is likely wrong, and the characters that it was made from."""

    text: str
    span: Span
    characters: str
    source_span: Span | None  # in the segment's source
    reason: str
    grounded: bool  # whether there is more against the name than that it is rare

    @property
    def rare(self) -> bool:
        """Whether nothing speaks against the name but that it is rare."""
        return self.reason in ("unknown", "mainland")

    def mark(self, offset: int | None, suggestion: str | None) -> Mark:
        """The mark, for a segment whose source begins at ``offset`` of the article's, if known."""
        place = self.source_span
        if place is not None:
            place = None if offset is None else (offset + place[0], offset + place[1])
        message = _REASONS[self.reason].format(self.characters)
        severity: Severity = "major" if self.grounded else "minor"
        return Mark(*self.span, message, severity, _CONFIDENCE[self.reason], suggestion, source_span=place)


_REASONS = {
    "own_spelling": "“{}” in the source is no mainland name, and is spelt as Mandarin reads it",
    "abroad": "“{}” in the source names something abroad, and is spelt as Mandarin reads it",
    "read": "“{}” in the source writes a foreign name, and is spelt as Mandarin reads it",
    "heard": "“{}” in the source writes a foreign name; this spelling of it is not known",
    "unknown": "a name that English texts hardly know, and that the source has in characters",
    "mainland": "“{}” in the source is read in Mandarin; English texts hardly know the name",
}


def doubtful_names(words: Sequence[NameWord], source: str) -> Iterator[Doubt]:
    """The words of one name of the translation that its Chinese source makes doubtful."""
    people = list(_people(words, source))
    yield from people
    taken = {word for person in people for word in person.text.split()}
    for word in words:
        if word.text not in taken:
            yield from _word(word, source)


def known_renderings(
    doubts: Sequence[Doubt], names: Iterable[tuple[Sequence[NameWord], str]]
) -> dict[str, str]:
    """How else the text renders the characters of doubtful names, by a name that English knows.

    ``names`` are the words of each name of the translation with what their segment translates.
    """
    characters = {doubt.characters for doubt in doubts if doubt.reason == "heard"}
    if not characters:
        return {}
    pattern = re.compile("|".join(sorted(characters, key=lambda row: (-len(row), row))))
    found: dict[str, str] = {}
    for words, source in names:
        for row in pattern.findall(source):
            for word in words:
                if row not in found and _renders(word.text, row):
                    found[row] = word.text
    return found


def _renders(text: str, characters: str) -> bool:
    return commonness(text, "en") >= _KNOWN and sound_distance(text, heard_as(characters)) <= _REACH


def _people(words: Sequence[NameWord], source: str) -> Iterator[Doubt]:
    """Surname and given name in Mandarin, of people who write themselves in another way."""
    elsewhere = bool(chinese_names().own_spelling.search(source))
    for surname, given in pairwise(words):
        place = _person(romanise(surname.text), romanise(given.text), source)
        if place is None or commonness(given.text, "en") >= _KNOWN_READING:
            continue
        if elsewhere or source[place[0]] in chinese_names().elsewhere_surnames:
            text = f"{surname.text} {given.text}"
            yield _doubt(text, (surname.span[0], given.span[1]), source, place, "own_spelling", 0.0)


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
    place, reason = _origin(word.text, letters, source)
    if reason and (reason == "heard" or common < _KNOWN_READING):
        yield _doubt(word.text, word.span, source, place, reason, common)


def _origin(text: str, letters: str, source: str) -> tuple[Span | None, str | None]:
    """The characters that a name was made from and what is wrong with it, as far as can be seen."""
    read = [place for place in read_as(source, letters) if place[1] - place[0] > 1]
    if read:
        return read[0], _why_misread(source, read[0])
    if _is_compound(text):
        return None, None
    heard = _heard(letters, source)
    return heard, "heard" if heard else "unknown"


def _why_misread(source: str, place: Span) -> str | None:
    """What speaks against a Mandarin reading of characters; nothing, for places of the mainland."""
    start, end = place
    names = chinese_names()
    if start and surname_length(source, start - 1):
        return "own_spelling" if names.own_spelling.search(source) else "mainland"
    if names.place_ends.match(source, end):
        return None
    if names.abroad.search(source):
        return "abroad"
    foreign = any(row[0] <= start and end <= row[1] for row in foreign_rows(source))
    return "read" if foreign and writes_sound(source[start:end], _SOUNDS) else "unknown"


def _heard(letters: str, source: str) -> Span | None:
    """The characters of a foreign name that sound most like ``letters``, if any are near."""
    best = min(_alike(letters, source), default=None)
    return best[1] if best and best[0] <= _REACH else None


def _alike(letters: str, source: str) -> Iterator[tuple[float, Span]]:
    for first, last in foreign_rows(source):
        for start in range(first, last - 1):
            for end in range(start + 2, min(last, start + LONGEST) + 1):
                characters = source[start:end]
                heard = heard_as(characters)
                fits = _SHORTEST * len(heard) <= len(letters) <= _LONGEST * len(heard)
                if fits and writes_sound(characters, _SOUNDS):
                    yield sound_distance(letters, heard), (start, end)


def _is_compound(text: str) -> bool:
    """Whether a name is made of English: "YouTube", "Post-war", "Goldstream", "Pedestrianization"."""
    inside = "-" in text or any(a.islower() and b.isupper() for a, b in pairwise(text))
    endings = tuple(ending for ending in name_words("en").suffixes if len(ending) >= _LEAST_ENDING)
    parts = range(_LEAST_PART, len(text) - _LEAST_PART + 1)
    return inside or text.endswith(endings) or any(_common(text[:i]) and _common(text[i:]) for i in parts)


def _common(word: str) -> bool:
    return commonness(word, "en") >= _WORD_OF_COMPOUND


def _doubt(text: str, span: Span, source: str, place: Span | None, reason: str, common: float) -> Doubt:
    characters = source[slice(*place)] if place else ""
    grounded = {
        "unknown": False,
        "mainland": False,
        "heard": common < _SEEN,
        "read": len(characters) >= _SURELY_FOREIGN,
    }
    return Doubt(text, span, characters, place, reason, grounded.get(reason, True))
