"""A sample of a long article's segments in place of all: what it says of the whole, and how surely.

The article's score is pooled from the sample as from all segments. Its standard error is that of a jackknife
over groups of the sample (Quenouille 1956; Tukey 1958), with the correction for a finite population: what
was read is known. The interval is Student's with as many degrees of freedom as there are groups but one.

A few segments that are no translation at all may hide among those not read, and a sample without them takes
itself for surer than it is. So the worse end of the interval is that of a sample with one more such segment
than was seen (after Agresti and Coull, 1998, who do so for shares). On articles of MQM sets the whole's score
is below the interval of 95 % in 0.4 % of samples, and would be in 13 % without that segment.
"""

from __future__ import annotations

import hashlib
import random
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import fsum, hypot, sqrt
from statistics import NormalDist
from typing import Any, Literal

from mtqe.data import Article, ArticleReport, Score, Segment
from mtqe.filters.base import Rule
from mtqe.scale import penalty_to_score, score_to_penalty

# Groups that the jackknife leaves out in turn: more tell little more of the error, and cost time.
_GROUPS = 15

# Points per 100 words of a segment that is no translation: every word is an error.
_NO_TRANSLATION = 100.0

_LEFT_OUT = "not in the sample"
_NULL = Score(None, _LEFT_OUT)

Pool = Callable[[Article, Sequence[Score]], Score]

# What a rule decides by if its limit lies within the interval: the rest of the article, or the estimate.
Unsure = Literal["read", "estimate"]


@dataclass(frozen=True)
class Sampling:
    """How many segments of an article are scored, and what becomes of verdicts that they leave open.

    Articles of no more than ``segments`` are read as a whole. Which segments are chosen depends on ``seed``
    and the article's id and text alone. ``confidence`` is that of the intervals.
    """

    segments: int = 60
    seed: int = 0
    confidence: float = 0.95
    unsure: Unsure = "read"

    def drawn(self, article: Article) -> Sample | None:
        """A sample of a prepared article; None if it is too short for one."""
        population = [segment.index for segment in article.segments if segment.excluded is None]
        if len(population) <= self.segments:
            return None
        text = f"{self.seed}\0{article.id}\0{article.system}\0{article.target}".encode(errors="surrogatepass")
        # No secrets here: the same article gives the same sample everywhere.
        chosen = random.Random(hashlib.sha256(text).digest()).sample(population, self.segments)  # noqa: S311
        return Sample(_without(article, population, frozenset(chosen)), population, chosen)

    def estimate(self, sample: Sample, value: Callable[[Article, frozenset[int]], Score]) -> Score:
        """The score that ``value`` gives of the sample, with its error in ``stats``.

        ``value`` is asked again for the article with some of the segments. ``stats`` has ``sampled`` and
        ``of`` (segments), ``standard_error``, and the ends of the interval, ``low`` and ``high``; without
        the last three nothing is known of the whole.
        """
        whole = value(sample.article, frozenset(sample.chosen))
        stats = {**whole.stats, "sampled": float(len(sample.chosen)), "of": float(len(sample.population))}
        error = _error(sample, [value(article, kept).value for article, kept in sample.parts()])
        if whole.value is not None and error is not None:
            groups = min(_GROUPS, len(sample.chosen))
            ends = _ends(whole, error, _unseen(sample, whole), self._quantile(groups - 1))
            stats |= {"standard_error": error, "low": ends[0], "high": ends[1]}
        note = f"from {len(sample.chosen)} of {len(sample.population)} segments"
        return replace(whole, note=whole.note if whole.value is None else note, stats=stats)

    def _quantile(self, freedom: int) -> float:
        return student_quantile((1 + self.confidence) / 2, freedom)

    def estimate_sum(
        self,
        sample: Sample,
        pool: Pool,
        whole_without: Score,
        without: Sequence[Score],
        with_all: Sequence[Score],
    ) -> Score:
        """A score of parts, of which some are known of all segments and others of the sample alone.

        ``without`` are the segments' scores without the latter, and ``whole_without`` those pooled:
        only what the others add is estimated (the difference estimator, Cochran 1977).
        """

        def value(part: Article, kept: frozenset[int]) -> Score:
            more, less = pool(part, only(with_all, kept)), pool(part, only(without, kept)).value
            if more.value is None or less is None or whole_without.value is None:
                return more
            added = score_to_penalty(more.value) - score_to_penalty(less)
            return replace(more, value=penalty_to_score(score_to_penalty(whole_without.value) + added))

        return self.estimate(sample, value)

    def leaves_open(self, rule: Rule, report: ArticleReport) -> bool:
        """Whether a rule's verdict is not the same over all of the intervals, and is to be known."""
        needed = rule.needs().scores
        estimates = {n: s for n, s in report.scores.items() if n in needed and is_estimate(s)}
        # A sample without a single score stands for an article without one.
        estimates = {name: score for name, score in estimates.items() if score.value is not None}
        if any("low" not in score.stats for score in estimates.values()):
            return True
        if not estimates or self.unsure == "estimate":
            return False
        return len({rule.judge(one).keep for one in _corners(report, estimates)}) > 1


@dataclass(frozen=True)
class Sample:
    """An article with all segments left out but the ``chosen`` ones of the ``population``."""

    article: Article
    population: Sequence[int]
    chosen: Sequence[int]

    @property
    def unread(self) -> float:
        """The correction for a finite population, a factor of standard errors."""
        return sqrt(1 - len(self.chosen) / len(self.population))

    def parts(self) -> Iterator[tuple[Article, frozenset[int]]]:
        """The sample without each of its groups in turn: what is left, and of which segments that is."""
        groups = min(_GROUPS, len(self.chosen))
        for group in range(groups):
            kept = frozenset(self.chosen) - set(self.chosen[group::groups])
            omissions = _omissions(self.article, self.population, kept)
            yield replace(self.article, omissions=omissions), kept


def is_estimate(score: Score) -> bool:
    """Whether a score rests on a sample."""
    return "sampled" in score.stats


def only(column: Sequence[Score], kept: frozenset[int]) -> list[Score]:
    """The scores of the segments that are kept, null for all others."""
    return [score if index in kept else _NULL for index, score in enumerate(column)]


def _without(article: Article, population: Sequence[int], kept: frozenset[int]) -> Article:
    segments = tuple(_marked(segment, kept) for segment in article.segments)
    return replace(article, segments=segments, omissions=_omissions(article, population, kept))


def _marked(segment: Segment, kept: frozenset[int]) -> Segment:
    out = segment.excluded is None and segment.index not in kept
    return replace(segment, excluded=_LEFT_OUT) if out else segment


def _omissions(article: Article, population: Sequence[int], kept: frozenset[int]) -> tuple[Any, ...]:
    """What is missing in the target goes with the segment that follows, so that it is sampled as often."""
    last = len(population) - 1
    owners = (population[min(bisect_left(population, o.before_segment), last)] for o in article.omissions)
    return tuple(o for o, owner in zip(article.omissions, owners, strict=True) if owner in kept)


def _error(sample: Sample, values: Sequence[float | None]) -> float | None:
    """The standard error of a score, from those of the sample without each group."""
    known = [value for value in values if value is not None]
    if len(known) < max(len(values), 2):
        return None
    mean = fsum(known) / len(known)
    return sample.unread * sqrt(fsum((value - mean) ** 2 for value in known) * (1 - 1 / len(known)))


def _unseen(sample: Sample, score: Score) -> float:
    """What one segment more that is as bad as can be would take from a score, of what was not read."""
    count = max(score.stats.get("segments", len(sample.chosen)), 1.0)
    value = score.value or 0.0
    worst = score.range[0 if score.higher_is_better else 1]
    if "penalty_per_100_words" in score.components:
        penalty = score_to_penalty(value)
        moved = penalty_to_score(penalty + max(_NO_TRANSLATION - penalty, 0.0) / count)
    else:
        moved = value if worst is None else value + (worst - value) / count
    return abs(value - moved) * sample.unread


def _ends(score: Score, error: float, unseen: float, quantile: float) -> tuple[float, float]:
    """The ends of the interval, within the score's range."""
    value = score.value or 0.0
    worse, better = quantile * hypot(error, unseen), quantile * error
    down, up = (worse, better) if score.higher_is_better else (better, worse)
    return _within(value - down, score.range), _within(value + up, score.range)


def _within(value: float, limits: tuple[float | None, float | None]) -> float:
    low, high = limits
    value = value if low is None else max(value, low)
    return value if high is None else min(value, high)


def _corners(report: ArticleReport, estimates: Mapping[str, Score]) -> Iterator[ArticleReport]:
    """The report with each estimate as it is, and at each end of its interval, in all combinations."""
    ends = [(score.value, score.stats["low"], score.stats["high"]) for score in estimates.values()]
    for values in product(*ends):
        moved = {
            name: replace(score, value=value)
            for (name, score), value in zip(estimates.items(), values, strict=True)
        }
        yield replace(report, scores={**report.scores, **moved})


def student_quantile(probability: float, freedom: int) -> float:
    """The quantile of Student's t, for a probability of 0.5 to 0.995; within 0.004 from 5 degrees of freedom.

    Abramowitz and Stegun (1964), 26.7.5.
    """
    z = NormalDist().inv_cdf(probability)
    v = float(freedom)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / v ** (power + 1) for power, term in enumerate(terms))
