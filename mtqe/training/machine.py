"""Fit the probability that a machine translated an article (``configs/train-machine.yaml``).

A logistic curve over the mean style of documents that the style model has not seen: machines' and
people's translations of the same documents, and people's originals in English of the same year.
Held-out documents are left out; the figures in the file are of them. Needs ``mtqe[train]``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from mtqe.models.machine import MachineModel
from mtqe.models.style import load_style
from mtqe.text.words import count_words
from mtqe.training.calibration import CALIBRATION_SET, VIEW, licensed
from mtqe.training.corpora import is_held_out, rows
from mtqe.training.provenance import write_json
from mtqe.training.quality_examples import is_human

# Languages of which people's originals are among the documents: translations by people read in
# between, and a curve of these alone takes originals for machines' work.
LANGUAGES = ("en",)

# Whose text a document is.
MACHINE, TRANSLATOR, AUTHOR = "machine", "translator", "author"

# MQM points per 100 words that a machine's translation is expected to have beyond those that other models
# see. In WMT20 and WMT21 machines' translations into English have 5.8 more than people's; more than 3.5
# takes from the order among machines' articles what it adds to people's lead (development articles).
_POINTS = 3.5

# Share of people's texts that may be taken for a machine's.
_FALSE_ALARMS = 0.01


class Document(NamedTuple):
    """Mean log-odds of its sentences, its words, who wrote it, and whether it is kept for figures."""

    log_odds: list[float]
    words: list[int]
    by: str
    held_out: bool


def documents(data: Path, language: str) -> list[Document]:
    """Every version of every document of the calibration set in one language."""
    texts: dict[tuple[str, str, str], dict[str, None]] = defaultdict(dict)
    for row in rows(data / f"{VIEW}.jsonl.gz"):
        if licensed(row) and row["dataset"] == CALIBRATION_SET:
            for by, version, text in _versions(row, language):
                texts[str(row["doc_id"]), by, version][text] = None
    return [_document(found, by, document, language) for (document, by, _), found in texts.items()]


def _versions(row: Mapping[str, Any], language: str) -> Iterable[tuple[str, str, str]]:
    source, target = row["lp"].split("-")
    if target == language and any(map(str.isalpha, row["mt"] or "")):
        yield (TRANSLATOR if is_human(row["system"]) else MACHINE), row["system"], row["mt"]
    if target == language and row.get("ref"):
        yield TRANSLATOR, "reference", row["ref"]
    if source == language and row.get("src"):
        yield AUTHOR, "source", row["src"]


def _document(texts: Iterable[str], by: str, document: str, language: str) -> Document:
    chosen = list(texts)
    style = load_style(language)
    log_odds = style.log_odds(chosen).tolist() if style else []
    return Document(log_odds, [count_words(text) for text in chosen], by, is_held_out(document))


def fit(found: list[Document]) -> tuple[float, float]:
    """Slope and middle of the curve; machines and people weigh the same, and so do both kinds of people."""
    from sklearn.linear_model import LogisticRegression

    counts = {by: sum(d.by == by for d in found) for by in (MACHINE, TRANSLATOR, AUTHOR)}
    share = {MACHINE: 0.5, TRANSLATOR: 0.25, AUTHOR: 0.25}
    weights = [share[d.by] * len(found) / counts[d.by] for d in found]
    model = LogisticRegression(C=100.0)
    model.fit([[mean(d)] for d in found], [d.by == MACHINE for d in found], weights)
    slope = float(model.coef_[0][0])
    return slope, -float(model.intercept_[0]) / slope


def mean(document: Document) -> float:
    """Mean log-odds by words."""
    return float(np.average(document.log_odds, weights=document.words))


def figures(found: list[Document], model: MachineModel) -> dict[str, float]:
    """Shares of each kind's documents that reach the alarm."""
    out = {}
    for by in (MACHINE, TRANSLATOR, AUTHOR):
        alarms = [model.probability(d.log_odds, d.words) >= model.alarm for d in found if d.by == by]
        out[by] = round(float(np.mean(alarms)), 4) if alarms else float("nan")
        out[f"{by} documents"] = len(alarms)
    return out


def make(data: Path, out: Path) -> Path:
    """Write ``machine.json``; the same data gives the same bytes."""
    languages = {language: _language(data, language) for language in LANGUAGES}
    stored: dict[str, Any] = {
        "about": {
            "data": f"{CALIBRATION_SET} (Google's MQM labels, Apache-2.0): translations and originals",
            "licence": "Apache-2.0",
        },
        "languages": languages,
    }
    path = out / "machine.json"
    write_json(stored, path)
    return path


def _language(data: Path, language: str) -> dict[str, Any]:
    found = documents(data, language)
    known, held_out = ([d for d in found if d.held_out == side] for side in (False, True))
    slope, middle = fit(known)
    model = MachineModel(slope, middle, 0.0, 1.0)
    people = sorted(model.probability(d.log_odds, d.words) for d in known if d.by != MACHINE)
    alarm = people[int(len(people) * (1 - _FALSE_ALARMS))] + 1e-3
    rounded = (round(x, 4) for x in (slope, middle, _POINTS, alarm))
    fitted = MachineModel(*rounded)
    values = {name: getattr(fitted, name) for name in ("slope", "middle", "points", "alarm")}
    return {**values, "held_out": figures(held_out, fitted), "fitted": figures(known, fitted)}
