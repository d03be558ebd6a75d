"""What the fluency scores are worth, on documents that they were not trained on, beside floors.

python benchmarks/fluency.py [--data ../shared/data]

Floors: a random number, the length of the text, and the mean frequency of its words. Figures:

- within source: of two systems' translations of one source, how often the one with fewer fluency
  points per 100 words scores higher (ties between people dropped, ties between scores half);
- Spearman's correlation with fluency points per 100 words;
- spoilt: how often a person's sentence scores above itself with words changed;
- DEMETR: the same for the perturbations that show in the target alone;
- acceptability: Spearman's correlation with readers' ratings of round-trip translations;
- articles: how well article scores tell people's texts from machines', and Spearman's
  correlation with a reader's quality among the machines'.

Intervals are 95 % bootstrap intervals over documents.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from itertools import combinations
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from mtqe.data import Article
from mtqe.models.fluency import load_fluency, weights_revision
from mtqe.models.ngram import UNSPACED, languages
from mtqe.models.word_language import frequencies
from mtqe.prepare import prepare
from mtqe.text.words import count_words, word_spans
from mtqe.training.calibration import judged
from mtqe.training.corpora import fluent_texts, is_held_out, rows
from mtqe.training.fluency import double, drop, shuffle, swap

RESULTS = Path(__file__).parent / "results" / "fluency.json"
SEED, ROUNDS = 7, 1000
CONTRASTS = {"swap": swap, "double": double, "drop": drop, "shuffle": shuffle}

# The kinds of DEMETR that a reader of the target alone can see.
PERTURBATIONS = (
    "minor_id1_repeat2",
    "minor_id2_repeat4",
    "minor_id12_conj_removed",
    "minor_id13_pos_shift",
    "minor_id14_word_swap",
    "minor_id16_function_word",
    "minor_id26_misspelled",
    "minor_id27_char_removed",
    "minor_id29_punc_addition",
    "critical_id4_codemix",
    "critical_id20_shuffled",
    "critical_id22_verb_removed",
    "critical_id23_noun_removed",
)

Values = NDArray[np.float64]
Judge = Callable[[Sequence[str], str], Values]
Case = tuple[str, float, float]  # document, what people say, what the scorer says; higher is better


def model_scores(texts: Sequence[str], language: str) -> Values:
    """Minus the expected fluency points per 100 words of each text."""
    model = load_fluency(language)
    return np.array([-penalty for penalty, _ in model.judge(texts)] if model else [0.0] * len(texts))


def random_scores(texts: Sequence[str], language: str) -> Values:
    """A floor: numbers that know nothing."""
    return np.random.default_rng(SEED).random(len(texts))


def short_scores(texts: Sequence[str], language: str) -> Values:
    """A floor: the shorter the better."""
    return np.array([-count_words(text) for text in texts], dtype=np.float64)


def frequency_scores(texts: Sequence[str], language: str) -> Values:
    """A floor: mean Zipf frequency of the words."""
    return np.array([_mean_frequency(text, language) for text in texts])


def _mean_frequency(text: str, language: str) -> float:
    known = frequencies(language)
    if known is None:
        return 0.0
    words = list(text) if language in UNSPACED else [text[a:b] for a, b in word_spans(text)]
    return float(np.mean([known[word.lower()] for word in words])) if words else 0.0


JUDGES: dict[str, Judge] = {
    "fluency_ngram": model_scores,
    "random": random_scores,
    "length": short_scores,
    "word frequency": frequency_scores,
}


def ranks(values: Values) -> Values:
    """Ranks from 0, equal values sharing theirs."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts + 1) / 2)[inverse])


def spearman(people: Values, scores: Values) -> float:
    """Spearman's correlation between what people and the scorer say."""
    people, scores = ranks(people), ranks(scores)
    if people.std() == 0 or scores.std() == 0:
        return 0.0
    return float(np.corrcoef(people, scores)[0, 1])


def share_right(people: Values, scores: Values) -> float:
    """Share of pairs where the scorer sides with people; a tie of the scorer is half right."""
    return float(np.mean(0.5 + 0.5 * np.sign(people) * np.sign(scores)))


def measured(figure: Callable[[Values, Values], float], cases: Sequence[Case]) -> dict[str, Any]:
    """A figure with its interval, and how many cases of how many documents it rests on."""
    by_document: dict[str, list[int]] = defaultdict(list)
    for index, (document, _, _) in enumerate(cases):
        by_document[document].append(index)
    groups = [np.array(group) for group in by_document.values()]
    people, scores = np.array([case[1:] for case in cases], dtype=np.float64).T
    rng = np.random.default_rng(SEED)
    drawn = (rng.integers(len(groups), size=len(groups)) for _ in range(ROUNDS))
    samples = (np.concatenate([groups[i] for i in indices]) for indices in drawn)
    low, high = np.quantile([figure(people[at], scores[at]) for at in samples], (0.025, 0.975))
    value, low, high = (round(float(x), 3) for x in (figure(people, scores), low, high))
    return {"value": value, "interval": [low, high], "cases": len(cases), "documents": len(groups)}


@cache
def held_out_rows(data: Path, language: str) -> list[tuple[dict[str, Any], float]]:
    """Judged translations into ``language`` whose texts no model has seen under another name."""
    seen = set(fluent_texts(data, language))
    into = (pair for pair in judged(data, "fluency_penalty", held_out=True) if _into(pair[0]) == language)
    return [(row, points) for row, points in into if not seen & {row["mt"], row.get("ref")}]


def _into(row: dict[str, Any]) -> str:
    return str(row["lp"]).split("-")[1]


def within_source(rated: Sequence[tuple[dict[str, Any], float]], scores: Values) -> list[Case]:
    """Pairs of translations of one source that people rate differently."""
    sources = defaultdict(list)
    for (row, points), score in zip(rated, scores.tolist(), strict=True):
        sources[(str(row["doc_id"]), row["lp"], row["src"])].append((-points, score))
    return [
        (document, first[0] - second[0], first[1] - second[1])
        for (document, _, _), translations in sources.items()
        for first, second in combinations(translations, 2)
        if first[0] != second[0]
    ]


def contrast_cases(judge: Judge, language: str, pairs: Iterable[tuple[str, str, str]]) -> list[Case]:
    """Document, good text and spoilt text as cases in which people prefer the good one."""
    triples = list(pairs)
    good = judge([text for _, text, _ in triples], language)
    bad = judge([text for _, _, text in triples], language)
    return [(t[0], 1.0, float(difference)) for t, difference in zip(triples, good - bad, strict=True)]


def spoilt_pairs(
    references: Sequence[tuple[str, str]], language: str, kind: str
) -> list[tuple[str, str, str]]:
    """People's sentences of five words or more beside themselves with words changed."""
    rng = random.Random(SEED)
    joiner = "" if language in UNSPACED else " "
    result = []
    for document, text in references:
        words = list(text) if language in UNSPACED else text.split()
        worse = joiner.join(CONTRASTS[kind](words, rng)) if len(words) >= 5 else text
        if worse != joiner.join(words):
            result.append((document, joiner.join(words), worse))
    return result


def language_figures(data: Path, language: str, judge: Judge) -> dict[str, Any]:
    """All figures of one judge for one target language."""
    rated = held_out_rows(data, language)
    scores = judge([row["mt"] for row, _ in rated], language)
    documents = [str(row["doc_id"]) for row, _ in rated]
    points = [-p for _, p in rated]
    references = sorted({(str(row["doc_id"]), row["ref"]) for row, _ in rated if row.get("ref")})
    result = {
        "within source": measured(share_right, within_source(rated, scores)),
        "spearman": measured(spearman, list(zip(documents, points, scores.tolist(), strict=True))),
    }
    for kind in CONTRASTS:
        cases = contrast_cases(judge, language, spoilt_pairs(references, language, kind))
        result[f"spoilt: {kind}"] = measured(share_right, cases)
    return result


def calibration(data: Path, language: str) -> list[dict[str, float]]:
    """Expected and counted points per 100 words in five groups, from the best scores to the worst."""
    rated = held_out_rows(data, language)
    expected = -model_scores([row["mt"] for row, _ in rated], language)
    counted = np.array([points for _, points in rated])
    groups = np.array_split(np.argsort(expected, kind="stable"), 5)
    return [
        {"expected": round(float(expected[g].mean()), 2), "counted": round(float(counted[g].mean()), 2)}
        for g in groups
    ]


def demetr(data: Path, judge: Judge) -> dict[str, Any]:
    """DEMETR's visible perturbations of held-out sentences, one by one."""
    pairs = defaultdict(list)
    for row in rows(data / "contrastive" / "demetr.jsonl.gz"):
        if row["perturbation"] in PERTURBATIONS and is_held_out(str(row["doc_id"])):
            pairs[row["perturbation"]].append((str(row["doc_id"]), row["mt_good"], row["mt"]))
    cases = {kind: contrast_cases(judge, "en", pairs[kind]) for kind in PERTURBATIONS}
    every = [case for kind in PERTURBATIONS for case in cases[kind]]
    return {
        f"DEMETR {kind}": measured(share_right, found) for kind, found in [("all", every), *cases.items()]
    }


def acceptability(data: Path, judge: Judge) -> dict[str, Any]:
    """Readers' ratings of sentences that they saw without context; the texts are in lower case."""
    rated = [
        row
        for row in rows(data / "fluency" / "acceptability_rtmt.jsonl.gz")
        if row["context_condition"] == "none"
    ]
    scores = judge([row["mt"] for row in rated], "en").tolist()
    cases = [(row["doc_id"], float(row["score"]), score) for row, score in zip(rated, scores, strict=True)]
    return {"acceptability: spearman": measured(spearman, cases)}


def article_figures(data: Path, judge: Judge) -> dict[str, Any]:
    """English articles by people and machines."""
    path = data / "articles" / "annotated_articles.jsonl"
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
    english = [record for record in records if record["lang"] == "en"]
    scores = [_article_score(judge, record["text"]) for record in english]
    cases = [
        (record["id"], record.get("quality") or 0.0, score)
        for record, score in zip(english, scores, strict=True)
        if record["class"] == "mt"
    ]
    people = [s for record, s in zip(english, scores, strict=True) if record["class"] == "human"]
    machine = [(document, score) for document, _, score in cases]
    pairs = [(document, 1.0, one - other) for one in people for document, other in machine]
    return {
        "articles: people above machines": measured(share_right, pairs),
        "articles: spearman": measured(spearman, cases),
    }


def _article_score(judge: Judge, text: str) -> float:
    """The mean of the article's sentences, weighted with their words."""
    segments = [s for s in prepare(Article("", text, target_lang="en")).segments if s.excluded is None]
    weights = [count_words(segment.target) for segment in segments]
    return float(np.average(judge([segment.target for segment in segments], "en"), weights=weights))


def figures(data: Path, judge: Judge) -> dict[str, Any]:
    """Every figure of one judge, by language."""
    by_language = {language: language_figures(data, language, judge) for language in languages()}
    english = [partial(part, data, judge) for part in (acceptability, article_figures, demetr)]
    for part in english:
        by_language["en"] |= part()
    return by_language


def show(results: dict[str, dict[str, Any]]) -> None:
    """A table for each language: a line for each figure, a column for each judge."""
    for language in languages():
        print(f"\n{language:34}" + "".join(f"{name:>24}" for name in results))
        for figure in results["fluency_ngram"][language]:
            print(f"{figure:34}" + "".join(_cell(results[name][language][figure]) for name in results))


def _cell(found: dict[str, Any]) -> str:
    low, high = found["interval"]
    return f"{found['value']:.3f} [{low:.3f}, {high:.3f}]".rjust(24)


@click.command()
@click.option("--data", type=Path, default=Path("../shared/data"), show_default=True)
def main(data: Path) -> None:
    """Print the figures and keep them."""
    if not data.is_dir():
        print(
            f"{data}: no such folder; the judgements are not part of this repository, so nothing is measured"
        )
        return
    results = {name: figures(data, judge) for name, judge in JUDGES.items()}
    show(results)
    calibrated = {language: calibration(data, language) for language in languages()}
    print(json.dumps(calibrated, indent=1))
    kept = {"weights": weights_revision(), "figures": results, "calibration": calibrated}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
