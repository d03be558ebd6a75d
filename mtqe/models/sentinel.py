"""Sentinel metrics: a score of one text alone, the target's, the source's or the reference's.

Made to find what other metrics learn beside translation quality (Perrella et al., 2024): a metric that
agrees much with them looks at little else than one side. The same numbers as SapienzaNLP/guardians-mt-eval
gives for a text that fits into the model, which is an XLM-R with a small network on its first token.
What is longer is read in windows, where the original drops its end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import fsum
from typing import Any, Literal, NamedTuple

from mtqe.errors import ModelError
from mtqe.models.comet_heads import Estimator, read_estimator
from mtqe.models.comet_loading import load_encoder
from mtqe.models.comet_text import Tokenizer, Tokens
from mtqe.models.devices import Elsewhere, elsewhere, spread
from mtqe.models.engine import Engine, Input, settled
from mtqe.models.running import USUAL, Running
from mtqe.models.windows import windows

# To be raised whenever numbers change.
ENGINE = "sentinel-2"

Side = Literal["target", "source", "reference"]

# What sides are called in a model's settings.
_SIDES: dict[str, Side] = {"mt": "target", "src": "source", "ref": "reference"}

_FAMILY = "sentinel_regression_metric"
_DEFAULTS: dict[str, dict[str, Any]] = {_FAMILY: {"hidden_sizes": [512, 128], "sent_to_use": "mt"}}

# The tokens that begin and end an input.
_MARKS = 2


class Judgement(NamedTuple):
    """A z-score, higher is better; how many tokens were read, in how many windows."""

    score: float
    tokens: int
    windows: int


@dataclass(frozen=True)
class Sentinel:
    """A model that judges texts of one side; ``load_sentinel`` makes one."""

    engine: Engine
    tokenizer: Tokenizer
    estimator: Estimator
    side: Side
    encoder_digest: str
    others: tuple[Elsewhere, ...] = ()

    def judge(self, texts: Sequence[str]) -> list[Judgement]:
        """One judgement for each text, in order; the same whatever the batch.

        The score of a text that is longer than the model reads is the mean of its windows' scores by their
        length.
        """
        return spread(texts, [self._judged, *(one.judge for one in self.others)], length=len)

    def _judged(self, texts: Sequence[str]) -> list[Judgement]:
        parts = [self._windows(text) for text in texts]
        inputs = [Input(self.tokenizer.joined(tokens)) for row in parts for tokens in row]
        found = iter(self.engine.map(self._read, inputs))
        return [_together(row, [next(found) for _ in row]) for row in parts]

    def _windows(self, text: str) -> list[Tokens]:
        (whole,) = self.tokenizer.read([text])
        if self._fits(len(whole)):
            return [whole]
        least = -(-len(whole) // (self.engine.encoder.shape.positions - _MARKS))
        cut = windows([text], least, lambda some: self._fits(len(self.tokenizer.read(some)[0])))
        return self.tokenizer.read([piece.text for (piece,) in cut])

    def _fits(self, tokens: int) -> bool:
        return tokens + _MARKS <= self.engine.encoder.shape.positions

    def _read(self, batch: Sequence[Input]) -> list[float]:
        encoder = self.engine.encoder
        *_, (states, layout) = encoder.states(
            [item.ids for item in batch], encoder.shape.layers, [1] * len(batch)
        )
        found: list[float] = self.estimator(states[layout.firsts]).tolist()
        return found


def _together(parts: Sequence[Tokens], scores: Sequence[float]) -> Judgement:
    sizes = [max(len(tokens), 1) for tokens in parts]
    score = fsum(size * score for size, score in zip(sizes, scores, strict=True)) / sum(sizes)
    return Judgement(score, sum(map(len, parts)), len(parts))


@lru_cache(maxsize=2)
def load_sentinel(name: str, running: Running = USUAL, *, encoder: str | None = None) -> Sentinel:
    """The model of that name, hub id or path, loaded once.

    ``encoder`` names the folder of the encoder's settings and vocabulary, if the model's own settings
    don't lead there. Raises ``ConfigError`` and ``ModelError``.
    """
    running = settled(running)
    loaded = load_encoder(name, encoder, running, _DEFAULTS)
    hparams = loaded.checkpoint.hparams
    return Sentinel(
        loaded.engine,
        loaded.tokenizer,
        read_estimator(hparams, loaded.weights),
        _side(str(hparams["sent_to_use"]), name),
        loaded.checkpoint.encoder_digest,
        elsewhere(load_sentinel, running, name=name, encoder=encoder),
    )


def _side(setting: str, name: str) -> Side:
    if setting not in _SIDES:
        raise ModelError(f"{name}: reads {setting!r}, which is none of {', '.join(_SIDES)}")
    return _SIDES[setting]
