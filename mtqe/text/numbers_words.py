"""Number words of languages that put spaces between words: "three thousand and five", "dreiundzwanzig"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from mtqe.text.numbers_facts import Facts

_ONE, _TEN, _TWENTY, _HUNDRED = Decimal(1), Decimal(10), Decimal(20), Decimal(100)

# Scales that were multiplied beyond this are no quantity.
_MOST = Decimal(10) ** 30

# French counts on from sixty and eighty to nineteen.
_LONG_TENS = (Decimal(60), Decimal(80))


class Atom(NamedTuple):
    """A value that a word says, and whether it multiplies what stands before it."""

    value: Decimal
    scale: bool = False
    optional: bool = False  # "5 m" are 5 or 5,000,000


def word_atoms(word: str, language: Facts) -> list[Atom] | None:
    """What a word in lower case is made of, in the order of counting; None if it is no number word."""
    if (known := language.words.get(word)) is not None:
        return [Atom(known)]
    if (scale := language.scales.get(word)) is not None:
        return [Atom(scale, True, word in language.optional_scales)]
    return _compound(word, language)


def _compound(word: str, language: Facts) -> list[Atom] | None:
    found = language.compound.fullmatch(word) if language.compound else None
    if found is None:
        return None
    values = [language.compounds[atom] for atom in language.atom.findall(found[1])]
    return [Atom(v, v == _HUNDRED or v > _HUNDRED) for v in _units_last([v for v in values if v is not None])]


def _units_last(values: list[Decimal]) -> list[Decimal]:
    """German says three-and-twenty; counting needs the twenty first."""
    for i in range(len(values) - 1):
        if 0 < values[i] < _TEN and _TEN < values[i + 1] < _HUNDRED:
            values[i], values[i + 1] = values[i + 1], values[i]
    return values


@dataclass(frozen=True, slots=True)
class Count:
    """A number as it is read, word by word."""

    total: Decimal = Decimal(0)
    current: Decimal = Decimal(0)
    room: Decimal | None = None  # the next word must be smaller; None before the first
    last_scale: Decimal = Decimal(0)
    factor: Decimal = _ONE  # what the start was multiplied by
    digits: bool = False  # starts with digits: nothing but scales can follow
    atoms: tuple[Atom, ...] = ()

    @property
    def value(self) -> Decimal:
        """What was read."""
        return self.total + self.current

    def read(self, atoms: Sequence[Atom], joined: bool, joins_tens: bool) -> Count | None:
        """Read on, or None if the word belongs to another number; ``joined`` by "and" or the like."""
        count: Count | None = self
        for atom in atoms:
            count = (
                count and count._scaled(atom)
                if atom.scale
                else count and count._added(atom, joined, joins_tens)
            )
        return count and replace(count, atoms=(*self.atoms, *atoms))

    def _added(self, atom: Atom, joined: bool, joins_tens: bool) -> Count | None:
        if self.digits:
            return None
        if self.room is not None:
            fits = atom.value < self.room and (not joined or joins_tens or self.room >= _HUNDRED)
            if not fits:
                return None
        return replace(self, current=self.current + atom.value, room=_room_behind(atom.value))

    def _scaled(self, atom: Atom) -> Count | None:
        if self.value > _MOST or self.factor > _MOST:
            return None
        scaled = replace(self, factor=self.factor * atom.value, last_scale=atom.value, room=atom.value)
        if atom.value == _HUNDRED and self.current < _HUNDRED:
            return replace(scaled, current=(self.current or _ONE) * _HUNDRED)
        if self.current or not self.total:
            return replace(scaled, total=self.total + (self.current or _ONE) * atom.value, current=Decimal(0))
        if atom.value > self.last_scale:
            return replace(scaled, total=self.total * atom.value)
        return None


def from_digits(value: Decimal) -> Count:
    """A number that starts with digits."""
    return Count(current=value, digits=True)


def _room_behind(value: Decimal) -> Decimal:
    """Values below this may follow: 20 leaves room for 1 to 9, 300 for 1 to 99."""
    if value in _LONG_TENS:
        return _TWENTY
    if value >= _HUNDRED and value % _HUNDRED == 0:
        return _HUNDRED
    return _TEN if value >= _TWENTY and value % _TEN == 0 else Decimal(0)
