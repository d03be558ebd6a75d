"""Titles of the source language, left over or wrecked before a name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import ClassVar, NamedTuple

from mtqe.data import Article, Example, Mark, Span
from mtqe.detectors.base import detectors
from mtqe.models.language_id import identify
from mtqe.text import title_slips
from mtqe.text.languages import base_language
from mtqe.text.name_forms import Form, find_forms
from mtqe.text.names import commonness, find_mentions, honorifics, lower_words, name_words
from mtqe.text.phonetics import romanise
from mtqe.text.same_name import is_inflecting
from mtqe.text.spans import holder, merge, overlap
from mtqe.text.title_wrecks import Wreck, find_wrecks, has_table
from mtqe.text.unspaced_titles import unspaced_wrecks

# What follows a title: a capitalised word, and perhaps another one that it is paired with.
_NAME = re.compile(r"[ \u00a0]+([^\W\d_][\w’'-]+)")
_PAIRED = re.compile(
    r"(?:,[ \u00a0][^\W\d_][\w’'-]+)*,?[ \u00a0](?:and|und|et|y|e|и|&)[ \u00a0]([^\W\d_][\w’'-]+)"
)
_POSSESSIVE = re.compile(r"[’']s?$")

# A capitalised word as common as this is an everyday word ("That", "Please"), not a name.
_EVERYDAY = 5.0

# How much of the text says which language it is in, and how surely.
_AROUND = 80
_SURE = 0.9

# A shorter text is hardly more than the name.
_LEAST_AROUND = 40

# "5 mm. Keller": a measure; "J. M. Keller", "Luc M. Keller": an initial.
_MEASURED = re.compile(r"\d[ \u00a0]?$")
_LEAD = 20
_NAME_BEFORE = re.compile(r"\b([^\W\d_a-z](?:\.|[^\W\d_]*))[ \u00a0]?$")

_LAST_PART = re.compile(r"[ .\u00a0]+")

_VOWELS = "aeiouy"

# "by A. Keller, M. Brandt": the initials of a list of people.
_LISTED = re.compile(r"[,;&] ?$|(?:\band|\bby) $")

# "SS. MM. Felipe y Letizia", "LL. MM.": majesties, in Spanish, Italian, Portuguese and French.
_MAJESTIES = re.compile(r"\b(?:SS|LL)\.?[ \u00a0]?$")

# Where one title of these stands, others are looked at for whose they are.
_OF_SOMEONE = frozenset({"surname", "full name"})


class _Text(NamedTuple):
    """What titles are judged by; names are looked for only if ``forms`` is called, which is slow."""

    target: str
    language: str
    forms: Callable[[], Mapping[str, Form]]


@detectors.register
@dataclass(frozen=True)
class GarbledHonorific:
    """Mark the wrecks of titles such as the French "MM." before a name.

    An abbreviated title of the source is often taken for something else: "MM." becomes "Mm." or,
    spelt out with its point, "the gentlemen."; "Mme" becomes "MI am". In English also titles that
    Japanese leaves behind the name ("Morita suspect"), and a Mr. who is a Ms. elsewhere. In German,
    French, Spanish, Italian, Portuguese and Russian, abbreviations of another language and titles that
    stand twice; in Chinese and Japanese also titles in Latin letters before a name in characters.

    Left alone: measures (5 mm.), initials and stage names (M. Ward), the interjection, "Herr" and
    "Señora" in English and "Mr." in French, which are style, couples, majesties (SS. MM.), titles in
    front of anything but a name, and Latin titles behind a name in Chinese and Japanese.
    """

    name: ClassVar[str] = "garbled_honorific"
    mqm: ClassVar[str] = "accuracy/mistranslation"
    excludes: ClassVar[bool] = False
    default: ClassVar[bool] = True
    examples: ClassVar[tuple[Example, ...]] = (
        Example("Mm. Keller and Brandt met the mayor.", marks=("Mm.",)),
        Example("MI am Okafor will speak on Monday.", marks=("MI am",)),
        Example("They asked for the release of the gentlemen. Keller and Brandt.", marks=("the gentlemen.",)),
        Example("Luc Berthier spoke first. M. Berthier had little to say.", marks=("M.",)),
        Example("Prosecutors say Kenji Morita fled. On Friday Morita suspect confessed.", marks=("suspect",)),
        Example("M. Berthier met M. Coulon in May.", marks=("M.", "M.")),
        Example("Mr. Morita spoke first. Then Ms. Morita sat, and Mr. Morita left.", marks=("Ms.",)),
        Example("Terakubo president of the youth club (39) agreed.", marks=("president",)),
        Example("They thanked Mr. Terakubo-san.", marks=("Mr. Terakubo-san",)),
        Example("Mr. and Mrs. Morita came, and Mr. Morita spoke."),
        Example("Anna Morita and Kenji Morita came. Mr. Morita spoke, then Mrs. Morita."),
        Example("They elected Terakubo president of the club. Terakubo, president of it, agreed."),
        Example("The list has A. Velkov, M. Berthier and M. Coulon."),
        Example("The screw is 5 mm. Keller sells it."),
        Example("“Mm. That was good,” she said."),
        Example("He thanked the gentlemen. Peter left."),
        Example("M. Ward played first. Ward then left."),
        Example("Maria Berthier wrote the book. M. Berthier is her pen name."),
        Example("J. M. Coetzee and Anna Coetzee were there."),
        Example("He works for MI. Am I right?"),
        Example("Mrs. Keller met Ms. Brandt, and Herr Vogel met Señora Ruiz."),
        Example("Messrs. Keller and Brandt met the mayor."),
        Example("Police suspect Morita. Kenji Morita denies it."),
        Example("Kenji Morita was named. The Morita suspects were let go."),
        Example("General MM Naravane met the minister."),
        Example("Mm. Berthier et Coulon ont refusé.", marks=("Mm.",), target_lang="fr"),
        Example("Es sprachen die Herren. Keller und Brandt.", marks=("die Herren.",), target_lang="de"),
        Example("El Sr. Sr. Morales se negó.", marks=("Sr. Sr.",), target_lang="es"),
        Example("Вчера г-н г-н Келлер отказался.", marks=("г-н г-н",), target_lang="ru"),
        Example("记者采访了Ms.田中和Mr. 维尔科夫。", marks=("Ms.", "Mr."), target_lang="zh"),
        Example("田中さんさんは帰った。", marks=("さんさん",), target_lang="ja"),
        Example("MM. Berthier et Coulon, Me Roux et Mr. Keller sont venus.", target_lang="fr"),
        Example("Guten Abend, die Herren. Peter ging.", target_lang="de"),
        Example("SS. MM. Felipe y Letizia saludaron al Sr. D. Juan Morales.", target_lang="es"),
        Example("М. Иванов и М. Петров приехали.", target_lang="ru"),
        Example("导演M. 奈特·沙科兰来了，我们爱看Mr. 汉堡。", target_lang="zh"),
        Example("彼氏さんと見る太陽さんさん。Mr.マリオンが出演した。", target_lang="ja"),
    )

    def knows(self, article: Article) -> bool:
        """Whether there is a table of wrecked titles for the target language."""
        return has_table(base_language(article.target_lang or "und"))

    def detect(self, article: Article) -> Iterator[Mark]:
        """One mark for each wrecked title, without the name."""
        language = base_language(article.target_lang or "en")
        source = base_language(article.source_lang) if article.source_lang else None
        wrecks = find_wrecks(language, source)
        if not wrecks:
            return
        text = _Text(article.target, language, cache(lambda: _forms(article, language)))
        excluded = merge(segment.target_span for segment in article.segments if segment.excluded)
        starts = [start for start, _ in excluded]
        for mark in (*_marks(text, wrecks), *_order_marks(text, source)):
            if not excluded or not overlap((mark.start, mark.end), excluded[holder(starts, mark.start)]):
                yield mark


def _marks(text: _Text, wrecks: Mapping[str, Wreck]) -> Iterator[Mark]:
    if name_words(text.language).unspaced:
        for span, wreck in unspaced_wrecks(text.target, text.language, wrecks, text.forms):
            yield _mark(span, wreck)
    else:
        yield from _wreck_marks(text, wrecks)


def _wreck_marks(text: _Text, wrecks: Mapping[str, Wreck]) -> Iterator[Mark]:
    # Most texts have none: to look for each is faster than a pattern of all.
    present = [form for form in wrecks if form in text.target]
    found = list(_pattern(present).finditer(text.target)) if present else []
    several = _of_several(text.target, found)
    for match in found:
        wreck = wrecks[match.group()]
        if _is_wrecked(text, match, wreck.before, match.group() in several):
            yield _mark(match.span(), wreck)


def _is_wrecked(text: _Text, match: re.Match[str], before: str, of_several: bool) -> bool:
    """Whether what the table asks for stands behind the title, and the title is not right where it stands."""
    if before not in _OF_SOMEONE:
        found = _before_name(text, match, before)
    else:
        found = _before_surname(text, match, of_several and before == "surname")
    return found and not _is_foreign(text, match)


def _order_marks(text: _Text, source: str | None) -> Iterator[Mark]:
    """What is wrong with English titles."""
    if text.language != "en":
        return
    if source in (None, "ja"):
        yield from title_slips.titles_behind(text.target, text.forms, name_words("en"))
        yield from title_slips.offices_behind(text.target, "en", name_words("en"))
        yield from title_slips.doubled_titles(text.target)
    yield from title_slips.mixed_titles(text.target, text.forms)


def _pattern(forms: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(forms, key=lambda form: (-len(form), form))
    return re.compile(rf"(?<![\w.@’'-])(?:{'|'.join(map(re.escape, longest_first))})(?=[ \u00a0])")


def _forms(article: Article, language: str) -> Mapping[str, Form]:
    lower = lower_words(article.target)
    mentions = find_mentions(article, lower)
    return find_forms(mentions, article.target, language, name_words(language), lower)


def _of_several(target: str, matches: Iterable[re.Match[str]]) -> frozenset[str]:
    """The titles that stand before more than one name, and so are no initials; lists of authors aside."""
    names: dict[str, set[str]] = {}
    for match in matches:
        name = _NAME.match(target, match.end())
        listed = _LISTED.search(target[max(match.start() - _LEAD, 0) : match.start()])
        if name and name.group(1)[0].isupper() and not listed:
            names.setdefault(match.group(), set()).add(_POSSESSIVE.sub("", name.group(1)))
    return frozenset(title for title, found in names.items() if len(found) > 1)


def _name_after(text: _Text, match: re.Match[str]) -> re.Match[str] | None:
    """The name after a title that is no measure."""
    name = _NAME.match(text.target, match.end())
    lead = _before(text, match)
    none = _MEASURED.search(lead) or _MAJESTIES.search(lead)
    return name if name and name.group(1)[0].isupper() and not none else None


def _before(text: _Text, match: re.Match[str]) -> str:
    return text.target[max(match.start() - _LEAD, 0) : match.start()]


def _before_name(text: _Text, match: re.Match[str], before: str) -> bool:
    """Whether a name follows, or a pair of names if the table asks for it."""
    name = _name_after(text, match)
    if not name or not _is_name(_POSSESSIVE.sub("", name.group(1)), text):
        return False
    paired = _PAIRED.match(text.target, name.end())
    pair = paired is not None and paired.group(1)[0].isupper()
    if before == "bare pair":
        return pair and paired is not None and text.target[paired.end() : paired.end() + 1] in (".", "")
    return pair or before == "name"


def _before_surname(text: _Text, match: re.Match[str], of_several: bool) -> bool:
    """Whether a surname follows whose bearer has a first name that the title does not abbreviate."""
    name = _name_after(text, match)
    if not name or _ends_in_name(_before(text, match), text.forms()):
        return False
    word = _POSSESSIVE.sub("", name.group(1))
    form = text.forms().get(word)
    if of_several and form and not form.follows and _is_name(word, text):
        return not _abbreviates(match.group(), form)
    return _has_first_name(form, match.group(), text.language)


def _is_foreign(text: _Text, match: re.Match[str]) -> bool:
    """Whether the title stands in a passage of another language, where it is right."""
    start, end = max(match.start() - _AROUND, 0), match.end()
    line = max(text.target.rfind("\n", start, match.start()) + 1, start)
    # The title itself is of another language more often than not.
    around = text.target[line : match.start()] + text.target[end : end + _AROUND]
    guess = identify(around) if len(around) >= _LEAST_AROUND else None
    return guess is not None and guess.language != text.language and guess.probability >= _SURE


def _is_name(word: str, text: _Text) -> bool:
    form = text.forms().get(word)
    lowered = form.lowered if form else False
    return not lowered and commonness(word, text.language) < _EVERYDAY


def _ends_in_name(lead: str, forms: Mapping[str, Form]) -> bool:
    """Whether a name or an initial stands right before: "J. M. Keller", "Luc M. Keller"."""
    name = _NAME_BEFORE.search(lead)
    if name is None or not name.group(1)[0].isupper():
        return False
    return len(name.group(1).rstrip(".")) == 1 or name.group(1) in forms


def _has_first_name(form: Form | None, title: str, language: str) -> bool:
    """Whether a surname belongs to someone whose first name the title does not abbreviate.

    Where names have cases, a vowel at the end may be that of her name or of his: another person's.
    """
    if form is None or form.lowered or (is_inflecting(language) and romanise(form.text)[-1:] in _VOWELS):
        return False
    return bool(form.given - {romanise(title)}) and not _abbreviates(title, form)


def _abbreviates(title: str, form: Form) -> bool:
    """Whether a title, or the last letter of a longer one, may be a first name or its initial."""
    whole = romanise(title)
    # "San" of San Francisco; what is a title somewhere is taken for a name where it is none.
    if whole in form.given and whole not in honorifics():
        return True
    initial = romanise(_LAST_PART.split(title.rstrip(". "))[-1])
    return len(initial) == 1 and any(given.startswith(initial) for given in form.given)


def _mark(span: Span, wreck: Wreck) -> Mark:
    message = f"a wrecked title{f' ({wreck.right})' if wreck.right else ''}"
    return Mark(*span, message, "minor", wreck.confidence, wreck.right)
