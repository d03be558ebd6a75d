"""What mtqe's own models are worth against human judgement, beside floors and metrics with a reference.

python benchmarks/quality.py [--data ../shared/data]

On documents held out of all training, by pair of languages; of TED talks, of which nothing was trained
on, all. "target alone" is the fluency model; "source + target" adds the adequacy model, as quality does
(without issues). chrF and BLEU see the reference.

- in order: of two systems' translations of one source, how often the one with fewer MQM points has
  the better score (points equal: left out; 0.5 is a coin), with a 95 % interval over sources;
- Pearson and Spearman with MQM points per 100 words;
- worst quarter: AUC of telling the worst quarter of translated articles by points per 100 characters;
- error-free: AUC of telling segments without points from those with.

DEMETR: the share of spoilt translations below the good one, on documents that no model has seen. MLQE:
Pearson with direct assessments. Articles, reports as users get them: people's above machines' (AUC),
and Spearman with a reader's quality among machines', from the target alone.
Speed: segments of 25 words a second.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np
from numpy.typing import NDArray
from sacrebleu.metrics import BLEU, CHRF

from mtqe.data import Article, ArticleReport
from mtqe.evaluate import Evaluator
from mtqe.models.adequacy import Pair, covers, load_adequacy
from mtqe.models.fluency import load_fluency, weights_revision
from mtqe.text.words import count_words
from mtqe.training.calibration import VIEW, licensed
from mtqe.training.corpora import is_for_tuning, is_held_out, rows

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "quality.json"
SETS = ("mqm20", "mqm21news", "mqm21ted", "bio21")
SEED, ROUNDS = 7, 500
SPEED_SEGMENTS = 2000

# Pairs of languages with fewer judged segments are not reported.
LEAST_SEGMENTS = 250
MOST_SEGMENTS, MOST_CONTRASTS = 2500, 2000

Values = NDArray[np.float64]


class Translation(NamedTuple):
    """A target, its source, and their languages."""

    target: str
    source: str | None
    languages: tuple[str, str]  # of target and source
    reference: str | None = None


# Gives each translation a penalty: the higher the worse.
Judge = Callable[[Sequence[Translation]], Values]


def by_adequacy(translations: Sequence[Translation]) -> Values:
    """Adequacy beside the source."""
    pairs = [Pair(t.target, t.source or "", *t.languages) for t in translations]
    return np.array([one.penalty for one in load_adequacy().judge(pairs, "source")])


def by_both(translations: Sequence[Translation]) -> Values:
    """Adequacy beside source and reference: their mean, or the source's where that is no translation."""
    by_source = load_adequacy().judge(
        [Pair(t.target, t.source or "", *t.languages) for t in translations], "source"
    )
    own = [Pair(t.target, t.reference or t.target, t.languages[0], t.languages[0]) for t in translations]
    others = load_adequacy().judge(own, "reference")
    pairs = zip(translations, by_source, others, strict=True)
    return np.array(
        [a.penalty if a.gate or not t.reference else (a.penalty + b.penalty) / 2 for t, a, b in pairs]
    )


def by_fluency(translations: Sequence[Translation]) -> Values:
    """Fluency from the target alone; 0 for languages without a model."""
    penalties = np.zeros(len(translations))
    for language in {t.languages[0] for t in translations}:
        model, chosen = load_fluency(language), [t.languages[0] == language for t in translations]
        if model is not None:
            texts = [t.target for t in translations if t.languages[0] == language]
            penalties[chosen] = [penalty for penalty, _ in model.judge(texts)]
    return penalties


def by_length(translations: Sequence[Translation]) -> Values:
    """A floor: the longer the worse."""
    return np.array([float(len(t.target)) for t in translations])


def by_chance(translations: Sequence[Translation]) -> Values:
    """A floor: numbers that know nothing."""
    return np.random.default_rng(SEED).random(len(translations))


def by_chrf(translations: Sequence[Translation]) -> Values:
    """chrF, which sees the reference; 0 where there is none."""
    return _by_metric(CHRF(), translations)


def by_bleu(translations: Sequence[Translation]) -> Values:
    """Sentence BLEU, which sees the reference."""
    return _by_metric(BLEU(effective_order=True), translations)


def _by_metric(metric: Any, translations: Sequence[Translation]) -> Values:
    return np.array(
        [-metric.sentence_score(t.target, [t.reference]).score if t.reference else 0.0 for t in translations]
    )


UNAIDED = ("source + target", "target alone", "adequacy", "length", "chance")
JUDGES: dict[str, Judge] = {
    "source + target": lambda t: by_adequacy(t) + by_fluency(t),
    "target alone": by_fluency,
    "source + target + reference": lambda t: by_both(t) + by_fluency(t),
    "adequacy": by_adequacy,
    "length": by_length,
    "source length": lambda t: np.array([float(len(one.source or "")) for one in t]),
    "chance": by_chance,
    "chrF": by_chrf,
    "BLEU": by_bleu,
}


RATES = tuple(
    JUDGES[name] for name in ("source + target", "target alone", "source + target + reference", "adequacy")
)


def ranks(values: Values) -> Values:
    """Ranks from 1, equal values sharing theirs."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[inverse])


def auc(higher: Values, lower: Values) -> float:
    """The probability that one of the first is above one of the second."""
    if not len(higher) or not len(lower):
        return float("nan")
    above = ranks(np.concatenate([higher, lower]))[: len(higher)].sum() - len(higher) * (len(higher) + 1) / 2
    return round(float(above / (len(higher) * len(lower))), 3)


def correlation(a: Values, b: Values) -> float:
    """Pearson's."""
    return round(float(np.corrcoef(a, b)[0, 1]), 3) if a.std() and b.std() else 0.0


def in_order(groups: Iterable[Sequence[int]], points: Values, penalties: Values) -> dict[str, Any]:
    """Share of pairs within a group that penalties put in the order of points."""
    counts = np.array([_ordered(group, points, penalties) for group in groups]).reshape(-1, 2)
    right, pairs = counts[counts[:, 1] > 0].T
    if not len(pairs):
        return {"value": None, "pairs": 0}
    drawn = np.random.default_rng(SEED).integers(len(pairs), size=(ROUNDS, len(pairs)))
    low, high = np.quantile(right[drawn].sum(1) / pairs[drawn].sum(1), (0.025, 0.975))
    value, low, high = (round(float(x), 3) for x in (right.sum() / pairs.sum(), low, high))
    return {"value": value, "interval": [low, high], "pairs": int(pairs.sum())}


def _ordered(group: Sequence[int], points: Values, penalties: Values) -> tuple[float, int]:
    right, pairs = 0.0, 0
    for a, b in combinations(group, 2):
        if points[a] != points[b]:
            pairs += 1
            right += 0.5 + 0.5 * np.sign((points[a] - points[b]) * (penalties[a] - penalties[b]))
    return right, pairs


def judged(data: Path) -> dict[str, list[dict[str, Any]]]:
    """Judged segments of held-out documents, and of TED talks, by pair of languages."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows(data / f"{VIEW}.jsonl.gz"):
        known = row.get("src") and (row["mt"] or "").strip() and all(map(covers, row["lp"].split("-")))
        unseen = not licensed(row) or is_held_out(str(row["doc_id"]))
        if known and unseen and row["dataset"] in SETS:
            found[f"{row['lp']} {row['dataset']}"].append(row)
    enough = {name: some for name, some in sorted(found.items()) if len(some) >= LEAST_SEGMENTS}
    return {name: sampled(some, MOST_SEGMENTS) for name, some in enough.items()}


def sampled(some: list[dict[str, Any]], most: int) -> list[dict[str, Any]]:
    """So many rows at most, document by document in an order that means nothing."""
    by_digest = sorted(some, key=lambda row: hashlib.sha256(str(row["doc_id"]).encode()).digest())
    return by_digest[:most]


def translations_of(some: Sequence[dict[str, Any]], side: str = "mt") -> list[Translation]:
    """Rows as translations."""
    return [
        Translation(row[side], row["src"], tuple(reversed(row["lp"].split("-"))), row.get("ref"))
        for row in some
    ]


def mqm_figures(some: Sequence[dict[str, Any]], judge: Judge) -> dict[str, Any]:
    """All figures of one judge on one set."""
    penalties = judge(translations_of(some))
    points = np.array([row["adequacy_penalty"] + row["fluency_penalty"] for row in some])
    words = np.array([max(count_words(row["mt"]), 1) for row in some])
    rate = points / words
    # A rate says of a whole segment how much is expected in it.
    expected = penalties * words if judge in RATES else penalties
    return {
        "in order": in_order(_grouped(some, lambda row: row["src"]), points, penalties),
        "pearson": correlation(penalties, rate),
        "spearman": correlation(ranks(penalties), ranks(rate)),
        "worst quarter": _worst_quarter(some, points, penalties, words),
        "error-free": auc(-expected[points == 0], -expected[points > 0]),
    }


def _grouped(
    some: Sequence[dict[str, Any]], key: Callable[[dict[str, Any]], Hashable]
) -> Iterable[Sequence[int]]:
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for i, row in enumerate(some):
        groups[key(row)].append(i)
    return groups.values()


def _worst_quarter(
    some: Sequence[dict[str, Any]], points: Values, penalties: Values, words: NDArray[Any]
) -> float:
    characters = np.array([len(row["mt"]) for row in some])
    articles = [np.array(a) for a in _grouped(some, lambda row: (row["doc_id"], row["system"]))]
    rates = np.array([points[a].sum() / characters[a].sum() for a in articles])
    scores = np.array([np.average(penalties[a], weights=words[a]) for a in articles])
    worst = rates > np.quantile(rates, 0.75)
    return auc(scores[worst], scores[~worst])


def reliability(data: Path) -> dict[str, list[list[float]]]:
    """By pair and set, fifths of translated articles by the points per 100 words that are expected of them.

    For each fifth the mean that is expected and the mean that was counted, beside the source.
    """
    found = {}
    for name, some in judged(data).items():
        penalties = JUDGES["source + target"](translations_of(some))
        words = np.array([max(count_words(row["mt"]), 1) for row in some])
        points = np.array([row["adequacy_penalty"] + row["fluency_penalty"] for row in some])
        articles = [np.array(a) for a in _grouped(some, lambda row: (row["doc_id"], row["system"]))]
        both = np.array(
            [
                (np.average(penalties[a], weights=words[a]), 100 * points[a].sum() / words[a].sum())
                for a in articles
            ]
        )
        fifths = np.array_split(both[np.argsort(both[:, 0])], 5)
        found[name] = [[round(float(x), 2) for x in fifth.mean(axis=0)] for fifth in fifths if len(fifth)]
    return found


def demetr(data: Path, judge: Judge) -> dict[str, float]:
    """Share of spoilt translations below the good one, ties half, by what was done to them."""
    known = (row for row in rows(data / "contrastive" / "demetr.jsonl.gz") if covers(row["lp"].split("-")[0]))
    held_out = [row for row in known if _is_new(str(row["doc_id"])) and (row["mt"] or "").strip()]
    some = sampled(held_out, MOST_CONTRASTS)
    difference = judge(translations_of(some)) - judge(translations_of(some, "mt_good"))
    right = 0.5 + 0.5 * np.sign(difference)
    kinds = np.array([row["perturbation"] for row in some])
    shares = {str(kind): round(float(right[kinds == kind].mean()), 3) for kind in np.unique(kinds)}
    return {"all": round(float(right.mean()), 3), **shares}


def _is_new(document: str) -> bool:
    """Whether neither the network nor the n-grams have seen a document of DEMETR."""
    return is_held_out(document) and not is_for_tuning(document)


def mlqe(data: Path, judge: Judge) -> dict[str, float]:
    """Pearson with direct assessments on held-out documents, by pair of languages."""
    found = defaultdict(list)
    for row in rows(data / "da" / "mlqe_da.jsonl.gz"):
        document = str(row.get("doc_id") or row["id"])
        if is_held_out(document) and all(map(covers, row["lp"].split("-"))) and row["mt"].strip():
            found[row["lp"]].append(row)
    return {
        pair: correlation(-judge(translations_of(some)), np.array([row["score"] for row in some]))
        for pair, some in sorted(found.items())
    }


def articles(data: Path) -> dict[str, dict[str, float]]:
    """English articles with the target alone: people's above machines', the order among machines'.

    For ``human_written`` also the share of people's and machines' articles that are below its alarm.
    """
    path = data / "articles" / "annotated_articles.jsonl"
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
    english = [record for record in records if record["lang"] == "en"]
    given = (Article(str(i), record["text"], target_lang="en") for i, record in enumerate(english))
    reports = list(Evaluator().evaluate(given))
    human = np.array([record["class"] == "human" for record in english])
    read = np.array([float(record.get("quality") or 0) for record in english])
    found: dict[str, dict[str, float]] = {}
    for name in ("quality", "fluency", "human_written"):
        scores = np.array([report.scores[name].value or 0.0 for report in reports])
        spearman = correlation(ranks(scores[~human]), ranks(read[~human]))
        found[name] = {"people above machines": auc(scores[human], scores[~human]), "spearman": spearman}
    alarms = np.array([_is_alarm(report) for report in reports])
    found["human_written"] |= {
        "people's below the alarm": round(float(alarms[human].mean()), 3),
        "machines' below the alarm": round(float(alarms[~human].mean()), 3),
    }
    return found


def _is_alarm(report: ArticleReport) -> bool:
    score = report.scores["human_written"]
    alarm = score.components["alarm"].value if score.components else None
    return score.value is not None and alarm is not None and score.value < alarm


def speed() -> dict[str, float]:
    """Segments of 25 words a second, all of them different, from text to points."""
    rng = np.random.default_rng(SEED)
    words = [f"w{i}" if i % 7 == 0 else w for i, w in enumerate(_WORDS.split() * 40)]
    texts = [" ".join(rng.choice(words, 25)) for _ in range(2 * SPEED_SEGMENTS)]
    some = [Translation(a, b, ("en", "en")) for a, b in zip(texts[::2], texts[1::2], strict=True)]
    both = JUDGES["source + target"]
    both(some[:10])
    started = time.perf_counter()
    both(some)
    return round(SPEED_SEGMENTS / (time.perf_counter() - started))


_WORDS = (
    "the council met on monday to vote for a new bridge over our old river while nobody in town spoke "
    "against it because work will begin next spring and should take about two years according to her plan"
)


def show(results: dict[str, Any]) -> None:
    """A table for each set, a line for each judge."""
    for name, by_judge in results["mqm"].items():
        print(f"\n{name:26}" + "".join(f"{f:>15}" for f in next(iter(by_judge.values()))))
        for judge, figures in by_judge.items():
            cells = (f["value"] if isinstance(f, dict) else f for f in figures.values())
            print(f"{judge:26}" + "".join(f"{cell!s:>15}" for cell in cells))
    for measure in ("demetr", "mlqe", "articles"):
        for judge, figures in results[measure].items():
            kinds = {"all": figures["all"]} if measure == "demetr" else figures
            print(f"{measure:10}{judge:26}{kinds}")
    print(f"{results['segments a second']} segments a second")


def measure(data: Path) -> dict[str, Any]:
    """Every figure of every judge."""
    sets = judged(data)
    return {
        "signature": f"{weights_revision()}-{load_adequacy().revision}",
        "mqm": {name: {j: mqm_figures(some, f) for j, f in JUDGES.items()} for name, some in sets.items()},
        "reliability": reliability(data),
        "demetr": {name: demetr(data, JUDGES[name]) for name in UNAIDED},
        "mlqe": {name: mlqe(data, JUDGES[name]) for name in UNAIDED},
        "articles": articles(data),
        "segments a second": speed(),
    }


@click.command()
@click.option("--data", type=Path, default=ROOT.parent / "shared" / "data", show_default="../shared/data")
def main(data: Path) -> None:
    """Measure, print, and keep the figures."""
    if not data.is_dir():
        print(f"{data}: no such folder; the judgements are not part of this repository. Nothing measured.")
        return
    results = measure(data)
    show(results)
    RESULTS.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
