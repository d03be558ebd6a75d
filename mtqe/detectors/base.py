"""What a detector is, and where detectors are found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Protocol, runtime_checkable

from mtqe.data import Article, Example, Mark
from mtqe.registry import Registry


class Detector(Protocol):
    """Marks the places of an article that are wrong in one way.

    A detector is a frozen dataclass: its fields are its options. Its name is the category of
    the issues that come of its marks, ``mqm`` their place in the MQM typology. ``excludes`` says
    that what it marks is no part of the article: those segments are left out of scoring, and
    other detectors' marks inside them are dropped. ``default`` detectors run when a run names none.
    ``examples`` are its documentation and its
    tests: more of them without marks than with.
    """

    name: ClassVar[str]
    mqm: ClassVar[str]
    excludes: ClassVar[bool]
    default: ClassVar[bool]
    examples: ClassVar[tuple[Example, ...]]

    def detect(self, article: Article) -> Iterable[Mark]:
        """Marks in a prepared article (languages known, segments cut), in any order."""
        ...


@runtime_checkable
class Limited(Protocol):
    """A detector that cannot judge texts of every language; reports say where it did not."""

    def knows(self, article: Article) -> bool:
        """Whether it knows enough of the languages of a prepared article to look at it."""
        ...


detectors: Registry[Detector] = Registry("detector", "mtqe.detectors")
