"""What mtqe's own models are worth against human judgement, beside floors and metrics with a reference.

python benchmarks/quality.py [--data ../shared/data] [--only PART]...

Judged are reports as users get them, on documents held out of all training; of sets that nothing was
trained on (TED talks, WMT21 en-ru), on all. Intervals are of 95 %, from documents drawn anew. For each
pair of languages and set, mtqe's quality in its three modes, adequacy and fluency by themselves, chrF
and BLEU, which see the reference, and what knows nothing of a translation:

- in order: of two systems' translations of one source, how often the one with fewer MQM points has
  the better score (points equal: left out; 0.5 is a coin); acc_eq: the same with ties, at the best threshold;
- Pearson and Spearman with the segment's MQM points, as WMT states them, and with points per 100 words;
- SPA: soft pairwise accuracy of systems; worst quarter: AUC of telling the worst quarter of translated
  articles by points per 100 characters; error-free: AUC of telling segments without points.

Reliability: tenths of segments by what is expected of them, and what annotators counted.
DEMETR: the share of spoilt translations below the good one, by kind of damage and source language, on
documents that no model has seen. MLQE-PE: correlations with direct assessments. Articles: people's
above machines' (AUC), and Spearman with a reader's quality among machines', from the target alone.
Speed: segments of 25 words with their source, whole reports, in a second of CPU time.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import click
import numpy as np
from judged_sets import Row, assessed_sets, english_articles, judged_table, mqm_sets, unseen_contrasts
from judges import EXPECTED, as_scores, known, own_scores, with_reference, words
from numpy.typing import NDArray
from reliability import reliability
from shared import (
    ROUNDS,
    SEED,
    Values,
    contrasts,
    data_option,
    has_data,
    keep,
    of_articles,
    stated,
)
from threadpoolctl import threadpool_limits

from mtqe.bench.floors import FLOORS
from mtqe.bench.human.base import Rating, Text
from mtqe.bench.meta import MetaOptions, meta_evaluate
from mtqe.bench.meta_table import HumanTable, Matrix, without_missing
from mtqe.data import Article, ArticleReport, Segment
from mtqe.evaluate import Evaluator
from mtqe.training.provenance import files_read

Results = dict[str, Any]

MEASURES = {
    "pairwise/item": "in order",
    "acc_eq/item": "acc_eq",
    "pearson/none": "Pearson",
    "spearman/none": "Spearman",
    "spa": "SPA",
    "worst_articles": "worst quarter",
    "error_free": "error-free",
}
CORRELATIONS = ("pearson/none", "spearman/none")

# Below every score, which are points per 100 words or characters, negated.
WORST = -1e6
SPEED_ARTICLES, SPEED_SEGMENTS, SPEED_WORDS = 100, 20, 25


def on_mqm(data: Path) -> Results:
    """All figures of each set."""
    return {name: on_set(table) for name, table in mqm_sets(data).items()}


def on_set(table: HumanTable) -> Results:
    """Every judge's agreement with MQM points, and how reliable the points are that mtqe expects."""
    own, signatures = own_scores(table)
    table, note = without_missing(table, known(own))
    metrics = {**known(own), **with_reference(table)}
    rates = replace(table, scores=100.0 * table.scores / words(table))
    judges = agreements(table, metrics, tuple(MEASURES))
    for name, found in agreements(rates, metrics, CORRELATIONS).items():
        judges[name] |= {f"{measure} per 100 words": value for measure, value in found.items()}
    return {
        "judges": judges,
        "reliability": reliability(table, own),
        "signatures": signatures,
        "notes": [note] if note else [],
        **sizes(table),
    }


def agreements(table: HumanTable, metrics: dict[str, Matrix], statistics: Sequence[str]) -> Results:
    """By judge, floors among them, each statistic."""
    options = MetaOptions(statistics, 0, ROUNDS, "articles", seed=SEED)
    columns = meta_evaluate(table, metrics, options).columns
    return {
        judge: {MEASURES[name]: stated(columns[name][judge].agreement) for name in statistics}
        for judge in (*metrics, *FLOORS)
    }


def sizes(table: HumanTable) -> dict[str, int]:
    """How much a set holds."""
    return {
        "translations": int((~np.isnan(table.scores)).sum()),
        "segments": len(table.segments),
        "systems": len(table.systems),
        "documents": len(set(table.article_of_segment.tolist())),
    }


def on_demetr(data: Path) -> Results:
    """Share of spoilt translations below the good one, ties half, by kind and by source language."""
    return contrasts_of(data, _own_and_length)


def contrasts_of(data: Path, judge_all: Callable[[HumanTable], dict[str, Matrix]]) -> Results:
    """The same of any judges."""
    some = unseen_contrasts(data)
    scores: dict[str, list[tuple[Values, Values]]] = defaultdict(list)
    for pair in sorted({row["lp"] for row in some}):
        own = [row for row in some if row["lp"] == pair]
        for judge, found in _lowest_where_none(judge_all(_both_sides(pair, own))).items():
            scores[judge].append((found[0], found[1]))
    in_order = sorted(some, key=lambda row: row["lp"])
    sides = {judge: np.concatenate(parts, axis=1) for judge, parts in scores.items()}
    return {judge: _shares(in_order, good, bad) for judge, (good, bad) in sides.items()}


def _own_and_length(table: HumanTable) -> dict[str, Matrix]:
    found = {**own_scores(table, references=False)[0], "length": FLOORS["length"](table)}
    del found[EXPECTED]
    return found


def _both_sides(pair: str, some: Sequence[Row]) -> HumanTable:
    """The good sides and the spoilt ones as two systems."""
    ratings = [
        Rating(side, str(number), score, target=row[field] or "")
        for number, row in enumerate(some)
        for side, field, score in (("1 good", "mt_good", 1.0), ("2 spoilt", "mt", 0.0))
    ]
    texts = {str(number): Text(row["src"]) for number, row in enumerate(some)}
    return judged_table(pair, tuple(ratings), "order", texts)


def _lowest_where_none(found: dict[str, Matrix]) -> dict[str, Matrix]:
    """What has no score has no words, and nothing is worse; a language without a model gives none at all."""
    lowest = {judge: np.nan if np.isnan(scores).all() else WORST for judge, scores in found.items()}
    return {judge: np.where(np.isnan(scores), lowest[judge], scores) for judge, scores in found.items()}


def _shares(some: Sequence[Row], good: Values, bad: Values) -> Results:
    def share(field: str, value: str | None) -> Results:
        chosen = np.array([value in (None, row[field]) for row in some]) & ~np.isnan(good)
        documents = [str(row["doc_id"]) for row, one in zip(some, chosen, strict=True) if one]
        return contrasts(good[chosen], bad[chosen], documents)

    return {
        "all": share("lp", None),
        **{
            name: {str(value): share(field, value) for value in sorted({row[field] for row in some})}
            for name, field in (("kinds", "perturbation"), ("pairs", "lp"))
        },
    }


def on_assessments(data: Path) -> Results:
    """Correlations of scores from 0 to 100 with MLQE-PE's direct assessments, by pair of languages."""
    found = {}
    for pair, table in assessed_sets(data).items():
        own = known(own_scores(table, references=False)[0])
        own = {judge: found if judge == EXPECTED else as_scores(found) for judge, found in own.items()}
        table, _ = without_missing(table, own)
        found[pair] = {"judges": agreements(table, own, CORRELATIONS), **sizes(table)}
    return found


def on_articles(data: Path) -> Results:
    """English articles with the target alone: people's above machines', the order among machines'.

    For ``human_written`` also the share of people's and machines' articles that are below its alarm.
    """
    found, reports, human = articles_of(data, Evaluator(), ("quality", "fluency", "human_written"))
    alarms = np.array([_is_alarm(report) for report in reports])
    found["human_written"] |= {
        "people's below the alarm": round(float(alarms[human].mean()), 3),
        "machines' below the alarm": round(float(alarms[~human].mean()), 3),
    }
    return found


def articles_of(
    data: Path, evaluator: Evaluator, names: Sequence[str]
) -> tuple[Results, list[ArticleReport], NDArray[np.bool_]]:
    """Figures of these scores, the reports that they are of, and which articles people wrote."""
    texts, human, read = english_articles(data)
    reports = list(evaluator.evaluate(Article(str(i), t, target_lang="en") for i, t in enumerate(texts)))
    values = {name: np.array([report.scores[name].value or 0.0 for report in reports]) for name in names}
    return {name: of_articles(each, human, read) for name, each in values.items()}, reports, human


def _is_alarm(report: ArticleReport) -> bool:
    score = report.scores["human_written"]
    alarm = score.components["alarm"].value if score.components else None
    return score.value is not None and alarm is not None and score.value < alarm


def speed(data: Path) -> Results:
    """Segments of 25 words a second of CPU time, all of them different, from text to report.

    In a process of its own: beside all that the other parts keep in memory Python is slower.
    """
    with ProcessPoolExecutor(1, get_context("spawn")) as alone:
        return alone.submit(_speed).result()


def _speed() -> Results:
    articles = list(_made_up(np.random.default_rng(SEED)))
    with threadpool_limits(1):
        list(Evaluator().evaluate(articles[:1]))
        started = time.process_time()
        list(Evaluator().evaluate(articles))
        seconds = time.process_time() - started
    return {"segments a second": round(SPEED_ARTICLES * SPEED_SEGMENTS / seconds)}


def _made_up(rng: np.random.Generator) -> Iterator[Article]:
    """Words of German and English in no order: texts that nothing has been remembered of."""
    german, english = (_usual(words) for words in (_GERMAN, _ENGLISH))
    for number in range(SPEED_ARTICLES):
        segments, start = [], 0
        for index in range(SPEED_SEGMENTS):
            source, target = (" ".join(rng.choice(words, SPEED_WORDS)) for words in (german, english))
            segments.append(Segment(index, index, (start, start + len(target)), target, source))
            start += len(target) + 1
        whole = "\n".join(segment.target for segment in segments)
        yield Article(str(number), whole, source_lang="de", target_lang="en", segments=tuple(segments))


def _usual(words: str) -> list[str]:
    return [_made_word(i) if i % 7 == 0 else word for i, word in enumerate(words.split() * 40)]


def _made_word(number: int) -> str:
    """A word that no list knows, as one in seven of a text is a name or rare."""
    return "".join("bdfgklmnprst"[number // 12**k % 12] + "aeiou"[(number + k) % 5] for k in range(3))


_ENGLISH = (
    "the council met on monday to vote for a new bridge over our old river while nobody in town spoke "
    "against it because work will begin next spring and should take about two years according to her plan"
)
_GERMAN = (
    "der rat kam am montag zusammen um über eine neue brücke zu entscheiden während niemand in der stadt "
    "dagegen sprach weil die arbeit im nächsten frühjahr beginnt und nach ihrem plan etwa zwei jahre dauert"
)

PARTS: dict[str, Callable[[Path], Results]] = {
    "mqm": on_mqm,
    "demetr": on_demetr,
    "mlqe": on_assessments,
    "articles": on_articles,
    "speed": speed,
}


def show(results: Results) -> None:
    """A table for each set, a line for each judge; the other parts as they are."""
    for name, found in results.get("mqm", {}).items():
        print(f"\n{name:34}" + "".join(f"{measure:>15}" for measure in MEASURES.values()))
        for judge, figures in found["judges"].items():
            cells = (figures[measure]["value"] for measure in MEASURES.values())
            print(f"{judge:34}" + "".join(f"{cell!s:>15}" for cell in cells))
    for judge, shares in results.get("demetr", {}).items():
        print(f"DEMETR {judge:34}{shares['all']['value']}")
    for pair, found in results.get("mlqe", {}).items():
        print(f"MLQE {pair} " + ", ".join(f"{j} {f['Pearson']['value']}" for j, f in found["judges"].items()))
    for part in ("articles", "speed"):
        print(json.dumps(results.get(part, {}), indent=1))


@click.command()
@data_option
@click.option("--only", type=click.Choice(list(PARTS)), multiple=True, help="Measure this; keep nothing.")
def main(data: Path, only: tuple[str, ...]) -> None:
    """Measure, print, and keep the figures."""
    if has_data(data):
        with files_read() as read:
            results = {name: part(data) for name, part in PARTS.items() if name in (only or PARTS)}
        show(results)
        if not only:
            keep("quality", results, read, data)


if __name__ == "__main__":
    main()
