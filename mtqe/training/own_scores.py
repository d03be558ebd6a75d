"""Fit mtqe's quality to people's scores: a rising line, and what it is worth on documents not fitted on.

Isotonic regression (Ayer et al., 1955) over groups of translations of like quality, with lines
between the groups: it rises everywhere, so that no order changes. Each document is judged by
a line that was fitted to others.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from mtqe.bench.agreement import pairwise_accuracy, spearman
from mtqe.errors import InputError
from mtqe.models.quality_calibration import QualityCalibration
from mtqe.scale import SCORE_RANGE
from mtqe.training.own_scores_read import Scored, Values

Knots = tuple[tuple[float, float], ...]

# With fewer, a line says more of chance than of people.
LEAST_ROWS = 50
LEAST_ARTICLES = 3

# Groups of like quality: at most so many, of at least so many translations.
_GROUPS = 20
_LEAST_IN_GROUP = 10

_FOLDS = 5
_BINS = 10
_DIGITS = 4
_LEAST, _MOST = SCORE_RANGE


@dataclass(frozen=True)
class Worth:
    """Figures of translations in documents that a line was not fitted on.

    Differences from people's scores in points of 100, smaller is better: ``mean_difference`` of single
    translations, ``reliability`` of tenths of them by expected score, weighted by their number (the
    expected calibration error). Each of what was there ``before``, of what is ``after``, and of a
    ``constant``: the mean of the scores. ``pairwise`` is the share of pairs of translations of one source
    that are in people's order. ``curve`` has the means of expected and people's scores, and the number,
    of each tenth after.
    """

    mean_difference: dict[str, float]
    reliability: dict[str, float]
    pairwise: dict[str, float | None]
    pairs: int
    curve: tuple[tuple[float, float, int], ...]

    @property
    def is_better(self) -> bool:
        """Whether the line tells more than the mean of all scores."""
        return self.mean_difference["after"] < self.mean_difference["constant"]


def check(scored: Scored) -> None:
    """Raise ``InputError``, with the reason, where no line can be fitted."""
    rows, articles = len(scored.score), len(set(scored.articles.tolist()))
    if rows < LEAST_ROWS or articles < LEAST_ARTICLES:
        left_out = f" ({scored.left_out:,} more have no quality)" if scored.left_out else ""
        raise InputError(
            f"human: {rows} translations in {articles} articles{left_out}; a calibration needs {LEAST_ROWS} "
            f"or more in {LEAST_ARTICLES} or more"
        )
    if np.ptp(scored.score) == 0:
        raise InputError(
            f"human: all scores are {scored.score[0]:g} of 100; there is nothing to learn from them"
        )
    if np.ptp(scored.quality) == 0:
        raise InputError("human: all translations have the same quality; there is nothing to fit")
    agreement = spearman(scored.quality, scored.score).value or 0.0
    if agreement <= 0:
        raise InputError(
            f"human: the better mtqe finds a translation, the lower is its score (Spearman {agreement:.2f}): "
            "if scores are penalties, say so with a larger number first, as 'scale: [25, 0]'"
        )


def fit(quality: Values, score: Values) -> Knots:
    """The line, as knots from quality 0 to 100; it rises from knot to knot, to 100 at most.

    Quality 0 has the score 0: what is no translation stays at the bottom, also if nobody was shown any.
    """
    x, y = (np.round(column, _DIGITS).tolist() for column in _rising(*_groups(quality, score)))
    # Of groups that lie at one place once numbers are rounded, the last.
    knots = list(dict(zip(x, y, strict=True)).items())
    if knots[0][0] > _LEAST:
        knots.insert(0, (_LEAST, _LEAST))
    if knots[-1][0] < _MOST:
        knots.append((_MOST, round(_at_the_top(knots), _DIGITS)))
    return tuple(knots)


def _groups(quality: Values, score: Values) -> tuple[Values, Values, Values]:
    """Mean quality, mean score and size of groups of like quality, in rising order."""
    order = np.argsort(quality, kind="stable")
    count = int(np.clip(len(order) // _LEAST_IN_GROUP, 1, _GROUPS))
    # Of one quality, translations are in one group, whichever way they were sorted.
    firsts = np.unique(
        np.searchsorted(quality[order], [quality[part[0]] for part in np.array_split(order, count)])
    )
    sizes = np.diff([*firsts, len(order)]).astype(float)
    x, y = (np.add.reduceat(column[order], firsts) / sizes for column in (quality, score))
    return x, y, sizes


def _rising(x: Values, y: Values, sizes: Values) -> tuple[Values, Values]:
    """Neighbouring groups joined until scores rise (pool adjacent violators)."""
    joined: list[tuple[float, float, float]] = []
    for one in zip(x.tolist(), y.tolist(), sizes.tolist(), strict=True):
        last = one
        while joined and joined[-1][1] >= last[1]:
            last = _join(joined.pop(), last)
        joined.append(last)
    found = np.array(joined)
    return found[:, 0], found[:, 1]


def _join(a: tuple[float, float, float], b: tuple[float, float, float]) -> tuple[float, float, float]:
    size = a[2] + b[2]
    return (a[0] * a[2] + b[0] * b[2]) / size, (a[1] * a[2] + b[1] * b[2]) / size, size


def _at_the_top(knots: list[tuple[float, float]]) -> float:
    """The score of quality 100: the line goes on as it was, but reaches 100 no earlier."""
    (x0, y0), (x1, y1) = knots[-2:] if len(knots) > 1 else (knots[0], knots[0])
    slope = (y1 - y0) / (x1 - x0) if x1 > x0 else 0.0
    return min(y1 + slope * (_MOST - x1), _MOST)


def worth(scored: Scored, seed: int) -> Worth:
    """What fitting to such scores is worth: each document by a line that was fitted to the others."""
    after, constant = np.empty(len(scored.score)), np.empty(len(scored.score))
    for inside in _folds(scored, seed):
        others = scored.quality[~inside], scored.score[~inside]
        line = QualityCalibration(fit(*others), {})
        after[inside] = [line.score(value) for value in scored.quality[inside].tolist()]
        constant[inside] = others[1].mean()
    guesses = {"before": scored.quality, "after": after, "constant": constant}
    pairs = {
        name: pairwise_accuracy(guesses[name], scored.score, scored.sources) for name in ("before", "after")
    }
    return Worth(
        {name: _rounded(np.abs(guess - scored.score).mean()) for name, guess in guesses.items()},
        {name: _rounded(_unreliability(guess, scored.score)) for name, guess in guesses.items()},
        {name: found.rounded(_DIGITS) for name, found in pairs.items()},
        pairs["before"].count,
        tuple((_rounded(a), _rounded(b), size) for a, b, size in _tenths(after, scored.score)),
    )


def _folds(scored: Scored, seed: int) -> Iterator[Any]:
    """Which translations are of each fifth of the articles, in any order."""
    names = sorted(set(scored.articles.tolist()))
    random.Random(seed).shuffle(names)  # noqa: S311 (no secret)
    for first in range(min(_FOLDS, len(names))):
        yield np.isin(scored.articles, names[first::_FOLDS])


def _tenths(expected: Values, score: Values) -> Iterator[tuple[float, float, int]]:
    for part in np.array_split(np.argsort(expected, kind="stable"), _BINS):
        yield float(expected[part].mean()), float(score[part].mean()), len(part)


def _unreliability(expected: Values, score: Values) -> float:
    return sum(abs(a - b) * size for a, b, size in _tenths(expected, score)) / len(score)


def _rounded(value: float) -> float:
    return round(float(value), 2)
