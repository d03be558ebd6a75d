"""A sample of a long article's segments in place of all: what it says of the whole, and how surely.

The article's score is pooled from the sample as from all segments; ``intervals`` says how surely.
"""

from __future__ import annotations

import hashlib
import random
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Literal

from mtqe.data import Article, ArticleReport, Score, Segment
from mtqe.filters.base import Rule
from mtqe.filters.intervals import interval, jackknife_error
from mtqe.scale import penalty_to_score, score_to_penalty

# Groups that the jackknife leaves out in turn: more tell little more of the error, and cost time.
_GROUPS = 15

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
        groups = [value(article, kept).value for article, kept in sample.parts()]
        error = jackknife_error(groups, sample.unread)
        if whole.value is not None and error is not None:
            low, high = interval(whole, error, sample.unread, self.confidence, len(groups))
            stats |= {"standard_error": error, "low": low, "high": high}
        note = f"from {len(sample.chosen)} of {len(sample.population)} segments"
        return replace(whole, note=whole.note if whole.value is None else note, stats=stats)

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
        """The share of the segments that are left out."""
        return 1 - len(self.chosen) / len(self.population)

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


def _corners(report: ArticleReport, estimates: Mapping[str, Score]) -> Iterator[ArticleReport]:
    """The report with each estimate as it is, and at each end of its interval, in all combinations."""
    ends = [(score.value, score.stats["low"], score.stats["high"]) for score in estimates.values()]
    for values in product(*ends):
        moved = {
            name: replace(score, value=value)
            for (name, score), value in zip(estimates.items(), values, strict=True)
        }
        yield replace(report, scores={**report.scores, **moved})
