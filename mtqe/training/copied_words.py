"""Fit the model of words left untranslated: mtqe train configs/train-copied-words.yaml.

A logistic regression (scikit-learn) on the words that translations copy from their source: those
that annotators of MQM marked as untranslated against all others, in the licensed rows of
``views/untranslated_eval`` of the tuning half of the documents.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from mtqe.data import Span
from mtqe.models.copied_words import FEATURES, CopiedWords, copied_words
from mtqe.text.spans import overlap
from mtqe.training.calibration import licensed
from mtqe.training.corpora import is_for_tuning, rows

VIEW = "views/untranslated_eval"

# All segments of whole documents, as many or as few marked as there are; source scripts with words.
_WHOLE = ("spans/mqm20.en-de", "spans/mqm21news.en-de", "spans/bio21")
_LEAST = 0.5

# Of a feature's standard deviation: weak regularisation, for there are far more words than weights.
_C = 0.1


def marked(data: Path) -> Iterator[tuple[list[float], bool]]:
    """Features of each copied word, and whether an annotator marked it."""
    for row in rows(data / f"{VIEW}.jsonl.gz"):
        if not licensed(row) or not row["src"] or not is_for_tuning(str(row["doc_id"])):
            continue
        source, target = row["lp"].split("-")
        words, features = copied_words(row["mt"], row["src"], (target, source))
        spans = [(span["start"], span["end"]) for span in row["spans"]]
        for word, values in zip(words, features, strict=True):
            yield values, any(overlap(word[:2], span) for span in spans)


def fit(examples: Iterator[tuple[list[float], bool]]) -> dict[str, Any]:
    """The stored form of ``CopiedWords``: a bias, and a weight for each feature as it is measured."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    values, labels = zip(*examples, strict=True)
    scaler = StandardScaler()
    model = LogisticRegression(C=_C, max_iter=1000).fit(scaler.fit_transform(np.array(values)), labels)
    weights = model.coef_[0] / scaler.scale_
    return {
        "bias": round(float(model.intercept_[0] - weights @ scaler.mean_), 5),
        "weights": {name: round(float(w), 5) for name, w in zip(FEATURES, weights, strict=True)},
        "words": len(labels),
        "marked": sum(labels),
    }


def precision(data: Path, model: CopiedWords) -> float:
    """Annotators' marks per unit of probability given, over whole documents of the tuning half.

    1 if nothing is found there.
    """
    marks, given = 0, 0.0
    for target, source, languages, spans in whole_documents(data):
        for run in model.find(target, source, languages, _LEAST):
            marks += any(overlap(run[:2], span) for span in spans)
            given += run.probability
    return round(marks / given, 2) if given else 1.0


def whole_documents(data: Path) -> Iterator[tuple[str, str, tuple[str, str], list[Span]]]:
    """Target, source, their languages and what any annotator marked as untranslated, by segment."""
    for name in _WHOLE:
        segments: dict[tuple[str, ...], dict[str, Any]] = {}
        marked: dict[tuple[str, ...], list[Span]] = defaultdict(list)
        for row in rows(data / f"{name}.jsonl.gz"):
            if row["src"] and row["mt"] and is_for_tuning(str(row["doc_id"])):
                key = tuple(str(row[part]) for part in ("lp", "doc_id", "seg_id", "system"))
                segments[key] = row
                spans = (span for span in row["spans"] if span["family"] == "untranslated")
                marked[key] += [(span["start"], span["end"]) for span in spans]
        for key, row in segments.items():
            source, target = row["lp"].split("-")
            yield row["mt"], row["src"], (target, source), marked[key]


def make(data: Path, out: Path) -> Path:
    """Write ``copied_words.json`` into ``out``; the same data gives the same bytes."""
    stored = fit(marked(data))
    model = CopiedWords(stored["bias"], tuple(stored["weights"].values()), 1.0)
    stored["precision"] = precision(data, model)
    path = out / "copied_words.json"
    path.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
    return path
