"""Speed of a benchmark of systems beside ``sacrebleu --paired-bs``, and whether the numbers are the same.

python benchmarks/significance.py [--data FOLDER] [--segments N] [--systems N] [--resamples N]

3,000 segments, 15 systems, BLEU, chrF and TER, 1,000 resamples. sacrebleu compares the systems with
one of them, the baseline: 14 pairs. mtqe compares all: 105 pairs. Each is a process as a user starts
it, with one thread for BLAS; figures are CPU seconds, which a busy machine disturbs little. The
segments are WMT's, of the data folder: English to German, and Chinese to English for what is missing.
Ten systems of it are ten; the others take each segment from one of two of these. Without the folder
the text is made up.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "significance.json"
CORPORA = ("mqm20.en-de", "mqm21news.en-de", "mqm21ted.en-de", "mqm20.zh-en")
PUBLISHED = 10
METRICS = ("bleu", "chrf", "ter")

# A cell of sacrebleu's table: score, mean and interval, and the p-value where there is one.
NUMBERS = re.compile(r"([\d.]+) \([\d.]+ ± [\d.]+\)(?: \(p = ([\d.]+)\))?")

Segment = tuple[str, list[str]]


def corpus(path: Path) -> Iterator[Segment]:
    """References, and the targets of ten systems, of the segments that all ten have."""
    rows: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    references: dict[tuple[str, str], str] = {}
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            row = json.loads(line)
            if row.get("ref") and not row["system"].lower().startswith(("human", "ref")):
                key = (str(row["doc_id"]), str(row["seg_id"]))
                rows[key][row["system"]] = " ".join(row["mt"].split())
                references[key] = " ".join(row["ref"].split())
    for key in sorted(rows):
        targets = [rows[key][name] for name in sorted(rows[key])]
        if targets:
            yield references[key], (targets * PUBLISHED)[:PUBLISHED]


def made_up(rng: random.Random) -> Iterator[Segment]:
    """Sentences of a small vocabulary, and ten systems that spoil them more and more."""
    while True:
        words = [f"w{rng.randrange(2000)}" for _ in range(rng.randrange(5, 45))]
        targets = []
        for number in range(PUBLISHED):
            kept = [w if rng.random() > 0.2 + 0.02 * number else f"w{rng.randrange(2000)}" for w in words]
            place = rng.randrange(len(kept))
            targets.append(" ".join(kept[place:] + kept[:place] if rng.random() < 0.3 else kept))
        yield " ".join(words), targets


def segments(data: Path | None, count: int, rng: random.Random) -> list[Segment]:
    """As many segments as are asked for."""
    found: list[Segment] = []
    for name in CORPORA if data is not None else ():
        path = data / "spans" / f"{name}.jsonl.gz"  # type: ignore[operator]
        found += list(corpus(path)) if path.exists() else []
    rng.shuffle(found)
    source = made_up(rng)
    found += [next(source) for _ in range(max(count - len(found), 0))]
    return found[:count]


def write(folder: Path, found: list[Segment], systems: int, rng: random.Random) -> list[Path]:
    """The files of the systems; the reference is in "ref"."""
    (folder / "ref").write_text("".join(f"{reference}\n" for reference, _ in found), encoding="utf-8")
    paths = []
    for number in range(systems):
        two = [number] if number < PUBLISHED else rng.sample(range(PUBLISHED), 2)
        path = folder / f"system{number:02}"
        path.write_text("".join(f"{targets[rng.choice(two)]}\n" for _, targets in found), encoding="utf-8")
        paths.append(path)
    return paths


def cpu_seconds(command: list[str]) -> tuple[float, bytes]:
    """CPU seconds of a command that must succeed, and what it prints."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    printed = subprocess.run(command, check=True, capture_output=True, env=environment).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, printed


def by_mtqe(folder: Path, paths: list[Path], resamples: int) -> tuple[float, Any]:
    """Seconds and record of all pairs."""
    sections = {
        "task": "benchmark",
        "reference": str(folder / "ref"),
        "systems": {path.name: str(path) for path in paths},
        "score": [],
        "detect": [],
        "significance": {"resamples": resamples},
    }
    (folder / "run.yaml").write_text(json.dumps(sections), encoding="utf-8")
    output = folder / "report.json"
    command = [sys.executable, "-m", "mtqe", "benchmark", str(folder / "run.yaml"), "-o", str(output)]
    seconds, _ = cpu_seconds(command)
    return seconds, json.loads(output.read_bytes())


def by_sacrebleu(folder: Path, paths: list[Path], resamples: int) -> tuple[float, Any]:
    """Seconds and results of the first system beside each other one."""
    command = [sys.executable, "-m", "sacrebleu", str(folder / "ref"), "-i", *map(str, paths), "-q"]
    command += ["-m", *METRICS, "--paired-bs", "--paired-bs-n", str(resamples), "-f", "latex", "-w", "6"]
    seconds, printed = cpu_seconds(command)
    return seconds, dict(rows(printed.decode()))


def rows(table: str) -> Iterator[tuple[str, list[tuple[float, float | None]]]]:
    """Score and p-value of every metric by system, from the one format that can be read."""
    for line in table.splitlines():
        cells = line.split("&")
        if len(cells) == len(METRICS) + 1:
            name = re.search(r"system\d+", cells[0])
            values = [NUMBERS.search(cell) for cell in cells[1:]]
            if name is not None and all(values):
                yield name[0], [(float(v[1]), float(v[2]) if v[2] else None) for v in values if v]


def differences(record: Any, peer: dict[str, list[tuple[float, float | None]]]) -> dict[str, float]:
    """The largest difference of scores and of p-values, over all systems and metrics."""
    ours = {system["name"]: system["scores"] for system in record["systems"]}
    baseline = min(ours)
    found = {"score": 0.0, "p_value": 0.0}
    for name, results in peer.items():
        for metric, (score, p) in zip(METRICS, results, strict=True):
            found["score"] = max(found["score"], abs(ours[name][metric]["value"] - score))
            pairs = {frozenset((q["first"], q["second"])): q["p"] for q in record["pairs"][metric]}
            if p is not None:
                found["p_value"] = max(found["p_value"], abs(pairs[frozenset((baseline, name))] - p))
    return {"systems": len(peer), **found}


@click.command()
@click.option(
    "--data", type=Path, default=ROOT.parent / "shared" / "data", help="Folder of WMT's judgements."
)
@click.option("--segments", "count", default=3000)
@click.option("--systems", default=15)
@click.option("--resamples", default=1000)
def main(data: Path, count: int, systems: int, resamples: int) -> None:
    """Print the figures and keep them beside those of other sizes."""
    rng = random.Random(7)
    known = data if data.exists() else None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = write(folder, segments(known, count, rng), systems, rng)
        ours, record = by_mtqe(folder, paths, resamples)
        print(f"mtqe: {ours:.1f} s")
        theirs, peer = by_sacrebleu(folder, paths, resamples)
    pairs = systems * (systems - 1) // 2
    found = {
        "text": "WMT" if known else "made up",
        "segments": count,
        "systems": systems,
        "resamples": resamples,
        "mtqe_cpu_seconds": round(ours, 1),
        "mtqe_pairs": pairs,
        "sacrebleu_cpu_seconds": round(theirs, 1),
        "sacrebleu_pairs": systems - 1,
        "times_as_fast": round(theirs / ours, 1),
        "times_as_fast_by_pair": round(theirs / (systems - 1) / (ours / pairs), 1),
        "largest_difference": differences(record, peer),
    }
    print(json.dumps(found, indent=1))
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    kept[f"{count} segments, {systems} systems"] = found
    RESULTS.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
