"""Encoders of the XLM-R kind over sequences packed without padding.

The arithmetic is that of RoBERTa (Liu et al., 2019; Conneau et al., 2020) and, with norms before the
products, of XLM-R XL (Goyal et al., 2021). No row is computed that nobody asks for: no padding, no
layer above the last that is wanted, and of that one no more than the rows that are wanted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import embedding, layer_norm, scaled_dot_product_attention

from mtqe.errors import ModelError
from mtqe.models.packed_layout import Layout
from mtqe.models.packed_linear import LINEARS
from mtqe.models.running import Precision

# Rows that go through the two large products of a layer together: the wide matrix between them
# should not leave the processor's cache.
_INNER_ROWS = 512

# What a layer's two norms are called.
_NORMS_FIRST = ("attention.self_attn_layer_norm", "LayerNorm")
_NORMS_LAST = ("attention.output.LayerNorm", "output.LayerNorm")

Ids = Sequence[int]


@dataclass(frozen=True)
class Shape:
    """What an encoder's ``config.json`` says of it."""

    layers: int
    heads: int
    width: int
    positions: int  # tokens of the longest input
    first_position: int  # the number of the first token's place
    epsilon: float
    norm_first: bool


class Norm(NamedTuple):
    """Gain, bias and the small number of a layer norm."""

    gain: Tensor
    bias: Tensor
    epsilon: float

    def __call__(self, rows: Tensor) -> Tensor:
        """Each row at mean 0 and deviation 1, times the gain, plus the bias."""
        return layer_norm(rows, self.gain.shape, self.gain, self.bias, self.epsilon)

    @property
    def sizes(self) -> Tensor:
        """About how large each feature is that it makes: the root of its mean square."""
        return torch.hypot(self.gain, self.bias)


class _Layer:
    """One layer; ``before`` is the norm before it."""

    def __init__(self, shape: Shape, weights: Weights, name: str, precision: Precision, before: Norm) -> None:
        self.shape = shape
        make = LINEARS[precision]
        names = _NORMS_FIRST if shape.norm_first else _NORMS_LAST
        self.norms = [Norm(*weights.linear(f"{name}.{norm}"), shape.epsilon) for norm in names]
        # The norms that make the inputs of the two products: in here, or one of the layer below.
        inputs = self.norms if shape.norm_first else (before, self.norms[0])
        parts = [weights.linear(f"{name}.attention.self.{part}") for part in ("query", "key", "value")]
        weight, bias = (torch.cat(found) for found in zip(*parts, strict=True))
        self.projections = make(weight, bias, inputs[0].sizes)
        self.joined = make(*weights.linear(f"{name}.attention.output.dense"))
        self.inner = make(*weights.linear(f"{name}.intermediate.dense"), inputs[1].sizes)
        self.outer = make(*weights.linear(f"{name}.output.dense"))

    def __call__(self, states: Tensor, layout: Layout, kept: Layout | None = None) -> Tensor:
        """The states after this layer, of all rows or those of ``kept``."""
        first, second = self.norms
        attended = self._attended(first(states) if self.shape.norm_first else states, layout, kept)
        states = states if kept is None else _narrowed(states, layout, kept)
        if self.shape.norm_first:
            states = states + self.joined(attended)
            return states + self._wide(second(states))
        states = first(states + self.joined(attended))
        return second(states + self._wide(states))

    def _wide(self, states: Tensor) -> Tensor:
        return torch.cat([self.outer(self.inner.curved(rows)) for rows in torch.split(states, _INNER_ROWS)])

    def _attended(self, states: Tensor, layout: Layout, kept: Layout | None) -> Tensor:
        """What each row takes from the rows of its sequence."""
        width = self.shape.width
        if kept is None or kept == layout:
            projected = self.projections(states)
            queries, others, kept = projected[:, :width], projected[:, width:], layout
        else:
            queries = self.projections(_narrowed(states, layout, kept), slice(width))
            others = self.projections(states, slice(width, None))
        result = torch.empty(kept.rows, width, dtype=queries.dtype, device=queries.device)
        parts = zip(kept.parts(result), kept.parts(queries), layout.parts(others), strict=True)
        for part, query, other in parts:
            part.copy_(self._attention(query, other))
        return result

    def _attention(self, query: Tensor, other: Tensor) -> Tensor:
        """Attention of a run: sequences, rows, width."""
        width, heads = self.shape.width, self.shape.heads
        q, k, v = (
            torch.unflatten(part, -1, (heads, width // heads)).transpose(1, 2)
            for part in (query, other[..., :width], other[..., width:])
        )
        return scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)


class Weights:
    """Named tensors of a checkpoint; one that is absent is a ``ModelError``."""

    def __init__(self, tensors: Mapping[str, Tensor], name: str, device: torch.device) -> None:
        self.tensors, self.name, self.device = tensors, name, device

    def __getitem__(self, name: str) -> Tensor:
        if name not in self.tensors:
            raise ModelError(f"{self.name}: lacks the weights {name!r}; it is not of the kind that it says")
        return self.tensors[name].detach().to(self.device, torch.float32)

    def linear(self, name: str) -> tuple[Tensor, Tensor]:
        """Weight and bias."""
        return self[f"{name}.weight"], self[f"{name}.bias"]

    def below(self, start: str) -> Weights:
        """Those whose names begin so, by the rest of their names."""
        found = {
            name.removeprefix(start): found for name, found in self.tensors.items() if name.startswith(start)
        }
        return Weights(found, self.name, self.device)


class PackedEncoder:
    """An encoder whose layers' states come one after the other, so that none is kept needlessly."""

    def __init__(self, shape: Shape, weights: Weights, precision: Precision) -> None:
        self.shape, self.device = shape, weights.device
        self.words = weights["embeddings.word_embeddings.weight"]
        places = weights["embeddings.position_embeddings.weight"][shape.first_position :]
        _compare(shape, self.words, places, weights)
        self.places = places + weights["embeddings.token_type_embeddings.weight"][0]
        outer = "encoder.LayerNorm" if shape.norm_first else "embeddings.LayerNorm"
        self.norm = Norm(*weights.linear(outer), shape.epsilon)
        self.layers: list[_Layer] = []
        for number in range(shape.layers):
            before = self.layers[-1].norms[1] if self.layers else self.norm
            self.layers.append(_Layer(shape, weights, f"encoder.layer.{number}", precision, before))

    def states(
        self, sequences: Sequence[Ids], last: int, kept: Sequence[int] | None = None
    ) -> Iterator[tuple[Tensor, Layout]]:
        """The states of layer 0 (embeddings) to ``last``: a row for each token, and whose they are.

        ``kept`` says how many of the first rows of each sequence are wanted of the last one.
        """
        layout = Layout.of([len(sequence) for sequence in sequences])
        states = self._embedded(sequences, layout)
        yield states, layout
        for number, layer in enumerate(self.layers[:last], 1):
            narrow = layout.narrowed(kept) if number == last and kept is not None else None
            states = layer(states, layout, narrow)
            final = self.shape.norm_first and number == self.shape.layers
            yield self.norm(states) if final else states, narrow or layout

    def _embedded(self, sequences: Sequence[Ids], layout: Layout) -> Tensor:
        ids = torch.tensor([token for sequence in sequences for token in sequence], device=self.device)
        states = embedding(ids, self.words) + self.places[layout.positions.to(self.device)]
        return states if self.shape.norm_first else self.norm(states)


def _compare(shape: Shape, words: Tensor, places: Tensor, weights: Weights) -> None:
    """A ``ModelError`` where settings and weights are not of one model: half of it could seem to work."""
    layers = {int(name.split(".")[2]) + 1 for name in weights.tensors if name.startswith("encoder.layer.")}
    found = {"features": words.shape[1], "layers": max(layers, default=0), "places": len(places)}
    said = {"features": shape.width, "layers": shape.layers, "places": shape.positions}
    for name, number in said.items():
        if number != found[name]:
            raise ModelError(
                f"{weights.name}: its encoder's config.json says {number} {name}, its weights have "
                f"{found[name]}; it is the config.json of another encoder"
            )


def _narrowed(rows: Tensor, layout: Layout, kept: Layout) -> Tensor:
    pairs = zip(layout.parts(rows), kept.runs, strict=True)
    return torch.cat([part[:, : run.length].flatten(0, 1) for part, run in pairs])
