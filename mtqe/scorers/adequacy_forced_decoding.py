"""Adequacy by a translation model that is forced to write the translation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

from mtqe.data import Article, Score, Segment
from mtqe.models import hub
from mtqe.models.log_probs import LogProb, per_token, pool_log_probs
from mtqe.models.named_model import NamedModel
from mtqe.models.score_cache import Identity, Texts, remembered
from mtqe.models.transformer import Precision, engine
from mtqe.models.translation_lm import ENGINE, Translation, TranslationLM, load_translation_lm
from mtqe.scorers.base import scorers
from mtqe.sides import has_side

_UNKNOWN = "und"


@scorers.register
@dataclass(frozen=True)
class AdequacyForcedDecoding(NamedModel):
    """Log-probability of a token of each segment given its source, under a translation model; 0 at most.

    Higher is better. ``model`` is a name of ``mtqe models`` (nllb-200-distilled-600m, m2m100-418m), of the
    hub ("owner/name"), or a folder, of an encoder-decoder translation model (as in Prism; Thompson and
    Post, 2020). With ``back`` the source given the target counts as much. The number is the model's
    own, not calibrated against people: it compares translations of one pair of languages under one
    model, and such a model likes its own mistakes. Null for languages that the model does not know. Long
    segments are read in windows of ``window`` tokens, both sides in parallel; ``stats`` say how many.
    ``cache`` names a file that keeps scores between runs.
    """

    device: str = "auto"
    precision: Precision = "fp32"
    window: int | None = None
    back: bool = False
    cache: Path | None = None

    name: ClassVar[str] = "adequacy_forced_decoding"
    gives: ClassVar[str] = "forced_decoding"
    default: ClassVar[bool] = False

    def score(self, articles: Sequence[Article]) -> list[list[Score]]:
        """One score for each segment of each article."""
        reasons = [[self._why_not(article, segment) for segment in article.segments] for article in articles]
        asked = [
            texts
            for article, why in zip(articles, reasons, strict=True)
            for segment, reason in zip(article.segments, why, strict=True)
            if reason is None
            for texts in self._texts(article, segment)
        ]
        judge = partial(remembered, self.cache, self._identity(), compute=self._judged)
        found = map(LogProb.of, judge(asked) if asked else ())
        return [[self._score(found) if r is None else Score(None, r) for r in why] for why in reasons]

    def pool(self, article: Article, scores: Sequence[Score]) -> Score:
        """Log-probability of a token over the whole article."""
        pooled = pool_log_probs(article.segments, scores, "token")
        backward = [score.components["backward"] for score in scores if score.value is not None and self.back]
        if not backward:
            return pooled
        segments = [s for s, score in zip(article.segments, scores, strict=True) if score.value is not None]
        return _mean(pooled, pool_log_probs(segments, backward, "token"))

    def _score(self, found: Iterator[LogProb]) -> Score:
        forward = per_token(next(found))
        return _mean(forward, per_token(next(found))) if self.back else forward

    def _texts(self, article: Article, segment: Segment) -> list[Texts]:
        source, target = _languages(article)
        forward: Texts = (segment.source, segment.target, source, target)
        backward: Texts = (segment.target, segment.source, target, source)
        return [forward, backward] if self.back else [forward]

    def _identity(self) -> Identity:
        options = {"window": str(self.window)}
        return Identity(hub.shown_name(self.model), self.revision, engine(ENGINE), self.precision, options)

    def _judged(self, texts: Sequence[Texts]) -> list[list[float]]:
        asked = [Translation(*(text or "" for text in one)) for one in texts]
        return [found.as_list() for found in self._loaded().judge(asked)]

    def _loaded(self) -> TranslationLM:
        return load_translation_lm(
            self.model, device=self.device, precision=self.precision, window=self.window
        )

    def _why_not(self, article: Article, segment: Segment) -> str | None:
        if segment.excluded:
            return segment.excluded
        if segment.source is None:
            return "no counterpart in the source" if has_side(article, "source") else "no source given"
        if not any(map(str.isalnum, segment.source)) or not any(map(str.isalnum, segment.target)):
            return "no words in it"
        return self._loaded().why_not(*_languages(article))


def _languages(article: Article) -> tuple[str, str]:
    return article.source_lang or _UNKNOWN, article.target_lang or _UNKNOWN


def _mean(forward: Score, backward: Score) -> Score:
    """The mean of both directions, which stand beside it; its ``stats`` are the forward one's."""
    if forward.value is None or backward.value is None:
        return forward
    return Score(
        (forward.value + backward.value) / 2,
        forward.note,
        forward.range,
        components={"forward": forward, "backward": backward},
        stats=forward.stats,
    )
