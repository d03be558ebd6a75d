"""Quality by COMET's models: COMET, CometKiwi, UniTE, xCOMET."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from mtqe.data import Article, Score
from mtqe.errors import ConfigError
from mtqe.models import hub
from mtqe.models.comet_options import CometOptions
from mtqe.models.score_cache import Identity, Texts, remembered
from mtqe.pooling import pool_mean
from mtqe.scorers.base import scorers

if TYPE_CHECKING:
    from mtqe.models.comet import Comet, Row

_NO_RANGE = (None, None)

# How many texts a row has: target, source, reference.
_SIDES = 3


@scorers.register
@dataclass(frozen=True)
class QualityComet(CometOptions):
    """Quality of each segment by a COMET model, in the model's own numbers; higher is better.

    ``model`` is a name of ``mtqe models`` (wmt22-comet-da), of the hub ("owner/name"), or a folder with
    ``hparams.yaml`` and ``checkpoints/model.ckpt``; ``encoder`` names the folder of its encoder's
    ``config.json`` and ``tokenizer.json``, if the model's settings don't lead there. Regression models need a
    reference (wmt22-comet-da) or none (wmt20-comet-qe-da); unified ones (CometKiwi, UniTE, xCOMET) read
    source, reference or both, and no reference with ``reference: false``. An article's score is the
    mean over its words. The range is that of what a model was trained on; a score may lie a little beyond.
    Long segments are read in parallel windows; ``stats`` say how many. ``precision`` bf16 is near fp32 and
    faster; int8 is faster still, and only for a CPU. ``context`` preceding segments are read with each one,
    for regression models; at WMT23 that lowered agreement with people (docs/models.md). ``threads`` is
    0 for one per core. ``devices`` ([cuda:0, cuda:1]) work side by side, each but the first by a process of
    its own. ``cache`` names a file that keeps scores between runs.
    """

    context: int = 0
    cache: Path | None = None

    name: ClassVar[str] = "quality_comet"
    gives: ClassVar[str] = "comet"
    default: ClassVar[bool] = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.context < 0:
            raise ValueError(f"context should be 0 or more segments, and not {self.context}")

    def score(self, articles: Sequence[Article]) -> list[list[Score]]:
        """One score for each segment of each article."""
        if not any(article.segments for article in articles):
            return [[] for _ in articles]
        comet = self._loaded()
        reasons = [[self.why_not(comet, article, s) for s in article.segments] for article in articles]
        rows = [row for a, whys in zip(articles, reasons, strict=True) for row in self._rows(a, whys)]
        texts = [_texts(row) for row in rows]
        found = iter(remembered(self.cache, self._identity(comet), texts, lambda new: _judged(comet, new)))
        return [[self._score(why, found) for why in whys] for whys in reasons]

    def pool(self, article: Article, scores: Sequence[Score]) -> Score:
        """The mean over the article's words."""
        return pool_mean(article.segments, scores)

    def _loaded(self) -> Comet:
        comet = self.load()
        if self.context and not comet.takes_context:
            raise ConfigError(
                f"quality_comet: context is for regression models that average over tokens; "
                f"{hub.shown_name(self.model)} is none, so leave it at 0"
            )
        return comet

    def _rows(self, article: Article, reasons: Sequence[str | None]) -> Iterator[Row]:
        """What is judged of an article, each behind as many of those before it as ``context`` says."""
        before: list[Row] = []
        for segment, why in zip(article.segments, reasons, strict=True):
            if why is None:
                yield self.row(segment, tuple(before[-self.context :]) if self.context else ())
                before.append(self.row(segment))

    def _identity(self, comet: Comet) -> Identity:
        from mtqe.models.comet import ENGINE

        options = {"encoder": comet.encoder_digest}
        return Identity(hub.shown_name(self.model), self.revision, ENGINE, self.precision, options)

    def _score(self, why: str | None, found: Iterator[dict[str, Any]]) -> Score:
        known = hub.find_known(self.model)
        range_ = known.range if known else _NO_RANGE
        if why is not None:
            return Score(None, why, range_)
        judged = next(found)
        components = {name: Score(value, range=range_) for name, value in judged["parts"].items()}
        stats = {"tokens": float(judged["tokens"]), "windows": float(judged["windows"])}
        return Score(judged["score"], range=range_, components=components, stats=stats)


def _texts(row: Row) -> Texts:
    """All that a row's score depends on: its own texts, then those of its context."""
    rows = (row, *row.context)
    return tuple(text for one in rows for text in (one.target, one.source, one.reference))


def _row(texts: Texts) -> Row:
    from mtqe.models.comet import Row

    own, *context = (texts[at : at + _SIDES] for at in range(0, len(texts), _SIDES))
    return Row(str(own[0]), own[1], own[2], tuple(Row(str(t), s, r) for t, s, r in context))


def _judged(comet: Comet, texts: Sequence[Texts]) -> list[dict[str, Any]]:
    """Judgements as JSON can hold them."""
    return [
        {"score": one.score, "parts": dict(one.parts), "tokens": one.tokens, "windows": one.windows}
        for one in comet.judge([_row(row) for row in texts], spans=False)
    ]
