"""Long articles scored by a sample of their segments: time, verdicts and intervals beside a whole reading.

python benchmarks/filter_sampling.py [--data FOLDER] [--articles 60] [--segments 60]

Articles of about 300 segments are put together from one system's translations, document after document, of
MQM sets (documents that nothing was tuned on); without the data folder from the example's sentences. Each
set is judged whole and by a sample, in turn, in one process on one thread; times are its CPU seconds. Limits
are 20, which only bad articles don't reach, and quantiles of the scores of the whole articles, so that many
lie near them.

Scores are the default ones that are sampled: adequacy, and quality of which it is a part. Costlier models
gain more: what a sample costs is the same for all.

* verdicts: the share that the whole reading gives, too, with the rest read where the sample leaves a
  verdict open, and by the estimate alone; and how many were read on.
* coverage: how often the interval of 95 % has the whole reading's score, over five seeds.
"""

from __future__ import annotations

import gzip
import json
import random
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import click
import numpy as np

from mtqe.data import Article, Score, Segment
from mtqe.filters.run_file import filter_run
from mtqe.filters.stages import Decision
from mtqe.prepare import prepare
from mtqe.training.corpora import is_for_tuning

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "filter_sampling.json"
SETS = ("mqm20.en-de", "mqm20.zh-en", "mqm21news.en-de", "mqm21news.zh-en", "mqm21ted.zh-en")
LENGTH = 300
SEEDS = 5
LIMIT = 20.0
QUANTILES = (0.25, 0.5)


def joined(name: str, texts: Sequence[str], sources: Sequence[str], languages: Sequence[str]) -> Article:
    """An article of these segments."""
    segments, start = [], 0
    for index, (text, source) in enumerate(zip(texts, sources, strict=True)):
        segments.append(Segment(index, index, (start, start + len(text)), text, source=source or None))
        start += len(text) + 1
    target = "\n".join(texts)
    return Article(name, target, source_lang=languages[0], target_lang=languages[1], segments=tuple(segments))


def annotated(data: Path, name: str) -> Iterator[Article]:
    """Each system's documents of a set, one after another."""
    systems: dict[str, dict[tuple[str, int], dict[str, Any]]] = defaultdict(dict)
    with gzip.open(data / "spans" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as stream:
        for row in map(json.loads, stream):
            document = str(row.get("doc_id") or "")
            if document and not is_for_tuning(document) and str(row["seg_id"]).isdigit():
                systems[row["system"]][document, int(row["seg_id"])] = row
    languages = name.rsplit(".", 1)[1].split("-")
    for system, found in sorted(systems.items()):
        rows = [found[key] for key in sorted(found)]
        for start in range(0, len(rows) - LENGTH + 1, LENGTH):
            part = rows[start : start + LENGTH]
            sides = [row["mt"] for row in part], [row["src"] for row in part]
            yield joined(f"{name}:{system}:{start}", *sides, languages)


def made(count: int) -> Iterator[Article]:
    """Articles of the example's sentences, some of them with the source of another."""
    rng = random.Random(3)
    sides = [
        (ROOT / "examples" / f"article.{name}.txt").read_text(encoding="utf-8") for name in ("ref", "fr")
    ]
    whole = prepare(Article("example", sides[0], sides[1], target_lang="en", source_lang="fr"))
    pairs = [(s.target, s.source) for s in whole.segments if s.source and len(s.target) > 40]
    for number in range(count):
        wrong = rng.random() ** 2
        texts, sources = [], []
        for _ in range(LENGTH):
            target, source = rng.choice(pairs)
            texts.append(target)
            sources.append(rng.choice(pairs)[1] if rng.random() < wrong else source)
        yield joined(f"made {number}", texts, sources, ("fr", "en"))


def judged(
    articles: Sequence[Article], score: str, limit: float, sample: dict[str, Any] | None
) -> tuple[list[Decision], float]:
    """Decisions by a limit on a score, and CPU seconds."""
    rules = [{"name": "score", "score": score, "at_least": max(limit, 0.0)}]
    keep = filter_run({"rules": rules} | ({"sample": sample} if sample else {})).filter
    started = time.process_time()
    return list(keep.decide(articles)), time.process_time() - started


def measured(articles: Sequence[Article], score: str, segments: int) -> dict[str, Any]:
    """The figures of one score on some articles."""
    judged(articles[:1], score, 0, None)  # models are loaded
    whole, seconds = judged(articles, score, 0, None)
    truth = np.array([decision.report.scores[score].value or 0.0 for decision in whole])
    sample = {"segments": segments, "unsure": "estimate"}
    drawn = [judged(articles, score, 0, sample | {"seed": seed}) for seed in range(SEEDS)]
    estimates = [[decision.report.scores[score] for decision in found] for found, _ in drawn]
    limits = {"20": LIMIT} | {f"quantile {share:g}": float(np.quantile(truth, share)) for share in QUANTILES}
    return {
        "articles": len(articles),
        "segments": round(fmean(len(d.report.article.segments) for d in whole)),
        "whole_cpu_seconds": round(seconds, 2),
        "sample_speed_up": round(seconds / fmean(used for _, used in drawn), 2),
        "limits_at": {
            name: _at(articles, score, segments, truth, limit, seconds, estimates)
            for name, limit in limits.items()
        },
        **_coverage(estimates, truth),
    }


def _at(
    articles: Sequence[Article],
    score: str,
    segments: int,
    truth: Any,
    limit: float,
    whole: float,
    estimates: Sequence[Sequence[Score]],
) -> dict[str, Any]:
    """Time and equal verdicts at a limit."""
    found, seconds = judged(articles, score, limit, {"segments": segments})
    equal = [d.keep == (value >= limit) for d, value in zip(found, truth, strict=True)]
    guessed = [np.array([one.value for one in row]) >= limit for row in estimates]
    return {
        "limit": round(limit, 1),
        "read": {
            "speed_up": round(whole / seconds, 2),
            "equal_verdicts": round(fmean(equal), 3),
            "read_on": round(fmean("sampled" not in d.report.scores[score].stats for d in found), 3),
        },
        "estimate": {"equal_verdicts": round(float(np.mean(guessed == (truth >= limit))), 3)},
    }


def _coverage(estimates: Sequence[Sequence[Score]], truth: Any) -> dict[str, Any]:
    """How often intervals have the whole's score in them, and how far off estimates are."""
    low, high, errors = (
        np.array([[one.stats[name] for one in row] for row in estimates])
        for name in ("low", "high", "standard_error")
    )
    off = np.array([[one.value for one in row] for row in estimates]) - truth
    return {
        "coverage_of_95_percent": round(float(np.mean((low - 1e-9 <= truth) & (truth <= high + 1e-9))), 3),
        "intervals": off.size,
        "mean_standard_error": round(float(errors.mean()), 2),
        "root_mean_square_error": round(float(np.sqrt((off**2).mean())), 2),
        "bias": round(float(off.mean()), 2),
    }


@click.command()
@click.option("--data", type=click.Path(path_type=Path), default=ROOT.parent / "shared" / "data")
@click.option("--articles", "count", default=60, help="Articles, at most.")
@click.option("--segments", default=60, help="Segments of a sample.")
def main(data: Path, count: int, segments: int) -> None:
    """Print the figures and keep them."""
    groups: dict[str, list[Article]] = {"made": list(made(count))}
    if data.exists():
        found = [one for name in SETS for one in annotated(data, name)]
        groups["MQM"] = found[:: max(-(-len(found) // count), 1)]
    else:
        print(f"{data}: not there; only the figures of made articles")
    figures: dict[str, Any] = {"segments of a sample": segments}
    for name, articles in groups.items():
        figures[name] = {score: measured(articles, score, segments) for score in ("adequacy", "quality")}
        print(json.dumps({name: figures[name]}, indent=1), flush=True)
    RESULTS.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
