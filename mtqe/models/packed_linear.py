"""Matrix products with a layer's weights, in three precisions.

Every row's result depends on that row alone, in each of them: a score is the same whatever else is
in the batch.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from typing import Protocol

import torch
from torch import Tensor
from torch.nn.functional import gelu, linear

from mtqe.models.running import Precision

Product = Callable[[Tensor, Tensor, Tensor], Tensor]

_MOST_INT8 = 127.0

# Smaller than any number that matters, so that a row of zeros divides by something.
_TINY = 1e-12

# An input that is so many times as large as the median one is not rounded. Norms of encoders as they are
# initialised have gains of 1; the few large features of trained ones are 10 to 100 times as large.
_FAR_LARGER = 4.0

# So many inputs are faster one by one: two take a sixth of the time of a product over two, ten as long.
_FEW = 8

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

    def curved(self, rows: Tensor) -> Tensor:
        """The GELU of the products."""
        ...


class Fp32:
    """Products as the original computes them."""

    def __init__(self, weight: Tensor, bias: Tensor, sizes: Tensor | None = None) -> None:
        self.weight, self.bias = weight, bias
        self.product: Product = _fp32_product() if weight.device.type == "cpu" else linear

    def __call__(self, rows: Tensor, outputs: slice = slice(None)) -> Tensor:
        """32-bit floats."""
        return self.product(rows, self.weight[outputs], self.bias[outputs])

    def curved(self, rows: Tensor) -> Tensor:
        """The GELU of the products."""
        return gelu(self(rows))


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


class Exact:
    """The share of a few inputs in a product, in 32 bits.

    Some features of a trained encoder are far larger than the rest, and so is what rounding them costs
    (Dettmers et al., 2022, LLM.int8). Which they are is told by ``sizes``, about how large each input is,
    and so is the same for every row.
    """

    def __init__(self, weight: Tensor, large: Tensor) -> None:
        self.large, self.weight = large, weight[:, large].T.contiguous()
        self.few = large.tolist() if len(large) <= _FEW else None

    @classmethod
    def of(cls, weight: Tensor, sizes: Tensor | None) -> tuple[Exact | None, Tensor]:
        """What is exact, None if all inputs are alike; and the weights of the others, 0 for these."""
        if sizes is None:
            return None, weight
        large = torch.nonzero(sizes > _FAR_LARGER * sizes.median()).flatten()
        return (cls(weight, large), weight.index_fill(1, large, 0.0)) if len(large) else (None, weight)

    def add(self, sums: Tensor, rows: Tensor, outputs: slice) -> Tensor:
        """The sums of the other inputs, with those of these, in the same place."""
        if self.few is None:
            return sums.addmm_(rows[:, self.large], self.weight[:, outputs])
        for column, weight in zip(self.few, self.weight[:, outputs], strict=True):
            sums.addcmul_(rows[:, column : column + 1], weight)
        return sums

    def others(self, weight: Tensor) -> Tensor:
        """1 for each other input, 0 for these."""
        return torch.ones(weight.shape[1], device=weight.device).index_fill(0, self.large, 0.0)


class Bf16:
    """Products of factors with 8 bits of mantissa, summed in 32 bits and rounded to 8 again.

    What goes in by far larger inputs is added in 32 bits, and the sum is not rounded.
    """

    def __init__(self, weight: Tensor, bias: Tensor, sizes: Tensor | None = None) -> None:
        self.exact, weight = Exact.of(weight, sizes)
        self.weight, self.bias = weight.bfloat16(), bias.bfloat16()
        self.fuses = weight.device.type == "cpu" and self.exact is None and _fuses_bf16()

    def __call__(self, rows: Tensor, outputs: slice = slice(None)) -> Tensor:
        """16-bit floats, or 32-bit ones; what is added to them may keep 32."""
        found = linear(rows.bfloat16(), self.weight[outputs], self.bias[outputs])
        return found if self.exact is None else self.exact.add(found.float(), rows, outputs)

    def curved(self, rows: Tensor) -> Tensor:
        """The GELU of the products, taken before they are rounded where that can be done."""
        if not self.fuses:
            return gelu(self(rows))
        found: Tensor = torch.ops.mkldnn._linear_pointwise(
            rows.bfloat16(), self.weight, self.bias, "gelu", [], "none"
        )
        return found


@cache
def _fuses_bf16() -> bool:
    """Whether this processor's bf16 products can have a GELU in them."""
    if not torch._C._has_mkldnn or not hasattr(torch.ops.mkldnn, "_linear_pointwise"):
        return False
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


class Int8:
    """Products of whole numbers: weights on a scale per output, inputs on a scale per row.

    A scale for the whole batch would make a row's result depend on the largest value of any other.
    Far larger inputs, which would leave few steps of the scale to all others, are added in 32 bits.
    """

    def __init__(self, weight: Tensor, bias: Tensor, sizes: Tensor | None = None) -> None:
        self.exact, weight = Exact.of(weight, sizes)
        scale = _largest(weight) / _MOST_INT8
        self.weight = (weight / scale).round_().to(torch.int8)
        self.scale, self.bias = scale.flatten(), bias.clone()
        self.others = None if self.exact is None else self.exact.others(weight)

    def __call__(self, rows: Tensor, outputs: slice = slice(None)) -> Tensor:
        """32-bit floats."""
        found = self._rounded(rows if self.others is None else rows * self.others, outputs)
        return found if self.exact is None else self.exact.add(found, rows, outputs)

    def curved(self, rows: Tensor) -> Tensor:
        """The GELU of the products."""
        return gelu(self(rows))

    def _rounded(self, rows: Tensor, outputs: slice) -> Tensor:
        scale = _largest(rows) / _MOST_INT8
        whole = (rows * scale.reciprocal()).round_().to(torch.int8)
        sums = torch._int_mm(whole, self.weight[outputs].T).float().mul_(scale)
        return torch.addcmul(self.bias[outputs], sums, self.scale[outputs], out=sums)


def _largest(rows: Tensor) -> Tensor:
    """The largest size of a number in each row, as a column."""
    # A norm would say the same, and is 20 times slower.
    return torch.maximum(rows.amax(1, keepdim=True), rows.amin(1, keepdim=True).neg_()).clamp_min_(_TINY)


LINEARS: dict[Precision, type[Fp32] | type[Bf16] | type[Int8]] = {"fp32": Fp32, "bf16": Bf16, "int8": Int8}
