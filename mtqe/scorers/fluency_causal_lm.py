"""Fluency by any causal language model of the transformers library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

from mtqe.data import Article, Score
from mtqe.models import hub
from mtqe.models.causal_lm import ENGINE, load_causal_lm
from mtqe.models.log_probs import pool_log_probs, score_targets
from mtqe.models.named_model import NamedModel
from mtqe.models.score_cache import Identity, Texts, remembered
from mtqe.models.transformer import Precision, engine
from mtqe.scorers.base import scorers


@scorers.register
@dataclass(frozen=True)
class FluencyCausalLM(NamedModel):
    """Log-probability of a word of each segment under a causal language model; 0 at most, higher is better.

    ``model`` is a name of ``mtqe models``, of the hub ("owner/name"), or a folder. The number is the
    model's own, not calibrated against people: it compares texts of one language under one model. It
    knows nothing of the source, prefers frequent words and likes its own kind of text. Long segments
    are read in overlapping windows of ``window`` tokens (what the model takes, 1,024 at most);
    ``stats`` say how many tokens and windows. ``cache`` names a file that keeps scores between runs.
    """

    device: str = "auto"
    precision: Precision = "fp32"
    window: int | None = None
    cache: Path | None = None

    name: ClassVar[str] = "fluency_causal_lm"
    gives: ClassVar[str] = "causal_lm"
    default: ClassVar[bool] = False

    def score(self, articles: Sequence[Article]) -> list[list[Score]]:
        """One score for each segment of each article."""
        judge = partial(remembered, self.cache, self._identity(), compute=self._judged)
        return score_targets(articles, judge)

    def pool(self, article: Article, scores: Sequence[Score]) -> Score:
        """Log-probability of a word over the whole article."""
        return pool_log_probs(article.segments, scores, "word")

    def _identity(self) -> Identity:
        options = {"window": str(self.window)}
        return Identity(hub.shown_name(self.model), self.revision, engine(ENGINE), self.precision, options)

    def _judged(self, texts: Sequence[Texts]) -> list[list[float]]:
        model = load_causal_lm(self.model, device=self.device, precision=self.precision, window=self.window)
        return [found.as_list() for found in model.judge([text or "" for (text,) in texts])]
