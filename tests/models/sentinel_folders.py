"""Sentinel checkpoints at small size, with weights that a seed gives; see ``comet_folders``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
import yaml

from tests.models.comet_folders import GOLDEN, SAMPLES, build_encoder_folder, state_dict

__all__ = ["CASES", "GOLDEN_FILE", "SAMPLES", "build_folder"]

GOLDEN_FILE = GOLDEN / "sentinel.json"

# The side that each reads, as its settings name it.
CASES = {"sentinel-cand": "mt", "sentinel-src": "src", "sentinel-ref": "ref"}

# What published models are made with (configs/models of the original), and small.
_SETTINGS: dict[str, Any] = {
    "name": "sentinel_regression_metric",
    "optimizer": "RAdam",
    "warmup_steps": 0,
    "learning_rate": 1e-06,
    "batch_size": 8,
    "shuffle": True,
    "train_data": ["data/train.csv"],
    "validation_data": ["data/dev.csv"],
    "keep_embeddings_frozen": False,
    "encoder_model": "XLM-RoBERTa",
    "load_pretrained_weights": True,
    "dropout": 0.1,
    "hidden_sizes": [24, 12],
    "activations": "Tanh",
    "final_activation": None,
}


def build_folder(folder: Path, case: str, **changed: Any) -> Path:
    """``folder`` as the model hub has it, with a folder of the encoder's files inside it."""
    settings = (
        _SETTINGS | {"sent_to_use": CASES[case], "class_identifier": "sentinel_regression_metric"} | changed
    )
    settings["pretrained_model"] = str(folder / "encoder")
    build_encoder_folder(folder / "encoder")
    (folder / "checkpoints").mkdir()
    (folder / "hparams.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    checkpoint = {
        "state_dict": state_dict(settings, case),
        "hyper_parameters": {name: value for name, value in settings.items() if name != "class_identifier"},
        "pytorch-lightning_version": "2.2.0",
    }
    torch.save(checkpoint, folder / "checkpoints" / "model.ckpt")
    return folder
