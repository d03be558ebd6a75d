"""The files of an encoder that a COMET checkpoint is built on: settings and vocabulary.

They are not in the published folders: the settings there name the pretrained model whose they are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mtqe.errors import ConfigError, ModelError
from mtqe.models import hub
from mtqe.models.packed import Shape

# The files that an encoder's vocabulary may be in, the faster to read first.
_VOCABULARIES = ("tokenizer.json", "sentencepiece.bpe.model")

# Who publishes the models that have no owner's name in older settings.
_UNNAMED_OWNER = "FacebookAI"


def find_encoder(folder: Path, given: str | None, pretrained: str) -> Path:
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


def find_vocabulary(folder: Path) -> Path:
    """The file of an encoder's vocabulary."""
    for name in _VOCABULARIES:
        if (folder / name).is_file():
            return folder / name
    raise ModelError(f"{folder}: lacks {' and '.join(_VOCABULARIES)}, of which it needs one")


def read_shape(folder: Path, kind: str) -> Shape:
    """What the settings say of an encoder, which has to be of that kind ("xlm-roberta", "xlm-roberta-xl")."""
    path = folder / "config.json"
    try:
        config = dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise ModelError(f"{path}: can't be read: {error}") from error
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
