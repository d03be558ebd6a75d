"""WMT's human evaluation as JSON Lines: a segment a line, with all systems' translations and scores."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from mtqe.bench.human.base import HumanRatings, MarkedError, Rating, Text, human_readers, lines_of, not_empty
from mtqe.bench.human.esa import marked_errors
from mtqe.errors import InputError

# What parts of a document's name are joined with: languages, domain, document, perhaps a segment.
_JOINT = "_#_"
_PARTS = 3


@human_readers.register
@dataclass(frozen=True)
class WmtJsonl:
    """WMT24's and WMT25's ``*humeval*.jsonl``: ESA scores from 0 to 100 with marked spans.

    ``pair`` chooses segments by the beginning of their document's name ("en-cs_CZ"). Systems
    whose names are those of references are translations like the others, see ``leave_out``.
    """

    name: ClassVar[str] = "wmt_jsonl"
    path: Path
    pair: str | None = None
    reference: str = "refA"

    def read(self) -> HumanRatings:
        """One rating for each score of each system."""
        lines = [(place, row) for place, row in _rows(self.path) if self._is_wanted(row)]
        ratings: list[Rating] = []
        texts: dict[str, Text] = {}
        for number, (place, row) in enumerate(lines, 1):
            targets = row.get("tgt_text") or {}
            texts[str(number)] = Text(row.get("src_text"), targets.get(self.reference))
            ratings += _ratings(row, str(number), place)
        pair = (self.pair or "").partition("-")
        return HumanRatings(
            f"{self.path.name} {self.pair or ''}".strip(),
            not_empty(ratings, self.path),
            "ESA, 0 to 100",
            texts,
            tuple(texts),
            pair[0] or None,
            pair[2].replace("_", "-") or None,
            files=(str(self.path),),
        )

    def _is_wanted(self, row: dict[str, Any]) -> bool:
        pair = self.pair
        return pair is None or str(row["doc_id"]).startswith(f"{pair}{_JOINT}")


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for place, line in lines_of(path):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise InputError(f"{place}: is not JSON: {error}") from error
        if not isinstance(row, dict) or not {"doc_id", "scores", "tgt_text"} <= set(row):
            raise InputError(f"{place}: needs doc_id, scores and tgt_text, as in WMT's humeval files")
        yield place, row


def _ratings(row: dict[str, Any], segment: str, place: str) -> Iterator[Rating]:
    parts = str(row["doc_id"]).split(_JOINT)
    article, domain = _JOINT.join(parts[:_PARTS]), parts[1] if len(parts) >= _PARTS else None
    for system, found in row["scores"].items():
        target = row["tgt_text"].get(system)
        if target is None:
            raise InputError(f"{place}: has a score of {system} but no translation under tgt_text")
        for rating in found if isinstance(found, list) else [found]:
            yield Rating(system, segment, *_judged(rating, target, place, article), target, domain)


def _judged(
    rating: Any, target: str, place: str, article: str
) -> tuple[float, str, str | None, tuple[MarkedError, ...]]:
    """Score, article, rater and errors."""
    try:
        score = float(rating["score"] if "score" in rating else rating["human"])
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{place}: a score is a number under 'score' or 'human'") from error
    rater = rating.get("annotator")
    errors = tuple(marked_errors(rating.get("errors") or [], target, f"{place}: errors"))
    return score, article, None if rater is None else str(rater), errors
