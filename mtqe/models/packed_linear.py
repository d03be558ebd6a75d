"""Matrix products with a layer's weights, in three precisions.

Every row's result depends on that row alone, in each of them: a score is the same whatever else is
in the batch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

import torch
from torch import Tensor
from torch.nn.functional import linear

Precision = Literal["fp32", "bf16", "int8"]

_MOST_INT8 = 127.0


class Linear(Protocol):
    """Rows times weights plus bias."""

    def __call__(self, rows: Tensor, outputs: slice = slice(None)) -> Tensor:
        """The products, of all outputs or some."""
        ...


class Fp32:
    """Products as the original computes them."""

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        self.weight, self.bias = weight, bias

    def __call__(self, rows: Tensor, outputs: slice = slice(None)) -> Tensor:
        """32-bit floats."""
        return linear(rows, self.weight[outputs], self.bias[outputs])


class Bf16:
    """Products of factors with 8 bits of mantissa, summed in 32 bits and rounded to 8 again."""

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        self.weight, self.bias = weight.bfloat16(), bias.bfloat16()

    def __call__(self, rows: Tensor, outputs: slice = slice(None)) -> Tensor:
        """16-bit floats; what is added to them may keep 32."""
        return linear(rows.bfloat16(), self.weight[outputs], self.bias[outputs])


class Int8:
    """Products of whole numbers: weights on a scale per output, inputs on a scale per row.

    A scale for the whole batch would be faster still, and would make a row's result depend on the
    largest value of any other.
    """

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        weight = weight.float()
        self.scale = weight.abs().amax(1).clamp_min(1e-12) / _MOST_INT8
        self.weight = (weight / self.scale[:, None]).round_().to(torch.int8)
        self.bias = bias.float().clone()

    def __call__(self, rows: Tensor, outputs: slice = slice(None)) -> Tensor:
        """32-bit floats."""
        scale = torch.linalg.vector_norm(rows, torch.inf, dim=1, keepdim=True).clamp_min_(1e-12) / _MOST_INT8
        whole = (rows / scale).round_().to(torch.int8)
        sums = torch._int_mm(whole, self.weight[outputs].T).float()
        return torch.addcmul(self.bias[outputs], sums.mul_(scale), self.scale[outputs])


LINEARS: dict[Precision, Callable[[Tensor, Tensor], Linear]] = {"fp32": Fp32, "bf16": Bf16, "int8": Int8}
