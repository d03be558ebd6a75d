"""What language models say of texts: sums of log-probabilities, and the scores made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from mtqe.data import Article, Score, Segment
from mtqe.models.score_cache import Texts
from mtqe.pooling import shared_note, skipped_note
from mtqe.text.words import count_words

# A probability is at most 1.
_RANGE = (None, 0.0)


@dataclass(frozen=True)
class LogProb:
    """The natural logarithm of a text's probability, how many tokens that is of, in how many windows."""

    total: float
    tokens: int
    windows: int

    def as_list(self) -> list[float]:
        """As JSON keeps it."""
        return [self.total, self.tokens, self.windows]

    @classmethod
    def of(cls, stored: Sequence[float]) -> LogProb:
        """What ``as_list`` gave."""
        return cls(float(stored[0]), int(stored[1]), int(stored[2]))


def score_targets(
    articles: Sequence[Article], judge: Callable[[Sequence[Texts]], Iterable[Sequence[float]]]
) -> list[list[Score]]:
    """The log-probability of a word of each segment's target; ``judge`` gives what ``as_list`` does."""
    texts: list[Texts] = [(s.target,) for article in articles for s in article.segments if not why_not(s)]
    found = iter(judge(texts) if texts else ())
    return [
        [
            Score(None, why) if (why := why_not(s)) else per_word(s.target, LogProb.of(next(found)))
            for s in article.segments
        ]
        for article in articles
    ]


def why_not(segment: Segment) -> str | None:
    """Why a segment's target can't be judged by its words; None if it can."""
    if segment.excluded:
        return segment.excluded
    return None if any(map(str.isalnum, segment.target)) else "no words in it"


def per_word(text: str, found: LogProb) -> Score:
    """The log-probability of a word of ``text`` on average; comparable within a language and a model."""
    return _of_text(found, {"words": float(max(count_words(text), 1))}, "word")


def per_token(found: LogProb) -> Score:
    """The log-probability of a token on average."""
    return _of_text(found, {}, "token")


def _of_text(found: LogProb, more: dict[str, float], unit: str) -> Score:
    if not found.tokens:
        return Score(None, "too short for this model", range=_RANGE)
    counts = {"tokens": float(found.tokens), "windows": float(found.windows)}
    return _score({"log_prob": found.total, **counts, **more}, unit)


def pool_log_probs(segments: Sequence[Segment], scores: Sequence[Score], unit: str) -> Score:
    """The average over all words, or tokens, of the segments that have a score."""
    judged = [score.stats for score in scores if score.value is not None]
    counts = {"segments": float(len(judged)), "skipped": float(len(scores) - len(judged))}
    if not judged:
        return Score(None, shared_note(segments, scores), range=_RANGE, stats=counts)
    totals = {name: sum(stats[name] for stats in judged) for name in judged[0]}
    pooled = _score(totals, unit)
    return replace(pooled, note=skipped_note(counts), stats=totals | counts)


def _score(stats: dict[str, float], unit: str) -> Score:
    means = {
        f"log_prob_per_{name}": Score(stats["log_prob"] / max(stats[f"{name}s"], 1.0), range=_RANGE)
        for name in ("word", "token")
        if f"{name}s" in stats
    }
    return Score(means[f"log_prob_per_{unit}"].value, range=_RANGE, components=means, stats=stats)
