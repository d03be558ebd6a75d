"""What ``mtqe.training.scales`` is fitted to: judged translations, and good ones beside spoilt ones.

Judged are documents that no model has seen: the set that the network and style are trained without,
on documents that half-models of n-grams are estimated without.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from mtqe.models import adequacy
from mtqe.text.words import count_words
from mtqe.training.calibration import CALIBRATION_SET, judged
from mtqe.training.corpora import (
    DEMETR_REFERENCE,
    changes_meaning,
    is_calibration,
    is_for_tuning,
    is_held_out,
    rows,
)
from mtqe.training.spoil import BROKEN, NEEDS_SOURCE, spoilt

SEED = 3

# Points per 100 words beyond which a sentence is bad whatever it says.
MOST = 60.0

_SPOILT_SOURCES = 1500

# MQM points of DEMETR's kinds by the word that their names begin with; of sentences spoilt here, but
# for those that lost or gained a half, whose points are per 100 words.
_DEMETR_POINTS = {"base": 25.0, "critical": 10.0, "major": 5.0, "minor": 1.0}
_SPOILT_POINTS = 5.0
_HALVED_POINTS = {"half": 40.0, "added": 30.0}


class Translation(NamedTuple):
    """A target and its source with their languages, and the points per 100 words of either kind."""

    target: str
    source: str
    languages: tuple[str, str]  # of target and source
    fluency: float = 0.0
    accuracy: float = 0.0


class Contrast(NamedTuple):
    """A good translation, a spoilt one, and how many points per 100 words lie between."""

    good: Translation
    bad: Translation
    points: float
    meaning: bool  # shows only beside the source


@dataclass(frozen=True)
class Material:
    """What is fitted to."""

    judged: list[Translation]
    contrasts: list[Contrast]

    def of(self, language: str) -> Material:
        """Translations into one language."""
        own = [c for c in self.contrasts if c.good.languages[0] == language]
        return Material([t for t in self.judged if t.languages[0] == language], own)


def read(data: Path) -> Material:
    """Judged translations and contrasts of documents that no model has seen."""
    found = [t for t, document in _judged(data) if is_calibration(document)]
    return Material(found, [*_demetr(data), *_spoilt(found)])


def _judged(data: Path) -> Iterator[tuple[Translation, str]]:
    for row, fluency_points in judged(data, "fluency_penalty", held_out=False):
        if row["dataset"] == CALIBRATION_SET and row.get("src"):
            accuracy_points = 100.0 * row["adequacy_penalty"] / max(count_words(row["mt"]), 1)
            points = (min(fluency_points, MOST), min(accuracy_points, MOST))
            source, target = row["lp"].split("-")
            yield Translation(row["mt"], row["src"], (target, source), *points), str(row["doc_id"])


def _demetr(data: Path) -> Iterator[Contrast]:
    for row in rows(data / "contrastive" / "demetr.jsonl.gz"):
        document, kind, source = str(row["doc_id"]), row["perturbation"], row["lp"].split("-")[0]
        seen = is_for_tuning(document) or is_held_out(document) or not is_calibration(document)
        if seen or kind == DEMETR_REFERENCE or not (row["mt"] or "").strip() or not adequacy.covers(source):
            continue
        points = 100 * _DEMETR_POINTS[kind.split("_")[0]] / max(count_words(row["mt_good"]), 1)
        good, bad = (Translation(row[side], row["src"], ("en", source)) for side in ("mt_good", "mt"))
        yield Contrast(good, bad, min(points, MOST), changes_meaning(kind))


def _spoilt(found: Sequence[Translation]) -> Iterator[Contrast]:
    """One translation of some sources, each spoilt in one way."""
    rng = random.Random(SEED)  # noqa: S311 (no secret)
    firsts = list({(t.source, t.languages): t for t in found}.values())
    for good in rng.sample(firsts, min(_SPOILT_SOURCES, len(firsts))):
        other = rng.choice([t for t in rng.sample(firsts, 20) if t.languages == good.languages] or [good])
        worse = spoilt(good.target, other.target, good.source, good.languages[0], rng)
        for kind in rng.sample(sorted(worse), min(2, len(worse))):
            cost = 100 * _SPOILT_POINTS / max(count_words(good.target), 1)
            points = MOST if kind in BROKEN else _HALVED_POINTS.get(kind, min(cost, MOST))
            yield Contrast(good, good._replace(target=worse[kind]), points, kind in NEEDS_SOURCE)
