"""The quality network in torch, as ``mtqe.models.quality_net`` computes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from mtqe.models.quality_net import FACTS, HEADS, MARKS, NEAR, NO_MATCH, OUTPUTS, STATISTICS, WIDTH
from mtqe.training.quality_states import KEPT, MEANING, SENTENCE

_SUMMARY = 64
_NEVER = -1e4

# What each head of the attention between texts starts with: how much it looks for the same
# meaning, and how fast it looks away from places that lie elsewhere in the other text.
_GAINS = (30.0, 20.0, 10.0, 0.0)
_SLOPES = (1.0, 4.0, 4.0, 8.0)


class Batch(NamedTuple):
    """Pieces of targets and sources, which places hold any, facts, and the sentences' vectors.

    A piece is its state, its vector of meaning, and its marks.
    """

    target: Tensor
    here: Tensor
    source: Tensor
    there: Tensor
    facts: Tensor
    sentence: Tensor
    other: Tensor


class Network(nn.Module):
    """All of it; outputs are those of the numpy version and logits of marks for each piece."""

    def __init__(self, dropout: float = 0.15) -> None:
        super().__init__()
        self.inp = nn.Linear(KEPT + MEANING + MARKS + 2, WIDTH)
        self.side = nn.Parameter(torch.zeros(2, WIDTH))
        self.none = nn.Parameter(torch.randn(WIDTH) * 0.1)
        self.gain, self.slope = nn.Parameter(torch.tensor(_GAINS)), nn.Parameter(torch.tensor(_SLOPES))
        self.v, self.o = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH)
        self.dv = nn.Linear(2 * MEANING, WIDTH)
        self.a, self.b = nn.Linear(WIDTH, 2 * WIDTH), nn.Linear(2 * WIDTH, WIDTH)
        self.ln = nn.ModuleList(nn.LayerNorm(WIDTH) for _ in range(4))
        self.tok = nn.Linear(WIDTH, 2)
        self.u, self.ug = nn.Linear(SENTENCE, _SUMMARY), nn.LayerNorm(_SUMMARY)
        self.uv, self.uvg = nn.Linear(2 * SENTENCE, _SUMMARY), nn.LayerNorm(_SUMMARY)
        self.seg = nn.Linear(6 * WIDTH + 2 * _SUMMARY + FACTS + STATISTICS, WIDTH)
        self.seg2, self.out = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, len(OUTPUTS))
        self.drop = nn.Dropout(dropout)

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Outputs of each row, and logits of marks of each of its pieces."""
        here, there = batch.here, batch.there
        has = (there.sum(1) > 1).float()[:, None, None]
        a, b = (x[..., KEPT : KEPT + MEANING] for x in (batch.target, batch.source))
        alike = (a @ b.transpose(1, 2)).masked_fill(~there[:, None], -1).masked_fill(~here[..., None], -1)
        far = (_along(here)[:, :, None] - _along(there)[:, None, :]).abs() * has
        best = alike.max(2).values * has[..., 0], alike.max(1).values * has[..., 0]
        h = self.ln[0](self.inp(_with_match(batch.target, best[0])) + self.side[0])
        y = self.ln[1](self.inp(_with_match(batch.source, best[1])) + self.side[1])
        y = torch.where(has > 0, y, self.none.expand_as(y))
        alike = alike * has
        seen = self._read(h, y, (a, b), alike, there, far, has)
        back = self._read(y, h, (b, a), alike.transpose(1, 2), here, far.transpose(1, 2), has)
        marks = self.tok(seen)
        statistics = [*_statistics(best[0], here, has[..., 0]), *_statistics(best[1], there, has[..., 0])]
        statistics.append(_mean(torch.sigmoid(marks), here) * NEAR.marks)
        statistics.append((batch.sentence * batch.other).sum(1, keepdim=True) * has[..., 0])
        sentences = self._sentences(batch, has[..., 0])
        pooled = [*_pooled(seen, here), *_pooled(back, there), *sentences, batch.facts, *statistics]
        z = functional.relu(self.seg(self.drop(torch.cat(pooled, 1))))
        return self.out(z + functional.relu(self.seg2(self.drop(z)))), marks

    def _read(
        self,
        x: Tensor,
        y: Tensor,
        meanings: tuple[Tensor, Tensor],
        alike: Tensor,
        there: Tensor,
        far: Tensor,
        has: Tensor,
    ) -> Tensor:
        """Each of ``x`` with what the other side has in its place."""
        match = (
            alike[:, None] * self.gain.view(1, HEADS, 1, 1) - self.slope.view(1, HEADS, 1, 1) * far[:, None]
        )
        share = match.masked_fill(~there[:, None, None, :], _NEVER).softmax(-1)
        values = self.v(y).view(len(y), y.shape[1], HEADS, -1).transpose(1, 2)
        seen = (share @ values).transpose(1, 2).reshape(len(x), -1, WIDTH)
        own, other = meanings[0], share[:, 0] @ meanings[1]
        apart = torch.cat([own - other, own * other], -1) * has * NEAR.apart
        x = self.ln[2](x + self.drop(self.o(seen) + self.dv(apart)))
        out: Tensor = self.ln[3](x + self.drop(self.b(self.drop(functional.relu(self.a(x))))))
        return out

    def _sentences(self, batch: Batch, has: Tensor) -> tuple[Tensor, Tensor]:
        u, v = batch.sentence, batch.other
        pair = torch.cat([u * v * NEAR.product, (u - v).abs() * NEAR.difference * has], 1)
        return self.ug(self.u(u * NEAR.product)), self.uvg(self.uv(pair)) * has


def _with_match(x: Tensor, best: Tensor) -> Tensor:
    return torch.cat([x, best[..., None], (best[..., None] > NEAR.match).float()], 2)


def _along(there: Tensor) -> Tensor:
    """How far along each place lies, from 0 to 1."""
    return torch.arange(there.shape[1])[None] / there.sum(1, keepdim=True)


def _mean(x: Tensor, there: Tensor) -> Tensor:
    return (x * there[..., None]).sum(1) / there.sum(1, keepdim=True)


def _pooled(x: Tensor, there: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Mean, maximum and deviation."""
    mean = _mean(x, there)
    spread = (_mean((x - mean[:, None]) ** 2, there) + NEAR.spread).sqrt()
    return mean, x.masked_fill(~there[..., None], _NEVER).max(1).values, spread


def _statistics(best: Tensor, there: Tensor, has: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Mean and least of the best matches, and the share of places without one."""
    least = best.masked_fill(~there, 2).min(1, keepdim=True).values
    lost = _mean((best < NO_MATCH).float()[..., None], there)
    return _mean(best[..., None], there) * has, least * has, lost * has


def exported(state: Mapping[str, Tensor]) -> dict[str, NDArray[Any]]:
    """Arrays for the numpy version: matrices are transposed."""
    out = {}
    for name, tensor in state.items():
        array = tensor.detach().numpy()
        turned = array.T if array.ndim == 2 and name != "side" else array
        out[name.replace(".weight", ".w").replace(".bias", ".b")] = np.ascontiguousarray(turned, np.float16)
    return out
