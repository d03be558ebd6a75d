"""What COMET puts on top of its encoder: a mix of layers, pooling, and a small network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Literal

import torch
from torch import Tensor
from torch.nn.functional import linear

from mtqe.errors import ModelError
from mtqe.models.packed import Weights
from mtqe.models.packed_layout import Layout

Pooling = Literal["cls", "avg", "max"]

# Of the norm of a whole text's states, as in COMET.
_EPSILON = 1e-12


@dataclass(frozen=True)
class LayerMix:
    """A weighted sum of layers, pooled over each sequence.

    ``weights`` are one for each layer, 0 for those that have no part. With ``normed`` each layer is
    first brought to mean 0 and deviation 1 over all of a sequence.
    """

    weights: tuple[float, ...]
    normed: bool
    pooling: Pooling

    @property
    def last(self) -> int:
        """The last layer that has a part."""
        return max((layer for layer, weight in enumerate(self.weights) if weight), default=0)

    @property
    def first_rows_only(self) -> bool:
        """Whether of a layer no more is wanted than the first row of each sequence."""
        return self.pooling == "cls" and not self.normed

    def part(self, layer: int, states: Tensor, layout: Layout, skipped: Sequence[int]) -> Tensor | None:
        """What a layer adds: a row for each sequence, or for each token if the maximum is taken later.

        An average leaves out as many tokens behind the first one as ``skipped`` says of each sequence.
        """
        weight = self.weights[layer] if layer < len(self.weights) else 0.0
        if not weight:
            return None
        rows = self._rows(states, layout, skipped)
        if self.normed:
            mean, deviation = _statistics(states, layout)
            if self.pooling == "max":
                mean, deviation = mean[layout.owners], deviation[layout.owners]
            rows = (rows - mean) / deviation
        return weight * rows

    def pooled(self, parts: Sequence[Tensor], layout: Layout) -> Tensor:
        """A row for each sequence, from all parts."""
        mixed = reduce(torch.add, parts)
        if self.pooling != "max":
            return mixed
        return torch.cat([part.amax(1) for part in layout.parts(mixed)])

    def _rows(self, states: Tensor, layout: Layout, skipped: Sequence[int]) -> Tensor:
        if self.pooling == "cls":
            return states[layout.firsts]
        return _averages(states, layout, skipped) if self.pooling == "avg" else states


def _averages(states: Tensor, layout: Layout, skipped: Sequence[int]) -> Tensor:
    if any(skipped):
        left_out = torch.tensor(skipped)[layout.owners]
        kept = ((layout.positions == 0) | (layout.positions > left_out)).to(states)
        shares = kept / (torch.tensor(layout.lengths) - torch.tensor(skipped)).to(states)[layout.owners]
        states = states * shares[:, None]
        return torch.cat([part.sum(1) for part in layout.parts(states)])
    return torch.cat([part.mean(1) for part in layout.parts(states)])


def _statistics(states: Tensor, layout: Layout) -> tuple[Tensor, Tensor]:
    """Mean and deviation of each sequence, over all numbers of all its rows."""
    found = [torch.var_mean(part.flatten(1), 1, correction=0) for part in layout.parts(states)]
    variance = torch.cat([variance for variance, _ in found])[:, None]
    return torch.cat([mean for _, mean in found])[:, None], torch.sqrt(variance + _EPSILON)


def read_mix(hparams: Mapping[str, Any], weights: Weights, layers: int, pooling: Pooling) -> LayerMix:
    """The mix that a model was trained with: of all layers, or one of them as it is."""
    layer = hparams.get("sent_layer", hparams.get("layer", "mix"))
    if layer != "mix":
        if not isinstance(layer, int) or not 0 <= layer <= layers:
            raise ModelError(f"{weights.name}: goes by layer {layer!r}, and there are 0 to {layers}")
        return LayerMix(tuple(float(number == layer) for number in range(layers + 1)), False, pooling)
    names = [f"layerwise_attention.scalar_parameters.{number}" for number in range(layers + 1)]
    scalars = torch.cat([weights[name] for name in names])
    sparse = hparams.get("layer_transformation", "softmax") == "sparsemax"
    shares = sparsemax(scalars) if sparse else torch.softmax(scalars, 0)
    mixed = shares * weights["layerwise_attention.gamma"]
    return LayerMix(tuple(mixed.tolist()), bool(hparams.get("layer_norm", True)), pooling)


def sparsemax(scores: Tensor) -> Tensor:
    """The nearest point of the simplex (Martins and Astudillo, 2016): like softmax, with zeros."""
    ordered = scores.sort(descending=True).values
    ranks = torch.arange(1, len(scores) + 1, dtype=scores.dtype, device=scores.device)
    above = ordered.cumsum(0) - 1
    support = int((ranks * ordered > above).sum())
    return (scores - above[support - 1] / support).clamp_min(0)


@dataclass(frozen=True)
class Estimator:
    """A feed-forward network from a row of features to one number."""

    layers: tuple[tuple[Tensor, Tensor], ...]
    activation: Callable[[Tensor], Tensor]
    final: Callable[[Tensor], Tensor]

    def __call__(self, features: Tensor) -> Tensor:
        """A number for each row, always in 32 bits."""
        *inner, outer = self.layers
        for weight, bias in inner:
            features = self.activation(linear(features, weight, bias))
        return self.final(linear(features, *outer)).flatten()


def read_estimator(hparams: Mapping[str, Any], weights: Weights) -> Estimator:
    """The network that the settings describe."""
    final = hparams.get("final_activation")
    names = [f"estimator.ff.{3 * number}" for number in range(len(hparams["hidden_sizes"]) + 1)]
    return Estimator(
        tuple(weights.linear(name) for name in names),
        _activation(hparams.get("activations", "Tanh"), weights.name),
        _activation(final, weights.name) if final else torch.nn.Identity(),
    )


def _activation(name: str, model: str) -> Callable[[Tensor], Tensor]:
    found = getattr(torch.nn, name.title(), None)
    if found is None:
        raise ModelError(f"{model}: has the activation {name!r}, which torch does not know")
    made: Callable[[Tensor], Tensor] = found()
    return made
