"""Quality by MetricX-23 and MetricX-24."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

from mtqe.data import Article, Score, Segment
from mtqe.errors import ConfigError
from mtqe.models import hub
from mtqe.models.metricx_files import Version, version_of, vocabulary_digest
from mtqe.models.named_model import EngineOptions
from mtqe.models.row_scores import RowScores, missing
from mtqe.models.score_cache import Identity, Texts, remembered
from mtqe.pooling import pool_mean
from mtqe.scorers.base import scorers
from mtqe.sides import has_side

_BLANK = Score(None, range=(0.0, 25.0), higher_is_better=False)
_LEFT_OUT = "references are left out by an option"


@scorers.register
@dataclass(frozen=True)
class QualityMetricx(EngineOptions):
    """Points of MQM that each segment would lose, by a MetricX model; 0 to 25, lower is better.

    ``model`` is a name of ``mtqe models`` (metricx-24-hybrid-large), of the hub ("owner/name"), or a
    folder, whose ``version`` ("24", "23", "23-qe") must then be given if its name does not say it.
    MetricX-24 reads source, target and reference, or what there is of them, and no reference with
    ``reference: false``; MetricX-23 reads target and reference, MetricX-23-QE target and source. The
    numbers are the model's own, and an article's is their mean over its words. ``vocabulary`` names the
    folder of mT5's ``spiece.model``, if that is neither in the model's folder nor in the hub's cache.
    Long segments are read in parallel windows; ``stats`` say how many. ``precision`` bf16 is near fp32
    and several times as fast; int8 is faster still, and only for a CPU. ``threads`` is 0 for one per
    core. ``devices`` ([cuda:0, cuda:1]) work side by side, each but the first by a process of its own.
    ``cache`` names a file that keeps scores between runs.
    """

    version: Version | None = None
    reference: bool = True
    vocabulary: str | None = None
    cache: Path | None = None

    name: ClassVar[str] = "quality_metricx"
    gives: ClassVar[str] = "metricx"
    default: ClassVar[bool] = False

    def score(self, articles: Sequence[Article]) -> list[list[Score]]:
        """One score for each segment of each article."""
        scores = RowScores(self._why_not, self._row, self._known, _BLANK)
        return scores.of(articles)

    def pool(self, article: Article, scores: Sequence[Score]) -> Score:
        """The mean over the article's words."""
        return pool_mean(article.segments, scores)

    def _row(self, segment: Segment) -> Texts:
        """Target, source and reference; None for what the model does not read."""
        source = segment.source if self._version != "23" else None
        reference = segment.reference if self._version != "23-qe" and self.reference else None
        return segment.target, source, reference

    def _why_not(self, article: Article, segment: Segment) -> str | None:
        if segment.excluded:
            return segment.excluded
        _, source, reference = self._row(segment)
        if source is not None or reference is not None:
            return None
        wanted = self._wanted(article)
        return _LEFT_OUT if wanted == "reference" and not self.reference else missing(article, wanted)

    def _wanted(self, article: Article) -> Literal["source", "reference"]:
        """The side that a segment without a score lacks."""
        only_reference = has_side(article, "reference") and not has_side(article, "source")
        return (
            "reference" if self._version == "23" or (self._version == "24" and only_reference) else "source"
        )

    @property
    def _version(self) -> Version:
        return self.version or version_of(self.model)

    def _identity(self) -> Identity:
        vocabulary = vocabulary_digest(self.model, self.vocabulary)
        options = {"version": self._version, "vocabulary": vocabulary}
        return Identity(hub.shown_name(self.model), self.revision, _models().ENGINE, self.precision, options)

    def _known(self, rows: Sequence[Texts]) -> list[list[float]]:
        return remembered(self.cache, self._identity(), rows, self._judged)

    def _judged(self, rows: Sequence[Texts]) -> list[list[float]]:
        """For each row the points, how many pieces were read, in how many windows."""
        model = _models().load_metricx(
            self.model, self.running, version=self.version, vocabulary=self.vocabulary
        )
        return [list(found) for found in model.judge([_models().Row(*row) for row in rows])]


def _models() -> Any:
    try:
        from mtqe.models import metricx
    except ImportError as error:
        raise ConfigError("quality_metricx needs torch: pip install 'mtqe[torch]'") from error
    return metricx
