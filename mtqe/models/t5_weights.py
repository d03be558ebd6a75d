"""mT5 made of its checkpoint: matrices that are used together are put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from mtqe.errors import ModelError
from mtqe.models.packed_linear import LINEARS, Linear
from mtqe.models.running import Precision
from mtqe.models.t5 import DecoderLayer, EncoderLayer, Shape, T5Regression
from mtqe.models.t5_checkpoint import Checkpoint


def load_t5(folder: Path, column: int, precision: Precision, device: torch.device) -> T5Regression:
    """The model of a folder, whose number is the logit of piece ``column``.

    Of the product before the vocabulary only that column is read. ``ModelError`` if a file is
    missing or damaged, or the model is not of mT5's architecture.
    """
    checkpoint = Checkpoint(folder, device)
    shape = _shape(checkpoint.config, folder)
    reader = _Reader(checkpoint, shape, precision)
    words = checkpoint.stored("shared.weight")
    distances = checkpoint["encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight"]
    _compare(checkpoint, shape, words.shape[1], distances.shape[1])
    return T5Regression(
        shape=shape,
        words=words.to(device),
        start=checkpoint.row("shared.weight", 0),
        distances=distances,
        layers=tuple(map(reader.encoder_layer, range(shape.layers))),
        gain=checkpoint["encoder.final_layer_norm.weight"],
        steps=tuple(map(reader.decoder_layer, range(shape.steps))),
        column=_column(checkpoint, column, shape),
    )


def _column(checkpoint: Checkpoint, number: int, shape: Shape) -> Tensor:
    tied = checkpoint.config.get("tie_word_embeddings", False)  # as in transformers' MT5Config
    column = checkpoint.row("shared.weight" if tied else "lm_head.weight", number)
    scale = shape.width**-0.5 if tied else 1.0
    return column * checkpoint["decoder.final_layer_norm.weight"] * scale


def _shape(config: Mapping[str, Any], folder: Path) -> Shape:
    if config.get("model_type") != "mt5" or config.get("feed_forward_proj") != "gated-gelu":
        raise ModelError(f"{folder}: config.json is not that of an mT5, which MetricX's models are")
    try:
        return Shape(
            width=int(config["d_model"]),
            heads=int(config["num_heads"]),
            head=int(config["d_kv"]),
            layers=int(config["num_layers"]),
            steps=int(config.get("num_decoder_layers") or config["num_layers"]),
            buckets=int(config.get("relative_attention_num_buckets", 32)),
            reach=int(config.get("relative_attention_max_distance", 128)),
            epsilon=float(config.get("layer_norm_epsilon", 1e-6)),
        )
    except KeyError as error:
        raise ModelError(f"{folder}: config.json lacks {error}") from error
    except (TypeError, ValueError) as error:
        raise ModelError(f"{folder}: config.json has something else in place of a number: {error}") from error


def _compare(checkpoint: Checkpoint, shape: Shape, width: int, heads: int) -> None:
    """A ``ModelError`` where settings and weights are not of one model: half of it would give points, too."""
    layers, steps = (checkpoint.blocks(side) for side in ("encoder", "decoder"))
    keys = checkpoint.stored("decoder.block.0.layer.1.EncDecAttention.k.weight")
    found = {"d_model": width, "num_heads": heads, "num_layers": layers, "num_decoder_layers": steps}
    found["d_kv"] = len(keys) // heads
    said = (shape.width, shape.heads, shape.layers, shape.steps, shape.head)
    for (name, number), other in zip(found.items(), said, strict=True):
        if number != other:
            raise ModelError(
                f"{checkpoint.folder}: config.json says {other} for {name}, its weights have {number}; "
                "they are not of one model"
            )


@dataclass(frozen=True)
class _Reader:
    """Makes layers of a checkpoint's tensors."""

    checkpoint: Checkpoint
    shape: Shape
    precision: Precision

    def encoder_layer(self, number: int) -> EncoderLayer:
        at, make = f"encoder.block.{number}.layer", self._maker(self.precision)
        (first, others), (second, rest) = (
            _halves(self.checkpoint[f"{at}.{sub}.layer_norm.weight"]) for sub in (0, 1)
        )
        project = self._stacked([f"{at}.0.SelfAttention.{name}.weight" for name in "qkv"]) * others
        join = self.checkpoint[f"{at}.0.SelfAttention.o.weight"]
        return EncoderLayer(first, second, make(project), make(join), *self._wide(f"{at}.1", rest, make))

    def decoder_layer(self, number: int) -> DecoderLayer:
        # A single step costs so little that it need not be rounded to 8 bits.
        make = self._maker("fp32" if self.precision == "fp32" else "bf16")
        at = f"decoder.block.{number}.layer"
        itself, others = f"{at}.0.SelfAttention", f"{at}.1.EncDecAttention"
        gains = [self.checkpoint[f"{at}.{sub}.layer_norm.weight"] for sub in (0, 1, 2)]
        value = self.checkpoint[f"{itself}.v.weight"]
        return DecoderLayer(
            make(self.checkpoint[f"{itself}.o.weight"] @ value * gains[0]),
            make(self.checkpoint[f"{others}.q.weight"] * gains[1]),
            self._by_head(f"{others}.k.weight"),
            self._by_head(f"{others}.v.weight").transpose(1, 2).contiguous(),
            make(self.checkpoint[f"{others}.o.weight"]),
            *self._wide(f"{at}.2", gains[2], make),
        )

    def _wide(self, at: str, gain: Tensor, make: Callable[[Tensor], Linear]) -> tuple[Linear, Linear]:
        wide = self._stacked([f"{at}.DenseReluDense.wi_{sub}.weight" for sub in (0, 1)]) * gain
        return make(wide), make(self.checkpoint[f"{at}.DenseReluDense.wo.weight"])

    def _stacked(self, names: Sequence[str]) -> Tensor:
        return torch.cat([self.checkpoint[name] for name in names])

    def _by_head(self, name: str) -> Tensor:
        heads = self.checkpoint[name].view(self.shape.heads, self.shape.head, self.shape.width)
        return heads if self.precision == "fp32" else heads.bfloat16()

    def _maker(self, precision: Precision) -> Callable[[Tensor], Linear]:
        return lambda weight: LINEARS[precision](
            weight, torch.zeros(len(weight), device=self.checkpoint.device)
        )


def _halves(gain: Tensor) -> tuple[Tensor, Tensor]:
    """Two factors of a norm's gain, of like size: one for what is multiplied, one for the weights.

    A gain far larger than the others leaves those few steps of 8 bits; so neither has all of it
    (Xiao et al., 2023, SmoothQuant).
    """
    half = gain.abs().sqrt()
    return half, half * gain.sign()
