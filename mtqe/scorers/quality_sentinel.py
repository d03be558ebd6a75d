"""Sentinel metrics: what can be told of a translation by one side alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from mtqe.data import Article, Score, Segment
from mtqe.errors import ConfigError
from mtqe.models import hub
from mtqe.models.named_model import EngineOptions
from mtqe.models.row_scores import RowScores, missing
from mtqe.models.score_cache import Identity, Texts, remembered
from mtqe.pooling import pool_mean
from mtqe.scorers.base import scorers


@scorers.register
@dataclass(frozen=True)
class QualitySentinel(EngineOptions):
    """Score of one side of each segment by a sentinel metric, a z-score; higher is better.

    ``model`` is a name of ``mtqe models`` (sentinel-cand-mqm), of the hub ("owner/name"), or a folder;
    its settings say whether it reads the target, the source or the reference. It is no judgement of a
    translation: a metric, or a ranking of systems, that agrees with it much goes by how a text reads or
    how hard a source is. An article's score is the mean over its words. ``encoder`` names the
    folder of the encoder's settings and vocabulary, if the model's own settings don't lead there. Long
    segments are read in windows; ``stats`` say how many. ``threads`` is 0 for one per core. ``devices``
    ([cuda:0, cuda:1]) work side by side, each but the first by a process of its own. ``cache`` names a file
    that keeps scores between runs.
    """

    encoder: str | None = None
    cache: Path | None = None

    name: ClassVar[str] = "quality_sentinel"
    gives: ClassVar[str] = "sentinel"
    default: ClassVar[bool] = False

    def score(self, articles: Sequence[Article]) -> list[list[Score]]:
        """One score for each segment of each article."""
        side = self._model().side
        scores = RowScores(
            lambda article, segment: _why_not(article, segment, side),
            lambda segment: (getattr(segment, side),),
            self._known,
            Score(None, range=(None, None)),
        )
        return scores.of(articles)

    def pool(self, article: Article, scores: Sequence[Score]) -> Score:
        """The mean over the article's words."""
        return pool_mean(article.segments, scores)

    def _identity(self) -> Identity:
        options = {"encoder": self._model().encoder_digest}
        return Identity(hub.shown_name(self.model), self.revision, _models().ENGINE, self.precision, options)

    def _known(self, texts: Sequence[Texts]) -> list[list[float]]:
        return remembered(self.cache, self._identity(), texts, self._judged)

    def _judged(self, texts: Sequence[Texts]) -> list[list[float]]:
        """For each text the score, how many tokens were read, in how many windows."""
        return [list(found) for found in self._model().judge([text for (text,) in texts])]

    def _model(self) -> Any:
        return _models().load_sentinel(self.model, self.running, encoder=self.encoder)


def _models() -> Any:
    try:
        from mtqe.models import sentinel
    except ImportError as error:
        raise ConfigError(
            "quality_sentinel needs torch and tokenizers: pip install 'mtqe[models]'"
        ) from error
    return sentinel


def _why_not(article: Article, segment: Segment, side: Any) -> str | None:
    if segment.excluded or getattr(segment, side) is not None:
        return segment.excluded
    return missing(article, side)
