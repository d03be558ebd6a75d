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

# A space before a comma or full stop; "1 , 000" too, but not ".5", ".NET" or "...".
_BEFORE = r"(?<=[^\W_])[ \u00a0]+[,.{more}](?=[\s”»\"’)]|$)"

# A comma or semicolon between two words.
_COMMA = re.compile(r"(?<![^\W\d_])[^\W\d_]{2,40}[,;](?=[^\W\d_]{2})[^\W\d_]{2,40}(?![\w.@])")

# A sentence that begins where the last one ends: "said.The". Both words are looked up by the caller.
_SENTENCE = re.compile(r"(?<![\w.@/-])[^\W\d_]{2,40}[.!?][^\W\d_]{2,40}(?![\w.@/(])")

# "( Washington )" and '" Justice "': tokenised inside pairs.
_PAIR = re.compile(
    r"(?<=\s)(?:\( [^()\n]{1,120} \)|\[ [^][\n]{1,120} \]|\" [^\"\n]{1,80} \")(?=[\s.,;:!?]|$)"
)

# Doubled spaces inside a sentence: after a full stop people double them.
_DOUBLED = re.compile(r"(?<=[^\W\d_,;]) {2,3}(?=[^\W\d_])")

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


def punctuation_faults(text: str, language: str) -> Iterator[Fault]:
    """Spaces before commas, missing after them, inside brackets, and beside apostrophes."""
    if language in UNSPACED:
        return
    for match in _before(language).finditer(text):
        yield Fault(*match.span(), match.group().strip(), "space before punctuation")
    for match in _COMMA.finditer(text):
        yield Fault(*match.span(), re.sub("([,;])", r"\1 ", match.group()), "no space after the comma")
    for match in _PAIR.finditer(text):
        inside = match.group()
        yield Fault(*match.span(), inside[0] + inside[2:-2] + inside[-1], "spaces inside brackets or quotes")
    for pattern in _cut_words(language):
        for match in pattern.finditer(text):
            yield Fault(*match.span(), match.group().replace(" ", ""), "cut by a tokeniser")


def sentence_joints(text: str) -> Iterator[re.Match[str]]:
    """Two words with a full stop and no space between, and a capital after it."""
    return (m for m in _SENTENCE.finditer(text) if _begins(m.group()))


def _begins(joint: str) -> bool:
    right = re.split("[.!?]", joint)[1]
    return right[0].isupper() and right[1:].islower()


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
    return re.compile(_BEFORE.replace("{more}", re.escape(more)))


@cache
def _cut_words(language: str) -> tuple[re.Pattern[str], ...]:
    """What tokenisers make of hyphens and apostrophes in a language."""
    known = rules(language)
    shapes = {
        "prefixes": r"(?<![\w-])(?:{})(?: - | -(?=\w)|- )[^\W\d_]{{2,40}}",
        "elided": r"(?<![\w’'])(?:{})[’'] [^\W\d_]{{2,40}}",
        "contracted": r"(?<=\w) [’'](?:{})(?=[ .,;:!?])",
    }
    patterns = [
        re.compile(shape.format(_any(known[name])), re.I) for name, shape in shapes.items() if name in known
    ]
    if language == "en":
        patterns.append(
            re.compile(r"\b(?:do|does|did|is|are|was|were|ca|wo|could|would|should|has|have|had) n[’']t\b")
        )
    return tuple(patterns)


def _any(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, words))
