"""Words and passages that were left in another language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import ClassVar, NamedTuple

from mtqe.data import Article, Example, Mark, Segment
from mtqe.detectors.base import detectors
from mtqe.models.spelling import spelling
from mtqe.models.word_language import Frequencies, frequencies, neighbours
from mtqe.text.languages import base_language
from mtqe.text.tables import table

_WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)*")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+|[@#]\w+|\S+\.(?:com|org|net|fr|de|ru|es|it|uk|is)\b")

# Elided articles and pronouns stand for their words: l’Environnement, s’est, d'un.
_ELISION = re.compile(r"^[^\W\d_]{1,2}[’']")

# A foreign word that an author wants: inside quotation marks or brackets, or explained in brackets.
_OPENING = "“‘\"'«„(["
_GLOSS_AFTER = re.compile(r"[”’\"'»)\]]|\s*\(|\s+or\s|,? (?:which|that) means?\b|, meaning\b")

# A word this usual in the target is one of its words, wherever it came from.
_USUAL = 3.0
_NEVER = 1.6

# A passage: what entering it costs, in orders of magnitude of frequency, and what one word says.
_ENTER = 2.5
_MOST_EVIDENCE = 3.0
_NEUTRAL = -0.3

# A single word counts if it is this much more usual in the other language, and usual there.
_WORD_EVIDENCE = 2.2
_WORD_FREQUENCY = 3.6
_WORD_LENGTH = 5

# A word of no list: its letters are strange to the target language (natural log of probability,
# by letter), and this much likelier in another one.
_STRANGE_SPELLING = -3.2
_SPELLING_EVIDENCE = 10.0

_SENTENCE_SHARE = 0.6
_PASSAGE_WORDS = 4
_TITLE_WORDS = 6
_RARE = 2.6

# What it adds to a foreign word's evidence that the source has it as it is.
_COPY_EVIDENCE = 1.0


class _Token(NamedTuple):
    """A word of a segment. ``plain`` words are in lower case; others may be names."""

    form: str
    start: int
    end: int
    plain: bool
    usual: float  # zipf frequency in the target language


@detectors.register
@dataclass(frozen=True)
class Untranslated:
    """Mark words and passages of the target that are in another language.

    For passages, word frequencies of the target language and of each language in the same
    letters are weighed against each other by a two-state Viterbi search. A single word must be
    foreign beyond doubt: unknown in the target language, and usual in another one, spelt with
    letters that the target language lacks, or copied from the source. Left alone: capitalised
    words and what is between them (names and titles), words in quotation marks or brackets or
    explained there, addresses, and loanwords that the target language's word list has.
    Supports targets with a word list in ``wordfreq`` in Latin or Cyrillic letters.
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
        Example("Ich habe das Meeting im Büro gecancelt und ein Update geschickt.", target_lang="de"),
    )

    def detect(self, article: Article) -> Iterator[Mark]:
        """One mark for each foreign passage or word."""
        target = base_language(article.target_lang or "und")
        usual = frequencies(target)
        if usual is None or not neighbours(target):
            return
        for segment in article.segments:
            tokens = _tokens(segment.target, usual)
            if any(token.plain and token.usual < _USUAL for token in tokens):
                yield from _marks(segment, tokens, target, usual, article.source_lang)


def _tokens(text: str, usual: Frequencies) -> list[_Token]:
    addresses = [match.span() for match in _ADDRESS.finditer(text)]
    tokens = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        if any(a < end and start < b for a, b in addresses):
            continue
        word = match.group()
        form = _form(word, usual)
        tokens.append(
            _Token(form, start, end, word[:1].islower() or _ELISION.match(word) is not None, usual[form])
        )
    return tokens


def _form(word: str, usual: Frequencies) -> str:
    """The word as lists have it: in lower case, with its elided article or possessive taken off."""
    form = word.lower().replace("’", "'")
    if form in usual:
        return form
    return _ELISION.sub("", form.removesuffix("'s"))


def _marks(
    segment: Segment, tokens: list[_Token], target: str, usual: Frequencies, source: str | None
) -> Iterator[Mark]:
    language = _suspect(tokens, target, source)
    foreign = frequencies(language, "small") if language else None
    passages = _passages(segment, tokens, foreign) if foreign else []
    covered = {i for first, last in passages for i in range(first, last)}
    for first, last in passages:
        yield _passage_mark(segment, tokens, first, last, str(language))
    for i, token in enumerate(tokens):
        if (
            i not in covered
            and not _in_title(tokens, i, foreign)
            and (why := _foreign_word(segment, token, usual, foreign, target))
        ):
            yield _mark(segment, token.start, token.end, why, "major", 0.75)


def _suspect(tokens: Sequence[_Token], target: str, source: str | None) -> str | None:
    """The language that explains best what is unusual in the target language."""
    rare = [token.form for token in tokens if token.plain and token.usual < _USUAL]
    best, most = None, 0.0
    for language in neighbours(target):
        known = frequencies(language, "small")
        if known is not None:
            gain = sum(known[form] - known.floor for form in rare)
            gain *= 2.0 if source and language == base_language(source) else 1.0
            if gain > most:
                best, most = language, gain
    return best


def _passages(segment: Segment, tokens: Sequence[_Token], foreign: Frequencies) -> list[tuple[int, int]]:
    """Runs of tokens that are more probably of the foreign language than of the target's."""
    evidence = [_evidence(token, foreign) for token in tokens]
    copied = set(_WORD.findall(segment.source.lower())) if segment.source else set()
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


def _evidence(token: _Token, foreign: Frequencies) -> float:
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


def _is_title(tokens: Sequence[_Token], first: int, last: int) -> bool:
    """Whether a run opens with a capital, or follows one, inside a sentence: a title, if it is short."""
    opening = [i for i in (first - 1, first) if i > 0 and not tokens[i].plain]
    return bool(opening) and last - first <= _TITLE_WORDS


def _in_title(tokens: Sequence[_Token], index: int, foreign: Frequencies | None) -> bool:
    """Whether a capitalised word stands before a word, with nothing but foreign words between."""
    at = index - 1
    while at > 0 and tokens[at].plain and foreign is not None and _evidence(tokens[at], foreign) > 0:
        at -= 1
    return at > 0 and not tokens[at].plain


def _is_passage(tokens: Sequence[_Token], evidence: Sequence[float]) -> bool:
    """Whether a run is a passage and not a name with a particle."""
    strong = [t for t, e in zip(tokens, evidence, strict=True) if e >= 1.0 and t.plain and len(t.form) >= 4]
    foreign = [e for e in evidence if e > 0.5]
    named = sum(not token.plain for token in tokens)
    if len(foreign) < 2 or not strong or len(foreign) <= named or sum(evidence) <= _ENTER:
        return False
    # A short run must be of words that the target language does not have at all.
    return len(tokens) >= _PASSAGE_WORDS or all(t.usual < _RARE for t in strong)


def _passage_mark(segment: Segment, tokens: Sequence[_Token], first: int, last: int, language: str) -> Mark:
    start, end = tokens[first].start, tokens[last - 1].end
    whole = last - first >= _SENTENCE_SHARE * len(tokens)
    if whole:
        start = 0 if first <= 1 else start
        end = len(segment.target) if last >= len(tokens) - 1 else end
    words = last - first
    severity = "critical" if whole and words >= _PASSAGE_WORDS else "major"
    confidence = min(0.6 + 0.05 * words, 0.97)
    return _mark(segment, start, end, f"left in another language ({language})", severity, confidence)


def _foreign_word(
    segment: Segment, token: _Token, usual: Frequencies, foreign: Frequencies | None, target: str
) -> str | None:
    """Why a single word is foreign beyond doubt, if it is."""
    if not token.plain or token.usual > _NEVER or len(token.form) < _WORD_LENGTH:
        return None
    if _is_meant(segment.target, token):
        return None
    if _strange_letters(target).search(token.form):
        return "has letters that the language does not use"
    if token.form not in usual and (language := _spelt_like(token.form, target)):
        return f"is spelt like a word of another language ({language})"
    if foreign is None or token.form not in foreign:
        return None
    usual_there = foreign[token.form] >= _WORD_FREQUENCY
    return (
        "is a word of another language"
        if usual_there and foreign[token.form] - token.usual >= _WORD_EVIDENCE
        else None
    )


@lru_cache(maxsize=10_000)
def _spelt_like(word: str, target: str) -> str | None:
    """The language by whose rules a word is spelt, if it is far more likely than the target."""
    home = spelling(target)
    if home is None or home.score(word) > _STRANGE_SPELLING * len(word):
        return None
    scores = {code: found.score(word) for code in neighbours(target) if (found := spelling(code))}
    best = max(scores, key=scores.__getitem__, default=None)
    return best if best and scores[best] - home.score(word) >= _SPELLING_EVIDENCE else None


def _is_meant(text: str, token: _Token) -> bool:
    """Whether the author wants the foreign word: it is quoted, bracketed or explained."""
    before = text[: token.start].rstrip()[-1:]
    return (before in _OPENING and before != "") or _GLOSS_AFTER.match(text, token.end) is not None


@cache
def _strange_letters(language: str) -> re.Pattern[str]:
    own = table("alphabets").get(language)
    if own is None:
        return re.compile(r"(?!)")
    base = "а-яё" if language in ("ru", "uk", "bg", "mk") else "a-z"
    return re.compile(f"[^{base}{own}'’-]")


def _mark(segment: Segment, start: int, end: int, message: str, severity: str, confidence: float) -> Mark:
    offset = segment.target_span[0]
    return Mark(offset + start, offset + end, message, severity, confidence)  # type: ignore[arg-type]
