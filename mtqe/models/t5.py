"""mT5 read for one number: the encoder over packed texts, and one step of the decoder.

The architecture is that of T5 1.1 (Raffel et al., 2020; Xue et al., 2021): RMS normalisation,
attention without scaling and with a bias by relative position, a gated GELU. The arithmetic is
our own: texts stand one behind another without padding, and the single step of the decoder is
rearranged so that it costs about as much for a text as the encoder does for one of its pieces.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import embedding, gelu, scaled_dot_product_attention
from torch.nn.utils.rnn import pad_sequence

from mtqe.models.packed_layout import Layout
from mtqe.models.packed_linear import Linear

# The first piece that the decoder is given: T5 has padding stand in for the beginning.
_START = 0

# Rows that go through the wide products of a layer together: what stands between these should not
# leave the processor's cache.
_WIDE_ROWS = 512


@dataclass(frozen=True)
class Shape:
    """What ``config.json`` says of a model."""

    width: int
    heads: int
    head: int
    layers: int
    steps: int
    buckets: int
    reach: int
    epsilon: float


@dataclass(frozen=True)
class EncoderLayer:
    """A layer's products; half of the gains of its norms is part of them (see ``t5_weights``)."""

    first: Tensor
    second: Tensor
    project: Linear  # queries, keys and values side by side
    join: Linear
    widen: Linear  # the gate and what it gates side by side
    narrow: Linear


@dataclass(frozen=True)
class DecoderLayer:
    """A layer for a single position, which attends to itself alone: that is one product.

    The gains of its norms are part of the products.
    """

    itself: Linear
    query: Linear
    key: Tensor  # (heads, head, width)
    value: Tensor  # (heads, width, head)
    join: Linear
    widen: Linear
    narrow: Linear


@dataclass(frozen=True)
class T5Regression:
    """A model that gives one number for a text; ``mtqe.models.t5_weights`` loads one."""

    shape: Shape
    words: Tensor  # a row for each piece, as it is stored
    start: Tensor
    distances: Tensor  # what attention adds, (buckets, heads)
    layers: tuple[EncoderLayer, ...]
    gain: Tensor
    steps: tuple[DecoderLayer, ...]
    column: Tensor  # the one that is read of the product before the vocabulary

    def __call__(self, texts: Sequence[Sequence[int]]) -> list[float]:
        """The number of each text, given as its pieces; none may be empty.

        It does not depend on the text's company, but for rounding in the seventh digit. Fastest
        where texts of one length are neighbours.
        """
        with torch.inference_mode():
            layout = Layout.of([len(text) for text in texts])
            found: list[float] = self._decoded(self._encoded(texts, layout), layout).tolist()
        return found

    def _encoded(self, texts: Sequence[Sequence[int]], layout: Layout) -> Tensor:
        """The states of all pieces, shape (pieces, width)."""
        pieces = torch.tensor([piece for text in texts for piece in text], device=self.words.device)
        states = embedding(pieces, self.words).float()
        bias = _Bias(self.distances, self.shape, max(layout.lengths))
        for layer in self.layers:
            # Attention is in 32 bits whatever the products are: its scores are large, being not scaled.
            projected = layer.project(self._normed(states, layer.first)).float()
            states += layer.join(self._attended(projected, layout, bias))
            for rows in torch.split(states, _WIDE_ROWS):
                rows += layer.narrow(_gated(layer.widen(self._normed(rows, layer.second))))
        return self._normed(states, self.gain)

    def _attended(self, projected: Tensor, layout: Layout, bias: _Bias) -> Tensor:
        """What each piece takes from its text."""
        heads = self.shape.heads, self.shape.head
        result = projected.new_empty(len(projected), math.prod(heads))
        for part, own in zip(layout.parts(result), layout.parts(projected), strict=True):
            q, k, v = own.view(*own.shape[:2], 3, *heads).permute(2, 0, 3, 1, 4)
            seen = scaled_dot_product_attention(q, k, v, bias.of(own.shape[1]), scale=1.0)
            part.copy_(seen.transpose(1, 2).flatten(2))
        return result

    def _decoded(self, states: Tensor, layout: Layout) -> Tensor:
        """The decoder's only step, of all texts together."""
        padded = pad_sequence(list(torch.split(states, layout.lengths)), batch_first=True)
        sizes = torch.tensor(layout.lengths, device=states.device)[:, None, None]
        beyond = torch.arange(padded.shape[1], device=states.device) >= sizes
        state = self.start.repeat(len(padded), 1)
        for step in self.steps:
            state += step.itself(self._normed(state))
            state += step.join(self._looked_up(step, step.query(self._normed(state)), padded, beyond))
            state += step.narrow(_gated(step.widen(self._normed(state))))
        return self._normed(state) @ self.column

    def _looked_up(self, step: DecoderLayer, query: Tensor, padded: Tensor, beyond: Tensor) -> Tensor:
        """What one query for each text finds among the text's states.

        Keys and values are never computed. The query goes through the matrix of the keys, and the
        weighted mean of the states through that of the values: for a single query the same
        number, without two products for every piece.
        """
        query = query.view(-1, self.shape.heads, self.shape.head).transpose(0, 1)
        asked = (query.to(step.key.dtype) @ step.key).transpose(0, 1).float()
        shares = (asked @ padded.transpose(1, 2)).masked_fill_(beyond, -math.inf).softmax(-1)
        means = (shares @ padded).transpose(0, 1).to(step.value.dtype)
        return (means @ step.value).transpose(0, 1).flatten(1)

    def _normed(self, states: Tensor, gain: Tensor | None = None) -> Tensor:
        squares = torch.linalg.vector_norm(states, dim=1, keepdim=True).square()
        normed = states * torch.rsqrt(squares / self.shape.width + self.shape.epsilon)
        return normed if gain is None else normed.mul_(gain)


class _Bias:
    """What attention adds for the distance of two pieces, in texts of up to ``longest``."""

    def __init__(self, distances: Tensor, shape: Shape, longest: int) -> None:
        steps = torch.arange(1 - longest, longest, device=distances.device)
        self.longest = longest
        self.by_distance = distances[_buckets(steps, shape)].T.contiguous()
        self.known: dict[int, Tensor] = {}

    def of(self, length: int) -> Tensor:
        """Shape (1, heads, length, length): a row for each query."""
        if length not in self.known:
            near = self.by_distance[:, self.longest - length : self.longest + length - 1]
            self.known[length] = near.unfold(1, length, 1).flip(1)[None]
        return self.known[length]


def _buckets(distances: Tensor, shape: Shape) -> Tensor:
    """Near distances have a bucket each; farther out they widen with the logarithm."""
    half = shape.buckets // 2
    exact = half // 2
    sizes = distances.abs()
    scale = math.log(shape.reach / exact)
    far = exact + ((sizes.float() / exact).log() / scale * (half - exact)).long()
    return (distances > 0) * half + sizes.where(sizes < exact, far.clamp(max=half - 1))


def _gated(wide: Tensor) -> Tensor:
    gate, gated = wide.chunk(2, dim=1)
    return gelu(gate, approximate="tanh").mul_(gated)
