"""Fluency by any causal language model of the transformers library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from mtqe.data import Article, Score
from mtqe.models.log_probs import pool_log_probs, score_targets
from mtqe.models.named_causal_lm import NamedCausalLM
from mtqe.scorers.base import scorers


@scorers.register
@dataclass(frozen=True)
class FluencyCausalLM(NamedCausalLM):
    """Log-probability of a word of each segment under a causal language model; 0 at most, higher is better.

    The number is the model's own, not calibrated against people: it compares texts of one language under
    one model (``fluency_language_model`` is on mtqe's scale). It knows nothing of the source, prefers
    frequent words and likes its own kind of text. ``stats`` say how many tokens and windows.
    """

    name: ClassVar[str] = "fluency_causal_lm"
    gives: ClassVar[str] = "causal_lm"
    default: ClassVar[bool] = False

    def score(self, articles: Sequence[Article]) -> list[list[Score]]:
        """One score for each segment of each article."""
        return score_targets(articles, self.kept)

    def pool(self, article: Article, scores: Sequence[Score]) -> Score:
        """Log-probability of a word over the whole article."""
        return pool_log_probs(article.segments, scores, "word")
