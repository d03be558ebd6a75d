"""What a human judgement is, what reads them, and where readers are found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, NamedTuple, Protocol

from mtqe.errors import InputError
from mtqe.readers.files import numbered_lines, open_bytes
from mtqe.registry import Registry, nearest


class MarkedError(NamedTuple):
    """An error that a person marked: a half-open range of code points in the target, or no place.

    ``start`` and ``end`` are None where the place is in the source or could not be found.
    """

    severity: str
    category: str = ""
    start: int | None = None
    end: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Rating:
    """What one person said of one system's translation of one segment.

    ``segment`` names the source segment; where it is a number, it is the line of the test set, from
    1. ``score`` is higher for better translations, in the unit of the protocol. ``errors`` is None if
    the protocol marks none.
    """

    system: str
    segment: str
    score: float | None
    article: str | None = None
    rater: str | None = None
    errors: tuple[MarkedError, ...] | None = None
    target: str | None = None
    domain: str | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """The source segment that translations are of, and a reference."""

    source: str | None = None
    reference: str | None = None


@dataclass(frozen=True)
class HumanRatings:
    """All ratings of a file or folder.

    ``texts`` holds sources and references by segment, ``segments`` all segments of the test set in
    order (those of ``ratings`` if the format doesn't say). ``unit`` says what a score is.
    """

    name: str
    ratings: tuple[Rating, ...]
    unit: str
    texts: Mapping[str, Text] = field(default_factory=dict)
    segments: tuple[str, ...] = ()
    source_lang: str | None = None
    target_lang: str | None = None
    files: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class HumanReader(Protocol):
    """Reads judgements of one format: a frozen dataclass whose fields are its options."""

    name: ClassVar[str]

    def read(self) -> HumanRatings:
        """The ratings; an ``InputError`` names file, line and way out."""
        ...


human_readers: Registry[HumanReader] = Registry("format of human judgements", "mtqe.bench.human")


def lines_of(path: Path) -> Iterator[tuple[str, str]]:
    """The lines of a file, decompressed if need be, each with its place ("file:line")."""
    with open_bytes(str(path)) as stream:
        for number, raw in numbered_lines(stream, str(path)):
            place = f"{path}:{number}"
            try:
                yield place, raw.decode("utf-8").rstrip("\r\n")
            except UnicodeDecodeError as error:
                raise InputError(
                    f"{place}: is not UTF-8 (byte {error.start}); convert the file with iconv"
                ) from error


def number(text: str, place: str, what: str) -> float | None:
    """A number, or None for an empty field or "None"; an ``InputError`` for anything else."""
    if text.strip().lower() in ("", "none", "nan", "na", "null"):
        return None
    try:
        value = float(text)
    except ValueError as error:
        raise InputError(f"{place}: {what} is no number: {text!r}") from error
    if value in (float("inf"), float("-inf")):
        raise InputError(f"{place}: {what} is infinite")
    return value


def cells(line: str, header: Sequence[str], place: str) -> dict[str, str]:
    """The fields of a tab-separated line by their names; an ``InputError`` if one is missing."""
    found = line.split("\t")
    if len(found) > len(header) or len(found) < len(header) - 1:
        raise InputError(f"{place}: has {len(found)} columns, but the first line names {len(header)}")
    return dict(zip(header, [*found, ""], strict=False))


def column(header: Sequence[str], names: Sequence[str], place: str) -> str:
    """Which of ``names`` the header has; an ``InputError`` if none."""
    found = next((name for name in names if name in header), None)
    if found is None:
        raise InputError(f"{place}: no column is called {names[0]!r}.{nearest(names[0], header)}")
    return found


def qualified(articles: Iterable[tuple[str | None, str | None]]) -> bool:
    """Whether segments are numbered anew in each article, so that their names need the article's."""
    first: dict[str | None, str | None] = {}
    return any(first.setdefault(segment, article) != article for article, segment in articles)


def not_empty(ratings: Sequence[Rating], path: Path) -> tuple[Rating, ...]:
    """``ratings``, or an ``InputError`` if there is none."""
    if not any(rating.score is not None for rating in ratings):
        raise InputError(f"{path}: holds no judgement")
    return tuple(ratings)
