"""COMET's unified models and xCOMET: the target and its counterparts are read as one input."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import linear

from mtqe.data import Severity
from mtqe.models.comet_heads import Estimator, LayerMix
from mtqe.models.comet_result import Judged, Side, Sides
from mtqe.models.comet_spans import ErrorSpan, decode, mqm_score
from mtqe.models.comet_text import Tokenizer
from mtqe.models.engine import Engine, Input
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

    @property
    def has_spans(self) -> bool:
        """Whether it was trained to mark words."""
        return self.tags is not None

    @property
    def spans_are_free(self) -> bool:
        """Where there are none, or its score needs them."""
        return self.tags is None or self.scored_spans

    def judge(self, rows: Sequence[Sides], spans: bool = True) -> list[Judged]:
        """One result for each row, with spans if they are wanted or part of the score."""
        tagged = self.has_spans and (spans or self.spans_are_free)
        inputs = [self._inputs(row, tagged) for row in rows]
        found = iter(self.engine.map(self._read, [item for group in inputs for item in group]))
        groups = ([next(found) for _ in group] for group in inputs)
        return [self._judged(row, group, tagged) for row, group in zip(rows, groups, strict=True)]

    def _inputs(self, row: Sides, tagged: bool) -> list[Input]:
        target = row["target"]
        others = [row[side] for side in self.reads(row)]
        groups = [[other] for other in others] + ([others] if len(others) > 1 else [])
        first = len(target) + 2 if tagged else 0
        return [Input(self.tokenizer.joined(target, *group), first) for group in groups]

    def _read(self, batch: Sequence[Input]) -> list[_Found]:
        wanted = self.tags if any(item.first for item in batch) else None
        last = max(self.mix.last, wanted.layer if wanted else 0)
        whole = self.mix.normed and self.mix.last == last
        kept = None if whole else [max(item.first, 1) for item in batch]
        parts: list[Tensor] = []
        tags: Sequence[Tensor] = [torch.empty(0)] * len(batch)
        states = self.engine.encoder.states([item.ids for item in batch], last, kept)
        for number, (rows, layout) in enumerate(states):
            part = self.mix.part(number, rows, layout, ())
            parts += [] if part is None else [part]
            if wanted is not None and number == wanted.layer:
                tags = _tagged(wanted, rows, layout, [item.first for item in batch])
        scores = self.estimator(self.mix.pooled(parts, layout))
        return [_Found(score, row) for score, row in zip(scores.tolist(), tags, strict=True)]

    def _judged(self, row: Sides, found: Sequence[_Found], tagged: bool) -> Judged:
        scores = [one.score for one in found]
        names = _PARTS if len(found) > 1 else [f"by_{self.reads(row)[0]}"]
        parts = dict(zip(names, scores, strict=True))
        spans = self._spans(row, found) if tagged else ()
        if not self.scored_spans:
            return Judged(sum(scores) / len(scores), parts if len(found) > 1 else {}, spans)
        by_spans = mqm_score(spans)
        shares = _SCORE_WEIGHTS if len(found) > 1 else (sum(_SCORE_WEIGHTS),)
        score = sum(share * min(value, 1.0) for share, value in zip(shares, scores, strict=True))
        return Judged(score + _SPAN_WEIGHT * by_spans, {**parts, "by_spans": by_spans}, spans)

    def _spans(self, row: Sides, found: Sequence[_Found]) -> tuple[ErrorSpan, ...]:
        if self.tags is None:
            return ()
        weights = _TAG_WEIGHTS if len(found) > 1 else (1.0,)
        weighted = [one.tags * weight for one, weight in zip(found, weights, strict=True)]
        places = [(0, 0), *row["target"].spans, (0, 0)]
        return tuple(decode(torch.stack(weighted).sum(0), places, self.tags.labels))


def _tagged(tags: Tags, states: Tensor, layout: Layout, rows: Sequence[int]) -> Sequence[Tensor]:
    """Label probabilities of so many first rows of each sequence."""
    starts = layout.firsts.tolist()
    places = [torch.arange(start, start + number) for start, number in zip(starts, rows, strict=True)]
    found = tags.probabilities(states[torch.cat(places).to(states.device)]).cpu()
    return torch.split(found, list(rows))
