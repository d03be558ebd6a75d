"""Sentence alignment: links found, and missing or added sentences found, on documents of WMT.

python benchmarks/alignment.py [--data ../shared/data]

Documents are the segments of WMT news and biomedical texts with their references. One in eight
sentences of the translation is taken out, one in ten is joined with the next, and a foreign one is
put in. The peer is the alignment that most tools assume: first with first, second with second.
"""

from __future__ import annotations

import json
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import click

from mtqe.alignment import Bead, align
from mtqe.training.corpora import rows

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "alignment.json"
SETS = (
    ("mqm20.en-de", "en-de", "ref"),
    ("mqm20.zh-en", "zh-en", "ref"),
    ("mqm21news.en-de", "en-de", "ref"),
    ("bio21", "fr-en", "mt"),
    ("bio21", "ru-en", "mt"),
)
MOST_DOCUMENTS = 40
SEED = 3

Pair = tuple[str, str]
Gold = list[tuple[list[int], str]]  # for each of our sentences, what it translates


def documents(data: Path, name: str, languages: str, side: str) -> list[list[Pair]]:
    """Documents of at least six sentences as pairs of source and translation."""
    found: dict[str, dict[str, Pair]] = defaultdict(dict)
    for row in rows(data / "spans" / f"{name}.jsonl.gz"):
        if row["lp"] == languages and row.get("doc_id") and row.get(side):
            found[row["doc_id"]].setdefault(row["seg_id"], (row["src"], row[side]))
    ordered = [[pairs[key] for key in sorted(pairs, key=int)] for _, pairs in sorted(found.items())]
    return [document for document in ordered if len(document) >= 6][:MOST_DOCUMENTS]


def spoil(document: Sequence[Pair], foreign: str, rng: random.Random) -> tuple[Gold, set[int]]:
    """Our side with gaps, joined sentences and an addition; and the numbers that are missing."""
    missing = set(rng.sample(range(len(document)), max(1, len(document) // 8)))
    ours: Gold = []
    for number, (_, text) in enumerate(document):
        if number in missing:
            continue
        if ours and rng.random() < 0.1:
            ours[-1] = ([*ours[-1][0], number], f"{ours[-1][1]} {text}")
        else:
            ours.append(([number], text))
    ours.insert(rng.randrange(len(ours)), ([], foreign))
    return ours, missing


def score(beads: Sequence[Bead], ours: Gold, missing: set[int]) -> dict[str, int]:
    """Counts of links and gaps that are right, found and wanted."""
    links = {(i, j) for a, b in beads for i in a for j in b}
    gold = {(i, j) for i, (numbers, _) in enumerate(ours) for j in numbers}
    gaps = {("source", j) for a, b in beads if not a for j in b} | {
        ("target", i) for a, b in beads if not b for i in a
    }
    gold_gaps = {("source", j) for j in missing} | {
        ("target", i) for i, (numbers, _) in enumerate(ours) if not numbers
    }
    return {
        "links_right": len(links & gold),
        "links_found": len(links),
        "links_wanted": len(gold),
        "gaps_right": len(gaps & gold_gaps),
        "gaps_found": len(gaps),
        "gaps_wanted": len(gold_gaps),
    }


def in_order(ours: Gold, theirs: int) -> list[Bead]:
    """The peer: first with first, what is left over is a gap."""
    n = min(len(ours), theirs)
    paired: list[Bead] = [(range(i, i + 1), range(i, i + 1)) for i in range(n)]
    rest: list[Bead] = [(range(i, i + 1), range(n, n)) for i in range(n, len(ours))]
    return paired + rest + [(range(n, n), range(j, j + 1)) for j in range(n, theirs)]


def summary(counts: dict[str, int]) -> dict[str, float]:
    """Precision and recall of links and of gaps."""
    return {
        f"{kind}_{measure}": round(counts[f"{kind}_right"] / max(counts[f"{kind}_{whole}"], 1), 3)
        for kind in ("links", "gaps")
        for measure, whole in (("precision", "found"), ("recall", "wanted"))
    }


@click.command()
@click.option("--data", type=Path, default=ROOT.parent / "shared" / "data", show_default="../shared/data")
def main(data: Path) -> None:
    """Measure, print and keep the figures."""
    if not data.is_dir():
        print(f"{data}: no such folder; the texts are not part of this repository. Nothing measured.")
        return
    results = {}
    for name, languages, side in SETS:
        rng = random.Random(SEED)
        found = documents(data, name, languages, side)
        source, target = languages.split("-")
        mine: dict[str, int] = defaultdict(int)
        peers: dict[str, int] = defaultdict(int)
        seconds, sentences = 0.0, 0
        for document in found:
            ours, missing = spoil(document, rng.choice(found)[0][1], rng)
            started = time.perf_counter()
            texts = [text for _, text in ours]
            beads = align(texts, [s for s, _ in document], blocks=[0] * len(ours), languages=(target, source))
            seconds += time.perf_counter() - started
            sentences += len(ours)
            for counts, made in ((mine, beads), (peers, in_order(ours, len(document)))):
                for key, value in score(made, ours, missing).items():
                    counts[key] += value
        results[f"{name} {languages}"] = {
            "documents": len(found),
            "mtqe": summary(mine),
            "in order": summary(peers),
            "sentences_per_second": round(sentences / seconds),
        }
        print(name, languages, json.dumps(results[f"{name} {languages}"]))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
