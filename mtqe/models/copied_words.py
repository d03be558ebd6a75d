"""Which words that a translation copies from its source should have been translated.

Most copied words are right: names, brands, international words. A logistic model on a handful of
facts of each copied word tells "Census Bureau" from "Barack Obama": how usual it is in either
language, its capitals, and the same of the words copied along with it. It was fitted to words that
annotators of MQM marked as untranslated (``weights/copied_words.md``).
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp
from pathlib import Path
from typing import NamedTuple

from mtqe.models.ngram import WEIGHTS
from mtqe.models.word_language import Frequencies, frequencies
from mtqe.text.scripts import script_of, scripts_of
from mtqe.text.spans import merge, overlap

FEATURES = (
    "usual_here",  # Zipf frequency in the target language
    "usual_there",  # Zipf frequency in the source language
    "capital",
    "lower_in_source",
    "all_capitals",
    "letters",
    "lower_in_run",  # words of the run that the source has in lower case
    "other_alphabet",  # than that of the target language: Latin words in a Russian text
    "among_characters",  # Latin words in a Chinese, Japanese or Korean text
    "abbreviation_among_characters",
    "copied_share",  # of the target's words
    "source_occurrences",
    "most_usual_in_run",  # highest frequency in the source language of the words of the run
    "foreign_share",  # of the run: words more usual in the source language
    "capitals_share",  # of the run: words all in capitals
)

_OTHER_ALPHABET = FEATURES.index("other_alphabet")

# Latin letters in Chinese or Russian text are words of their own.
_WORD = re.compile(r"[a-zA-Z\u00c0-\u024f]+|[^\W\d_a-zA-Z\u00c0-\u024f]+")
_LEAST_LETTERS = 2

# Shorter words are particles of names, unless they are abbreviations.
_LEAST_WORD = 3

# The licensed data has few texts in other alphabets. Annotators of the rest mark twice as many of the
# Latin words in them as the model gives odds for.
_ALPHABET_FACTOR = 0.6

# Where capitals are no sign of a name: German has them for all nouns, and English for the words of
# titles and of organisations ("the Census Bureau"), which are translated.
_CAPITAL_NOUNS = frozenset(["en", "de"])

# A lower-case word that is as usual in the target language is a word of it ("café").
_USUAL_HERE = 3.3

# What templates and pages leave in a text: #NAME#, {count}, <b>, %s, addresses, handles.
_NO_TEXT = re.compile(
    r"#[A-Z_]{2,30}#|\{\w{0,30}\}|\[[A-Z_]{2,30}\]|</?\w{1,20}>|%\w|(?:https?://|www\.)\S+|\S+@\S+|[@#]\w+"
)

# Words that are copied along stand apart by no more than this: a space, a hyphen, a quotation mark.
_GAP = 2

# By how much, in orders of magnitude, a word is more usual in the source's language to be foreign.
_FOREIGN = 1.0

_CHARACTERS = frozenset(["Hani", "Kana", "Hang"])

# The frequency of a word that no list has: below the rarest of the largest list.
_UNLISTED = 0.8


class CopiedWord(NamedTuple):
    """A word of the target that stands in the source as it is."""

    start: int
    end: int
    text: str
    sources: tuple[str, ...]  # as the source writes it, at each of its places


class CopiedRun(NamedTuple):
    """Copied words side by side: their range, and the probability that they are untranslated."""

    start: int
    end: int
    probability: float


@dataclass(frozen=True)
class CopiedWords:
    """The model; ``load_copied_words`` makes one."""

    bias: float
    weights: tuple[float, ...]
    precision: float  # marks that annotators confirm in whole articles, by probability given

    def find(self, target: str, source: str, languages: tuple[str, str], least: float) -> list[CopiedRun]:
        """Copied stretches with a word whose probability of being untranslated is ``least`` or more.

        ``languages`` are those of target and source. A stretch has the probability of its surest
        word and takes in the neighbours with at least half of ``least``.
        """
        words, features = copied_words(target, source, languages)
        if features and features[0][_OTHER_ALPHABET]:
            least *= _ALPHABET_FACTOR
        chances = [self._chance(row) if may_be_left(row, languages[1]) else 0.0 for row in features]
        marked = [word for word, chance in zip(words, chances, strict=True) if chance >= least / 2]
        found = []
        for start, end in merge([word[:2] for word in marked], gap=_GAP):
            inside = (c for w, c in zip(words, chances, strict=True) if start <= w.start and w.end <= end)
            best = max(inside)
            if best >= least:
                found.append(CopiedRun(start, end, best))
        return found

    def _chance(self, row: Sequence[float]) -> float:
        total = self.bias + sum(w * x for w, x in zip(self.weights, row, strict=True))
        return 1.0 / (1.0 + exp(-total))


@cache
def load_copied_words(folder: Path = WEIGHTS) -> CopiedWords:
    """The model that ships with the package."""
    stored = json.loads((folder / "copied_words.json").read_text(encoding="utf-8"))
    weights = tuple(stored["weights"][name] for name in FEATURES)
    return CopiedWords(stored["bias"], weights, stored["precision"])


def copied_words(
    target: str, source: str, languages: tuple[str, str]
) -> tuple[list[CopiedWord], list[list[float]]]:
    """The words that ``target`` copies from ``source``, and their ``FEATURES``; capitals aside."""
    written = _written(source)
    skipped = [match.span() for match in _NO_TEXT.finditer(target)]
    matches = [m for m in _WORD.finditer(target) if not any(overlap(m.span(), place) for place in skipped)]
    words = [
        CopiedWord(*match.span(), match.group(), tuple(written[match.group().lower()]))
        for match in matches
        if len(match.group()) >= _LEAST_LETTERS and match.group().lower() in written
    ]
    share = len(words) / max(len(matches), 1)
    here, there = (frequencies(language) for language in languages)
    home = scripts_of(languages[0])
    features = []
    for run in _runs(words):
        features += _run_features(run, share, here, there, home)
    return words, features


def may_be_left(row: Sequence[float], source_lang: str) -> bool:
    """Whether a copied word can be one that was left: no name, and no word of the target language."""
    facts = dict(zip(FEATURES, row, strict=True))
    name = facts["capital"] and not facts["lower_in_source"] and not facts["all_capitals"]
    short = facts["letters"] < _LEAST_WORD and not facts["all_capitals"]
    if short or (name and source_lang not in _CAPITAL_NOUNS):
        return False
    return bool(facts["capital"]) or facts["usual_here"] < _USUAL_HERE


def _written(source: str) -> Mapping[str, Sequence[str]]:
    written: dict[str, list[str]] = defaultdict(list)
    for word in _WORD.findall(source):
        written[word.lower()].append(word)
    return written


def _runs(words: Sequence[CopiedWord]) -> list[list[CopiedWord]]:
    runs: list[list[CopiedWord]] = []
    for word in words:
        if runs and word.start - runs[-1][-1].end <= _GAP:
            runs[-1].append(word)
        else:
            runs.append([word])
    return runs


def _run_features(
    run: Sequence[CopiedWord],
    share: float,
    here: Frequencies | None,
    there: Frequencies | None,
    home: Sequence[str],
) -> list[list[float]]:
    own = [_usual(here, word) for word in run]
    foreign = [_usual(there, word) for word in run]
    lower = [any(text[0].islower() for text in word.sources) for word in run]
    capitals = [word.text.isupper() for word in run]
    strange = sum(b - a > _FOREIGN for a, b in zip(own, foreign, strict=True))
    characters = not _CHARACTERS.isdisjoint(home)
    stranger = bool(home) and script_of(run[0].text) not in home
    of_run = [float(sum(lower)), max(foreign), strange / len(run), sum(capitals) / len(run)]
    return [
        [
            own[i],
            foreign[i],
            float(word.text[0].isupper()),
            float(lower[i]),
            float(capitals[i]),
            float(len(word.text)),
            of_run[0],
            float(stranger and not characters),
            float(stranger and characters),
            float(stranger and characters and capitals[i]),
            share,
            float(len(word.sources)),
            *of_run[1:],
        ]
        for i, word in enumerate(run)
    ]


def _usual(known: Frequencies | None, word: CopiedWord) -> float:
    form = word.text.lower()
    return known[form] if known is not None and form in known else _UNLISTED
