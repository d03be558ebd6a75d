"""What benchmarks of scores share: figures with 95 % intervals over documents, and files that keep them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from mtqe.bench.agreement import Agreement, Bootstrap, auc, pairwise_accuracy, spearman
from mtqe.training.provenance import made_from

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"
SEED, ROUNDS = 7, 500

Values = NDArray[np.float64]
Flags = NDArray[np.bool_]

data_option = click.option(
    "--data", type=Path, default=ROOT.parent / "shared" / "data", show_default="../shared/data"
)


def has_data(data: Path) -> bool:
    """Whether the folder of human judgements is there; says so if it is not."""
    if not data.is_dir():
        print(f"{data}: no such folder; the judgements are not part of this repository. Nothing measured.")
    return data.is_dir()


def over(documents: Sequence[str]) -> Bootstrap:
    """An interval is wanted, from documents drawn anew; the document of each value."""
    return Bootstrap(ROUNDS, SEED, np.unique(np.array(documents), return_inverse=True)[1])


def stated(found: Agreement) -> dict[str, Any]:
    """An agreement as results hold it: value, interval, how many values or pairs, and why there is none."""
    interval = None if found.interval is None else [round(end, 3) for end in found.interval]
    told: dict[str, Any] = {"value": found.rounded(), "interval": interval, "count": found.count}
    return told if found.value is not None else {**told, "note": found.note}


def contrasts(good: Values, bad: Values, documents: Sequence[str]) -> dict[str, Any]:
    """The share of contrasts whose good side has the higher score, ties half."""
    scores, number = np.concatenate([good, bad]), np.tile(np.arange(len(good)), 2)
    better = np.repeat([1.0, 0.0], len(good))
    return stated(pairwise_accuracy(scores, better, number, over([*documents, *documents])))


def of_articles(scores: Values, human: Flags, read: Values) -> dict[str, Any]:
    """People's articles above machines' (AUC), and the order among machines', beside a reader's."""
    rounds = Bootstrap(ROUNDS, SEED)
    machine = ~human
    return {
        "people above machines": stated(auc(scores, human, rounds)),
        "Spearman": stated(spearman(scores[machine], read[machine], bootstrap=rounds)),
    }


def in_turn(documents: Iterable[str]) -> list[str]:
    """Documents in an order that means nothing, and stays the same."""
    return sorted(set(documents), key=lambda name: hashlib.sha256(name.encode()).digest())


def keep(name: str, results: dict[str, Any], read: Iterable[Path], data: Path) -> None:
    """Write a result file, with the SHA-256 of the files that were read and the versions of packages."""
    made = made_from({"rounds": ROUNDS, "seed": SEED}, list(read), data)
    text = json.dumps({**results, "made": made}, indent=1, sort_keys=True, ensure_ascii=False)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")
