"""Numbers in a text: digits in any style, number words, Han numerals, with their scales and units."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from mtqe.text.numbers_context import in_place, with_ranges
from mtqe.text.numbers_digits import DIGITS, SPACES, chunk_spans, looks_like_row, read_digits
from mtqe.text.numbers_facts import HAN_LANGUAGES, Facts, facts
from mtqe.text.numbers_han import (
    ABOUT,
    HAN,
    HAN_RUN,
    Token,
    digit_atoms,
    has_digit,
    has_scale,
    is_vague,
    read_han,
    scale_atoms,
)
from mtqe.text.numbers_types import Number
from mtqe.text.numbers_words import Count, from_digits, word_atoms

_UNSPACED = re.compile(f"(?P<digits>{DIGITS})|(?P<han>{HAN_RUN})|(?P<word>[A-Za-z]++)")
_ANY_DIGIT = re.compile(r"\d")
_ANY_HAN = re.compile(f"[{HAN}]")
_GAP = re.compile(rf"[{SPACES}]?|-")
_JOINT = re.compile(rf"[{SPACES}-]([^\W\d_]+)[{SPACES}-]")
_PRINTABLE = re.compile(r"[!-~]{5,}")
_ROMAN = re.compile(r"\b([IVXLCХ]+)(?:e|er|ème|º|ª)?\b")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "Х": 10}  # the last one is Cyrillic
_WORDS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")

# Full-width digits, letters and signs are the narrow ones, one for one.
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | dict.fromkeys(map(ord, "−﹣"), ord("-"))

# An article, a pair: too small to be marked.
_LEAST_WORD = Decimal(3)
_LEAST_HAN = Decimal(10)

_THOUSAND = 1000

# "A quarter of a million": fractions that stand before scales.
_FRACTIONS = frozenset(map(Decimal, ("0.25", "0.5", "0.75", "1.5", "2.5")))


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run of digits, a number word or a run of Han numerals before they are put together."""

    start: int
    end: int
    text: str
    kind: str


def narrow(text: str) -> str:
    """``text`` with narrow digits and signs, in the same length."""
    return text if text.isascii() else text.translate(_NARROW)


def may_have_numbers(text: str, language: str) -> bool:
    """A quick look, by which most sentences without any number are left out."""
    if _ANY_DIGIT.search(text):
        return True
    if language in HAN_LANGUAGES:
        return _ANY_HAN.search(text) is not None
    return _number_word(language).search(text.lower().replace("ё", "е")) is not None


@cache
def _number_word(language: str) -> re.Pattern[str]:
    """The start of any number word that can stand alone."""
    own = facts(language)
    words = {*own.words, *own.scales, *(w for w, value in own.compounds.items() if value)}
    short = words & own.unsure & own.compounds.keys()
    words -= own.unsure | own.optional_scales
    words |= {word + more for word in short for more in own.compounds}
    return re.compile(rf"\b{_trie(sorted(words))}") if words else re.compile(r"(?!)")


def _trie(words: Sequence[str]) -> str:
    """A pattern for any of the words that looks at each letter once."""
    if "" in words:
        return ""  # one ends here, and its start is enough
    heads: dict[str, list[str]] = {}
    for word in words:
        heads.setdefault(word[0], []).append(word[1:])
    return "(?:" + "|".join(re.escape(head) + _trie(rest) for head, rest in heads.items()) + ")"


def find_numbers(text: str, language: str) -> list[Number]:
    """The numbers of ``text`` in reading order, without those in addresses."""
    own, plain = facts(language), narrow(text)
    pieces = _outside(_addresses(plain), _pieces(plain, language, own))
    numbers = [number for group in _groups(plain, pieces, own) for number in group]
    return with_ranges(plain, [in_place(plain, number, own) for number in numbers])


def _addresses(text: str) -> list[tuple[int, int]]:
    if "@" not in text and "://" not in text and "www." not in text:
        return []
    return [m.span() for m in _PRINTABLE.finditer(text) if "@" in m[0] or "://" in m[0] or "www." in m[0]]


def _outside(spans: Sequence[tuple[int, int]], pieces: Iterator[_Piece]) -> list[_Piece]:
    kept, at = [], 0
    for piece in pieces:
        while at < len(spans) and spans[at][1] <= piece.start:
            at += 1
        if at == len(spans) or piece.start < spans[at][0]:
            kept.append(piece)
    return kept


def _pieces(text: str, language: str, own: Facts) -> Iterator[_Piece]:
    for match in _pattern(language).finditer(text):
        kind, run = str(match.lastgroup), match.group()
        if kind == "word":
            run = run.lower().replace("ё", "е")
            if word_atoms(run, own) is None:
                continue
        yield _Piece(match.start(), match.end(), run, kind)


@cache
def _pattern(language: str) -> re.Pattern[str]:
    """Digits, Han numerals and words; words of the table with a hyphen are one ("quatre-vingts")."""
    if language in HAN_LANGUAGES:
        return _UNSPACED
    hyphened = [f"{re.escape(word)}\\b|" for word in facts(language).words if "-" in word]
    return re.compile(rf"(?P<digits>{DIGITS})|(?P<word>{''.join(hyphened)}[^\W\d_]++)", re.IGNORECASE)


def _groups(text: str, pieces: Sequence[_Piece], own: Facts) -> Iterator[list[Number]]:
    at = 0
    while at < len(pieces):
        piece = pieces[at]
        if piece.kind == "digits" and looks_like_row(piece.text):
            found, used = _row(piece, own), 1
        elif piece.kind == "word" or not _han_follows(text, pieces, at):
            found, used = _words(text, pieces, at, own)
        else:
            found, used = _han(text, pieces, at, own)
        yield found
        at += used


def _row(piece: _Piece, own: Facts) -> list[Number]:
    """The parts of a date or version, each a number of its own."""
    return [
        Number(piece.start + a, piece.start + b, read_digits(piece.text[a:b], own.point)[0])
        for a, b in chunk_spans(piece.text)
    ]


def _han_follows(text: str, pieces: Sequence[_Piece], at: int) -> bool:
    """Whether the piece is of Han numerals, or digits before one."""
    if pieces[at].kind == "han":
        return True
    if at + 1 == len(pieces) or pieces[at + 1].kind != "han":
        return False
    following = pieces[at + 1]
    return has_scale(following.text[0]) and text[pieces[at].end : following.start].strip(" " + ABOUT) == ""


def _han(text: str, pieces: Sequence[_Piece], at: int, own: Facts) -> tuple[list[Number], int]:
    """Digits and numerals without a break, such as 1億2000万 or 100多万."""
    tokens: list[Token] = []
    last = at
    for i in range(at, len(pieces)):
        gap = text[pieces[last].end : pieces[i].start]
        if pieces[i].kind == "word" or (i > at and not _joins(gap, pieces[i])):
            break
        tokens += _tokens(pieces[i], own)
        last = i
    readings = read_han(tokens)
    number = Number(
        pieces[at].start,
        pieces[last].end,
        readings,
        implied=frozenset() if pieces[at].kind == "digits" else digit_atoms(tokens),
        kind="digits" if pieces[at].kind == "digits" else "han",
        sure=_is_sure(tokens, readings[0], pieces[at].kind),
        scales=scale_atoms(tokens) if has_digit(tokens) else (),
    )
    return [number], last - at + 1


def _joins(gap: str, piece: _Piece) -> bool:
    return gap == "" or (
        gap.strip(" " + ABOUT) == "" and len(gap) <= 2 and piece.kind == "han" and has_scale(piece.text[0])
    )


def _tokens(piece: _Piece, own: Facts) -> list[Token]:
    if piece.kind == "han":
        return list(piece.text)
    readings = read_digits(piece.text, own.point)[0]
    return [readings[0]] if readings else []


def _is_sure(tokens: Sequence[Token], value: Decimal, kind: str) -> bool:
    """三千五百 and 350万 are plainly numbers; 一 and 十分 may be parts of words."""
    if kind == "digits":
        return True
    return len(tokens) > 2 and has_digit(tokens) and value >= _LEAST_HAN and not is_vague(tokens)


def _words(text: str, pieces: Sequence[_Piece], at: int, own: Facts) -> tuple[list[Number], int]:
    """Digits and number words that make one number: "5 million", "three hundred and five"."""
    readings, parts = _digit_readings(pieces[at], own)
    count, last = from_digits(readings[0]) if readings else Count(), at
    for i in range(at if not readings else at + 1, len(pieces)):
        joined = i > at and _joined(text[pieces[last].end : pieces[i].start], own)
        if (
            joined is None
            or pieces[i].kind != "word"
            or (joined and count.total and _starts_anew(text, pieces, i, own))
        ):
            break
        longer = count.read(word_atoms(pieces[i].text, own) or (), joined, own.joins_tens)
        if longer is None:
            break
        count, last = longer, i
    found = _of_digits(count, readings, parts) if readings else _of_words(count, pieces[at : last + 1], own)
    return [replace(found, start=pieces[at].start, end=pieces[last].end)], last - at + 1


def _starts_anew(text: str, pieces: Sequence[_Piece], at: int, own: Facts) -> bool:
    """Whether a word behind "and" has a scale of its own: three million and five million."""
    if at + 1 == len(pieces) or _joined(text[pieces[at].end : pieces[at + 1].start], own) is None:
        return False
    return own.scales.get(pieces[at + 1].text, 0) >= _THOUSAND


def _digit_readings(piece: _Piece, own: Facts) -> tuple[tuple[Decimal, ...], tuple[Decimal, ...]]:
    return read_digits(piece.text, own.point) if piece.kind == "digits" else ((), ())


def _joined(gap: str, own: Facts) -> bool | None:
    """Whether a word like "and" joins two pieces; None if they don't belong together."""
    if _GAP.fullmatch(gap):
        return False
    joint = _JOINT.fullmatch(gap)
    return True if joint and joint[1].lower() in own.joiners else None


def _of_digits(count: Count, readings: Sequence[Decimal], parts: tuple[Decimal, ...]) -> Number:
    scaled = tuple(reading * count.factor for reading in readings)
    if any(atom.optional for atom in count.atoms):
        scaled = (*readings, *scaled)
    scales = tuple(atom.value for atom in count.atoms)
    return Number(0, 0, scaled, parts if not count.atoms else (), scales=scales)


def _of_words(count: Count, pieces: Sequence[_Piece], own: Facts) -> Number:
    plain = [atom for atom in count.atoms if not atom.scale]
    optional = any(atom.optional for atom in count.atoms)
    readings = (count.value, count.value / count.factor) if optional else (count.value,)
    said = frozenset(atom.value for atom in plain)
    scales = tuple(atom.value for atom in count.atoms if atom.scale) if plain else ()
    unsure = len(pieces) == 1 and pieces[0].text in own.unsure
    sure = bool(plain) and not unsure and count.value >= _LEAST_WORD
    return Number(0, 0, readings, (), said, kind="word", sure=sure, scales=scales)


def implied_values(text: str, language: str) -> set[Decimal]:
    """What ``text`` says of numbers without writing them: months, halves, dozens, Roman numerals, eras."""
    own, plain = facts(language), narrow(text)
    words = {
        part for word in _WORDS.findall(plain.lower().replace("ё", "е")) for part in {word, *word.split("-")}
    }
    if language in HAN_LANGUAGES:
        words |= {word for word in own.implied if word in plain}
    said = {value for word in words & own.implied.keys() for value in own.implied[word]}
    said.update(Decimal(_roman(match[1])) for match in _ROMAN.finditer(plain))
    said.update(value for match in _WORDS.finditer(plain) for value in _beginning(match[0], own))
    said.update(part * own.scales[word] for part in said & _FRACTIONS for word in own.scales if word in words)
    for era, year in own.eras.items():
        said.update(Decimal(year + int(n or 1)) for n in re.findall(rf"{era}(?:(\d{{1,2}})|元)", plain))
    return said


def _beginning(word: str, own: Facts) -> list[Decimal]:
    """What a longer word starts with: "dreijährig", "двухлетний"."""
    found = own.prefix.match(word.lower().replace("ё", "е")) if own.prefix else None
    return [own.compounds.get(found[1]) or own.prefixes.get(found[1], Decimal(0))] if found else []


def _roman(numeral: str) -> int:
    values = [_ROMAN_VALUES[c] for c in numeral]
    return sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))
