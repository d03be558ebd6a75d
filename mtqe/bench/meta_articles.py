"""Translated articles as people and metrics see them: which are the worst."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mtqe.bench.agreement import auc
from mtqe.bench.meta_pairs import Indices, Values, numbered
from mtqe.bench.meta_table import HumanTable, Matrix
from mtqe.bench.meta_values import Agreement, Bootstrap

# The worst articles are a quarter of all.
_WORST = 0.25
_PER_CHARACTERS = 100.0


def worst_articles(table: HumanTable, scores: Matrix, bootstrap: Bootstrap | None = None) -> Agreement:
    """AUC of telling the worst quarter of translated articles from the rest, 0 to 1.

    People's are worst by MQM points per 100 characters, or by the lowest mean where their scores are
    no points. The metric's score of an article is the mean of its segments; both means are weighted
    by characters.
    """
    article, lengths, why = _articles(table)
    if why:
        return Agreement(None, why)
    known = ~np.isnan(table.flat)
    own = scores.ravel()[known]
    bad = int(np.isnan(own).sum())
    if bad:
        return Agreement(None, f"the metric has no score for {bad:,} of {len(own):,} judged values")
    total = np.bincount(article, lengths)
    human = table.flat[known] if table.is_points else table.flat[known] * lengths
    human_mean = np.bincount(article, human) / total * (_PER_CHARACTERS if table.is_points else 1.0)
    worst = human_mean <= np.quantile(human_mean, _WORST)
    return auc(-np.bincount(article, lengths * own) / total, worst, _of_articles(table, article, bootstrap))


def _of_articles(table: HumanTable, article: Indices, bootstrap: Bootstrap | None) -> Bootstrap | None:
    """A bootstrap of segments as one of translated articles; without units each is drawn by itself."""
    if bootstrap is None or bootstrap.units is None:
        return bootstrap
    units = np.tile(np.asarray(bootstrap.units), len(table.systems))[~np.isnan(table.flat)]
    return replace(bootstrap, units=units[np.unique(article, return_index=True)[1]])


def _articles(table: HumanTable) -> tuple[Indices, Values, str | None]:
    """The translated article and the characters of each judged cell, or why they are not known."""
    known = ~np.isnan(table.flat)
    nothing = np.zeros(0, np.intp), np.zeros(0)
    if any(article is None for article in table.articles):
        return *nothing, "not every segment is of a known article"
    lengths = table.column((cell, float(len(target))) for cell, target in table.targets.items()).ravel()
    if np.isnan(lengths[known]).any():
        return *nothing, "not every translation's text is known"
    source = np.tile(numbered(np.array(table.articles), len(table.articles)), len(table.systems))
    article = table.by_system * (source.max() + 1) + source
    return numbered(article[known], int(known.sum())), np.maximum(lengths[known], 1.0), None
