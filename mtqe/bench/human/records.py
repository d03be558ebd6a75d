"""mtqe's own records with people's scores: rows as `mtqe report` takes them, and a field more."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from mtqe.bench.human.base import HumanRatings, Rating, Text, human_readers, lines_of, not_empty
from mtqe.errors import InputError
from mtqe.readers.records import FIELDS, load_json

# Of rows that name no system.
_UNNAMED = "system"


@human_readers.register
@dataclass(frozen=True)
class Records:
    """Segment records of JSON Lines with a ``score``, a number that is higher for better translations.

    Rows need neither a system nor an id. Without ids, translations of the same source in an article
    are of one segment, or the so-and-so-many-th rows of each system where there are no sources; without
    systems, each further translation of a segment is another's. A row without a score, or with null,
    is passed over. ``unit`` says what scores are.
    """

    name: ClassVar[str] = "records"
    path: Path
    score: str = "score"
    unit: str = "score"
    source_lang: str | None = None
    target_lang: str | None = None

    def read(self) -> HumanRatings:
        """One rating for each row that has a score."""
        names = _Names()
        ratings: list[Rating] = []
        texts: dict[str, Text] = {}
        pairs: set[tuple[str | None, str | None]] = set()
        for place, row in _rows(self.path):
            target = _field(row, "target")
            if target is None:
                raise InputError(f'{place}: lacks "target"')
            segment = names.segment(row)
            system = names.system(row, segment, target)
            value = _number(row.get(self.score), place, self.score)
            ratings.append(Rating(system, segment, value, _field(row, "article"), target=target))
            texts[segment] = Text(_field(row, "source"), _field(row, "reference"))
            pairs.add(_languages(row))
        source, target_lang = pairs.pop() if len(pairs) == 1 else (None, None)
        return HumanRatings(
            self.path.name,
            not_empty(ratings, self.path),
            self.unit,
            texts,
            source_lang=self.source_lang or source,
            target_lang=self.target_lang or target_lang,
            files=(str(self.path),),
        )


@dataclass
class _Names:
    """Names of segments and systems for rows that name none."""

    counts: dict[tuple[str | None, ...], int] = field(default_factory=lambda: defaultdict(int))
    targets: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))

    def segment(self, row: dict[str, Any]) -> str:
        article, given = _field(row, "article"), _field(row, "id")
        if given is not None:
            return given if article is None else f"{article}:{given}"
        source = _field(row, "source")
        if source is not None:
            return source if article is None else f"{article}:{source}"
        key = (article, _field(row, "system"))
        self.counts[key] += 1
        return f"{article or ''}:{self.counts[key]}"

    def system(self, row: dict[str, Any], segment: str, target: str) -> str:
        name = _field(row, "system") or _UNNAMED
        known = self.targets[name, segment]
        if target not in known:
            known.append(target)
        place = known.index(target)
        return name if not place else f"{name} {place + 1}"


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for place, line in lines_of(path):
        if not line.strip():
            continue
        try:
            row = load_json(line.encode("utf-8"))
        except ValueError as error:
            raise InputError(f"{place}: is not JSON: {error}") from error
        if not isinstance(row, dict):
            raise InputError(f"{place}: is not a record, {{...}} with fields")
        yield place, row


def _field(row: dict[str, Any], name: str) -> str | None:
    """A field by our name of it, or by the others that it has."""
    found = [row[key] for key in (name, *sorted(FIELDS[name] - {name})) if row.get(key) is not None]
    return str(found[0]) if found else None


def _number(value: Any, place: str, name: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InputError(f"{place}: {name!r} must be a number, not {value!r}")
    return float(value)


def _languages(row: dict[str, Any]) -> tuple[str | None, str | None]:
    source, _, target = str(row.get("lp") or "").partition("-")
    return _field(row, "source_lang") or source or None, _field(row, "target_lang") or target or None
