"""COMET's checkpoint folders: settings, weights, and the encoder's own files, read safely.

A published folder holds ``hparams.yaml`` and ``checkpoints/model.ckpt``. The encoder's configuration
and vocabulary are not in it: the settings name the pretrained model whose they are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from torch import Tensor

from mtqe.errors import ConfigError, ModelError
from mtqe.models import hub
from mtqe.models.hub_files import file_digest, not_whole
from mtqe.models.packed import Shape
from mtqe.models.torch_files import read_torch_file

_ENCODERS = {"XLM-RoBERTa": "xlm-roberta", "XLM-RoBERTa-XL": "xlm-roberta-xl"}

# The files that an encoder's vocabulary may be in, the faster to read first.
_VOCABULARIES = ("tokenizer.json", "sentencepiece.bpe.model")

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

# Who publishes the models that have no owner's name in older settings.
_UNNAMED_OWNER = "FacebookAI"


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
    files = _encoder_folder(folder, encoder, str(hparams.get("pretrained_model")))
    shape = _shape(files, _ENCODERS[kind])
    return Checkpoint(folder.name, family, hparams, weights, shape, _vocabulary(files))


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
        raise ModelError(f"{path}: is damaged: {_line(error)}") from error


def _unpickled(path: Path) -> tuple[Mapping[str, Tensor], Mapping[str, Any]]:
    loaded = read_torch_file(path)
    if not isinstance(loaded, dict) or not isinstance(loaded.get("state_dict"), dict):
        raise ModelError(f"{path}: is no checkpoint of COMET: it lacks a state_dict")
    return loaded["state_dict"], loaded.get("hyper_parameters") or {}


def _line(error: Exception) -> str:
    return str(error).split("\n")[0]


def _encoder_folder(folder: Path, given: str | None, pretrained: str) -> Path:
    """The folder of the encoder's files: as given, inside the model's, or by the name in its settings."""
    if given is not None:
        return hub.resolve(given, weights=False)
    inside = folder / "encoder"
    if inside.is_dir():
        return inside
    if Path(pretrained).is_dir():
        return Path(pretrained)
    name = pretrained
    if "/" not in name and hub.cached_folder(name) is None:
        name = f"{_UNNAMED_OWNER}/{name}"
    try:
        return hub.resolve(name, weights=False)
    except (ModelError, ConfigError) as error:
        raise ModelError(
            f"{folder}: also needs config.json and tokenizer.json of its encoder {pretrained!r}: "
            f"put them into {inside}, or name their folder in the option 'encoder' ({error})"
        ) from error


def _vocabulary(folder: Path) -> Path:
    for name in _VOCABULARIES:
        if (folder / name).is_file():
            return folder / name
    raise ModelError(f"{folder}: lacks {' and '.join(_VOCABULARIES)}, of which it needs one")


def _shape(folder: Path, kind: str) -> Shape:
    path = folder / "config.json"
    try:
        config = dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise ModelError(f"{path}: can't be read: {_line(error)}") from error
    if config.get("model_type") != kind or config.get("hidden_act", "gelu") != "gelu":
        raise ModelError(f"{path}: is of a {config.get('model_type')!r}; the checkpoint needs a {kind!r}")
    try:
        return _shape_of(config, kind == "xlm-roberta-xl")
    except KeyError as error:
        raise ModelError(f"{path}: lacks {error}") from error
    except (TypeError, ValueError) as error:
        raise ModelError(f"{path}: has something else in place of a number: {error}") from error


def _shape_of(config: Mapping[str, Any], norm_first: bool) -> Shape:
    return Shape(
        layers=int(config["num_hidden_layers"]),
        heads=int(config["num_attention_heads"]),
        width=int(config["hidden_size"]),
        positions=int(config["max_position_embeddings"]) - 2,
        first_position=int(config.get("pad_token_id", 1)) + 1,
        epsilon=float(config.get("layer_norm_eps", 1e-5)),
        norm_first=norm_first,
    )
