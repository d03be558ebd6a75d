"""COMET's unified models and xCOMET: the target and its counterparts are read as one input."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import linear

from mtqe.data import Severity
from mtqe.models.comet_engine import Engine, Input
from mtqe.models.comet_heads import Estimator, LayerMix
from mtqe.models.comet_result import Judged, Side, Sides
from mtqe.models.comet_spans import decode, mqm_score
from mtqe.models.comet_text import Tokenizer
from mtqe.models.packed_layout import Layout

# What the probabilities of a token count that come of the inputs with source, reference, and both.
_TAG_WEIGHTS = (0.1667, 0.3333, 0.5)

# What xCOMET's score is made of: the scores of those inputs, and the score by the spans.
_SCORE_WEIGHTS = (0.12, 0.33, 0.33)
_SPAN_WEIGHT = 0.22

_PARTS = ("by_source", "by_reference", "by_both")


class Tags(NamedTuple):
    """What makes label probabilities of a layer's states; label 0 is no error."""

    weight: Tensor
    bias: Tensor
    layer: int
    labels: tuple[Severity, ...]

    def probabilities(self, states: Tensor) -> Tensor:
        """A row for each row, a column for each label."""
        return torch.softmax(linear(states, self.weight, self.bias), 1)


class _Found(NamedTuple):
    """What one input gives: a score, and label probabilities of the target's tokens if asked for."""

    score: float
    tags: Tensor


@dataclass(frozen=True)
class JointModel:
    """Reads a target with its source, its reference, or each and both, as far as trained for (``sides``).

    Spans are found where there are ``tags``; ``scored_spans`` says that they are part of the score.
    """

    engine: Engine
    tokenizer: Tokenizer
    mix: LayerMix
    estimator: Estimator
    sides: tuple[Side, ...]
    tags: Tags | None = None
    scored_spans: bool = False

    def reads(self, given: Iterable[Side]) -> tuple[Side, ...]:
        """Those of the given sides that it was trained for."""
        return tuple(side for side in self.sides if side in set(given))

    def needs(self) -> str:
        """What it needs beside a target, in words."""
        return " or ".join(f"a {side}" for side in self.sides)

    def fits(self, lengths: Sequence[int]) -> bool:
        """Whether all texts are read whole, each by the original's limit and all of them together."""
        places = self.engine.encoder.shape.positions
        return max(lengths) + 2 <= places - 2 and sum(lengths) + 2 * len(lengths) <= places

    def judge(self, rows: Sequence[Sides]) -> list[Judged]:
        """One result for each row."""
        inputs = [self._inputs(row) for row in rows]
        found = iter(self.engine.map(self._read, [item for group in inputs for item in group]))
        groups = ([next(found) for _ in group] for group in inputs)
        return [self._judged(row, group) for row, group in zip(rows, groups, strict=True)]

    def _inputs(self, row: Sides) -> list[Input]:
        target = row["target"]
        others = [row[side] for side in self.reads(row)]
        groups = [[other] for other in others] + ([others] if len(others) > 1 else [])
        tagged = len(target) + 2 if self.tags is not None else 0
        return [Input(self.tokenizer.joined(target, *group), tagged) for group in groups]

    def _read(self, batch: Sequence[Input]) -> list[_Found]:
        last = max(self.mix.last, self.tags.layer if self.tags else 0)
        whole = self.mix.normed and self.mix.last == last
        kept = None if whole else [max(item.first, 1) for item in batch]
        parts: list[Tensor] = []
        tags: Sequence[Tensor] = [torch.empty(0)] * len(batch)
        states = self.engine.encoder.states([item.ids for item in batch], last, kept)
        for number, (rows, layout) in enumerate(states):
            part = self.mix.part(number, rows, layout, ())
            parts += [] if part is None else [part]
            if self.tags is not None and number == self.tags.layer:
                tags = _tagged(self.tags, rows, layout, [item.first for item in batch])
        scores = self.estimator(self.mix.pooled(parts, layout))
        return [_Found(score, row) for score, row in zip(scores.tolist(), tags, strict=True)]

    def _judged(self, row: Sides, found: Sequence[_Found]) -> Judged:
        scores = [one.score for one in found]
        names = _PARTS if len(found) > 1 else [f"by_{self.reads(row)[0]}"]
        parts = dict(zip(names, scores, strict=True))
        if self.tags is None:
            return Judged(sum(scores) / len(scores), parts if len(found) > 1 else {})
        weights = _TAG_WEIGHTS if len(found) > 1 else (1.0,)
        tags = sum((one.tags * weight for one, weight in zip(found, weights, strict=True)), torch.tensor(0.0))
        places = [(0, 0), *row["target"].spans, (0, 0)]
        spans = tuple(decode(tags, places, self.tags.labels))
        if not self.scored_spans:
            return Judged(sum(scores) / len(scores), parts if len(found) > 1 else {}, spans)
        by_spans = mqm_score(spans)
        capped = [min(score, 1.0) for score in scores]
        shares = _SCORE_WEIGHTS if len(found) > 1 else (sum(_SCORE_WEIGHTS),)
        score = sum(share * value for share, value in zip(shares, capped, strict=True))
        return Judged(score + _SPAN_WEIGHT * by_spans, {**parts, "by_spans": by_spans}, spans)


def _tagged(tags: Tags, states: Tensor, layout: Layout, rows: Sequence[int]) -> Sequence[Tensor]:
    """Label probabilities of so many first rows of each sequence."""
    starts = layout.firsts.tolist()
    places = [torch.arange(start, start + number) for start, number in zip(starts, rows, strict=True)]
    found = tags.probabilities(states[torch.cat(places).to(states.device)]).cpu()
    return torch.split(found, list(rows))
