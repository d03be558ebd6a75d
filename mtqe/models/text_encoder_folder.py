"""What a folder of sentence-transformers says of how vectors are made."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from safetensors import SafetensorError

from mtqe.errors import ModelError

Pooling = Literal["cls", "mean", "max", "lasttoken"]

_POOLINGS: dict[str, Pooling] = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_lasttoken": "lasttoken",
}


@dataclass(frozen=True)
class Recipe:
    """How an encoder's tokens become a vector: as its folder says."""

    pooling: Pooling = "mean"
    layers: tuple[str, ...] = ()  # folders of dense layers that follow
    tokens: int | None = None  # the longest input
    lower: bool = False  # whether texts are lower-cased first


def read_recipe(folder: Path) -> Recipe:
    """How the model in a folder makes vectors; ``ModelError`` for ways that mtqe does not know."""
    if not (folder / "modules.json").is_file():
        return Recipe()
    recipe: dict[str, Any] = {"layers": []}
    for module in _json(folder / "modules.json"):
        kind, place = module["type"].rpartition(".")[2], module["path"]
        if kind == "Transformer":
            recipe |= _limits(folder / place)
        elif kind == "Pooling":
            recipe["pooling"] = _pooling(folder / place / "config.json")
        elif kind == "Dense":
            recipe["layers"].append(place)
        elif kind != "Normalize":
            raise ModelError(f"{folder}: has a layer {kind!r}, which mtqe does not know")
    return Recipe(**recipe | {"layers": tuple(recipe["layers"])})


def _limits(folder: Path) -> dict[str, Any]:
    path = folder / "sentence_bert_config.json"
    found = _json(path) if path.is_file() else {}
    return {"tokens": found.get("max_seq_length"), "lower": bool(found.get("do_lower_case"))}


def _pooling(path: Path) -> Pooling:
    config = _json(path)
    chosen = [name for name, value in config.items() if name.startswith("pooling_mode_") and value is True]
    named = [_POOLINGS[name] for name in chosen if name in _POOLINGS]
    named += [mode for mode in _POOLINGS.values() if config.get("pooling_mode") == mode]
    if len(named) != 1 or len(chosen) > 1 or config.get("include_prompt") is False:
        raise ModelError(f"{path}: pools in a way that mtqe does not know; it knows {', '.join(_POOLINGS)}")
    return named[0]


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: can't be read ({error}); mtqe models verify tells more") from error


def read_layers(folder: Path, recipe: Recipe, device: Any) -> tuple[Callable[[Any], Any], ...]:
    """The layers that follow the pooling, as functions of a batch of vectors."""
    return tuple(_dense(folder / layer, device) for layer in recipe.layers)


def _dense(folder: Path, device: Any) -> Callable[[Any], Any]:
    """A linear layer with what follows it."""
    from torch import nn

    known = {"Tanh": nn.Tanh, "Identity": nn.Identity, "ReLU": nn.ReLU}
    name = _json(folder / "config.json").get("activation_function", "Tanh").rpartition(".")[2]
    weights = {key: value.float().to(device) for key, value in _weights(folder).items()}
    if name not in known or "linear.weight" not in weights:
        raise ModelError(f"{folder}: is a layer of a kind that mtqe does not know ({name})")
    size_out, size_in = weights["linear.weight"].shape
    layer = nn.Linear(size_in, size_out, bias="linear.bias" in weights, device="meta")
    layer.load_state_dict({key.removeprefix("linear."): v for key, v in weights.items()}, assign=True)
    return nn.Sequential(layer, known[name]())


def _weights(folder: Path) -> dict[str, Any]:
    import torch
    from safetensors.torch import load_file

    safe = folder / "model.safetensors"
    try:
        if safe.is_file():
            return dict(load_file(safe))
        return dict(torch.load(folder / "pytorch_model.bin", map_location="cpu", weights_only=True))
    except (OSError, RuntimeError, pickle.UnpicklingError, SafetensorError) as error:
        raise ModelError(f"{folder}: its weights can't be read: {error}") from error
