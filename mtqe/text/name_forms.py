"""The spellings of names in an article, where each stands, and which of them may be one name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from mtqe.text.names import Mention, NameWords, commonness
from mtqe.text.phonetics import romanise, skeleton_keys

# Shorter names are too alike by chance; longer words are compounds, not names.
_LEAST_LETTERS = 4
_MOST_LETTERS = 14

# A character of an unspaced script is a syllable of two letters or three.
_MOST_UNSPACED_LETTERS = 24

# Blocks of names with the same key are compared all with all. In a text with more different names
# than any article has, a directory say, only the most frequent of each block are.
_LARGEST_BLOCK = 30
_SMALLEST_BLOCK = 6
_USUAL_FORMS = 2_000

# Zipf frequencies: under _UNHEARD a spelling is no word that readers know, and from _ATTESTED on
# it has been seen elsewhere.
_UNHEARD = 1.5
_ATTESTED = 1.0

# Hardly any garbled name is a known one by chance: that outweighs an introduction and one mention.
_ATTESTED_WEIGHT = 2.5

# What each mention after the second adds, up to so many.
_FURTHER = 0.4
_MOST_FURTHER = 8

# Kana begin here, and Han characters follow.
_FIRST_UNSPACED = "\u3040"

# "Keller and the former minister Brandt": how far apart a pair may stand.
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

    @property
    def unspaced(self) -> bool:
        """Whether its script puts no spaces between words."""
        return self.text[0] >= _FIRST_UNSPACED

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
    def acronym(self) -> bool:
        """Whether it has more capitals than parts, as "ETFs" and "LibreOffice" do."""
        if self.text[1:].islower():
            return False
        return sum(map(str.isupper, self.text)) > 1 + self.text.count("-") + self.text.count(
            "’"
        ) + self.text.count("'")

    @cached_property
    def sentences(self) -> frozenset[int]:
        """The segments it stands in."""
        return frozenset(m.sentence for m, _ in self.places)

    @cached_property
    def support(self) -> tuple[float, int]:
        """How likely it is the right spelling: attested elsewhere, introduced, frequent, early."""
        count = len(self.places)
        weight = min(count, 2) + _FURTHER * min(count - min(count, 2), _MOST_FURTHER)
        attested = _ATTESTED_WEIGHT + self.common if self.common >= _ATTESTED else 0
        return (weight + attested + (2 if self.introduced else 0), -self.places[0][0].words[0].span[0])


def is_person(form: Form, words: NameWords) -> bool:
    """Whether a name has a title somewhere, or does what only people do."""
    return bool(form.titles or form.neighbours & words.speech)


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


def candidates(forms: Mapping[str, Form]) -> Iterable[tuple[Form, Form]]:
    """Pairs of spellings that may be one name by their consonants, each once; bounded for any text."""
    blocks: dict[str, list[str]] = {}
    for name in sorted(forms, key=lambda name: (-len(forms[name].places), name)):
        most = _MOST_UNSPACED_LETTERS if forms[name].unspaced else _MOST_LETTERS
        if _LEAST_LETTERS <= len(romanise(name)) <= most and not forms[name].acronym:
            for key in skeleton_keys(name):
                blocks.setdefault(key, []).append(name)
    largest = max(_SMALLEST_BLOCK, min(_LARGEST_BLOCK, _LARGEST_BLOCK * _USUAL_FORMS // max(len(forms), 1)))
    seen = set()
    for block in blocks.values():
        for i, a in enumerate(block[:largest]):
            for b in block[i + 1 : largest]:
                if (a, b) not in seen:
                    seen.add((a, b))
                    yield forms[a], forms[b]


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
