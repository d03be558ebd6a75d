"""An article's score from those of its sentences, so that length does not count against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import fsum

from mtqe.data import Article, Score, Segment
from mtqe.gaps import missing_in_target
from mtqe.scale import penalty_to_score, score_to_penalty
from mtqe.text.words import count_words

# A source sentence that nobody translated: every word of it is an error.
_OMITTED_PENALTY = 100.0

_SHOWN_NOTES = 3


def pool(segments: Sequence[Segment], scores: Sequence[Score]) -> Score:
    """The score of all ``segments`` together: MQM points per 100 words over all their words.

    Null scores are left out; ``stats`` says how many, and ``note`` when nothing is left.
    """
    judged = [(s, score.value) for s, score in zip(segments, scores, strict=True) if score.value is not None]
    stats = {"segments": float(len(judged)), "skipped": float(len(scores) - len(judged))}
    if not judged:
        return Score(None, shared_note(segments, scores), stats=stats)
    weights = [max(count_words(segment.target), 1) for segment, _ in judged]
    points = sum(w * score_to_penalty(value) for w, (_, value) in zip(weights, judged, strict=True))
    return _pooled(points / sum(weights), stats | {"words": float(sum(weights))})


def pool_with_omissions(article: Article, scores: Sequence[Score]) -> Score:
    """As ``pool``, with each source sentence that is missing in the target counted as an error."""
    pooled = pool(article.segments, scores)
    missing = missing_in_target(article)
    if not missing or (pooled.value is None and article.segments):
        return pooled
    words = pooled.stats.get("words", 0.0)
    omitted = sum(count_words(omission.text) for omission in missing)
    points = words * score_to_penalty(pooled.value or 0.0) + omitted * _OMITTED_PENALTY
    return _pooled(points / max(words + omitted, 1), {**pooled.stats, "omitted_words": float(omitted)})


def pool_mean(segments: Sequence[Segment], scores: Sequence[Score]) -> Score:
    """The mean of scores that are on a scale of their own, weighted by the words of their segments.

    Range and direction are the segments'. Null scores are left out, as in ``pool``.
    """
    judged = [(s, score) for s, score in zip(segments, scores, strict=True) if score.value is not None]
    stats = {"segments": float(len(judged)), "skipped": float(len(scores) - len(judged))}
    if not judged:
        blank = scores[0] if scores else Score(None)
        return replace(blank, note=shared_note(segments, scores), components={}, stats=stats)
    weights = [max(count_words(segment.target), 1) for segment, _ in judged]
    total = fsum(w * (score.value or 0.0) for w, (_, score) in zip(weights, judged, strict=True))
    first = judged[0][1]
    return replace(first, value=total / sum(weights), note=skipped_note(stats), components={}, stats=stats)


def skipped_note(stats: Mapping[str, float]) -> str | None:
    """How many segments a pooled score leaves out, in words; None if none."""
    return f"{stats['skipped']:.0f} segments not scored" if stats["skipped"] else None


def _pooled(penalty: float, stats: dict[str, float]) -> Score:
    note = skipped_note(stats)
    components = {"penalty_per_100_words": Score(penalty, range=(0.0, None), higher_is_better=False)}
    return Score(penalty_to_score(penalty), note, components=components, stats=stats)


def shared_note(segments: Sequence[Segment], scores: Sequence[Score]) -> str:
    """Why nothing could be judged; what is left out anyway is a reason only if there is no other."""
    pairs = [(segment, score.note) for segment, score in zip(segments, scores, strict=True) if score.note]
    reasons = [note for segment, note in pairs if not segment.excluded] or [note for _, note in pairs]
    return "; ".join(list(dict.fromkeys(reasons))[:_SHOWN_NOTES]) or "the article has no sentence to score"
