"""Fit what sentence vectors say of adequacy (``configs/train-adequacy-vectors.yaml``).

Hinges over the shipped sentence encoder's vectors, on MQM accuracy points per 100 words (WMT20
and WMT21 news, WMT21 biomedical; the documents that benchmarks report on are left out) and on
pairs spoilt on purpose: other sentences' translations, halves, and additions. What the quality
network adds beside a source, ``mtqe.training.scales`` fits.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Sequence
from math import log
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np

from mtqe.models.adequacy import Pair, covers, vector_features
from mtqe.models.calibration import Matrix
from mtqe.training.calibration import MOST_POINTS, SPOILT_WEIGHT, fit, judged
from mtqe.training.provenance import write_json

SEED = 20
_ROWS = 20_000
_SPOILT = 3_000

Judged = tuple[dict[str, Any], float]


def read(data: Path, held_out: bool, most: int = _ROWS) -> list[Judged]:
    """A sample of the judged segments of the languages that vectors know."""
    found = [
        (row, points)
        for row, points in judged(data, "adequacy_penalty", held_out)
        if row.get("src") and all(map(covers, row["lp"].split("-")))
    ]
    random.Random(SEED).shuffle(found)  # noqa: S311 (no secret)
    return found[:most]


def source_pair(row: dict[str, Any]) -> Pair:
    """A segment beside its source."""
    source, target = row["lp"].split("-")
    return Pair(row["mt"], row["src"], target, source)


def reference_pair(row: dict[str, Any]) -> Pair:
    """A segment beside its reference."""
    target = row["lp"].split("-")[1]
    return Pair(row["mt"], row["ref"], target, target)


def lengths(rows: Sequence[Judged]) -> dict[str, float]:
    """Log of each language's length in characters relative to English."""
    ratios: dict[str, list[float]] = defaultdict(list)
    for row, _ in rows:
        source, target = row["lp"].split("-")
        ratio = log((len(row["mt"]) + 10) / (len(row["src"]) + 10))
        ratios[target if source == "en" else source].append(ratio if source == "en" else -ratio)
    return {"en": 0.0, **{language: round(mean(found), 4) for language, found in sorted(ratios.items())}}


def spoilt(pairs: Sequence[Pair]) -> tuple[list[Pair], list[float]]:
    """Wrong translations, halves and additions with what they cost per 100 words."""
    rng = random.Random(SEED)  # noqa: S311 (no secret)
    out: list[Pair] = []
    for pair in pairs:
        wrong = rng.choice(
            [other for other in rng.sample(pairs, 5) if other.target_lang == pair.target_lang] or [pair]
        )
        half = pair.target[: len(pair.target) // 2]
        texts = (wrong.target, half, f"{pair.target} {wrong.target}")
        out += [Pair(text, pair.other, pair.target_lang, pair.other_lang) for text in texts]
    return out, [MOST_POINTS, MOST_POINTS / 2, MOST_POINTS / 3] * len(pairs)


def calibrate(rows: Sequence[Judged], pairs: Sequence[Pair], log_length: dict[str, float]) -> dict[str, Any]:
    """The calibration of one kind of pair."""
    bad, bad_points = spoilt(pairs[:_SPOILT])
    features: Matrix = vector_features([*pairs, *bad], log_length)
    points = np.array([p for _, p in rows] + bad_points)
    weights = np.array([1.0] * len(rows) + [SPOILT_WEIGHT] * len(bad))
    return fit(features, points, weights, len(rows), features[: len(rows)].mean(axis=0))


def make(data: Path, out: Path) -> Path:
    """Write ``adequacy_vectors.json``, but for what the network adds; the same data gives the same bytes."""
    rows = read(data, held_out=False)
    with_reference = [found for found in rows if found[0].get("ref")]
    log_length = lengths(rows)
    stored: dict[str, Any] = {
        "about": {
            "data": "WMT20/WMT21 news with Google's MQM labels, WMT21 biomedical (all Apache-2.0)",
            "licence": "Apache-2.0",
            "rows": len(rows),
            "seed": SEED,
        },
        "log_length": log_length,
        "reference": calibrate(
            with_reference, [reference_pair(row) for row, _ in with_reference], log_length
        ),
        "source": calibrate(rows, [source_pair(row) for row, _ in rows], log_length),
    }
    path = out / "adequacy_vectors.json"
    before = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    stored |= {name: before[name] for name in ("network", "about_network") if name in before}
    write_json(stored, path)
    return path
