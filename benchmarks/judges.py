"""What is laid beside people: mtqe in its three modes, as reports have it, and metrics with a reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from shared import Values

from mtqe.bench.meta_sources.own import Own
from mtqe.bench.meta_sources.surface import Bleu, Chrf
from mtqe.bench.meta_table import HumanTable, Matrix
from mtqe.scale import penalty_to_score, score_to_penalty
from mtqe.text.words import count_words

SOURCE, ALONE, REFERENCE = "source + target", "target alone", "source + target + reference"
QUALITY = ("quality, " + SOURCE, "quality, " + ALONE, "quality, " + REFERENCE)
EXPECTED = "expected points, " + SOURCE


def own_scores(table: HumanTable, references: bool = True) -> tuple[dict[str, Matrix], dict[str, str]]:
    """Own scores of the translations, as points per 100 words, negated; and the signature of each mode.

    Quality in each mode, and adequacy and fluency by themselves; ``EXPECTED`` are quality's points of
    the whole segment, by which it says how probably a segment is free of errors.
    """
    beside, by_itself = Own().measure(table), Own().measure(without_sources(table))
    found = {
        "quality, " + SOURCE: beside.scores["quality"],
        "quality, " + ALONE: by_itself.scores["quality"],
        "adequacy, " + SOURCE: beside.scores["adequacy"],
        "fluency, " + ALONE: by_itself.scores["fluency"],
    }
    signatures = {SOURCE: beside.signatures["quality"], ALONE: by_itself.signatures["quality"]}
    if references:
        with_reference = Own(with_reference=True).measure(table)
        found["quality, " + REFERENCE] = with_reference.scores["quality"]
        signatures[REFERENCE] = with_reference.signatures["quality"]
    points = {name: -penalties(scores) for name, scores in found.items()}
    return {**points, EXPECTED: points["quality, " + SOURCE] * words(table) / 100.0}, signatures


def without_sources(table: HumanTable) -> HumanTable:
    """The same with the target alone to judge by."""
    return replace(table, ratings=replace(table.ratings, texts={}))


def penalties(scores: Matrix) -> Matrix:
    """Scores turned back into points per 100 words, which means over segments are taken of."""
    rated = ~np.isnan(scores)
    points = np.full(scores.shape, np.nan)
    points[rated] = [score_to_penalty(score) for score in scores[rated].tolist()]
    return points


def as_scores(negated: Matrix) -> Matrix:
    """Points, negated as ``own_scores`` gives them, as scores from 0 to 100 again."""
    rated = ~np.isnan(negated)
    scores = np.full(negated.shape, np.nan)
    scores[rated] = [penalty_to_score(-points) for points in negated[rated].tolist()]
    return scores


def with_reference(table: HumanTable) -> dict[str, Matrix]:
    """The metrics that see the reference: chrF and BLEU of each translation."""
    return {**Chrf().measure(table).scores, **Bleu().measure(table).scores}


def words(table: HumanTable) -> Values:
    """The number of words of each translation, at least 1."""
    counted = ((cell, float(max(count_words(target), 1))) for cell, target in table.targets.items())
    return table.column(counted)


def characters(table: HumanTable) -> Values:
    """The number of characters of each translation."""
    return table.column((cell, float(len(target))) for cell, target in table.targets.items())


def known(scores: Mapping[str, Matrix]) -> dict[str, Matrix]:
    """Scores that there are: a language without a model gives none."""
    return {name: values for name, values in scores.items() if not np.isnan(values).all()}
