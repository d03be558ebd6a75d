"""Fluency by a causal language model that the user names, and the models that ship with the package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from mtqe.data import Article, Score
from mtqe.models import hub
from mtqe.models.fluency import FluencyModel, hearing_revision, load_hearing
from mtqe.models.fluency_scores import article_scores
from mtqe.models.named_causal_lm import NamedCausalLM
from mtqe.pooling import pool
from mtqe.scorers.base import scorers

# Why there is no score in languages in which nobody measured what a language model's numbers mean.
_LACKING = "no meaning of a language model's numbers (fluency_ngram may have a model)"


@scorers.register
@dataclass(frozen=True)
class FluencyLanguageModel(NamedCausalLM):
    """Fluency of each English segment from the target alone, 0 to 100, higher is better.

    Takes the place of ``fluency_ngram``: what a causal language model makes of a character on average is
    heard with n-grams and style, and hinges fitted to MQM judgements of WMT21 turn that into points per
    100 words. It puts two translations of one source in order far more often
    (benchmarks/real_language_model.py). The hinges were fitted with SmolLM2-135M-Instruct: a larger model
    finds all texts more probable, so that scores are higher. Null for other languages.
    """

    name: ClassVar[str] = "fluency_language_model"
    gives: ClassVar[str] = "fluency"
    default: ClassVar[bool] = False
    whole_article: ClassVar[bool] = True  # for its style

    @property
    def revision(self) -> str:
        """A digest of the language model's files, and of the weights that it is heard with."""
        return f"{hub.revision(self.model)}-{hearing_revision()}"

    def score(self, articles: Sequence[Article]) -> list[list[Score]]:
        """One score for each segment of each article."""
        return [article_scores(article, self._load, _LACKING) for article in articles]

    def pool(self, article: Article, scores: Sequence[Score]) -> Score:
        """Points per 100 words over the whole article, as a score."""
        return pool(article.segments, scores)

    def _load(self, language: str) -> FluencyModel | None:
        return load_hearing(language, self._totals)

    def _totals(self, texts: Sequence[str]) -> list[float]:
        return [found.total for found in self.log_probs(texts)]
