"""Adequacy by any sentence encoder of transformers or sentence-transformers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from mtqe.data import Article, Score, Segment
from mtqe.models import hub
from mtqe.models.named_model import NamedModel
from mtqe.models.score_cache import Identity, Texts, remembered
from mtqe.models.text_encoder import ENGINE, cosine, load_text_encoder, usual_prefix
from mtqe.models.transformer import Precision, engine
from mtqe.pooling import pool_mean
from mtqe.scorers.base import scorers
from mtqe.sides import has_side

_RANGE = (-1.0, 1.0)
_STATS = ("target_tokens", "target_windows", "other_tokens", "other_windows")


@scorers.register
@dataclass(frozen=True)
class AdequacyEncoder(NamedModel):
    """Cosine of each segment's vector and its source's under a sentence encoder; -1 to 1, higher is better.

    ``model`` is a name of ``mtqe models`` (labse, multilingual-e5-large), of the hub ("owner/name"), or a
    folder. Where a segment has no source, its reference is what it is measured against. The number is
    the model's own, not calibrated against people: vectors see missing and foreign content, hardly a wrong
    word or a lost "not". ``prefix`` stands before every text (as the model was trained: "query: " for E5).
    Long segments are read in windows of ``window`` tokens (what the model takes), whose vectors are
    averaged; ``stats`` say how many. ``cache`` names a file that keeps scores between runs.
    """

    device: str = "auto"
    precision: Precision = "fp32"
    window: int | None = None
    prefix: str | None = None
    cache: Path | None = None

    name: ClassVar[str] = "adequacy_encoder"
    gives: ClassVar[str] = "encoder"
    default: ClassVar[bool] = False

    def score(self, articles: Sequence[Article]) -> list[list[Score]]:
        """One score for each segment of each article."""
        pairs: list[Texts] = [
            (s.target, _other(s))
            for article in articles
            for s in article.segments
            if not _why_not(article, s)
        ]
        judge = partial(remembered, self.cache, self._identity(), compute=self._judged)
        found = iter(judge(pairs) if pairs else ())
        return [list(_scores(article, found)) for article in articles]

    def pool(self, article: Article, scores: Sequence[Score]) -> Score:
        """The mean over the article's words."""
        return pool_mean(article.segments, scores)

    def _identity(self) -> Identity:
        prefix = usual_prefix(self.model) if self.prefix is None else self.prefix
        options = {"window": str(self.window), "prefix": prefix}
        return Identity(hub.shown_name(self.model), self.revision, engine(ENGINE), self.precision, options)

    def _judged(self, pairs: Sequence[Texts]) -> list[list[float]]:
        """For each pair the cosine, and the numbers of ``_STATS``."""
        options: dict[str, Any] = {
            name: getattr(self, name) for name in ("device", "precision", "window", "prefix")
        }
        encoder = load_text_encoder(self.model, **options)
        texts = [text or "" for pair in pairs for text in pair]
        vectors = iter(encoder.encode(texts))
        return [
            [cosine(one, other), one.tokens, one.windows, other.tokens, other.windows]
            for one, other in zip(vectors, vectors, strict=True)
        ]


def _scores(article: Article, found: Iterator[Sequence[float]]) -> Iterator[Score]:
    for segment in article.segments:
        why = _why_not(article, segment)
        yield Score(None, why, _RANGE) if why else _score(segment, *next(found))


def _score(segment: Segment, value: float, *counts: float) -> Score:
    note = "against the reference" if segment.source is None else None
    return Score(value, note, _RANGE, stats=dict(zip(_STATS, map(float, counts), strict=True)))


def _other(segment: Segment) -> str | None:
    return segment.reference if segment.source is None else segment.source


def _why_not(article: Article, segment: Segment) -> str | None:
    if segment.excluded:
        return segment.excluded
    other = _other(segment)
    if other is None:
        return "no counterpart in the source" if has_side(article, "source") else "no source given"
    if any(map(str.isalnum, other)) and any(map(str.isalnum, segment.target)):
        return None
    return "no words in it"
