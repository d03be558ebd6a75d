"""Fluency by any masked language model of the transformers library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from mtqe.data import Article, Score
from mtqe.models import hub
from mtqe.models.log_probs import pool_log_probs, score_targets
from mtqe.models.masked_lm import ENGINE, Masking, load_masked_lm
from mtqe.models.named_model import NamedModel
from mtqe.models.score_cache import Identity, Texts, remembered
from mtqe.models.transformer import Precision, engine
from mtqe.scorers.base import scorers

_OPTIONS = ("device", "precision", "window", "masking")


@scorers.register
@dataclass(frozen=True)
class FluencyMaskedLM(NamedModel):
    """Pseudo-log-likelihood of a word of each segment under a masked language model; higher is better.

    0 at most. Each token's log-probability given all the others (Salazar et al., 2020); within a word
    those behind it are hidden too (Kauf and Ivanova, 2023), or not with ``masking: token``. ``model`` is
    a name of ``mtqe models``, of the hub ("owner/name"), or a folder. The number is the model's own,
    not calibrated against people: it compares texts of one language under one model. It costs a run
    of the model for every token. Long segments are read in overlapping windows of ``window`` tokens
    (what the model takes, 512 at most); ``stats`` say how many tokens and windows. ``cache`` names a
    file that keeps scores between runs.
    """

    device: str = "auto"
    precision: Precision = "fp32"
    window: int | None = None
    masking: Masking = "word_l2r"
    cache: Path | None = None

    name: ClassVar[str] = "fluency_masked_lm"
    gives: ClassVar[str] = "masked_lm"
    default: ClassVar[bool] = False

    def score(self, articles: Sequence[Article]) -> list[list[Score]]:
        """One score for each segment of each article."""
        judge = partial(remembered, self.cache, self._identity(), compute=self._judged)
        return score_targets(articles, judge)

    def pool(self, article: Article, scores: Sequence[Score]) -> Score:
        """Pseudo-log-likelihood of a word over the whole article."""
        return pool_log_probs(article.segments, scores, "word")

    def _identity(self) -> Identity:
        options = {"window": str(self.window), "masking": self.masking}
        return Identity(hub.shown_name(self.model), self.revision, engine(ENGINE), self.precision, options)

    def _judged(self, texts: Sequence[Texts]) -> list[list[float]]:
        options: dict[str, Any] = {name: getattr(self, name) for name in _OPTIONS}
        model = load_masked_lm(self.model, **options)
        return [found.as_list() for found in model.judge([text or "" for (text,) in texts])]
