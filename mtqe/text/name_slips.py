"""Ways a name goes wrong that its sound does not show: its capital, its end, its number lost."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from mtqe.data import Article, Mark, Span
from mtqe.text.name_forms import Form, candidates, is_person
from mtqe.text.names import Mention, NameWords, commonness
from mtqe.text.phonetics import romanise, sound_distance
from mtqe.text.same_name import is_derived, is_pinyin

# A lower-case word that stands free: no part of an address, a hashtag or a compound.
_FREE_WORD = re.compile(r"(?<![\w@/.#’'&-])([^\W\d_]{4,})(?:[’']s)?(?![\w@/&]|[-.’']\w)")

# Up to this Zipf frequency a lower-case word that is also a name in the article lost its capital.
_RARE = 2.2
_UNCOMMON = 3.5

# Words that nobody knows, and how far apart two spellings of one may be.
_LEAST_UNKNOWN = 5
_UNKNOWN_REACH = 0.25

# "Stone" of "Stonenko": how much must be left, and how much lost.
_LEAST_CLIPPED = 4
_LEAST_LOST = 3
_EVERYDAY = 4.0
_WHOLE_KNOWN = 2.5

# How many places of the usual form a mark refers to.
_MOST_RELATED = 20

# Of issues with this confidence, as measured on development articles, so many are right.
_LOST_CAPITAL = 0.8
_UNKNOWN_WORD = 0.7
_CLIPPED = 0.7
_CLIPPED_WHOLE = 0.6
_LOST_PLURAL = 0.85
_PRONOUN_NAME = 0.7
_HYPHEN = 0.5

_PRONOUN = "a pronoun stands where a first name should"

_UNKNOWN_NAME = 1.0
_HYPHENS = re.compile(r"[-‐‑'’]")


def lost_capitals(article: Article, forms: Mapping[str, Form], words: NameWords) -> Iterator[Mark]:
    """Rare words without the capital that they have elsewhere in the article."""
    if not words.determiners:
        return
    # Without a first name or the like beside it, a capitalised noun is a heading's.
    lowered = [form for form in forms.values() if form.lowered and form.introduced]
    names = {form.text.lower(): form for form in lowered if _is_no_word(form, words)}
    doubtful = {word for word in names if not word.endswith(words.suffixes)}
    found: dict[str, list[Span]] = {}
    for word, before, span in _free_words(article, doubtful):
        found.setdefault(word, []).append(span)
        if before in words.determiners:
            doubtful.discard(word)
    for word in sorted(doubtful & found.keys()):
        usual = names[word]
        if usual.common >= _RARE and len(found[word]) > len(usual.places):
            continue
        message, related = f"“{usual.text}” elsewhere in the article", places(usual)
        for span in found[word]:
            yield Mark(*span, message, confidence=_LOST_CAPITAL, suggestion=usual.text, related=related)


def _is_no_word(form: Form, words: NameWords) -> bool:
    """Whether a name is hardly a word of the language too; a person's may be a little."""
    return form.common < (_UNCOMMON if form.given and is_person(form, words) else _RARE)


def unknown_words(article: Article, language: str, words: NameWords, lower: frozenset[str]) -> Iterator[Mark]:
    """Lower-case words that are no words, spelt in more than one way in the article."""
    if not words.suffixes:
        return
    unknown = sorted(word for word in lower if _is_unknown(word, language))
    twins: dict[str, set[str]] = {}
    for a, b in candidates({word: Form(word, (), language) for word in unknown}):
        alike = a.text[0] == b.text[0] and sound_distance(a.text, b.text) <= _UNKNOWN_REACH
        if alike and not _inflected(a.text, b.text, words):
            twins.setdefault(a.text, set()).add(b.text)
            twins.setdefault(b.text, set()).add(a.text)
    doubtful = {word for word in twins if any(not is_derived(word, twin, language) for twin in twins[word])}
    for word, _, span in _free_words(article, doubtful):
        others = "”, “".join(sorted(twins[word]))
        yield Mark(*span, f"no known word, and spelt “{others}” elsewhere", confidence=_UNKNOWN_WORD)


def _is_unknown(word: str, language: str) -> bool:
    return len(word) >= _LEAST_UNKNOWN and word.isalpha() and commonness(word, language) == 0.0


def _inflected(a: str, b: str, words: NameWords) -> bool:
    """Whether two words differ by the endings of ordinary words only."""
    stems = [
        {word} | {word[: -len(e)] for e in ("s", *words.suffixes) if word.endswith(e)} for word in (a, b)
    ]
    return bool(stems[0] & stems[1])


def clipped_names(forms: Mapping[str, Form], words: NameWords) -> Iterator[Mark]:
    """Surnames of which only the first part is left, an everyday word; and the surnames themselves.

    The root of a name was translated: "Stonenko", then "Stone".
    """
    if words.capital_nouns or words.unspaced:
        return
    pairs = list(_clipped_pairs(forms))
    taken = {name for form in forms.values() for name in form.given | form.follows} if pairs else set()
    for form, part in pairs:
        if romanise(part.text) not in taken:
            yield from _marks(part, form, f"“{form.text}” elsewhere in the article", _CLIPPED)
            yield from _marks(form, None, f"“{part.text}” elsewhere: a translated root?", _CLIPPED_WHOLE)


def _clipped_pairs(forms: Mapping[str, Form]) -> Iterator[tuple[Form, Form]]:
    """Surnames that nobody knows, each with an everyday word that is its first part."""
    for form in forms.values():
        if len(form.text) < _LEAST_CLIPPED + _LEAST_LOST or not form.given or form.common >= _WHOLE_KNOWN:
            continue
        for length in range(_LEAST_CLIPPED, len(form.text) - _LEAST_LOST + 1):
            part = forms.get(form.text[:length])
            if part and part.common >= _EVERYDAY and not part.introduced and not part.lowered:
                yield form, part


def lost_plurals(forms: Mapping[str, Form], words: NameWords) -> Iterator[Mark]:
    """First names as in "the two Michael": a first name in the singular, of two people who bear it."""
    for form in forms.values() if words.plural else ():
        if len(form.places) <= 1 or not form.follows:
            continue
        surnames = [m.words[i + 1] for m, i in form.places if i + 1 < len(m.words)]
        people = {romanise(w.text) for w in surnames if commonness(w.text, form.language) < _EVERYDAY}
        if form.text.endswith(words.plural) or len(people) <= 1:
            continue
        for mention, _ in form.places:
            if len(mention.words) == 1 and not mention.title and mention.before in words.numbers:
                yield Mark(
                    *mention.words[0].span,
                    f"the plural of “{form.text}” lost its ending",
                    confidence=_LOST_PLURAL,
                    suggestion=form.text + words.plural,
                    related=tuple(word.span for word in surnames[:_MOST_RELATED]),
                )


def pronoun_names(article: Article, mentions: Sequence[Mention], words: NameWords) -> Iterator[Mark]:
    """Names as in "says She Keller": a pronoun in the place of a first name."""
    for mention in mentions:
        first, last = mention.words[0], mention.words[-1]
        if mention.headline or not all(word.text.istitle() for word in mention.words) or is_pinyin(last.text):
            continue
        if first.text.lower() in words.pronouns and len(mention.words) > 1:
            yield Mark(first.span[0], last.span[1], _PRONOUN, "major", _PRONOUN_NAME)
        elif mention.before in words.pronouns and len(mention.words) > 1:
            start = article.target.rfind(mention.before.title(), 0, first.span[0])
            if first.span[0] - start == len(mention.before) + 1:
                yield Mark(start, last.span[1], _PRONOUN, "major", _PRONOUN_NAME)


def hyphen_variants(forms: Mapping[str, Form], words: NameWords) -> Iterator[Mark]:
    """Unknown names written both with and without a hyphen: the rarer way."""
    written: dict[str, list[Form]] = {}
    for form in () if words.capital_nouns else forms.values():
        if form.common < _UNKNOWN_NAME and form.named and not form.acronym:
            written.setdefault(romanise(form.text), []).append(form)
    for same in written.values():
        usual, *odd = sorted(same, key=lambda form: form.support, reverse=True)
        for form in odd:
            if _HYPHENS.sub("", form.text).lower() == _HYPHENS.sub("", usual.text).lower() and (
                form.text.lower() != usual.text.lower()
            ):
                yield from _marks(form, usual, f"“{usual.text}” elsewhere in the article", _HYPHEN)


def _marks(odd: Form, usual: Form | None, message: str, confidence: float) -> Iterator[Mark]:
    suggestion, related = (usual.text, places(usual)) if usual else (None, ())
    for mention, index in odd.places:
        span = mention.words[index].span
        yield Mark(*span, message, confidence=confidence, suggestion=suggestion, related=related)


def places(form: Form) -> tuple[Span, ...]:
    """Where a spelling stands in the target: the first few places, if it is frequent."""
    return tuple(mention.words[index].span for mention, index in form.places[:_MOST_RELATED])


def _free_words(article: Article, wanted: Collection[str]) -> Iterator[tuple[str, str, Span]]:
    """Wanted lower-case words with the word before and their place."""
    for segment in article.segments if wanted else ():
        if segment.excluded:
            continue
        offset = segment.target_span[0]
        for match in _FREE_WORD.finditer(segment.target):
            word = match.group(1)
            if word in wanted:
                before = segment.target[: match.start()].rsplit(maxsplit=1)[-1:] or [""]
                yield word, before[0].lower(), (offset + match.start(1), offset + match.end(1))
