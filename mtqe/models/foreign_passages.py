"""Stretches of a text that are more probably of another language than of its own.

Word frequencies of the two languages are weighed against each other, word by word, and a
two-state Viterbi search finds the stretches. It did far better than asking a language detector
about mixed sentences.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from mtqe.data import Span
from mtqe.models.word_language import EVERYDAY, Frequencies, frequencies, neighbours
from mtqe.text.languages import base_language
from mtqe.text.spans import overlap

WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)*")
ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+|[@#]\w+|\S+\.(?:com|org|net|fr|de|ru|es|it|uk|is)\b")

# Elided articles and pronouns stand for their words: l’Environnement, s’est, d'un.
_ELISION = re.compile(r"^[^\W\d_]{1,2}[’']")

# A word less usual than this in the target says nothing against it.
_NEVER = 1.6

# A passage: what entering it costs, in orders of magnitude of frequency, and what one word says.
_ENTER = 2.5
_MOST_EVIDENCE = 3.0
_NEUTRAL = -0.3

# A short passage must be of words that the target language does not have at all.
PASSAGE_WORDS = 4
_RARE = 2.6

# Short foreign words after a capital are a title or a name.
_TITLE_WORDS = 6

# What it adds to a foreign word's evidence that the source has it as it is.
_COPY_EVIDENCE = 1.0

# How much more a language explains that is the source's.
_SOURCE_FACTOR = 2.0


class Token(NamedTuple):
    """A word of a segment. ``plain`` words are in lower case; others may be names."""

    form: str
    start: int
    end: int
    plain: bool
    usual: float  # zipf frequency in the target language


def has_rare_words(text: str, usual: Frequencies) -> bool:
    """Whether a text has a word that may be foreign; most have none, and this is quickly seen."""
    everyday = usual.everyday
    return any(
        word not in everyday and (word[0].islower() or _ELISION.match(word)) for word in WORD.findall(text)
    )


def tokenise(text: str, usual: Frequencies) -> list[Token]:
    """The words of a text with their frequencies in its language; addresses are left out."""
    addresses = [match.span() for match in ADDRESS.finditer(text)]
    tokens = []
    for match in WORD.finditer(text):
        start, end = match.span()
        if any(overlap((start, end), address) for address in addresses):
            continue
        word = match.group()
        form = _form(word, usual)
        tokens.append(
            Token(form, start, end, word[:1].islower() or _ELISION.match(word) is not None, usual[form])
        )
    return tokens


def _form(word: str, usual: Frequencies) -> str:
    """The word as lists have it: in lower case, with its elided article or possessive taken off."""
    form = word.lower().replace("’", "'")
    if form in usual:
        return form
    return _ELISION.sub("", form.removesuffix("'s"))


def suspect(tokens: Sequence[Token], target: str, source: str | None) -> str | None:
    """The language that explains best what is unusual in the target language."""
    rare = [token.form for token in tokens if token.plain and token.usual < EVERYDAY]
    best, most = None, 0.0
    for language in neighbours(target):
        known = frequencies(language, "small")
        if known is not None:
            gain = known.above_floor(rare)
            gain *= _SOURCE_FACTOR if source and language == base_language(source) else 1.0
            if gain > most:
                best, most = language, gain
    return best


def passages(tokens: Sequence[Token], copied: Collection[str], foreign: Frequencies) -> list[Span]:
    """Ranges of tokens that are more probably of the foreign language than of the target's.

    ``copied`` are words of the source, in lower case: foreign words among them are the surer.
    """
    evidence = [_evidence(token, foreign) for token in tokens]
    evidence = [
        e + (_COPY_EVIDENCE if t.plain and e > 0 and t.form in copied else 0.0)
        for e, t in zip(evidence, tokens, strict=True)
    ]
    states = _viterbi(evidence)
    runs = []
    first = 0
    for i in range(1, len(tokens) + 1):
        if i == len(tokens) or states[i] != states[first]:
            if states[first]:
                runs.append(_trim(first, i, evidence))
            first = i
    return [
        (a, b) for a, b in runs if _is_passage(tokens[a:b], evidence[a:b]) and not _is_title(tokens, a, b)
    ]


def _evidence(token: Token, foreign: Frequencies) -> float:
    if not token.plain:
        return _NEUTRAL
    if token.form not in foreign and token.usual <= _NEVER:
        return 0.0
    difference = foreign[token.form] - max(token.usual, foreign.floor - 1)
    return max(-_MOST_EVIDENCE, min(difference, _MOST_EVIDENCE))


def _viterbi(evidence: Sequence[float]) -> list[bool]:
    """The best sequence of states, True for foreign, with a price for every change of state."""
    home, away = 0.0, -_ENTER
    back: list[tuple[bool, bool]] = []
    for e in evidence:
        from_away, from_home = away - _ENTER / 2 > home, home - _ENTER > away
        back.append((from_away, not from_home))
        home, away = max(home, away - _ENTER / 2), max(away, home - _ENTER) + e
    state = away > home
    states = []
    for from_away, stayed_away in reversed(back):
        states.append(state)
        state = stayed_away if state else from_away
    return states[::-1]


def _trim(first: int, last: int, evidence: Sequence[float]) -> tuple[int, int]:
    while first < last and evidence[first] <= 0 and evidence[first] != _NEUTRAL:
        first += 1
    while last > first and evidence[last - 1] <= 0 and evidence[last - 1] != _NEUTRAL:
        last -= 1
    return first, last


def _is_title(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether a run opens with a capital, or follows one, inside a sentence: a title, if it is short."""
    opening = [i for i in (first - 1, first) if i > 0 and not tokens[i].plain]
    return bool(opening) and last - first <= _TITLE_WORDS


def in_title(tokens: Sequence[Token], index: int, foreign: Frequencies | None) -> bool:
    """Whether a capitalised word stands before a word, with nothing but foreign words between."""
    at = index - 1
    while at > 0 and tokens[at].plain and foreign is not None and _evidence(tokens[at], foreign) > 0:
        at -= 1
    return at > 0 and not tokens[at].plain


def _is_passage(tokens: Sequence[Token], evidence: Sequence[float]) -> bool:
    """Whether a run is a passage and not a name with a particle."""
    strong = [t for t, e in zip(tokens, evidence, strict=True) if e >= 1.0 and t.plain and len(t.form) >= 4]
    foreign = [e for e in evidence if e > 0.5]
    named = sum(not token.plain for token in tokens)
    if len(foreign) < 2 or not strong or len(foreign) <= named or sum(evidence) <= _ENTER:
        return False
    # A short run must be of words that the target language does not have at all.
    return len(tokens) >= PASSAGE_WORDS or all(t.usual < _RARE for t in strong)
