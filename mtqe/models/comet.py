"""COMET's models: regression with and without reference, unified (CometKiwi, UniTE), xCOMET.

The same numbers as unbabel-comet 2.2.7 gives (Rei et al., 2020 and 2022; Guerreiro et al., 2024) for input
that fits into the model. Four things differ on purpose. What is longer is read in windows, where the
original drops its end (of a joint input the source). Results are remembered by everything that they depend
on, where the original's cache can take one batch for another. Precision is what the option says, where the
original's command halves it always and its library never. Padding written out in a text (``<pad>``) is
left out for all families.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from math import fsum
from typing import cast

from mtqe.models.comet_families import make_model
from mtqe.models.comet_loading import load_encoder
from mtqe.models.comet_result import Judged, Judgement, Model, Row, Side, Sides
from mtqe.models.comet_separate import SeparateModel
from mtqe.models.comet_text import Tokenizer, Tokens
from mtqe.models.devices import Elsewhere, elsewhere, spread
from mtqe.models.engine import settled
from mtqe.models.running import USUAL, Running
from mtqe.models.windows import Window, windows

__all__ = ["ENGINE", "Comet", "Judgement", "Row", "load_comet"]

# To be raised whenever numbers change.
ENGINE = "comet-2"

# Rows that are remembered: those of a large batch of articles.
_REMEMBERED = 10_000

# One window of a row: where it begins in the target, and its tokens.
_Part = tuple[int, Sides]


@dataclass(frozen=True)
class Comet:
    """A model that judges rows; ``load_comet`` makes one."""

    model: Model
    tokenizer: Tokenizer
    takes_context: bool
    encoder_digest: str
    others: tuple[Elsewhere, ...] = ()
    known: dict[tuple[Row, bool], Judgement] = field(default_factory=dict)

    def why_not(self, given: Sequence[Side]) -> str | None:
        """Why a row with these sides beside the target can't be judged; None if it can."""
        return None if self.model.reads(given) else f"this model needs {self.model.needs()}"

    @property
    def has_spans(self) -> bool:
        """Whether it marks what is wrong in a target."""
        return self.model.has_spans

    def judge(self, rows: Sequence[Row], spans: bool = True) -> list[Judgement]:
        """One judgement for each row, in order; each must have what the model needs.

        The same whatever the batch, but for rounding in the seventh digit. Equal rows, and rows of
        the calls before, are computed once. Without ``spans`` a model that has them as a by-product
        is faster, and may have none.
        """
        spans = spans or self.model.spans_are_free
        found = {row: self.known.get((row, True)) or self.known.get((row, spans)) for row in rows}
        new = [row for row, known in found.items() if known is None]
        made = dict(zip(new, self._spread(new, spans), strict=True))
        if len(self.known) + len(made) > _REMEMBERED:
            self.known.clear()
        self.known.update({(row, spans): judgement for row, judgement in made.items()})
        return [found[row] or made[row] for row in rows]

    def _spread(self, rows: Sequence[Row], spans: bool) -> list[Judgement]:
        """The judgements of rows by all devices; those of one source and reference stay together."""
        judges = [partial(one.judge, spans=spans) for one in self.others]
        here = partial(self._judged, spans=spans)
        return spread(rows, [here, *judges], length=_size, together=lambda row: row[1:3])

    def _judged(self, rows: Sequence[Row], spans: bool) -> Iterator[Judgement]:
        parts = [list(group) for group in self._parts(rows)]
        found = iter(self.model.judge([sides for group in parts for _, sides in group], spans))
        for group in parts:
            yield _together(group, [next(found) for _ in group])

    def _parts(self, rows: Sequence[Row]) -> Iterator[Iterator[_Part]]:
        """The windows of each row: one, where it fits into the model."""
        texts = {text for row in rows for one in (row, *row.context) for text in one[:3] if text is not None}
        ordered = sorted(texts)
        known = dict(zip(ordered, self.tokenizer.read(ordered), strict=True))
        return (self._windows(row, known) for row in rows)

    def _windows(self, row: Row, known: dict[str, Tokens]) -> Iterator[_Part]:
        sides = ("target", *self.model.reads(_given(row)))
        texts = [cast("str", getattr(row, side)) for side in sides]
        tokens = [known[text] for text in texts]
        if self.model.fits([len(one) for one in tokens]):
            yield 0, dict(zip(sides, self._with_context(row, sides, tokens, known), strict=True))
            return
        for window in self._cut(texts, max(map(len, tokens))):
            pieces = self.tokenizer.read([piece.text for piece in window])
            yield window[0].start, dict(zip(sides, pieces, strict=True))

    def _cut(self, texts: Sequence[str], longest: int) -> list[Window]:
        least = -(-longest // self.model.engine.encoder.shape.positions)
        return windows(texts, max(least, 2), self._fit)

    def _fit(self, texts: Sequence[str]) -> bool:
        return self.model.fits([len(tokens) for tokens in self.tokenizer.read(texts)])

    def _with_context(
        self, row: Row, sides: Sequence[Side], tokens: Sequence[Tokens], known: dict[str, Tokens]
    ) -> list[Tokens]:
        """The tokens of a row behind those of the rows before it: as many whole ones as fit."""
        return [
            self._behind([known[text] for before in row.context if (text := getattr(before, side))], own)
            for side, own in zip(sides, tokens, strict=True)
        ]

    def _behind(self, context: Sequence[Tokens], own: Tokens) -> Tokens:
        before: tuple[int, ...] = ()
        for other in reversed(context):
            longer = (*other.ids, self.tokenizer.end, *before) if other.ids else before
            if not self.model.fits([len(longer) + len(own)]):
                break
            before = longer
        return Tokens(own.ids, own.spans, before)


def _size(row: Row) -> int:
    """Characters of all that is read of a row."""
    return sum(len(text) for one in (row, *row.context) for text in one[:3] if text is not None)


def _given(row: Row) -> list[Side]:
    return [side for side in ("source", "reference") if getattr(row, side) is not None]


def _together(parts: Sequence[_Part], found: Sequence[Judged]) -> Judgement:
    """The judgement of a row from those of its windows, by the length of their targets.

    What the target lacks altogether counts by the length of what it should translate.
    """
    weights = [len(sides["target"]) or max(1, *map(len, sides.values())) for _, sides in parts]
    shares = [weight / sum(weights) for weight in weights]
    return Judgement(
        score=fsum(share * one.score for share, one in zip(shares, found, strict=True)),
        parts={
            name: fsum(share * one.parts[name] for share, one in zip(shares, found, strict=True))
            for name in found[0].parts
        },
        spans=tuple(
            span.moved(start) for (start, _), one in zip(parts, found, strict=True) for span in one.spans
        ),
        windows=len(parts),
        tokens=sum(len(tokens) for _, sides in parts for tokens in sides.values()),
    )


@lru_cache(maxsize=2)
def load_comet(name: str, running: Running = USUAL, *, encoder: str | None = None) -> Comet:
    """The model of that name, hub id or path, loaded once.

    ``encoder`` names the folder of the encoder's settings and vocabulary, if the model's own settings
    don't lead there. Raises ``ConfigError`` and ``ModelError``.
    """
    running = settled(running)
    loaded = load_encoder(name, encoder, running)
    model = make_model(loaded)
    takes_context = isinstance(model, SeparateModel) and model.mix.pooling == "avg"
    others = elsewhere(load_comet, running, name=name, encoder=encoder)
    return Comet(model, loaded.tokenizer, takes_context, loaded.checkpoint.encoder_digest, others)
