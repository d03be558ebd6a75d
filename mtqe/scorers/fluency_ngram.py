"""Fluency by the language models that ship with the package, n-grams first of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from mtqe.data import Article, Score
from mtqe.models.fluency import load_fluency, weights_revision
from mtqe.models.fluency_scores import article_scores
from mtqe.pooling import pool
from mtqe.scorers.base import scorers


@scorers.register
@dataclass(frozen=True)
class FluencyNgram:
    """Fluency of each segment from the target alone, 0 to 100, higher is better.

    A word trigram model (of characters for Chinese) says how expected each word is; hinges
    fitted to MQM judgements of WMT20 and WMT21 turn that into fluency points per 100 words. It
    sees word order, doubled and foreign words, and not meaning: modern systems' fluent
    mistakes escape it. In German, style and the quality network are heard as well; in English, how
    probably a machine translated the whole article. A small letter at a sentence's beginning is
    counted as one minor error. Null for languages without a model (see ``mtqe/models/weights``).
    """

    name: ClassVar[str] = "fluency_ngram"
    gives: ClassVar[str] = "fluency"
    default: ClassVar[bool] = True
    whole_article: ClassVar[bool] = True  # for its style; and a sample's error takes as long

    @property
    def revision(self) -> str:
        """A digest of the weight files."""
        return weights_revision()

    def score(self, articles: Sequence[Article]) -> list[list[Score]]:
        """One score for each segment of each article."""
        return [article_scores(article, load_fluency) for article in articles]

    def pool(self, article: Article, scores: Sequence[Score]) -> Score:
        """Points per 100 words over the whole article, as a score."""
        return pool(article.segments, scores)
