"""Error Span Annotation as WMT publishes it: a comma-separated file of Appraise without a header."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from mtqe.bench.human.base import (
    HumanRatings,
    MarkedError,
    Rating,
    human_readers,
    lines_of,
    not_empty,
    number,
)
from mtqe.bench.human.texts import FolderTexts, texts_of
from mtqe.errors import InputError

# What the columns are; the rest says when.
_COLUMNS = ("rater", "system", "line", "kind", "source", "target", "score", "article", "_", "spans")

# Items that check the raters: spoilt or repeated translations, and what they learn on.
_CHECKS = ("#bad", "#dup", "#incomplete")
_TUTORIAL = "tutorial"
_JUDGED = "TGT"


@human_readers.register
@dataclass(frozen=True)
class Esa:
    """WMT's ESA ratings (``esa_generalMT2024_wave0.csv``), a score from 0 to 100 with marked spans.

    ``source_lang`` and ``target_lang`` choose a pair by the codes of the file ("eng", "ces"). ``texts``
    is a folder as in WMT's repositories (``sources/en-cs.txt``, ``system-outputs/en-cs/*.txt``), for
    metrics that need texts; ``pair`` is what the pair is called in it.
    """

    name: ClassVar[str] = "esa"
    path: Path
    source_lang: str | None = None
    target_lang: str | None = None
    texts: Path | None = None
    pair: str | None = None

    def read(self) -> HumanRatings:
        """One rating for each line; checks of raters are left out."""
        texts = texts_of(self.texts, self.pair) if self.texts else None
        ratings = [r for r in self._ratings(texts) if r is not None]
        pair = (texts.pair if texts else self.pair or "").partition("-")
        return HumanRatings(
            self.path.name,
            not_empty(ratings, self.path),
            "ESA, 0 to 100",
            texts.by_segment if texts else {},
            source_lang=pair[0] or None,
            target_lang=pair[2] or None,
            files=(str(self.path),),
        )

    def _ratings(self, texts: FolderTexts | None) -> Iterator[Rating | None]:
        for place, found in _records(self.path):
            wanted = {"source": self.source_lang, "target": self.target_lang}
            if all(found[side] == code for side, code in wanted.items() if code) and _is_judged(found):
                yield _rating(found, texts, place)


def _records(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    # Spans are JSON without newlines, so a record is a line.
    for place, line in lines_of(path):
        if not line.strip():
            continue
        row = next(csv.reader(io.StringIO(line)))
        if len(row) < len(_COLUMNS):
            raise InputError(f"{place}: has {len(row)} columns; an ESA file has {len(_COLUMNS)} or more")
        yield place, dict(zip(_COLUMNS, row, strict=False))


def _is_judged(found: dict[str, str]) -> bool:
    article = found["article"]
    return found["kind"] == _JUDGED and not article.endswith(_CHECKS) and _TUTORIAL not in article


def _rating(found: dict[str, str], texts: FolderTexts | None, place: str) -> Rating:
    if not found["line"].isdecimal():
        raise InputError(f"{place}: the third column is the number of a line, not {found['line']!r}")
    segment = str(int(found["line"]) + 1)
    target = texts.target(found["system"], segment, place) if texts else None
    return Rating(
        found["system"],
        segment,
        number(found["score"], place, "the score"),
        found["article"],
        found["rater"],
        tuple(_errors(found["spans"], target, place)),
        target,
    )


def _errors(spans: str, target: str | None, place: str) -> Iterator[MarkedError]:
    try:
        loaded: Any = json.loads(spans or "[]")
    except ValueError as error:
        raise InputError(f"{place}: the tenth column is no JSON: {error}") from error
    return marked_errors(loaded, target, f"{place}: the tenth column")


def marked_errors(spans: Any, target: str | None, what: str) -> Iterator[MarkedError]:
    """Errors as Appraise stores them; what is missing in the translation has no place.

    An ``InputError`` that begins with ``what`` if they are no such list.
    """
    try:
        marked = [(span["start_i"], span["end_i"], str(span["severity"])) for span in spans]
    except (KeyError, TypeError) as error:
        raise InputError(f"{what} must be a list of spans with start_i, end_i and severity") from error
    for start, end, severity in marked:
        # What is missing is marked by a word that appraisers see after the text.
        located = isinstance(start, int) and isinstance(end, int) and end > start
        if not located or (target is not None and end > len(target)):
            yield MarkedError(severity)
        else:
            yield MarkedError(severity, "", start, end, target[start:end] if target else "")
