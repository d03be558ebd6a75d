"""COMET's checkpoint folders: settings and weights, read safely.

A published folder holds ``hparams.yaml`` and ``checkpoints/model.ckpt``. The encoder's configuration
and vocabulary are not in it: the settings name the pretrained model whose they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from torch import Tensor

from mtqe.errors import ModelError
from mtqe.models.comet_encoder_files import find_encoder, find_vocabulary, read_shape
from mtqe.models.hub_files import file_digest, not_whole
from mtqe.models.packed import Shape
from mtqe.models.torch_files import read_torch_file

_ENCODERS = {"XLM-RoBERTa": "xlm-roberta", "XLM-RoBERTa-XL": "xlm-roberta-xl"}

# What COMET takes for settings that an older checkpoint does not have.
_ALL = {
    "pool": "avg",
    "layer": "mix",
    "layer_norm": True,
    "activations": "Tanh",
    "hidden_sizes": [3072, 1024],
}
FAMILIES: dict[str, dict[str, Any]] = {
    "regression_metric": {"layer_transformation": "softmax"},
    "referenceless_regression_metric": {"layer_transformation": "softmax", "hidden_sizes": [2048, 1024]},
    "unified_metric": {
        "layer_transformation": "sparsemax",
        "input_segments": ["mt", "src", "ref"],
        "word_level_training": False,
        "word_layer": 24,
        "error_labels": ["minor", "major"],
    },
    "xcomet_metric": {
        "layer_transformation": "sparsemax",
        "layer_norm": False,
        "hidden_sizes": [2560, 1280],
        "word_layer": 36,
    },
}

# What every xCOMET has, whatever its settings say.
_FIXED: dict[str, dict[str, Any]] = {
    "xcomet_metric": {
        "input_segments": ["mt", "src", "ref"],
        "error_labels": ["minor", "major", "critical"],
        "word_level_training": True,
    }
}


@dataclass(frozen=True)
class Checkpoint:
    """A model as its files have it."""

    name: str
    family: str
    hparams: Mapping[str, Any]
    weights: Mapping[str, Tensor]
    shape: Shape
    tokenizer: Path

    @property
    def encoder_digest(self) -> str:
        """What tells the encoder's settings and vocabulary, which may lie elsewhere, from others."""
        return " ".join(map(file_digest, (self.tokenizer.with_name("config.json"), self.tokenizer)))


def read_checkpoint(
    folder: Path, encoder: str | None = None, families: Mapping[str, Mapping[str, Any]] = FAMILIES
) -> Checkpoint:
    """All that a folder holds; ``encoder`` names that of the encoder's files, if settings mislead.

    ``families`` are the kinds that are read, with what each takes for settings that are absent.
    Raises ``ModelError`` for what is missing, damaged, unsafe or of another kind.
    """
    settings = _settings(folder)
    family = str(settings.get("class_identifier"))
    if family not in families:
        raise ModelError(f"{folder}: is of the kind {family!r}; what is wanted is {' or '.join(families)}")
    weights, saved = _weights(folder)
    hparams = _ALL | dict(families[family]) | _merged(settings, saved) | _FIXED.get(family, {})
    kind = str(hparams.get("encoder_model", "XLM-RoBERTa"))
    if kind not in _ENCODERS:
        raise ModelError(f"{folder}: has a {kind} encoder; mtqe reads {' and '.join(_ENCODERS)}")
    files = find_encoder(folder, encoder, str(hparams.get("pretrained_model")))
    shape = read_shape(files, _ENCODERS[kind])
    return Checkpoint(folder.name, family, hparams, weights, shape, find_vocabulary(files))


def _settings(folder: Path) -> dict[str, Any]:
    path = folder / "hparams.yaml"
    if not path.is_file():
        raise ModelError(f"{folder}: lacks hparams.yaml, which every COMET model's folder has")
    try:
        settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ModelError(f"{path}: can't be read: {' '.join(str(error).split())}") from error
    if not isinstance(settings, dict):
        raise ModelError(f"{path}: is no mapping of settings")
    return settings


def _merged(settings: Mapping[str, Any], saved: Mapping[str, Any]) -> dict[str, Any]:
    """What COMET goes by: the settings inside the checkpoint, where it has any.

    Models that say "sparsemax_patch" outside were trained with a softmax by an error of COMET (its issue
    244) and work with nothing else.
    """
    merged = {**settings, **saved}
    if settings.get("layer_transformation") == "sparsemax_patch":
        merged["layer_transformation"] = "softmax"
    return merged


def _weights(folder: Path) -> tuple[Mapping[str, Tensor], Mapping[str, Any]]:
    """Tensors by name, and the settings saved with them; read into memory only where they are used."""
    for place in (folder / "checkpoints", folder):
        for safe in sorted(place.glob("*.safetensors")):
            return _read_safe(safe), {}
        for checkpoint in sorted(place.glob("*.ckpt")):
            return _unpickled(checkpoint)
    raise ModelError(f"{folder}: lacks its weights, checkpoints/model.ckpt or a .safetensors file")


def _read_safe(path: Path) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        if problem := not_whole(path):
            raise ModelError(f"{path}: {problem}")
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise ModelError(f"{path}: is damaged: {error}") from error


def _unpickled(path: Path) -> tuple[Mapping[str, Tensor], Mapping[str, Any]]:
    loaded = read_torch_file(path)
    if not isinstance(loaded, dict) or not isinstance(loaded.get("state_dict"), dict):
        raise ModelError(f"{path}: is no checkpoint of COMET: it lacks a state_dict")
    return loaded["state_dict"], loaded.get("hyper_parameters") or {}
