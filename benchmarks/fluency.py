"""What the fluency scores are worth, on documents that they were not trained on, beside floors.

python benchmarks/fluency.py [--data ../shared/data]

Floors: a random number, the length of the text, and the mean frequency of its words. Figures:

- within source: of two systems' translations of one source, how often the one with fewer fluency
  points per 100 words scores higher (ties between people dropped, ties between scores half);
- Spearman's correlation with fluency points per 100 words;
- spoilt: how often a person's sentence (held-out references, and PUD's news and Wikipedia) scores above
  itself with words changed;
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
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import click
import numpy as np
from judged_sets import english_articles
from shared import SEED, Values, contrasts, data_option, has_data, keep, of_articles, over, stated

from mtqe.bench.agreement import pairwise_accuracy, spearman
from mtqe.data import Article
from mtqe.models.fluency import load_fluency, weights_revision
from mtqe.models.ngram import UNSPACED, languages
from mtqe.models.word_language import frequencies
from mtqe.prepare import prepare
from mtqe.text.words import count_words, word_spans
from mtqe.training.calibration import judged
from mtqe.training.corpora import fluent_texts, is_held_out, rows
from mtqe.training.fluency import double, drop, shuffle, swap
from mtqe.training.provenance import files_read

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

Judge = Callable[[Sequence[str], str], Values]


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


@cache
def held_out_rows(data: Path, language: str) -> list[tuple[dict[str, Any], float]]:
    """Judged translations into ``language`` whose texts no model has seen under another name."""
    seen = set(fluent_texts(data, language))
    into = (pair for pair in judged(data, "fluency_penalty", held_out=True) if _into(pair[0]) == language)
    return [(row, points) for row, points in into if not seen & {row["mt"], row.get("ref")}]


def _into(row: dict[str, Any]) -> str:
    return str(row["lp"]).split("-")[1]


def contrasted(judge: Judge, language: str, pairs: Iterable[tuple[str, str, str]]) -> dict[str, Any]:
    """How often a good text scores above the spoilt one; each triple is a document and both texts."""
    triples = list(pairs)
    good = judge([text for _, text, _ in triples], language)
    bad = judge([text for _, _, text in triples], language)
    return contrasts(good, bad, [document for document, _, _ in triples])


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
    references = sorted(set(people(data, language)))
    found = {
        f"spoilt: {kind}": contrasted(judge, language, spoilt_pairs(references, language, kind))
        for kind in CONTRASTS
    }
    return {**judged_figures(data, language, judge), **found}


def judged_figures(data: Path, language: str, judge: Judge) -> dict[str, Any]:
    """Those of translations that people judged, if any were held out."""
    rated = held_out_rows(data, language)
    if not rated:
        return {}
    scores = judge([row["mt"] for row, _ in rated], language)
    points = np.array([-points for _, points in rated])
    sources = ["\t".join((str(row["doc_id"]), row["lp"], row["src"] or "")) for row, _ in rated]
    documents = over([str(row["doc_id"]) for row, _ in rated])
    return {
        "within source": stated(pairwise_accuracy(scores, points, sources, documents)),
        "spearman": stated(spearman(scores, points, bootstrap=documents)),
    }


def people(data: Path, language: str) -> Iterator[tuple[str, str]]:
    """Documents and sentences that people wrote or translated and no model has seen."""
    for row, _ in held_out_rows(data, language):
        if row.get("ref"):
            yield str(row["doc_id"]), row["ref"]
    for row in rows(data / "parallel" / "pud_news_wiki.jsonl.gz"):
        if row["lang"] == language and row["text"]:
            yield str(row["doc_id"]), row["text"]


def calibration(data: Path, language: str) -> list[dict[str, float]]:
    """Expected and counted points per 100 words in five groups, from the best scores to the worst."""
    rated = held_out_rows(data, language)
    if not rated:
        return []
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
    every = [pair for kind in PERTURBATIONS for pair in pairs[kind]]
    kinds = {"all": every, **{kind: pairs[kind] for kind in PERTURBATIONS}}
    return {f"DEMETR {kind}": contrasted(judge, "en", some) for kind, some in kinds.items()}


def acceptability(data: Path, judge: Judge) -> dict[str, Any]:
    """Readers' ratings of sentences that they saw without context; the texts are in lower case."""
    rated = [
        row
        for row in rows(data / "fluency" / "acceptability_rtmt.jsonl.gz")
        if row["context_condition"] == "none"
    ]
    scores = judge([row["mt"] for row in rated], "en")
    people = np.array([float(row["score"]) for row in rated])
    found = spearman(scores, people, bootstrap=over([str(row["doc_id"]) for row in rated]))
    return {"acceptability: spearman": stated(found)}


def article_figures(data: Path, judge: Judge) -> dict[str, Any]:
    """English articles by people and machines."""
    texts, human, read = english_articles(data)
    scores = np.array([_article_score(judge, text) for text in texts])
    return {f"articles: {name.lower()}": found for name, found in of_articles(scores, human, read).items()}


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
    interval = "" if found["interval"] is None else " [{:.3f}, {:.3f}]".format(*found["interval"])
    return f"{found['value']}{interval}".rjust(24)


@click.command()
@data_option
def main(data: Path) -> None:
    """Print the figures and keep them."""
    if not has_data(data):
        return
    with files_read() as read:
        results = {name: figures(data, judge) for name, judge in JUDGES.items()}
        calibrated = {language: calibration(data, language) for language in languages()}
    show(results)
    print(json.dumps(calibrated, indent=1))
    kept = {"weights": weights_revision(), "figures": results, "calibration": calibrated}
    keep("fluency", kept, read, data)


if __name__ == "__main__":
    main()
