"""COMET's regression models: each text becomes a vector by itself, and vectors are compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from mtqe.models.comet_heads import Estimator, LayerMix
from mtqe.models.comet_result import Judged, Side, Sides
from mtqe.models.comet_text import Tokenizer, Tokens
from mtqe.models.engine import Engine, Input

# Vectors that are remembered: 100 MB of a large encoder, the sentences of some hundred articles.
_REMEMBERED = 25_000


@dataclass(frozen=True)
class SeparateModel:
    """Reads target, source and, ``with_reference``, the reference; equal texts once, whoever's they are.

    Vectors are remembered under all tokens of their text, so that many systems can share a source
    and a reference.
    """

    engine: Engine
    tokenizer: Tokenizer
    mix: LayerMix
    estimator: Estimator
    with_reference: bool
    known: dict[Input, Tensor] = field(default_factory=dict)

    def reads(self, given: Iterable[Side]) -> tuple[Side, ...]:
        """Source and reference, or the source alone."""
        return self._sides if set(self._sides) <= set(given) else ()

    def needs(self) -> str:
        """What it needs beside a target, in words."""
        return " and ".join(f"a {side}" for side in self._sides)

    @property
    def _sides(self) -> tuple[Side, ...]:
        return ("source", "reference") if self.with_reference else ("source",)

    def fits(self, lengths: Sequence[int]) -> bool:
        """Whether each text is read whole; the original cuts it two tokens before the last place."""
        return max(lengths) + 2 <= self.engine.encoder.shape.positions - 2

    @property
    def has_spans(self) -> bool:
        """It has none."""
        return False

    @property
    def spans_are_free(self) -> bool:
        """None cost nothing."""
        return True

    def judge(self, rows: Sequence[Sides], spans: bool = False) -> list[Judged]:
        """A score for each row; there are no spans."""
        if not rows:
            return []
        columns = [[self._input(row[side]) for row in rows] for side in ("target", *self._sides)]
        vectors = self._vectors(dict.fromkeys(item for column in columns for item in column))
        target, source, *reference = (torch.stack([vectors[item] for item in column]) for column in columns)
        with torch.inference_mode():
            found = self.estimator(torch.cat(_features(target, source, *reference), 1))
        return [Judged(score) for score in found.tolist()]

    def _input(self, tokens: Tokens) -> Input:
        return Input(self.tokenizer.joined(tokens), len(tokens.before))

    def _vectors(self, items: Iterable[Input]) -> dict[Input, Tensor]:
        found = {item: self.known.get(item) for item in items}
        new = [item for item, vector in found.items() if vector is None]
        made = dict(zip(new, self.engine.map(self._read, new), strict=True))
        self._remember(made)
        return {item: made[item] if vector is None else vector for item, vector in found.items()}

    def _remember(self, made: dict[Input, Tensor]) -> None:
        if len(self.known) + len(made) > _REMEMBERED:
            self.known.clear()
        self.known.update(made)

    def _read(self, batch: Sequence[Input]) -> list[Tensor]:
        kept = [1] * len(batch) if self.mix.first_rows_only else None
        skipped = [item.first for item in batch]
        states = self.engine.encoder.states([item.ids for item in batch], self.mix.last, kept)
        parts = []
        for number, (rows, layout) in enumerate(states):
            part = self.mix.part(number, rows, layout, skipped)
            parts += [] if part is None else [(part, layout)]
        return list(self.mix.pooled([part for part, _ in parts], parts[-1][1]))


def _features(target: Tensor, source: Tensor, reference: Tensor | None = None) -> tuple[Tensor, ...]:
    """What an estimator compares, in the order of its weights."""
    by_source = (target * source, (target - source).abs())
    if reference is None:
        return target, source, *by_source
    return target, reference, target * reference, (target - reference).abs(), *by_source
