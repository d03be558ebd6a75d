"""Whether two spellings in one article name the same person or place, and on what grounds.

Likeness alone proves nothing: Kerk and Klerk may be two men. What proves it is a first name, a title
or a partner that both spellings share; or that one of the two, no word or name that anyone knows,
stands alone where a writer would first have introduced its bearer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from mtqe.text.names import Mention, NameWords, commonness
from mtqe.text.phonetics import romanise, skeleton_keys, sound_distance
from mtqe.text.same_name import is_derived, is_pinyin

# Shorter names are too alike by chance; longer words are compounds, not names.
_LEAST_LETTERS = 4
_MOST_LETTERS = 14

# Blocks of names with the same key are compared all with all. In a text with more different names
# than any article has, a directory say, only the most frequent of each block are.
_LARGEST_BLOCK = 30
_SMALLEST_BLOCK = 6
_USUAL_FORMS = 2_000

# Zipf frequencies. A spelling of more than _KNOWN is a name or word in its own right, one under
# _RARE is hardly known at all; a usual form of more than _EVERYDAY is a word, not a name.
_OTHERS = 3.5
_SEEN = 3.0
_KNOWN = 2.5
_RARE = 2.0
_UNHEARD = 1.5
_ATTESTED = 1.0

# Hardly any garbled name is a known one by chance: that outweighs an introduction and one mention.
_ATTESTED_WEIGHT = 3.1
_EVERYDAY = 4.0

# Two names in one sentence are two people, unless the spelling hardly differs.
_SLIP = 0.12

_LONGEST_GAP = 30


@dataclass(frozen=True)
class Form:
    """One spelling of a name word, and everything that the article says of it."""

    text: str
    places: tuple[tuple[Mention, int], ...]
    language: str
    partners: frozenset[str] = frozenset()
    lowered: bool = False  # also in the article as a word without a capital

    @cached_property
    def common(self) -> float:
        """Its Zipf frequency, with or without its accents."""
        plain = commonness(romanise(self.text), self.language)
        # A compound is as common as its parts to wordfreq, which says nothing about the whole.
        return plain if "-" in self.text else max(plain, commonness(self.text, self.language))

    @cached_property
    def given(self) -> frozenset[str]:
        """The words before it inside names: first names, mostly; initials say too little."""
        before = (romanise(m.words[i - 1].text) for m, i in self.places if i > 0)
        return frozenset(name for name in before if len(name) > 1)

    @cached_property
    def follows(self) -> frozenset[str]:
        """The words after it inside names: surnames, mostly."""
        return frozenset(romanise(m.words[i + 1].text) for m, i in self.places if i + 1 < len(m.words))

    @cached_property
    def titles(self) -> frozenset[str]:
        """The titles right before it."""
        return frozenset(m.title[-1] for m, i in self.places if i == 0 and m.title)

    @cached_property
    def neighbours(self) -> frozenset[str]:
        """The lower-case words right before and after it."""
        return frozenset(word for m, _ in self.places for word in (m.before, m.after))

    @cached_property
    def introduced(self) -> bool:
        """Whether it is part of a longer name somewhere."""
        return any(len(m.words) > 1 for m, _ in self.places)

    @cached_property
    def named(self) -> bool:
        """Whether its capital says that it is a name: inside a sentence, or because it is no word."""
        return (self.common < _UNHEARD and not self.lowered) or any(
            i > 0 or m.title or not m.initial for m, i in self.places
        )

    @cached_property
    def sentences(self) -> frozenset[int]:
        """The segments it stands in."""
        return frozenset(m.sentence for m, _ in self.places)

    @cached_property
    def support(self) -> tuple[float, int]:
        """How likely it is the right spelling: attested elsewhere, introduced, frequent, early."""
        count = len(self.places)
        weight = min(count, 2) + 0.2 * min(count - min(count, 2), 10)
        attested = _ATTESTED_WEIGHT if self.common >= _ATTESTED else 0
        return (weight + attested + (2 if self.introduced else 0), -self.places[0][0].words[0].span[0])


@dataclass(frozen=True, slots=True)
class Ground:
    """Why two spellings are one name, how far apart they may then be, and how sure it is."""

    why: str
    reach: float
    confidence: float


_FIRST_NAME = Ground("with the same first name", 0.3, 0.92)
_KNOWN_FULL_NAME = Ground("with the same first name", 0.1, 0.75)
_PARTNER = Ground("paired with the same name", 0.3, 0.9)
_BOTH_NAMES = Ground("with a first name alike", 0.25, 0.85)
_TITLE = Ground("with the same title", 0.2, 0.8)
_SURNAME = Ground("with the same surname", 0.15, 0.6)
_PERSON = Ground("introduced there; this spelling never is", 0.25, 0.85)
_KNOWN_PERSON = Ground("introduced there; this spelling never is", 0.1, 0.65)
_BARE = Ground("introduced there; this spelling never is", 0.17, 0.7)
_ALIKE = Ground("and this is no known name", 0.1, 0.6)


_KNOWN_NAME = "the better known name"


@dataclass(frozen=True, slots=True)
class Variant:
    """A spelling that should be another one, how sure that is, and why."""

    odd: Form
    usual: Form
    confidence: float
    why: str


def find_forms(
    mentions: Sequence[Mention], text: str, language: str, words: NameWords, lower: frozenset[str]
) -> dict[str, Form]:
    """Every spelling of a name word in the article; ``lower`` are its words without capitals."""
    places: dict[str, list[tuple[Mention, int]]] = {}
    for mention in mentions:
        for index, word in enumerate(mention.words):
            places.setdefault(word.text, []).append((mention, index))
    partners = _partners(mentions, text, words)
    return {
        name: Form(name, tuple(found), language, frozenset(partners.get(name, ())), name.lower() in lower)
        for name, found in places.items()
    }


def find_variants(forms: Mapping[str, Form], words: NameWords) -> list[Variant]:
    """The odd spellings, each with the usual one that it should be."""
    best: dict[str, Variant] = {}
    for a, b in candidates(forms):
        usual, odd = (a, b) if a.support > b.support else (b, a)
        variant = _judge(odd, usual, words)
        known = best.get(odd.text)
        if variant and (known is None or usual.support > known.usual.support):
            best[odd.text] = variant
    return [variant for variant in best.values() if variant.usual.text not in best]


def candidates(forms: Mapping[str, Form]) -> Iterable[tuple[Form, Form]]:
    """Pairs of spellings that may be one name by their consonants, each once; bounded for any text."""
    blocks: dict[str, list[str]] = {}
    for name in sorted(forms, key=lambda name: (-len(forms[name].places), name)):
        if _LEAST_LETTERS <= len(romanise(name)) <= _MOST_LETTERS:
            for key in set(skeleton_keys(name)):
                blocks.setdefault(key, []).append(name)
    largest = max(_SMALLEST_BLOCK, min(_LARGEST_BLOCK, _LARGEST_BLOCK * _USUAL_FORMS // max(len(forms), 1)))
    seen = set()
    for block in blocks.values():
        for i, a in enumerate(block[:largest]):
            for b in block[i + 1 : largest]:
                if (a, b) not in seen:
                    seen.add((a, b))
                    yield forms[a], forms[b]


def _judge(odd: Form, usual: Form, words: NameWords) -> Variant | None:
    """The variant that ``odd`` is of ``usual``, if the article says so."""
    distance = sound_distance(odd.text, usual.text)
    if distance > _FIRST_NAME.reach or romanise(odd.text) == romanise(usual.text):
        return None
    if usual.lowered or is_derived(odd.text, usual.text, odd.language):
        return None
    if is_pinyin(odd.text) and is_pinyin(usual.text):
        return None
    if odd.sentences & usual.sentences and distance > _SLIP:
        return None
    for ground in _grounds(odd, usual, words):
        if distance <= ground.reach:
            why = _KNOWN_NAME if odd.introduced and not usual.introduced else ground.why
            return Variant(odd, usual, round(ground.confidence - distance / 2, 2), why)
    return None


def _grounds(odd: Form, usual: Form, words: NameWords) -> Iterable[Ground]:
    """What speaks for one name, strongest first."""
    if odd.given & usual.given:
        if odd.common < _KNOWN:
            yield _FIRST_NAME
        elif odd.common < min(_OTHERS, usual.common):
            yield _KNOWN_FULL_NAME
    if odd.common < _KNOWN and odd.partners & usual.partners:
        yield _PARTNER
    if odd.sentences & usual.sentences:
        return
    if odd.given and usual.given and not odd.given & usual.given:
        if min(sound_distance(a, b) for a in odd.given for b in usual.given) <= _BOTH_NAMES.reach:
            yield _BOTH_NAMES
        return
    if odd.common < _KNOWN and odd.titles & usual.titles & words.role:
        yield _TITLE
    if odd.common < _KNOWN and odd.follows & usual.follows:
        yield _SURNAME
    yield from _weak_grounds(odd, usual, words)


def _weak_grounds(odd: Form, usual: Form, words: NameWords) -> Iterable[Ground]:
    """What speaks for one name if the odd spelling is unknown: a bare name needs an introduction."""
    if odd.common >= _SEEN or not odd.named or not _is_name(usual, words):
        return
    person = _is_person(odd, words)
    if odd.common >= _RARE or usual.common >= _EVERYDAY:
        if (person or odd.common < _UNHEARD) and usual.introduced and not odd.introduced:
            yield _KNOWN_PERSON
        return
    if odd.introduced != usual.introduced:
        if person:
            yield _PERSON
        if not words.capital_nouns:
            yield _BARE
    if odd.common < _UNHEARD and not words.capital_nouns:
        yield _ALIKE


def _is_person(form: Form, words: NameWords) -> bool:
    return bool(form.titles or form.neighbours & words.speech)


def _is_name(form: Form, words: NameWords) -> bool:
    """Whether a form is a name for sure: an everyday word is one only if a person bears it."""
    return form.common < _EVERYDAY or (bool(form.given) and _is_person(form, words))


def _partners(mentions: Sequence[Mention], text: str, words: NameWords) -> dict[str, set[str]]:
    """Whom each name is paired with: "Keller and Brandt"."""
    partners: dict[str, set[str]] = {}
    between = words.pairing | words.honorific | words.role
    for first, second in pairwise(mentions):
        a, b = first.words[-1], second.words[-1]
        if second.words[0].span[0] - a.span[1] > _LONGEST_GAP:
            continue
        parts = text[a.span[1] : second.words[0].span[0]].lower().replace(".", " ").split()
        if parts and parts[0] in words.pairing and between.issuperset(parts):
            partners.setdefault(a.text, set()).add(romanise(b.text))
            partners.setdefault(b.text, set()).add(romanise(a.text))
    return partners
