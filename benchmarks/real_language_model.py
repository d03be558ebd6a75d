"""What a real language model is worth against human judgement of English translations, beside mtqe's own.

python benchmarks/real_language_model.py MODEL [--data ../shared/data]

MODEL is a causal language model: a folder, a GGUF file, or a hub id. As benchmarks/quality.py measures its
judges, on documents that nothing was trained on: mtqe's quality as it ships, and with the language model
heard (the scorer ``fluency_language_model``), each alone and beside the source; and what the model makes of
a character on average, by itself. With the model heard, DEMETR's contrasts and English articles too.
Seconds are of CPU time for a segment, all cores together.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import click
from judged_sets import mqm_sets
from judges import ALONE, SOURCE, characters, own_scores, penalties, without_sources
from quality import MEASURES, Results, agreements, articles_of, contrasts_of, sizes
from shared import data_option, has_data, keep

from mtqe.bench.meta_sources.own import Own
from mtqe.bench.meta_table import HumanTable, Matrix
from mtqe.evaluate import Evaluator
from mtqe.models.hub import revision, shown_name
from mtqe.scorers.adequacy_vectors import AdequacyVectors
from mtqe.scorers.fluency_language_model import FluencyLanguageModel
from mtqe.training.provenance import files_read

MODES = (SOURCE, ALONE)
BY_ITSELF = "log-probability of a character"


def on_set(table: HumanTable, scorer: FluencyLanguageModel) -> Results:
    """All judges' figures."""
    texts = list(dict.fromkeys(table.targets.values()))
    started = time.process_time()
    total = {text: found.total for text, found in zip(texts, scorer.log_probs(texts), strict=True)}
    seconds = (time.process_time() - started) / len(texts)
    column = table.column((cell, total[text]) for cell, text in table.targets.items())
    own, _ = own_scores(table, references=False)
    metrics = {f"quality, {mode}": own[f"quality, {mode}"] for mode in MODES}
    metrics |= {f"with it, {mode}": scores for mode, scores in with_model(table, scorer).items()}
    metrics[BY_ITSELF] = column / characters(table)
    found = agreements(table, metrics, tuple(MEASURES))
    return {
        "judges": {judge: found[judge] for judge in metrics},
        "CPU seconds a segment": round(seconds, 4),
        **sizes(table),
    }


def with_model(table: HumanTable, scorer: FluencyLanguageModel) -> dict[str, Matrix]:
    """Quality in which the language model is heard, as points per 100 words, negated."""
    heard = {"name": scorer.name, "model": scorer.model, "cache": str(scorer.cache)}
    own = Own(score=[heard, "adequacy_vectors"])
    qualities = (own.measure(one).scores["quality"] for one in (table, without_sources(table)))
    return {mode: -penalties(scores) for mode, scores in zip(MODES, qualities, strict=True)}


@click.command()
@click.argument("model")
@data_option
def main(model: str, data: Path) -> None:
    """Measure, print, and keep the figures."""
    if not has_data(data):
        return
    results: Results = {}
    with files_read() as read, tempfile.TemporaryDirectory() as folder:
        scorer = FluencyLanguageModel(model, cache=Path(folder) / "scores.sqlite3")
        for name, table in mqm_sets(data).items():
            if name.split()[0].endswith("-en"):
                results[name] = on_set(table, scorer)
                for judge, figures in results[name]["judges"].items():
                    print(f"{name:18}{judge:32}{figures['in order']['value']}", flush=True)
        spoilt = contrasts_of(data, lambda table: with_model(table, scorer))
        evaluator = Evaluator((scorer, AdequacyVectors()))
        articles = articles_of(data, evaluator, ("quality", "fluency"))[0]
    print({judge: shares["all"]["value"] for judge, shares in spoilt.items()}, articles)
    about = {"model": shown_name(model), "revision": revision(model)}
    keep(
        "real_language_model", {**about, "sets": results, "demetr": spoilt, "articles": articles}, read, data
    )


if __name__ == "__main__":
    main()
