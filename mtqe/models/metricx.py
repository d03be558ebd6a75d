"""MetricX-23 and MetricX-24: how many points of MQM a translation would lose, by an mT5.

The same numbers as google-research/metricx gives (Juraska et al., 2023 and 2024) for input that fits
into the model. Three things differ on purpose. What is longer is read in windows, where the
original drops its end, which is the translation of MetricX-23's reference or half of MetricX-24's.
Characters that the vocabulary lacks are read as their bytes, as in training, where transformers
4.30, which the original pins, reads all of them as the same unknown piece. ``</s>`` and ``<pad>``
written out in a text are text, not the end of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import fsum
from typing import Any, NamedTuple

from mtqe.errors import ModelError
from mtqe.models import hub
from mtqe.models.devices import Elsewhere, elsewhere, spread
from mtqe.models.engine import Input, map_inputs, pick_place, settled
from mtqe.models.metricx_files import Version, read_pieces, version_of
from mtqe.models.running import USUAL, Running
from mtqe.models.t5 import T5Regression
from mtqe.models.t5_weights import load_t5
from mtqe.models.windows import windows

# To be raised whenever numbers change.
ENGINE = "metricx-2"

RANGE = (0.0, 25.0)

# <extra_id_10>, of whose logit the models were trained to make the score.
_SCORE_PIECE = 250089

_SPACE = "▁"

# Pieces that the models were trained on, less the end of the text, which is counted and not given.
_LONGEST: dict[Version, int] = {"24": 1535, "23": 1023, "23-qe": 1023}


class Row(NamedTuple):
    """A target and what it is compared with."""

    target: str
    source: str | None = None
    reference: str | None = None


class Judgement(NamedTuple):
    """Points from 0 to 25, lower is better; how many pieces were read, in how many windows."""

    points: float
    tokens: int
    windows: int


@dataclass(frozen=True)
class MetricX:
    """A model that judges rows; ``load_metricx`` makes one."""

    network: T5Regression
    pieces: Any
    version: Version
    batch_tokens: int
    threads: int
    others: tuple[Elsewhere, ...] = ()

    def judge(self, rows: Sequence[Row]) -> list[Judgement]:
        """One judgement for each row, in order.

        MetricX-23 reads target and reference, 23-QE target and source, 24 what there is; no row may
        lack what its model reads, nor have more.
        The same whatever the batch, but for rounding in the sixth digit. A row that is longer than
        the model reads is judged in windows, whose points are averaged by the length of their targets.
        """
        judges = [self._judged, *(one.judge for one in self.others)]
        return spread(rows, judges, length=lambda row: sum(len(text or "") for text in row))

    def _judged(self, rows: Sequence[Row]) -> list[Judgement]:
        parts = [self._windows(row) for row in rows]
        inputs = [Input(ids) for row in parts for ids, _ in row]
        device = self.network.words.device.type
        found = iter(map_inputs(self._points, inputs, self.batch_tokens, self.threads, device))
        return [_together([(ids, weight, next(found)) for ids, weight in row]) for row in parts]

    def _points(self, batch: Sequence[Input]) -> list[float]:
        low, high = RANGE
        return [min(max(number, low), high) for number in self.network([item.ids for item in batch])]

    def _windows(self, row: Row) -> list[tuple[tuple[int, ...], int]]:
        """The pieces of each window of a row, and its weight."""
        sides = [side for side in ("target", "source", "reference") if getattr(row, side) is not None]
        texts = [getattr(row, side) for side in sides]
        whole = self._ids(sides, texts)
        if self._fits(whole):
            return [(whole, 1)]
        least = -(-len(whole) // _LONGEST[self.version])
        cut = windows(texts, least, lambda some: self._fits(self._ids(sides, some)))
        parts = [[piece.text for piece in window] for window in cut]
        return [(self._ids(sides, part), self._weight(part)) for part in parts]

    def _weight(self, texts: Sequence[str]) -> int:
        """Pieces of the target, or, where it has none, of what it should translate."""
        target, *others = (len(self._encoded(text)) for text in texts)
        return target or max(1, *others)

    def _fits(self, ids: Sequence[int]) -> bool:
        return len(ids) <= _LONGEST[self.version]

    def _ids(self, sides: Sequence[str], texts: Sequence[str]) -> tuple[int, ...]:
        return self._encoded(_prompt(self.version, **dict(zip(sides, texts, strict=True))))

    def _encoded(self, text: str) -> tuple[int, ...]:
        # A lone surrogate has no UTF-8: as bytes it becomes unknown pieces instead of an error.
        ids = self.pieces.encode(text.encode("utf-8", "surrogatepass"))
        space = self.pieces.piece_to_id(_SPACE)
        # The original reads a space at the very end, as behind an empty last text; sentencepiece drops it.
        return (*ids, space) if text[-1:].isspace() and ids[-1:] != [space] else tuple(ids)


def _prompt(version: Version, target: str, source: str | None = None, reference: str | None = None) -> str:
    """A row as the models were trained to read it; without a source MetricX-24 reads an empty one."""
    if version == "23":
        return f"candidate: {target} reference: {reference or ''}"
    if version == "23-qe":
        return f"candidate: {target} source: {source or ''}"
    without = f"source: {source or ''} candidate: {target}"
    return without if reference is None else f"{without} reference: {reference}"


def _together(parts: Sequence[tuple[Sequence[int], int, float]]) -> Judgement:
    total = sum(weight for _, weight, _ in parts)
    points = fsum(weight * points for _, weight, points in parts) / total
    return Judgement(points, sum(len(ids) for ids, _, _ in parts), len(parts))


@lru_cache(maxsize=2)
def load_metricx(
    name: str,
    running: Running = USUAL,
    *,
    version: Version | None = None,
    vocabulary: str | None = None,
) -> MetricX:
    """The model of that name, hub id or path, loaded once.

    ``version`` is what its name says, or must be given. ``vocabulary`` names the folder of mT5's
    ``spiece.model``, if it is neither in the model's folder nor in the hub's cache. Raises
    ``ConfigError`` and ``ModelError``.
    """
    folder = hub.resolve(name)
    version = version or version_of(name)
    pieces = read_pieces(name, vocabulary)
    running = settled(running)
    network = load_t5(folder, _SCORE_PIECE, running.precision, pick_place(running))
    if pieces.vocab_size() > len(network.words):
        raise ModelError(f"{name}: has fewer pieces than its vocabulary; it is no model of MetricX")
    others = elsewhere(load_metricx, running, name=name, version=version, vocabulary=vocabulary)
    return MetricX(network, pieces, version, running.batch_tokens, running.threads, others)
