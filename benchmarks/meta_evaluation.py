"""Meta-evaluation beside mt-metrics-eval: the same numbers, and how much sooner.

python benchmarks/meta_evaluation.py [--data ../shared/data] [--peer FOLDER]
python benchmarks/meta_evaluation.py --peer FOLDER --golden   # the numbers that tests compare with

FOLDER is a checkout of google-research/mt-metrics-eval, which is on no package index; of it stats.py
is run, which needs nothing but numpy and scipy.

- ranking: MQM 2020 en-de from raw ratings (a share of its documents) against the published ranking of
  Freitag et al. (2021), and by segment against ``--published``, the file of averages beside the raw
  ratings (newstest2020/ende/mqm_newstest2020_ende.avg_seg_scores.tsv).
- speed: 15 systems, 3,000 segments, 20 metrics, made up; CPU seconds here and for the peer, one thread,
  in one run. Where the peer would take too long it does a share, and its time is scaled up.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from mtqe.bench import agreement
from mtqe.bench.human.ratings import Ratings
from mtqe.bench.meta import MetaOptions, meta_evaluate
from mtqe.bench.meta_pairs import pairs_within
from mtqe.bench.meta_permutation import compare_pearson, compare_verdicts, draw_swaps
from mtqe.bench.meta_table import HumanTable, table_of

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "meta_evaluation.json"
GOLDEN = ROOT / "tests" / "bench" / "golden" / "mt_metrics_eval.json"
SEED = 7

# A table of which no mixture differs exactly as much as the metrics: the peer leaves that to rounding.
GOLDEN_SEED = 11

# Freitag et al. (2021), table of English-German: best first.
PUBLISHED = (
    "Human-B.0",
    "Human-A.0",
    "Human-P.0",
    "Tohoku-AIP-NTT.890",
    "OPPO.1535",
    "eTranslation.737",
    "Tencent_Translation.1520",
    "Huoshan_Translate.832",
    "Online-B.1590",
    "Online-A.1574",
)

SYSTEMS, SEGMENTS, METRICS, ROUNDS = 15, 3000, 20, 1000
GOLDEN_SYSTEMS, GOLDEN_SEGMENTS, GOLDEN_ROUNDS = 5, 12, 20
GROUPINGS = ("none", "sys", "item")

Matrix = NDArray[np.float64]


def ranking(data: Path, published: Path | None) -> dict[str, Any]:
    """People's ranking of systems from raw ratings, and how it compares."""
    ratings = Ratings(data / "spans" / "mqm20.en-de.jsonl.gz", weights={}).read()
    table = table_of(ratings)
    means = dict(zip(table.systems, np.nanmean(table.scores, axis=1).round(4).tolist(), strict=True))
    order = sorted(means, key=lambda system: -means[system])
    found: dict[str, Any] = {
        "segments": len(table.segments),
        "means": {system: means[system] for system in order},
        "same order as published": tuple(order) == PUBLISHED,
        "at the published rank": sum(a == b for a, b in zip(order, PUBLISHED, strict=True)),
    }
    if published is not None:
        found["by segment"] = by_segment(table, published)
    return found


def by_segment(table: HumanTable, published: Path) -> dict[str, Any]:
    """How many of the published averages of segments are the same to 1e-5, as they are printed."""
    lines = [line.split() for line in published.read_text(encoding="utf-8").splitlines()[1:]]
    averages = table.column(((system, segment), float(value)) for system, value, segment in lines)
    apart = np.abs(averages - table.scores)
    return {"compared": int((~np.isnan(apart)).sum()), "the same": int((apart < 1e-5).sum())}


def made_up(systems: int, segments: int, metrics: int) -> tuple[Matrix, Matrix]:
    """Human scores with many ties, and metrics that know a little of them."""
    rng = np.random.default_rng(SEED)
    points = rng.choice([0, 0, 0, 1, 1, 2, 5, 6, 10], (systems, segments)).astype(np.float64)
    human = -points - np.arange(systems)[:, None] // 3
    scores = [human * rng.random() + rng.normal(0, 4, human.shape) for _ in range(metrics)]
    # Quarters: sums of them are exact in single precision, so that ties do not hang on rounding.
    return human, np.round(np.stack(scores) * 4) / 4


def timed(do: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds, and what comes out."""
    start = time.process_time()
    found = do()
    return time.process_time() - start, found


def speed(stats: Any | None) -> dict[str, Any]:
    """Seconds here and there of the same work, and how much sooner ours is done."""
    human, metrics = made_up(SYSTEMS, SEGMENTS, METRICS)
    items = np.tile(np.arange(SEGMENTS), SYSTEMS)
    gold, first = human.ravel(), metrics[0].ravel()
    own: dict[str, Callable[[], Any]] = {
        "acc_eq by item": lambda: agreement.acc_eq(first, gold, items).value,
        "Kendall's tau-b by item": lambda: agreement.kendall(first, gold, items).value,
        "Pearson's r by item": lambda: agreement.pearson(first, gold, items).value,
        "soft pairwise accuracy": lambda: agreement.soft_pairwise_accuracy(metrics[0], human).value,
        "PERM-BOTH of Pearson's r, 2 metrics": lambda: _perm_both(metrics[:2], gold),
        "test of acc_eq, 2 metrics": lambda: _verdicts(metrics[:2], gold, items),
        "PERM-BOTH of Pearson's r, 20 metrics": lambda: _perm_both(metrics, gold),
        "test of acc_eq, 20 metrics": lambda: _verdicts(metrics, gold, items),
    }
    found: dict[str, Any] = {}
    peers = {} if stats is None else peer_work(stats, human, metrics)
    for name, work in own.items():
        seconds, value = timed(work)
        found[name] = {"seconds": round(seconds, 3)}
        if name in peers:
            share, do = peers[name]
            there, other = timed(do)
            found[name] |= {
                "peer": round(there / share, 2),
                "times as fast": round(there / share / seconds, 1),
            }
            if isinstance(value, float):
                found[name]["apart"] = float(abs(value - other))
    return found


def peer_work(stats: Any, human: Matrix, metrics: Matrix) -> dict[str, tuple[float, Callable[[], Any]]]:
    """What the peer does for the same numbers, and the share of it that is done here."""
    gold = human.ravel().tolist()
    one, other = (stats.Correlation(SYSTEMS, gold, metrics[n].ravel().tolist()) for n in (0, 1))
    rounds, few = 20, 2
    every = stats.PermutationSigDiffParams(block_size=ROUNDS + 1)
    from scipy.stats import pearsonr

    return {
        "acc_eq by item": (1.0, lambda: one.KendallWithTiesOpt("item", "acc23", 1.0)[0]),
        "Kendall's tau-b by item": (1.0, lambda: one.KendallVariants("item")[0]),
        "Pearson's r by item": (1.0, lambda: one.Pearson("item")[0]),
        "soft pairwise accuracy": (1.0, lambda: one.PairwiseConfidenceError()[0]),
        "PERM-BOTH of Pearson's r, 2 metrics": (
            rounds / ROUNDS,
            lambda: stats.PermutationSigDiff(other, one, pearsonr, "none", rounds, every),
        ),
        "test of acc_eq, 2 metrics": (
            few / ROUNDS,
            lambda: stats.PairwisePermutationSigDiff(other, one, "acc23", "item", few, every, 0.5, 0.5),
        ),
    }


def _perm_both(metrics: Matrix, gold: NDArray[np.float64]) -> Any:
    flat = metrics.reshape(len(metrics), -1)
    return compare_pearson(flat, gold, np.zeros(len(gold), np.intp), draw_swaps(ROUNDS, len(gold), SEED))


def _verdicts(
    metrics: Matrix, gold: NDArray[np.float64], items: NDArray[np.intp], epsilon: float = 0.5
) -> Any:
    pairs = pairs_within(items)
    right = np.stack([_right(metric.ravel(), gold, pairs, epsilon) for metric in metrics])
    return compare_verdicts(right, pairs, draw_swaps(ROUNDS, len(pairs.first), SEED))


def _right(metric: NDArray[np.float64], gold: NDArray[np.float64], pairs: Any, epsilon: float) -> Matrix:
    apart = metric[pairs.first] - metric[pairs.second]
    apart = np.where(np.abs(apart) <= epsilon, 0.0, np.sign(apart))
    return np.asarray(apart == np.sign(gold[pairs.first] - gold[pairs.second]), np.float64)


def golden(stats: Any) -> dict[str, Any]:
    """The peer's numbers for a small table with gaps; swaps are in the order of ``grouped``."""
    rng = np.random.default_rng(GOLDEN_SEED)
    human = np.floor(made_up(GOLDEN_SYSTEMS, GOLDEN_SEGMENTS, 1)[0] / 4)  # more ties
    # Two metrics that are about as good, so that p-values are neither 0 nor 1.
    metrics = np.round((human + rng.normal(0, 1.5, (2, *human.shape))) * 4) / 4
    human = np.where(rng.random(human.shape) < 0.15, np.nan, human)
    gold = [None if np.isnan(value) else value for value in human.ravel().tolist()]
    one, other = (stats.Correlation(GOLDEN_SYSTEMS, gold, m.ravel().tolist()) for m in metrics)
    whole = np.nan_to_num(human, nan=-1.0)
    complete = stats.Correlation(GOLDEN_SYSTEMS, whole.ravel().tolist(), metrics[0].ravel().tolist())
    return {
        "human": [[None if np.isnan(v) else v for v in row] for row in human.tolist()],
        "metrics": metrics.tolist(),
        "statistics": {grouping: _statistics(one, grouping) for grouping in GROUPINGS},
        "spa": {"human": whole.tolist(), "value": complete.PairwiseConfidenceError()[0]},
        "permutations": {g: _permutations(stats, one, other, human, g) for g in GROUPINGS},
    }


def _statistics(one: Any, grouping: str) -> dict[str, Any]:
    best, epsilon = _ties_opt(one, grouping)
    variants = {v: float(one.KendallVariants(grouping, v)[0]) for v in ("b", "c", "23", "acc23")}
    return {
        "pearson": float(one.Pearson(grouping)[0]),
        "spearman": float(one.Spearman(grouping)[0]),
        "kendall": variants,
        "acc23 at 1.5": float(one.KendallVariants(grouping, "acc23", 1.5)[0]),
        "acc_eq": best,
        "epsilon": epsilon,
    }


def _ties_opt(one: Any, grouping: str) -> tuple[float, float]:
    from mt_metrics_eval.stats import KendallWithTiesOpt

    found = KendallWithTiesOpt(one.gold_scores, one.metric_scores, "acc23", one.num_sys, grouping, 1.0)
    return float(found[0]), float(found[1])


def grouped(human: Matrix, grouping: str) -> NDArray[np.intp]:
    """Judged cells, row by row, in the order in which the peer visits them."""
    cells = np.arange(human.size).reshape(human.shape)
    order = cells.T.ravel() if grouping == "item" else cells.ravel()
    return np.asarray(order[~np.isnan(human.ravel()[order])])


def _permutations(stats: Any, one: Any, other: Any, human: Matrix, grouping: str) -> dict[str, Any]:
    from scipy.stats import pearsonr

    every = stats.PermutationSigDiffParams(block_size=GOLDEN_ROUNDS + 1)
    np.random.seed(SEED)
    p_value, delta, *_ = stats.PermutationSigDiff(other, one, pearsonr, grouping, GOLDEN_ROUNDS, every)
    np.random.seed(SEED)
    length = len(grouped(human, grouping))
    # The peer draws which metric a score comes from; 0 is the other one.
    swaps = [1 - np.random.binomial(1, 0.5, length) for _ in range(GOLDEN_ROUNDS)]
    return {
        "pearson": {"p_value": float(p_value), "delta": float(delta), "swaps": [_bits(s) for s in swaps]},
        "acc_eq": _pair_permutations(stats, one, other, human, grouping),
    }


def _pair_permutations(stats: Any, one: Any, other: Any, human: Matrix, grouping: str) -> dict[str, Any]:
    every = stats.PermutationSigDiffParams(block_size=GOLDEN_ROUNDS + 1)
    np.random.seed(SEED)
    p_value, delta, *_ = stats.PairwisePermutationSigDiff(other, one, "acc23", grouping, GOLDEN_ROUNDS, every)
    sizes = _group_sizes(human, grouping)
    np.random.seed(SEED)
    swaps = []
    for _ in range(GOLDEN_ROUNDS):
        drawn = [1 - np.random.binomial(1, 0.5, (size, size)) for size in sizes]
        swaps.append(np.concatenate([square[np.triu_indices(len(square), 1)] for square in drawn]))
    return {"p_value": float(p_value), "delta": float(delta), "swaps": [_bits(s) for s in swaps]}


def _group_sizes(human: Matrix, grouping: str) -> list[int]:
    known = ~np.isnan(human)
    sizes = {"none": [known.sum()], "sys": known.sum(1), "item": known.sum(0)}[grouping]
    return [int(size) for size in sizes if size]


def _bits(values: NDArray[Any]) -> str:
    return "".join(map(str, values.astype(int).tolist()))


def meta_seconds() -> dict[str, float]:
    """Seconds of a whole report of 20 metrics, with and without tests."""
    from mtqe.bench.human.base import HumanRatings, Rating

    human, metrics = made_up(SYSTEMS, SEGMENTS, METRICS)
    ratings = tuple(
        Rating(f"system{s:02}", str(n + 1), float(score), article=f"a{n // 30}", errors=())
        for s, row in enumerate(human)
        for n, score in enumerate(row)
    )
    table = table_of(HumanRatings("made up", ratings, "MQM points, negated"))
    named = {f"metric{n}": scores for n, scores in enumerate(metrics)}
    statistics = ("system_accuracy", "spa", "acc_eq/item", "pearson/none")
    found = {}
    for label, rounds, resamples in (
        ("values", 0, 0),
        ("values and intervals", 0, 200),
        ("with tests", ROUNDS, 200),
    ):
        options = MetaOptions(statistics, rounds, resamples)
        found[label] = round(timed(lambda o=options: meta_evaluate(table, named, o))[0], 1)
    return found


def load_peer(folder: Path | None) -> Any | None:
    """The peer's module of statistics; None if no folder is given."""
    if folder is None:
        return None
    sys.path.insert(0, str(folder))
    from mt_metrics_eval import stats

    return stats


@click.command()
@click.option("--data", type=Path, default=ROOT.parent / "shared" / "data")
@click.option("--peer", type=Path, help="A checkout of google-research/mt-metrics-eval.")
@click.option("--published", type=Path, help="mqm_newstest2020_ende.avg_seg_scores.tsv")
@click.option("--golden", "make_golden", is_flag=True, help="Write the numbers that tests compare with.")
def main(data: Path, peer: Path | None, published: Path | None, make_golden: bool) -> None:
    """Measure, print, and keep the figures."""
    stats = load_peer(peer)
    if make_golden:
        if stats is None:
            raise click.UsageError("--golden needs --peer")
        GOLDEN.parent.mkdir(parents=True, exist_ok=True)
        GOLDEN.write_text(json.dumps(golden(stats)) + "\n", encoding="utf-8")
        return
    with threadpool_limits(1):
        results: dict[str, Any] = {"speed": speed(stats), "whole report, seconds": meta_seconds()}
    if data.exists():
        results["ranking"] = ranking(data, published)
    else:
        print(f"{data}: not there; the ranking of MQM 2020 is left out")
    text = json.dumps(results, ensure_ascii=False, indent=1)
    print(text)
    if stats is not None and data.exists():
        RESULTS.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
