"""Adequacy against human judgement, beside floors, on documents held out of the fit.

python benchmarks/adequacy.py [--data ../shared/data]

For each pair of languages: Spearman's correlation with MQM accuracy points per 100 words, and the
share of pairs of translations of one source that are put in the right order (0.5 is a coin; equal
judgements left out). DEMETR: the share of spoilt translations that score below the good one.
Floors: minus the target's length, chance, and the bare cosine. Intervals are of 95 %, from documents
drawn anew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
from judged_sets import Row, unseen_contrasts
from shared import SEED, Flags, Values, contrasts, data_option, has_data, keep, over, stated

from mtqe.bench.agreement import pairwise_accuracy, spearman
from mtqe.models.adequacy import Pair, covers, load_adequacy
from mtqe.training.adequacy import read as read_judged
from mtqe.training.provenance import files_read

MOST_SEGMENTS = 12_000


def source_pair(row: Row, side: str = "mt") -> Pair:
    """A segment beside its source."""
    source, target = row["lp"].split("-")
    return Pair(row[side] or "", row["src"], target, source)


def on_mqm(data: Path) -> dict[str, Any]:
    """Figures for each pair of languages."""
    judged = read_judged(data, held_out=True, most=MOST_SEGMENTS)
    some, points = [row for row, _ in judged], np.array([points for _, points in judged])
    scores = _scores(some)
    pairs = np.array([row["lp"] for row in some])
    return {str(pair): _of_pair(some, points, scores, pairs == pair) for pair in np.unique(pairs)}


def _scores(some: Sequence[Row]) -> dict[str, Values]:
    judgements = load_adequacy().judge([source_pair(row) for row in some], "source")
    return {
        "mtqe": np.array([-j.penalty for j in judgements]),
        "cosine": np.array([-j.features["distance"] for j in judgements]),
        "length": np.array([-float(len(row["mt"])) for row in some]),
        "chance": np.random.default_rng(SEED).random(len(some)),
    }


def _of_pair(
    some: Sequence[Row], points: Values, scores: Mapping[str, Values], chosen: Flags
) -> dict[str, Any]:
    own = [row for row, one in zip(some, chosen, strict=True) if one]
    sources, documents = [row["src"] for row in own], over([str(row["doc_id"]) for row in own])
    people = -points[chosen]
    return {
        "segments": len(own),
        **{
            name: {
                "spearman": stated(spearman(values[chosen], people, bootstrap=documents)),
                "in order": stated(pairwise_accuracy(values[chosen], people, sources, documents)),
            }
            for name, values in scores.items()
        },
    }


def on_demetr(data: Path) -> dict[str, Any]:
    """Share of spoilt translations below the good ones, by what was done to them."""
    chosen = [row for row in unseen_contrasts(data) if all(map(covers, row["lp"].split("-")))]
    good, bad = (
        np.array(
            [-j.penalty for j in load_adequacy().judge([source_pair(row, s) for row in chosen], "source")]
        )
        for s in ("mt_good", "mt")
    )
    kinds = np.array([row["perturbation"] for row in chosen])
    documents = np.array([str(row["doc_id"]) for row in chosen])
    parts = {"all": np.ones(len(kinds), bool), **{str(kind): kinds == kind for kind in np.unique(kinds)}}
    return {name: contrasts(good[part], bad[part], documents[part].tolist()) for name, part in parts.items()}


@click.command()
@data_option
def main(data: Path) -> None:
    """Measure, print and keep the figures with the signature of the model."""
    if not has_data(data):
        return
    with files_read() as read:
        results = {"signature": load_adequacy().revision, "mqm": on_mqm(data), "demetr": on_demetr(data)}
    print(json.dumps(results, indent=1))
    keep("adequacy", results, read, data)


if __name__ == "__main__":
    main()
