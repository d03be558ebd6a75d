"""Characters that a wrong decoding, a lost encoding or a tokeniser left in the text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from typing import ClassVar, NamedTuple
from urllib.parse import unquote

from mtqe.data import Article, Example, Mark, Severity
from mtqe.detectors.base import detectors
from mtqe.models.word_language import CYRILLIC, Frequencies, frequencies
from mtqe.text.faults import apart, fold
from mtqe.text.languages import base_language
from mtqe.text.tables import table

_CONTROLS = "\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff"

# Where UTF-8 was read as a single-byte encoding, its lead byte shows as one of few letters and
# each byte that follows as a symbol that hardly ever stands there.
_DECODED = re.compile(
    # Latin-1, Windows-1252 and the like: Ã¼, Â«, â€™, Ð¼, æ–‡
    r"[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
    # Windows-1251: Гј, вЂ™, РџСЂ; and its own letters read as Latin-1: Ìîñêâà
    r"|[ВГРСв][\u0080-\u00bf\u0402-\u040f\u0452-\u045f\u2013-\u203a\u20ac\u2122\u0490\u0491]"
    r"|[\u00c0-\u00ff]{4}"
    # Mac OS Roman: √º, ‚Äô
    r"|[\u221a\u00ac\u201a\u2248\u2206][\u0080-\u03ff\u2010-\u2265]"
)
# What a garbled word is part of; the space of "Ã " is a garbled byte, not the end of a word.
_CHUNK = re.compile(r"[^\s]+(?:\u00a0[^\s]*)*")
_MOST_CHUNK = 2_000

_ENTITY = re.compile(
    r"&(?:amp;)?(?:#\d{2,7}|#x[0-9a-fA-F]{2,6}|[a-zA-Z]{2,10}\d{0,2});"
    r"|& ?(?:quot|apos|amp|lt|gt|nbsp|# ?\d{2,5}) ;"
)
_ESCAPE = re.compile(r"(?:\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2})+")
# JSON escapes whose backslash was lost: Mu00fcller, don u2019t.
_BARE_ESCAPE = re.compile(r"(?<![0-9u])u(?:00[c-f][0-9a-f]|20[0-2][0-9a-f])(?![0-9])")
# "\n" spelt out after the end of a sentence; not a path.
_LINE_END = re.compile(r"(?<=[.!?…,;”’»)\s])(?:\\r)?\\n(?![a-z])")
_PERCENT = re.compile(r"(?:%[0-9A-F]{2}|=[C-F][0-9A-F](?==[89AB])|(?<=[0-9A-F])=[89AB][0-9A-F]){2,60}")
_CONTROL = re.compile(f"[{_CONTROLS}]+")
_REPLACED = re.compile("\ufffd+|(?:\u951f\u65a4\u62f7)+")
_TOKENS = re.compile(
    r"<(?:unk|UNK|s|/s|pad|PAD)>|\[(?:UNK|PAD)\]|<\|[a-z_]{2,20}\|>|\u2047|\u2581+|(?<=\w)@@(?=\s)|(?<=\s)@[-,.]@(?=\s)"
)
_QUESTION = re.compile(r"(?<!\w)[^\W\d_]{1,30}\?[^\W\d_]{1,30}(?:\?[^\W\d_]{1,30})?")
_CODE = re.compile(r"`[^`\n]{1,300}`|(?:https?://|www\.)\S+|[\w.+-]{1,64}@[\w.-]{1,99}")

# A single-byte Cyrillic word read as Latin-1 is told by what it becomes: a word of the language.
_LATIN_RUN = re.compile(r"[\u00c0-\u00ff]{4,40}")
_RESTORED = 3.0

# A text has lost its accented letters if there are fewer of them (by characters of the text; German,
# which has few, has 0.015) than in any sound one, and fewer than words that lack one.
_ASCII = frozenset({"en", "nl", "id"})  # ... and languages in which that is no sign
_ACCENTED = re.compile(r"[\u00c0-\u024f]")
_ACCENTED_SHARE = 0.004
_LEAST_LOST = 2
_LONG_WORD = re.compile(r"(?<![\w-])[A-Za-z][a-z]{4,40}(?![\w-])")
_COMPLETED = 2.5

# "why?not" is two words; a shorter half ("re?u") is none.
_LEAST_WORD = 3

# A word that shrinks to less than this when it is repaired can't be read as it stands.
_UNREADABLE = 0.7

# With more garbled places than this in a segment, one mark is said for all of them.
_MOST_MARKS = 4


class _Found(NamedTuple):
    """A garbled place, what it is, and what should stand there (None if that is not known)."""

    start: int
    end: int
    message: str
    confidence: float
    repaired: str | None
    severity: Severity = "minor"


_Finder = Callable[[str, str], Iterator[_Found]]


@detectors.register
@dataclass(frozen=True)
class Mojibake:
    """Mark characters that are no text, and suggest what they stood for.

    Words whose UTF-8 was read in another encoding, once or twice (told and repaired by ``ftfy``,
    Speer 2019), single-byte Cyrillic read as Latin, replacement characters, question marks in
    place of a letter, HTML entities, escapes that were not undone, control characters, and marks
    of tokenisers (``<unk>``, ``@-@``). A segment with more than four of them gets one mark.
    Left alone: what the source has too, addresses, code between backticks, letters that merely
    look suspect (São, Âge, RÉSUMÉ), and question marks unless a usual word results. Letters
    lost without trace (``Mller``) are seen in texts alone that have lost them throughout.
    """

    name: ClassVar[str] = "mojibake"
    mqm: ClassVar[str] = "fluency/character-encoding"
    excludes: ClassVar[bool] = False
    default: ClassVar[bool] = True
    examples: ClassVar[tuple[Example, ...]] = (
        Example("Mr BrÃ¼ckner said he doesnâ€™t know.", marks=("BrÃ¼ckner", "doesnâ€™t")),
        Example("He said &quot;no&quot; twice.", marks=("&quot;", "&quot;")),
        Example("The na\ufffdve plan failed.", marks=("\ufffd",)),
        Example("Der Vertrag l\\u00e4uft aus.", marks=("\\u00e4",), target_lang="de"),
        Example("She took a <unk> to the station.", marks=("<unk>",)),
        Example("O João viveu em São Luís até à Páscoa; não há ÁGUA NEM PÃO.", target_lang="pt"),
        Example("À l’âge de 20 ans, il a vécu à Bâle : « Ça suffit ! »", target_lang="fr"),
        Example("Trường Đại học Ấn Độ có Âu Cơ và ông Hà.", target_lang="vi"),
        Example("În România, âprig și câine sunt cuvinte.", target_lang="ro"),
        Example("Write `&nbsp;` or \\alpha in the file C:\\new\\x."),
        Example("See https://example.org/?a=b&copy;c=%C3%A9 for more."),
        Example("Really?No, he asked what R&D costs; AT&T knows."),
        Example("Herr BrÃ¼ckner", source="Mr BrÃ¼ckner", target_lang="de", source_lang="en"),
        Example("It cost £5, or €6 – “cheap”, he said… 20 °C, ½ of it ™ 👩‍👩‍👧."),
    )

    def detect(self, article: Article) -> Iterator[Mark]:
        """One mark for each garbled place, or one for a segment that is full of them."""
        text = article.target
        language = base_language(article.target_lang or "und")
        finders = [find for needles, find in _FINDERS if any(needle in text for needle in needles)]
        found = [place for find in finders for place in find(text, language)]
        if found and article.segments:
            marks = (Mark(p.start, p.end, p.message, p.severity, p.confidence, p.repaired) for p in found)
            code = (match.span() for match in _CODE.finditer(text))
            yield from fold(article, apart(marks, code), _MOST_MARKS, "garbled places", "major")


def _decoded(text: str, language: str) -> Iterator[_Found]:
    """Words that were decoded wrongly, with ftfy's repair."""
    from ftfy import fix_encoding

    if text.isascii():
        return
    for start, end in _chunks(text, _DECODED):
        chunk = text[start:end]
        repaired = fix_encoding(chunk)
        if repaired == chunk:
            repaired = _from_cyrillic(chunk, language) if language in CYRILLIC else _from_1251(chunk)
        if repaired != chunk:
            yield _trimmed(start, chunk, repaired)


def _chunks(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Ranges of the words that hold a match."""
    done = 0
    for match in pattern.finditer(text):
        if match.start() < done:
            continue
        start = max(text.rfind(c, done, match.start()) for c in " \n\t") + 1
        start = max(start, done, match.start() - _MOST_CHUNK)
        word = _CHUNK.match(text, start, min(len(text), match.start() + _MOST_CHUNK))
        done = word.end() if word else match.end()
        yield start, done


def _trimmed(start: int, chunk: str, repaired: str) -> _Found:
    """The garbled word without the sound punctuation around it."""
    left, right = 0, 0
    while (
        left < min(len(chunk), len(repaired)) and chunk[left] == repaired[left] and not chunk[left].isalnum()
    ):
        left += 1
    most = min(len(chunk), len(repaired)) - left
    while right < most and chunk[-1 - right] == repaired[-1 - right] and not chunk[-1 - right].isalnum():
        right += 1
    stop = len(repaired) - right
    severity: Severity = "major" if len(repaired) < _UNREADABLE * len(chunk) else "minor"
    message = "decoded in the wrong encoding"
    return _Found(start + left, start + len(chunk) - right, message, 0.97, repaired[left:stop], severity)


def _from_cyrillic(chunk: str, language: str) -> str:
    """``chunk`` with single-byte Cyrillic read as Latin-1 restored, if words of the language result."""
    usual = frequencies(language)
    if usual is None:
        return chunk
    return _LATIN_RUN.sub(lambda match: _restored(match.group(), usual), chunk)


def _from_1251(chunk: str) -> str:
    """``chunk`` with UTF-8 read as Windows-1251 restored, if all of it is UTF-8: ``mГЎs``."""
    try:
        return chunk.encode("cp1251").decode("utf-8")
    except UnicodeError:
        return chunk


def _restored(run: str, usual: Frequencies) -> str:
    for encoding in ("cp1251", "koi8-r"):
        word = run.encode("latin-1").decode(encoding, errors="replace")
        if usual[word.lower()] >= _RESTORED:
            return word
    return run


def _entities(text: str, _: str) -> Iterator[_Found]:
    for match in _ENTITY.finditer(text):
        repaired = unescape(unescape(match.group().replace(" ", "")))
        if not repaired.startswith("&") or repaired == "&":
            yield _Found(*match.span(), "HTML entity left in the text", 0.9, repaired)


def _escapes(text: str, _: str) -> Iterator[_Found]:
    for match in _ESCAPE.finditer(text):
        # Pairs of surrogates make one character.
        units = re.findall(r"[0-9a-fA-F]{4}|[0-9a-fA-F]{2}", match.group())
        joined = "".join(chr(int(unit, 16)) for unit in units)
        repaired = joined.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if repaired.isprintable():
            yield _Found(*match.span(), "escape sequence left in the text", 0.9, repaired)
    for match in _BARE_ESCAPE.finditer(text):
        if _between_letters(text, *match.span()):
            character = chr(int(match.group()[1:], 16))
            yield _Found(*match.span(), "escape sequence left in the text", 0.85, character)
    for match in _LINE_END.finditer(text):
        yield _Found(*match.span(), "line end spelt out", 0.85, "\n")


def _between_letters(text: str, start: int, end: int) -> bool:
    return text[start - 1 : start].isalpha() and (
        text[end : end + 1].isalpha() or not text[end : end + 1].isalnum()
    )


def _percent(text: str, _: str) -> Iterator[_Found]:
    for match in _PERCENT.finditer(text):
        repaired = unquote(match.group().replace("=", "%"), errors="replace")
        if repaired.isalpha() and not repaired.isascii():
            yield _Found(*match.span(), "escape sequence left in the text", 0.85, repaired)


def _controls(text: str, _: str) -> Iterator[_Found]:
    for match in _CONTROL.finditer(text):
        try:
            repaired = match.group().encode("latin-1").decode("cp1252")
        except UnicodeError:
            repaired = ""
        shown = repaired if repaired.isprintable() else ""
        yield _Found(*match.span(), "control character", 0.85, shown)


def _replaced(text: str, _: str) -> Iterator[_Found]:
    for match in _REPLACED.finditer(text):
        yield _Found(*match.span(), "characters lost in decoding", 0.95, None, "minor")


def _tokens(text: str, _: str) -> Iterator[_Found]:
    for match in _TOKENS.finditer(text):
        mark = match.group()
        repaired = mark[1] if mark.startswith("@") and mark != "@@" else " " if mark[0] == "\u2581" else None
        severity: Severity = "minor" if "@" in mark or repaired else "major"
        yield _Found(*match.span(), "left by a tokeniser", 0.9, repaired, severity)


def _questions(text: str, language: str) -> Iterator[_Found]:
    """Question marks in place of a letter: a usual word results, and two words would not."""
    usual, letters = frequencies(language), table("alphabets").get(language)
    if usual is None or not letters:
        return
    for match in _QUESTION.finditer(text):
        word = match.group()
        if word.count("?") == 1 and (best := _completed(word, letters, usual)):
            yield _Found(*match.span(), "question mark in place of a letter", 0.85, best)


def _completed(word: str, letters: str, usual: Frequencies) -> str | None:
    left, right = word.lower().split("?")
    two = min(len(left), len(right)) >= _LEAST_WORD and min(usual[left], usual[right]) >= _RESTORED
    if two or not word[word.index("?") + 1].islower():
        return None
    words = [f"{left}{letter}{right}" for letter in letters]
    best = max(words, key=lambda form: usual[form])
    if usual[best] < _RESTORED:
        return None
    at = word.index("?")
    return word.replace("?", best[at])


def _lost(text: str, language: str) -> Iterator[_Found]:
    """Words that lack a letter beyond a to z, in a text that has hardly any such letter."""
    letters = table("alphabets").get(language)
    accented = len(_ACCENTED.findall(text))
    if not letters or language in _ASCII or accented > _ACCENTED_SHARE * len(text):
        return
    usual = frequencies(language)
    if usual is None:
        return
    found = list(_shortened(text, letters, usual))
    if len({place.repaired for place in found}) > max(_LEAST_LOST, accented):
        yield from found


def _shortened(text: str, letters: str, usual: Frequencies) -> Iterator[_Found]:
    for match in _LONG_WORD.finditer(text):
        word = match.group()
        if word.lower() not in usual and (best := _lengthened(word, letters, usual)):
            yield _Found(*match.span(), "letter lost in decoding", 0.85, best)


@lru_cache(maxsize=10_000)
def _lengthened(word: str, letters: str, usual: Frequencies) -> str | None:
    """The most usual word that has one more of the letters than ``word``."""
    places = range(len(word))
    forms = (f"{word[:at]}{letter}{word[at:]}" for at in places for letter in letters)
    best = max(forms, key=lambda form: usual[form.lower()])
    return best if usual[best.lower()] >= _COMPLETED else None


# What a text must have in it for a finder to be asked: no regular expression is as fast.
_FINDERS: Sequence[tuple[tuple[str, ...], _Finder]] = (
    (("",), _decoded),
    (("&",), _entities),
    (("\\", "u00", "u20"), _escapes),
    (("%", "="), _percent),
    (("",), _controls),
    (("\ufffd", "\u951f\u65a4\u62f7"), _replaced),
    (("<", "[", "\u2047", "\u2581", "@"), _tokens),
    (("?",), _questions),
    (("",), _lost),
)
