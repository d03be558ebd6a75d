"""Spaces that are missing or too many around punctuation, told without word lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from mtqe.text.tables import table

# Scripts without spaces between words have rules of their own.
UNSPACED = frozenset({"zh", "ja", "th", "lo", "km", "my", "yue", "wuu"})

# Not prose: addresses, files, tags, code between backticks.
_CODE = re.compile(
    r"`[^`\n]{1,300}`|(?:https?://|www\.)\S+|[\w.+-]{1,64}@[\w.-]{1,99}|[@#]\w+|<[^<>\n]{1,200}>"
    r"|(?<!\w)[\w-]{1,60}\.(?:com|org|net|info|eu|co|io|gov|edu|tv|de|fr|es|it|ru|uk|br|pt|jp|cn|js|py|md)\b\S*"
)

# The patterns below begin with the mark, which is found fast, and look back from there.

# A space before a comma or full stop; "1 ,000" too, but not ".5", ".NET" or "...".
_BEFORE = r"[,.{more}](?<=[^\W_][ \u00a0][,.{more}])(?=[\s”»\"’]|$)|,(?<=\d ,)(?=\d{{3}})"

# A comma or semicolon between two words; the word after it may be of one letter ("a", "I", "l’").
_COMMA = re.compile(
    r"[,;](?<=[^\W\d_]{2}[,;]|\w[)”“»][,;])"
    r"(?:(?=[^\W\d_]{2})[^\W\d_]{2,40}(?![\w.@])|[aoeyéèàIвискоу](?= )|[dljmtscnI][’'])"
)

# A sentence that begins where the last one ends: "said.The". Both words are looked up by the caller.
_SENTENCE = re.compile(
    r"[.!?](?<=[^\W\d_]{2}[.!?]|\w[)”»][.!?])(?:[^\W\d_]{2,40}(?![\w.@/(])|[IAВИЯ](?=[ ’']))"
)
_NO_SENTENCE = re.compile(r"[\w.@/-]")

# A quotation mark that is alike at both ends, between two words: one of them lost its space.
_QUOTE = re.compile(r"\"(?<=[^\W\d_]{2}\")[^\W\d_]{2,40}")

# "( Washington )" and '" Justice "': tokenised inside pairs.
_PAIR = re.compile(
    r"(?<=\s)(?:\( [^()\n]{1,120} \)|\[ [^][\n]{1,120} \]|\" [^\"\n]{1,80} \")(?=[\s.,;:!?]|$)"
)

# What a tokeniser makes of a language's prefixes and apostrophes, and a sign that the text has it.
_CUT_SHAPES = (
    ("prefixes", " -", r"(?<![\w-])(?:{})(?: - | -(?=\w))[^\W\d_]{{2,40}}"),
    ("elided", "' ", r"(?<![\w'])(?:{})' [^\W\d_]{{2,40}}"),
    ("elided", "’ ", r"(?<![\w’])(?:{})’ [^\W\d_]{{2,40}}"),
    ("contracted", " '", r"(?<=\w) '(?:{})(?=[ .,;:!?])"),
    ("contracted", " ’", r"(?<=\w) ’(?:{})(?=[ .,;:!?])"),
)
_NEGATION = r"\b(?:do|does|did|is|are|was|were|ca|wo|could|would|should|has|have|had) n{}t\b"
_CUT_NEGATIONS = tuple((f" n{sign}t", re.compile(_NEGATION.format(sign))) for sign in "'’")

# Doubled spaces inside a sentence: after a full stop people double them.
_DOUBLED = re.compile(r"(?<=[^\W\d_,;]) {2,3}(?=[^\W\d_])")

_LONGEST_WORD = 40

# No quotation is longer than this, and no line need be read from its start.
_LONGEST_LOOK = 2_000

# A tokenised line in a script without spaces: at least this many spaces between its characters,
# and this share of them. Fewer part headlines, names and lists.
_CJK = "\u3040-\u30ff\u3400-\u9fff，。、；：！？（）「」"
_CJK_SPACE = re.compile(f"(?<=[{_CJK}]) (?=[{_CJK}])")
_LEAST_CJK = 5
_CJK_SHARE = 0.12


class Fault(NamedTuple):
    """A place where spacing is wrong, and how it should read."""

    start: int
    end: int
    repaired: str
    message: str


def rules(language: str) -> Mapping[str, Any]:
    """The table's entry for a language; empty if it has none."""
    found: Mapping[str, Any] = table("spacing").get(language, {})
    return found


def code_spans(text: str) -> Iterator[tuple[int, int]]:
    """Ranges of addresses, files, tags and code, in order."""
    return (match.span() for match in _CODE.finditer(text))


def without_code(text: str) -> str:
    """``text`` with a space for each address, file, tag and piece of code."""
    return _CODE.sub(" ", text)


def punctuation_faults(text: str, language: str) -> Iterator[Fault]:
    """Spaces before commas, missing after them, inside brackets, and beside apostrophes."""
    if language in UNSPACED:
        return
    for match in _before(language).finditer(text):
        yield Fault(match.start() - 1, match.end(), match.group(), "space before punctuation")
    for match in _COMMA.finditer(text):
        start = word_start(text, match.start())
        left, right = text[start : match.start() + 1], text[match.start() + 1 : match.end()]
        yield Fault(start, match.end(), f"{left} {right}", "no space after the comma")
    for match in _QUOTE.finditer(text):
        yield _beside_quote(text, match)
    for match in _PAIR.finditer(text):
        inside = match.group()
        yield Fault(*match.span(), inside[0] + inside[2:-2] + inside[-1], "spaces inside brackets or quotes")
    for sign, pattern in _cut_words(language):
        for match in pattern.finditer(text) if sign in text else ():
            yield Fault(*match.span(), match.group().replace(" ", ""), "cut by a tokeniser")


def word_start(text: str, end: int) -> int:
    """Where the letters begin that end at ``end``, or the one character there that is no letter."""
    start = end
    while start > 0 and end - start < _LONGEST_WORD and text[start - 1].isalpha():
        start -= 1
    return start if start < end else end - 1


def _beside_quote(text: str, match: re.Match[str]) -> Fault:
    """The word outside the quotation and its mark: which it is, the marks before it in the line tell."""
    line = max(text.rfind("\n", 0, match.start()) + 1, match.start() - _LONGEST_LOOK)
    closes = text.count('"', line, match.start()) % 2
    message = "no space beside the quotation mark"
    if closes:
        return Fault(*match.span(), f'" {match.group()[1:]}', message)
    start = word_start(text, match.start())
    return Fault(start, match.start() + 1, f'{text[start : match.start()]} "', message)


def sentence_joints(text: str) -> Iterator[tuple[int, str, str]]:
    """Where "said.The" stands, a word with its full stop, and the word with a capital after it."""
    for match in _SENTENCE.finditer(text):
        right = match.group()[1:]
        start = word_start(text, match.start())
        if _begins(right) and not _NO_SENTENCE.match(text, max(start - 1, 0), start):
            yield start, text[start : match.start() + 1], right


def _begins(right: str) -> bool:
    return right[0].isupper() and (right[1:].islower() or len(right) == 1)


def doubled_spaces(text: str) -> Iterator[Fault]:
    """Two or three spaces between words of one sentence."""
    return (Fault(*match.span(), " ", "doubled space") for match in _DOUBLED.finditer(text))


def unspaced_fault(text: str) -> Fault | None:
    """All of a text in a script without spaces, if it is cut into words."""
    spaces = len(_CJK_SPACE.findall(text))
    if spaces < _LEAST_CJK or spaces < _CJK_SHARE * len(text):
        return None
    return Fault(0, len(text), _CJK_SPACE.sub("", text), "cut into words by spaces")


@cache
def _before(language: str) -> re.Pattern[str]:
    more = rules(language).get("punctuation", "")
    return re.compile(_BEFORE.format(more=re.escape(more)))


@cache
def _cut_words(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """What tokenisers make of hyphens and apostrophes, each with a sign that a text may have it."""
    known = rules(language)
    found = [
        (sign, re.compile(shape.format(_any(known[name])), re.I))
        for name, sign, shape in _CUT_SHAPES
        if name in known
    ]
    return (*found, *_CUT_NEGATIONS) if language == "en" else tuple(found)


def _any(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, words))
