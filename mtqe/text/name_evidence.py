"""Whether two spellings in one article name the same person or place, and on what grounds.

Likeness alone proves nothing: Holm and Holmes may be two men. What proves it is a first name, a title
or a partner that both spellings share; or that one of the two, no word or name that anyone knows,
stands alone where a writer would first have introduced its bearer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mtqe.text.name_forms import Form, candidates, is_person
from mtqe.text.names import NameWords
from mtqe.text.phonetics import romanise, sound_distance
from mtqe.text.same_name import is_clipped, is_derived, is_inflecting, is_inhabitant, is_pinyin, keeps_case
from mtqe.text.unspaced_names import respelling

# Zipf frequencies. A spelling of more than _KNOWN is a name or word in its own right, one under
# _RARE is hardly known at all; a usual form of more than _EVERYDAY is a word, not a name.
_OTHERS = 3.5
_SEEN = 3.0
_KNOWN = 2.5
_RARE = 2.0
_UNHEARD = 1.5
_ATTESTED = 1.0
_EVERYDAY = 4.0

# Two names in one sentence are two people, unless the spelling hardly differs; so are two of Pinyin.
_SLIP = 0.12


@dataclass(frozen=True, slots=True)
class Ground:
    """Why two spellings are one name, how far apart they may then be, and how sure it is."""

    why: str
    reach: float
    confidence: float


_FIRST_NAME = Ground("with the same first name", 0.35, 0.95)
_KNOWN_FULL_NAME = Ground("with the same first name", 0.15, 0.85)
_WORD = Ground("with the same first name", 0.1, 0.8)
_PARTNER = Ground("paired with the same name", 0.3, 0.9)
_BOTH_NAMES = Ground("with a first name alike", 0.25, 0.85)
_TITLE = Ground("with the same title", 0.25, 0.8)
_SURNAME = Ground("with the same surname", 0.2, 0.75)
_CASE = Ground("and this has a case ending of another language", 0.35, 0.85)
_PERSON = Ground("introduced there; this spelling never is", 0.27, 0.85)
_BARE = Ground("introduced there; this spelling never is", 0.18, 0.8)
_KNOWN_PERSON = Ground("introduced there; this spelling never is", 0.15, 0.8)
_ALIKE = Ground("and this is no known name", 0.15, 0.8)
_NAMESAKE = Ground("and this is no known name", 0.08, 0.75)

# The last letter of the Latin blocks with accents.
_LAST_LATIN = "\u024f"

# Names in Chinese and Japanese: of one length, so that they are nearer than names of another script.
_UNSPACED_FIRST_NAME = Ground("with the same first name", 0.3, 0.85)
_UNSPACED_SURNAME = Ground("with the same surname", 0.1, 0.75)
_UNSPACED_SHORT = Ground("with the same first name", 0.1, 0.8)
_LEAST_UNSPACED = 3  # of two characters, one may be no part of the name
_UNSPACED_BARE = Ground("introduced there; this spelling never is", 0.15, 0.75)

_KNOWN_NAME = "the better known name"


@dataclass(frozen=True, slots=True)
class Variant:
    """A spelling that should be another one, how sure that is, and why."""

    odd: Form
    usual: Form
    confidence: float
    why: str


def find_variants(forms: Mapping[str, Form], words: NameWords) -> list[Variant]:
    """The odd spellings, each with the usual one that it should be."""
    best: dict[str, Variant] = {}
    for a, b in candidates(forms):
        if a.common >= _OTHERS and b.common >= _OTHERS and a.given.isdisjoint(b.given):
            continue
        usual, odd = _usual_first(a, b)
        variant = _judge_unspaced(odd, usual) if words.unspaced else _judge(odd, usual, words)
        known = best.get(odd.text)
        if variant and (known is None or usual.support > known.usual.support):
            best[odd.text] = variant
    return [variant for variant in best.values() if variant.usual.text not in best]


def _usual_first(a: Form, b: Form) -> tuple[Form, Form]:
    """The likelier right spelling, then the other one."""
    if max(a.common, b.common) < _ATTESTED and not is_inflecting(a.language) and not a.unspaced:
        for usual, odd in ((a, b), (b, a)):
            syllables = is_pinyin(usual.text) and not is_pinyin(odd.text)
            if syllables or (keeps_case(odd.text, usual.text) and not keeps_case(usual.text, odd.text)):
                return usual, odd
    return (a, b) if a.support > b.support else (b, a)


def _judge(odd: Form, usual: Form, words: NameWords) -> Variant | None:
    """The variant that ``odd`` is of ``usual``, if the article says so."""
    distance = sound_distance(odd.text, usual.text)
    if distance > _FIRST_NAME.reach or romanise(odd.text) == romanise(usual.text):
        return None
    if usual.lowered or not _is_written_alike(odd, usual) or _is_legitimate(odd, usual):
        return None
    if _is_chinese(odd) and _is_chinese(usual):
        return None
    if distance > _SLIP and _are_alike_by_nature(odd, usual):
        return None
    if words.capital_nouns and (odd.common >= _UNHEARD or usual.common >= _KNOWN):
        return None
    for ground in _grounds(odd, usual, words):
        if distance <= ground.reach:
            why = _KNOWN_NAME if odd.introduced and not usual.introduced else ground.why
            return Variant(odd, usual, round(ground.confidence - distance / 2, 2), why)
    return None


def _judge_unspaced(odd: Form, usual: Form) -> Variant | None:
    """The variant that a name in Chinese or Japanese is of another one; known names are none."""
    distance = respelling(odd.text, usual.text, odd.language)
    if distance is None or odd.common >= _UNHEARD:
        return None
    for ground in _unspaced_grounds(odd, usual):
        if distance <= ground.reach:
            return Variant(odd, usual, round(ground.confidence - distance / 2, 2), ground.why)
    return None


def _unspaced_grounds(odd: Form, usual: Form) -> Iterable[Ground]:
    long = len(odd.text) >= _LEAST_UNSPACED
    if odd.given & usual.given:
        yield _UNSPACED_FIRST_NAME if long else _UNSPACED_SHORT
    elif odd.sentences.isdisjoint(usual.sentences):
        if odd.follows & usual.follows and long:
            yield _UNSPACED_SURNAME
        if usual.given and not odd.introduced:
            yield _UNSPACED_BARE


def _is_written_alike(a: Form, b: Form) -> bool:
    """Whether two spellings are of one script and of as many parts: a compound is no spelling of a part."""
    latin = [form.text[0] <= _LAST_LATIN for form in (a, b)]
    return latin[0] == latin[1] and a.text.count("-") == b.text.count("-")


def _is_legitimate(odd: Form, usual: Form) -> bool:
    """Whether one spelling is derived from the other, and means something else than that.

    An unknown name that lost its last letters is no plural, inhabitant or relative; nor is one that took
    a letter, if the first name is the same or if the ending is a case of another language.
    """
    if not is_derived(odd.text, usual.text, odd.language):
        return False
    if (
        odd.common >= _KNOWN
        or is_inflecting(odd.language)
        or is_inhabitant(odd.text, usual.text, odd.language)
    ):
        return True
    if usual.common >= _UNHEARD and keeps_case(odd.text, usual.text):
        return odd.common >= _ATTESTED
    lost = is_clipped(odd.text, usual.text)
    if odd.given & usual.given:
        return not lost and not is_clipped(usual.text, odd.text)
    return odd.common >= _UNHEARD or not lost


def _grounds(odd: Form, usual: Form, words: NameWords) -> Iterable[Ground]:
    """What speaks for one name, strongest first."""
    yield from _grounds_in_a_sentence(odd, usual)
    together = bool(odd.sentences & usual.sentences)
    two_people = bool(odd.given and usual.given) and not odd.given & usual.given
    if two_people and not together and _alike(odd.given, usual.given):
        yield _BOTH_NAMES
    if not (two_people or together):
        yield from _shared_words(odd, usual, words)
        yield from _weak_grounds(odd, usual, words)
    elif odd.common < _UNHEARD and not words.capital_nouns:
        yield _NAMESAKE


def _alike(first: Iterable[str], second: Iterable[str]) -> bool:
    """Whether any two first names are nearly the same."""
    return min(sound_distance(a, b) for a in first for b in second) <= _BOTH_NAMES.reach


def _shared_words(odd: Form, usual: Form, words: NameWords) -> Iterable[Ground]:
    """A title or a surname that both spellings stand with."""
    if odd.common < _KNOWN and odd.titles & usual.titles & words.role:
        yield _TITLE
    if odd.common < _UNHEARD and odd.follows & usual.follows and not words.capital_nouns:
        yield _SURNAME


def _grounds_in_a_sentence(odd: Form, usual: Form) -> Iterable[Ground]:
    """What speaks for one name even where both spellings stand in one sentence."""
    if odd.given & usual.given:
        if odd.common < _KNOWN:
            yield _FIRST_NAME
        else:
            yield _KNOWN_FULL_NAME if odd.common < _OTHERS else _WORD
    if odd.common < _KNOWN and odd.partners & usual.partners:
        yield _PARTNER


def _weak_grounds(odd: Form, usual: Form, words: NameWords) -> Iterable[Ground]:
    """What speaks for one name if the odd spelling is unknown: a bare name needs an introduction."""
    if odd.common >= _SEEN or not odd.named or not _is_name(usual, odd, words):
        return
    if odd.common < _UNHEARD and not is_inflecting(odd.language) and keeps_case(odd.text, usual.text):
        yield _CASE
    person, alone = is_person(odd, words), odd.introduced != usual.introduced
    if odd.common >= _RARE or usual.common >= _EVERYDAY:
        if (person or odd.common < _UNHEARD) and usual.introduced and not odd.introduced:
            yield _KNOWN_PERSON
        return
    if alone and person:
        yield _PERSON
    if alone:
        # A noun with a capital is no name; nearly the same as one that follows a first name, it is.
        yield _NAMESAKE if words.capital_nouns else _BARE
    if odd.common < _UNHEARD and not words.capital_nouns:
        yield _ALIKE


def _is_chinese(form: Form) -> bool:
    """Whether a name reads as Pinyin, and its first name, if it has one, does too."""
    return is_pinyin(form.text) and (not form.given or any(map(is_pinyin, form.given)))


def _are_alike_by_nature(odd: Form, usual: Form) -> bool:
    """Whether it takes more than likeness: names in one sentence, compounds, two that read as Pinyin."""
    together = not odd.sentences.isdisjoint(usual.sentences)
    return together or "-" in odd.text or (is_pinyin(odd.text) and is_pinyin(usual.text))


def _is_name(usual: Form, odd: Form, words: NameWords) -> bool:
    """Whether a form is a name for sure: an everyday word is one only if a person bears it."""
    return usual.common < _EVERYDAY or (
        bool(usual.given) and (is_person(usual, words) or is_person(odd, words))
    )
