"""The record of a number in a text."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from mtqe.data import Span

_NO_VALUES: frozenset[Decimal] = frozenset()


@dataclass(frozen=True, slots=True)
class Number:
    """A number and its place, half-open as everywhere.

    Any of the ``readings``, likeliest first, is meant, or all of ``parts`` in a row; ``implied``
    are values that it also stands for (1998 for 98). A ``sure`` one is plainly a number, and more
    than an article or a pair; an ``identifier`` is a name or code with digits. ``currency`` and
    ``unit`` are names of the table ``numbers``.
    """

    start: int
    end: int
    readings: tuple[Decimal, ...]
    parts: tuple[Decimal, ...] = ()
    implied: frozenset[Decimal] = _NO_VALUES
    kind: str = "digits"  # "digits", "word" or "han"
    sure: bool = True
    scales: tuple[Decimal, ...] = ()  # what scale words multiplied it by
    negative: bool = False
    percent: bool = False
    identifier: bool = False
    currency: str | None = None
    currency_span: Span | None = None
    unit: str | None = None

    @property
    def scaled(self) -> bool:
        """Whether a scale word belongs to it."""
        return bool(self.scales)

    @property
    def said(self) -> frozenset[Decimal]:
        """Every value that this number may stand for."""
        return self.implied.union(self.readings, self.parts)

    @property
    def value(self) -> Decimal | None:
        """The likeliest reading; None of a row such as a date."""
        return self.readings[0] if self.readings else None
