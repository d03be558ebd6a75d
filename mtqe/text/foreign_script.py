"""Stretches of a text in letters that its language is not written in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mtqe.data import Span
from mtqe.text.scripts import letters_outside, script_of_letter, scripts_of

# What may stand between letters of one stretch: spaces, marks, digits.
_BETWEEN = re.compile(r"[\s\d.,;:!?、。，；：・·「」『』（）()“”\"'’-]{0,4}")

# One letter is a symbol, and so are a few Greek ones.
_LEAST_LETTERS = 2
_LEAST_GREEK = 4

# Latin words in a row that are a passage in Russian or Chinese; names and titles have capitals.
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+(?:[’'-][A-Za-z\u00c0-\u024f]+)*")
_BETWEEN_WORDS = re.compile(r"[ \u00a0,;:’'\"-]{1,3}")
_LEAST_WORDS = 4
_LEAST_LOWER = 2


def foreign_script(text: str, language: str) -> Iterator[Span]:
    """Ranges of ``text`` in a script that ``language`` (BCP 47) is not written in.

    Latin letters stand in texts of any language: for those in other letters, only a run of Latin
    words that is no name counts. Nothing for a language whose script is not known.
    """
    home = scripts_of(language)
    if not home:
        return
    yield from _foreign_letters(text, (*home, "Latn"))
    if "Latn" not in home:
        yield from _latin_passages(text)


def _foreign_letters(text: str, home: tuple[str, ...]) -> Iterator[Span]:
    """Runs of letters of scripts that are not in ``home``."""
    run: list[int] = []
    for match in letters_outside(home).finditer(text):
        at = match.start()
        if run and not _BETWEEN.fullmatch(text, run[-1] + 1, at):
            yield from _letters(text, run)
            run = []
        run.append(at)
    yield from _letters(text, run)


def _letters(text: str, run: list[int]) -> Iterator[Span]:
    greek = bool(run) and script_of_letter(text[run[0]]) == "Grek"
    if len(run) >= (_LEAST_GREEK if greek else _LEAST_LETTERS):
        yield run[0], run[-1] + 1


def _latin_passages(text: str) -> Iterator[Span]:
    """Runs of Latin words, some of them in lower case."""
    run: list[re.Match[str]] = []
    for match in _LATIN_WORD.finditer(text):
        if run and not _BETWEEN_WORDS.fullmatch(text, run[-1].end(), match.start()):
            yield from _passage(run)
            run = []
        run.append(match)
    yield from _passage(run)


def _passage(run: list[re.Match[str]]) -> Iterator[Span]:
    lower = sum(match.group()[0].islower() for match in run)
    if len(run) >= _LEAST_WORDS and lower >= _LEAST_LOWER:
        yield run[0].start(), run[-1].end()
