"""Numbers that the translation changed, added or lost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import ClassVar

from mtqe.data import Article, Example, Mark, Segment, Severity
from mtqe.detectors.base import detectors
from mtqe.text.languages import base_language
from mtqe.text.numbers import find_numbers, implied_values, may_have_numbers, narrow
from mtqe.text.numbers_compare import (
    agrees,
    is_converted,
    is_cut,
    is_rounded,
    likeness,
    magnitude_changed,
    other_currency,
    slip_of,
    unscaled,
)
from mtqe.text.numbers_facts import facts, is_known
from mtqe.text.numbers_format import format_number
from mtqe.text.numbers_types import Number

# Ones and twos are articles, pairs and turns of phrase as often as numbers.
_LEAST = Decimal(3)

# As the counterpart of another small number they count from two on: an article is a one.
_SMALL = range(2, 20)

# Smaller numbers without a counterpart come and go in good translations.
_LEAST_ALONE = Decimal(10)

# So do years: "last year" is 2019, and 2019 is "last year".
_YEARS = range(1900, 2100)

# And days and months: "from the 20th on". All of them are 100 percent.
_DATES = frozenset({"day", "month"})
_ALL = Decimal(100)

# Shares of marks on machine translations of news and medical abstracts that a reader agrees with;
# too few new numbers and lost signs were seen to measure, and theirs are guesses.
_CHANGED, _CHANGED_WORD, _NEW, _LOST, _CURRENCY, _SIGN = 0.9, 0.7, 0.6, 0.6, 0.85, 0.7

# A segment of more characters or runs of digits than this is a table or a dump.
_LONGEST, _MOST = 20_000, 200
_RUN = re.compile(r"\d+")

# "Three and a half" is said of few things.
_HALF, _FEW = Decimal("0.5"), Decimal(100)

# How many lost numbers a message names.
_MOST_NAMED = 4


class _Side:
    """One side of a segment: its text, its language, and its numbers."""

    def __init__(self, text: str, language: str) -> None:
        self.text, self.language = text, language
        self.numbers = tuple(find_numbers(text, language))

    @cached_property
    def said(self) -> frozenset[Decimal]:
        """Every value that its numbers may stand for."""
        return frozenset(value for number in self.numbers for value in number.said)

    @cached_property
    def meant(self) -> frozenset[Decimal]:
        """The readings alone."""
        return frozenset(value for number in self.numbers for value in number.readings)

    @cached_property
    def implied(self) -> frozenset[Decimal]:
        """What it says of numbers in other words too."""
        values = implied_values(self.text, self.language)
        halves = {value + _HALF for value in self.meant if value < _FEW} if _HALF in values else set()
        return self.said | values | halves


@detectors.register
@dataclass(frozen=True)
class NumberMismatch:
    """Mark numbers of the target that differ from the source's.

    Numbers are compared by value: digits in any style ("1,234.5", "1.234,5", "1 234,5", full-width
    or Indian), with their scales ("3.5 million", "350万"), and number words of English, German,
    French, Spanish, Italian, Portuguese, Russian, Chinese and Japanese. If one number of each side
    is left over, the target's is marked and the source's is suggested. A number that is left over
    on one side alone is marked with less confidence, a lost one by an empty mark at the segment's
    end (``lost`` turns these off). So is a changed currency, and a minus sign that is lost before
    degrees, percents or money. Critical: ten times more or less, or another sign; minor: decimals
    that were cut.

    Left alone: ones and twos, years and small numbers that only one side has, rounded large
    numbers, converted units, hours by 12 or 24, centuries and decades, Roman numerals, names
    and codes with digits (G20), addresses, and what words imply (months, "half", "dozen",
    "doubled"). What stands in the neighbouring segment is an alignment's slip. Where any reading
    of a number agrees, it agrees. Of other languages only digits are compared with digits.
    Segments with more than two hundred numbers are tables.
    """

    lost: bool = True

    name: ClassVar[str] = "number_mismatch"
    mqm: ClassVar[str] = "accuracy/mistranslation"
    excludes: ClassVar[bool] = False
    default: ClassVar[bool] = True
    examples: ClassVar[tuple[Example, ...]] = (
        Example("The hotel has 3,500 rooms.", ("3,500",), "Das Hotel hat 5.300 Zimmer.", source_lang="de"),
        Example(
            "Der Fonds verwaltet 3 Milliarden Euro.",
            ("3 Milliarden",),
            "The fund manages 3 trillion euros.",
            target_lang="de",
            source_lang="en",
        ),
        Example("该公司卖出了350万台机器。", ("350万",), "The firm sold 35 million machines.", "zh", "en"),
        Example("It was 12 °C that night.", ("12",), "Es war in jener Nacht -12 °C.", source_lang="de"),
        Example("The ticket costs €45.", ("€",), "Das Ticket kostet 45 Dollar.", source_lang="de"),
        Example(
            "The hotel has 3,500 rooms.",
            source="Das Hotel hat dreitausendfünfhundert Zimmer.",
            source_lang="de",
        ),
        Example("It cost 1,234.5 dollars.", source="Es kostete 1.234,5 Dollar.", source_lang="de"),
        Example(
            "The town has 1.234 million residents.",
            source="La ville compte 1 234 000 habitants.",
            source_lang="fr",
        ),
        Example(
            "The firm sold 3.5 million machines.", source="该公司卖出了三百五十万台机器。", source_lang="zh"
        ),
        Example("The shop opens at 3 pm.", source="Der Laden öffnet um 15 Uhr.", source_lang="de"),
        Example("The road is 60 miles long.", source="Die Straße ist 97 Kilometer lang.", source_lang="de"),
        Example(
            "She lived here in the 1990s.", source="Sie lebte hier in den 90er Jahren.", source_lang="de"
        ),
        Example("It opened on 5 March 2012.", source="Er wurde am 5.3.2012 eröffnet.", source_lang="de"),
        Example(
            "They won 3-1 in the 21st minute.",
            source="Sie siegten 3:1, Tor in der 21. Minute.",
            source_lang="de",
        ),
        Example(
            "Half of the voters stayed at home.", source="50 % der Wähler blieben zu Hause.", source_lang="de"
        ),
        Example(
            "Last year the G20 met again.", source="2019 trafen sich die Staaten erneut.", source_lang="de"
        ),
        Example("He paid for a dozen eggs.", source="Он заплатил за 12 яиц.", source_lang="ru"),
        Example("Call 555-0199 or see www.example.com/24.", source="Ruf 555-0199 an.", source_lang="de"),
    )

    def detect(self, article: Article) -> Iterator[Mark]:
        """One mark for each changed or new number, and one for all that a segment lost."""
        target, source = (base_language(lang or "und") for lang in (article.target_lang, article.source_lang))
        for index, segment in enumerate(article.segments):
            if segment.source and not segment.excluded and _has_numbers(segment, target, source):
                yield from self._marks(article.segments, index, target, source)

    def _marks(self, segments: Sequence[Segment], index: int, target: str, source: str) -> Iterator[Mark]:
        segment = segments[index]
        both_known = is_known(target) and is_known(source)
        ours, theirs = _Side(segment.target, target), _Side(segment.source or "", source)
        if not both_known:
            ours.numbers, theirs.numbers = _without_words(ours.numbers), _without_words(theirs.numbers)
        new = [n for n in _left_over(ours, theirs) if not _beside(n, segments, index, "source", source)]
        lost = [n for n in _left_over(theirs, ours) if not _beside(n, segments, index, "target", target)]
        yield from _changed(segment, ours, theirs, new, lost)
        if len(new) + len(lost) == 1:
            yield from _changed_small(segment, ours, theirs, new, lost)
        yield from _other_sign_or_currency(segment, ours, theirs)
        if self.lost and not new and both_known:
            yield from _missing(segment, [n for n in lost if _weighs(n)])


def _has_numbers(segment: Segment, target: str, source: str) -> bool:
    """Whether there may be numbers on either side, and it is no table of them."""
    if any(
        len(text) > _LONGEST or len(_RUN.findall(text)) > _MOST
        for text in (segment.target, segment.source or "")
    ):
        return False
    return may_have_numbers(segment.target, target) or may_have_numbers(segment.source or "", source)


def _left_over(ours: _Side, theirs: _Side) -> list[Number]:
    """Our plain numbers that nothing of theirs says."""
    plain = [n for n in ours.numbers if n.sure and not n.identifier and _counts(n)]
    left = [n for n in plain if not agrees(n, theirs.said, theirs.meant)]
    return [
        n
        for n in left
        if not agrees(n, theirs.implied, theirs.meant)
        and not is_rounded(n, theirs.numbers)
        and not is_converted(n, theirs.numbers)
    ]


def _without_words(numbers: Sequence[Number]) -> tuple[Number, ...]:
    """The numbers in digits, without the scales that the other side has as unknown words."""
    digits = [n for n in numbers if n.kind == "digits"]
    return tuple(replace(n, readings=(*n.readings, *unscaled(n))) for n in digits)


def _small(ours: _Side, theirs: _Side) -> list[Number]:
    """Our twos and other small numbers, plain or not, that nothing of theirs says."""
    small = [n for n in ours.numbers if not n.identifier and n.value is not None and n.value in _SMALL]
    return [n for n in small if not agrees(n, theirs.implied, theirs.meant)]


def _counts(number: Number) -> bool:
    value = number.value
    return value is not None and (value >= _LEAST or value != int(value))


def _weighs(number: Number) -> bool:
    """Whether a number that only one side has is worth a mark: in digits, not small and no year."""
    value = number.value
    if number.kind != "digits" or value is None:
        return False
    if number.unit in _DATES or (number.percent and value == _ALL):
        return False
    return value != int(value) or (value >= _LEAST_ALONE and int(value) not in _YEARS)


def _beside(number: Number, segments: Sequence[Segment], index: int, side: str, language: str) -> bool:
    """Whether the other side of a neighbouring segment has the number: sentences were cut otherwise."""
    texts = [getattr(s, side) for i in (index - 1, index + 1) for s in segments[max(i, 0) : max(i + 1, 0)]]
    return any(
        not _Side(text, language).meant.isdisjoint(number.readings)
        for text in texts
        if text and len(text) <= _LONGEST
    )


def _changed(
    segment: Segment, ours: _Side, theirs: _Side, new: Sequence[Number], lost: Sequence[Number]
) -> Iterator[Mark]:
    for number in new:
        if lost:
            partner = max(lost, key=lambda other: likeness(number, other))
            sure = len(new) == len(lost) == 1
            yield _against(segment, number, partner, theirs, ours.language if sure else None)
        elif _weighs(number) and (like := slip_of(number, theirs.numbers)):
            message = f"the source has {theirs.text[like.start : like.end]} and no such number"
            yield _mark(segment, number, message, "major", _NEW)


def _changed_small(
    segment: Segment, ours: _Side, theirs: _Side, new: Sequence[Number], lost: Sequence[Number]
) -> Iterator[Mark]:
    """A mark of a small number whose counterpart is a two, or a word that may be none: two for three."""
    if (*new, *lost)[0].value not in _SMALL:
        return
    changed, kept = new or _small(ours, theirs), lost or _small(theirs, ours)
    if len(changed) == len(kept) == 1:
        yield _against(segment, changed[0], kept[0], theirs, ours.language)


def _against(segment: Segment, number: Number, partner: Number, theirs: _Side, language: str | None) -> Mark:
    """A mark of a number that stands for another one; with a suggestion in ``language`` if it is plain."""
    message = f"the source has {theirs.text[partner.start : partner.end]}"
    severity: Severity = "critical" if magnitude_changed(number, partner) else "major"
    severity = "minor" if is_cut(number, partner) else severity
    confidence = (
        _CHANGED
        if number.kind == partner.kind == "digits" and _counts(number) and _counts(partner)
        else _CHANGED_WORD
    )
    suggestion = None
    if language and partner.value is not None:
        suggestion = format_number(partner.value, language)
    return _mark(segment, number, message, severity, confidence, suggestion)


def _other_sign_or_currency(segment: Segment, ours: _Side, theirs: _Side) -> Iterator[Mark]:
    for number in ours.numbers:
        if (other := other_currency(number, theirs.numbers)) is not None:
            yield _currency_mark(segment, number, other, theirs.text)
        elif _lost_sign(number, ours, theirs):
            yield _mark(segment, number, "the source has a minus sign", "critical", _SIGN)


def _currency_mark(segment: Segment, number: Number, other: Number, source: str) -> Mark:
    start, end = number.currency_span or (number.start, number.end)
    theirs = other.currency_span or (other.start, other.end)
    message = f"the source has another currency: {source[slice(*theirs)]}"
    offset = segment.target_span[0]
    return Mark(offset + start, offset + end, message, "major", _CURRENCY)


def _lost_sign(number: Number, ours: _Side, theirs: _Side) -> bool:
    """Whether the source has the number with a minus only, and nothing in the target says so."""
    if (
        number.negative
        or number.kind != "digits"
        or not (number.percent or number.unit in ("C", "F") or number.currency)
    ):
        return False
    same = [o for o in theirs.numbers if not set(o.readings).isdisjoint(number.readings)]
    if not same or not all(other.negative for other in same):
        return False
    text = narrow(ours.text).lower()
    return "-" not in text[max(0, number.start - 3) : number.start] and not any(
        w in text for w in facts(ours.language).minus
    )


def _missing(segment: Segment, lost: Sequence[Number]) -> Iterator[Mark]:
    """One empty mark at the end of a segment that lost numbers."""
    if not lost or segment.source is None or segment.source_span is None:
        return
    end, offset = segment.target_span[1], segment.source_span[0]
    named = ", ".join(dict.fromkeys(segment.source[n.start : n.end] for n in lost[:_MOST_NAMED]))
    more = " and others" if len(lost) > _MOST_NAMED else ""
    message = f"numbers of the source are missing: {named}{more}"
    yield Mark(end, end, message, "major", _LOST, source_span=(offset + lost[0].start, offset + lost[-1].end))


def _mark(
    segment: Segment,
    number: Number,
    message: str,
    severity: Severity,
    confidence: float,
    suggestion: str | None = None,
) -> Mark:
    offset = segment.target_span[0]
    return Mark(offset + number.start, offset + number.end, message, severity, confidence, suggestion)
