"""Matrix products with a layer's weights, in three precisions.

Every row's result depends on that row alone, in each of them: a score is the same whatever else is
in the batch.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from typing import Literal, Protocol

import torch
from torch import Tensor
from torch.nn.functional import linear

Precision = Literal["fp32", "bf16", "int8"]
Product = Callable[[Tensor, Tensor, Tensor], Tensor]

_MOST_INT8 = 127.0

# Smaller than any number that matters, so that a row of zeros divides by something.
_TINY = 1e-12

# What a product is tried on: rows, inputs and outputs of a small layer.
_TRIAL = (256, 512, 512)
_TRIALS = 5

# So much faster must oneDNN be: less is within what measurements differ by.
_CLEARLY = 1.3


class Linear(Protocol):
    """Rows times weights plus bias."""

    def __call__(self, rows: Tensor, outputs: slice = slice(None)) -> Tensor:
        """The products, of all outputs or some."""
        ...


class Fp32:
    """Products as the original computes them."""

    def __init__(self, weight: Tensor, bias: Tensor, gain: Tensor | None = None) -> None:
        self.weight, self.bias = weight, bias
        self.product: Product = _fp32_product() if weight.device.type == "cpu" else linear

    def __call__(self, rows: Tensor, outputs: slice = slice(None)) -> Tensor:
        """32-bit floats."""
        return self.product(rows, self.weight[outputs], self.bias[outputs])


@cache
def _fp32_product() -> Product:
    """The faster of the two libraries that torch brings for exact products on this processor.

    MKL, the usual one, is held back on AMD's: on Zen 5 oneDNN is more than twice as fast.
    """
    if not torch._C._has_mkldnn or not hasattr(torch.ops.mkldnn, "_linear_pointwise"):
        return linear
    rows, inputs, outputs = _TRIAL
    factors = torch.ones(rows, inputs), torch.ones(outputs, inputs), torch.ones(outputs)
    seconds = [_fastest(product, *factors) for product in (linear, _onednn)]
    return _onednn if seconds[0] > _CLEARLY * seconds[1] else linear


def _fastest(product: Product, *factors: Tensor) -> float:
    product(*factors)
    found = []
    for _ in range(_TRIALS):
        started = time.thread_time()
        product(*factors)
        found.append(time.thread_time() - started)
    return min(found)


def _onednn(rows: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    found: Tensor = torch.ops.mkldnn._linear_pointwise(rows, weight, bias, "none", [], "")
    return found


class Bf16:
    """Products of factors with 8 bits of mantissa, summed in 32 bits and rounded to 8 again."""

    def __init__(self, weight: Tensor, bias: Tensor, gain: Tensor | None = None) -> None:
        self.weight, self.bias = weight.bfloat16(), bias.bfloat16()

    def __call__(self, rows: Tensor, outputs: slice = slice(None)) -> Tensor:
        """16-bit floats; what is added to them may keep 32."""
        return linear(rows.bfloat16(), self.weight[outputs], self.bias[outputs])


class Int8:
    """Products of whole numbers: weights on a scale per output, inputs on a scale per row.

    A scale for the whole batch would make a row's result depend on the largest value of any other.
    ``gain`` is that of the norm before it. Some features of a trained encoder are far larger than the
    rest, mostly by their gain, and would leave few steps of the scale to all others: what it is more
    than usual is taken from the inputs and given to the weights (after Xiao et al., 2023, SmoothQuant).
    """

    def __init__(self, weight: Tensor, bias: Tensor, gain: Tensor | None = None) -> None:
        larger = None if gain is None else (gain.abs() / gain.abs().median()).clamp_min(1.0)
        self.smaller = None if larger is None else larger.reciprocal()
        weight = weight if larger is None else weight * larger
        self.scale = _largest(weight) / _MOST_INT8
        self.weight = (weight / self.scale).round_().to(torch.int8)
        self.scale = self.scale.flatten()
        self.bias = bias.clone()

    def __call__(self, rows: Tensor, outputs: slice = slice(None)) -> Tensor:
        """32-bit floats."""
        rows = rows if self.smaller is None else rows * self.smaller
        scale = _largest(rows) / _MOST_INT8
        whole = (rows * scale.reciprocal()).round_().to(torch.int8)
        sums = torch._int_mm(whole, self.weight[outputs].T).float().mul_(scale)
        return torch.addcmul(self.bias[outputs], sums, self.scale[outputs], out=sums)


def _largest(rows: Tensor) -> Tensor:
    """The largest size of a number in each row, as a column."""
    # A norm would say the same, and is 20 times slower.
    return torch.maximum(rows.amax(1, keepdim=True), rows.amin(1, keepdim=True).neg_()).clamp_min_(_TINY)


LINEARS: dict[Precision, type[Fp32] | type[Bf16] | type[Int8]] = {"fp32": Fp32, "bf16": Bf16, "int8": Int8}
