"""Adequacy against human judgement, beside floors, on documents held out of the fit.

python benchmarks/adequacy.py [--data ../shared/data]

For each pair of languages: Spearman's correlation with MQM accuracy points per 100 words, and the
share of pairs of translations of one source that are put in the right order (0.5 is a coin; equal
judgements left out). DEMETR: the share of spoilt translations that score below the good one.
Floors: minus the target's length, chance, and the bare cosine.
"""

from __future__ import annotations

import json
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import click
import numpy as np

from mtqe.models.adequacy import Pair, covers, load_adequacy
from mtqe.training.adequacy import read
from mtqe.training.corpora import rows

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "adequacy.json"
MOST_SEGMENTS = 12_000
RESAMPLES = 200


def spearman(a: Sequence[float], b: Sequence[float]) -> float:
    """Correlation of ranks; ties are in order of appearance, which is random here."""
    ranks = [np.argsort(np.argsort(np.asarray(values))) for values in (a, b)]
    return float(np.corrcoef(*ranks)[0, 1])


def ordered(groups: Sequence[Sequence[tuple[float, float]]]) -> float:
    """Share of pairs within a group that score and judgement put in the same order."""
    right = total = 0.0
    for group in groups:
        for (score, points), (other, others) in combinations(group, 2):
            if points != others:
                total += 1
                right += 0.5 if score == other else (score > other) == (points < others)
    return right / max(total, 1)


def with_interval(groups: Sequence[Sequence[tuple[float, float]]]) -> list[float]:
    """The share of pairs in order, with a 95 % interval over sources."""
    rng = random.Random(1)
    resampled = sorted(ordered(rng.choices(groups, k=len(groups))) for _ in range(RESAMPLES))
    return [round(x, 3) for x in (ordered(groups), resampled[RESAMPLES // 40], resampled[-RESAMPLES // 40])]


def source_pair(row: dict[str, Any]) -> Pair:
    """A segment beside its source."""
    source, target = row["lp"].split("-")
    return Pair(row["mt"], row["src"], target, source)


def on_mqm(data: Path) -> dict[str, dict[str, object]]:
    """Figures for each pair of languages."""
    judged = read(data, held_out=True, most=MOST_SEGMENTS)
    started = time.perf_counter()
    judgements = load_adequacy().judge([source_pair(row) for row, _ in judged], "source")
    print(f"{len(judged) / (time.perf_counter() - started):.0f} segments a second")
    rng = random.Random(0)
    scores = {
        "mtqe": [-j.penalty for j in judgements],
        "cosine": [-j.features["distance"] for j in judgements],
        "length": [-float(len(row["mt"])) for row, _ in judged],
        "chance": [rng.random() for _ in judged],
    }
    results: dict[str, dict[str, object]] = {}
    for pair in sorted({row["lp"] for row, _ in judged}):
        chosen = [i for i, (row, _) in enumerate(judged) if row["lp"] == pair]
        results[pair] = {"segments": len(chosen)}
        for name, values in scores.items():
            groups: dict[str, list[tuple[float, float]]] = defaultdict(list)
            for i in chosen:
                groups[judged[i][0]["src"]].append((values[i], judged[i][1]))
            several = [group for group in groups.values() if len(group) > 1]
            results[pair][name] = {
                "spearman": round(spearman([values[i] for i in chosen], [-judged[i][1] for i in chosen]), 3),
                "in_order": with_interval(several) if several else None,
            }
    return results


def on_demetr(data: Path) -> dict[str, float]:
    """Share of spoilt translations below the good ones, by what was done to them."""
    found: dict[str, list[bool]] = defaultdict(list)
    chosen = [
        row
        for row in rows(data / "contrastive" / "demetr.jsonl.gz")
        if all(map(covers, row["lp"].split("-")))
    ]
    pairs = [
        Pair(row[side] or "", row["src"], *reversed(row["lp"].split("-")))
        for row in chosen
        for side in ("mt", "mt_good")
    ]
    penalties = [judgement.penalty for judgement in load_adequacy().judge(pairs, "source")]
    for row, bad, good in zip(chosen, penalties[::2], penalties[1::2], strict=True):
        found[row["perturbation"]].append(bad > good)
    everything = [right for rights in found.values() for right in rights]
    shares = {name: round(sum(rights) / len(rights), 3) for name, rights in sorted(found.items())}
    return {"all": round(sum(everything) / len(everything), 3), **shares}


@click.command()
@click.option("--data", type=Path, default=ROOT.parent / "shared" / "data", show_default="../shared/data")
def main(data: Path) -> None:
    """Measure, print and keep the figures with the signature of the model."""
    if not data.is_dir():
        print(f"{data}: no such folder; the judgements are not part of this repository. Nothing measured.")
        return
    results = {"signature": load_adequacy().revision, "mqm": on_mqm(data), "demetr": on_demetr(data)}
    print(json.dumps(results, indent=1))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
