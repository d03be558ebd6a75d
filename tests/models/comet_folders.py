"""Checkpoints of COMET's families at small size, with weights that a seed gives.

``build_folder`` writes what a published model's folder holds; the weights are those of
``numpy.random.RandomState``, whose numbers stay the same for ever. ``benchmarks/comet_golden.py`` scores
``SAMPLES`` with the original package on them, and tests compare with what it wrote.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import torch
import yaml

GOLDEN = Path(__file__).parent / "golden"
TOKENIZER = GOLDEN / "comet_tokenizer.json"

WIDTH, HEADS, LAYERS, INNER, POSITIONS = 32, 4, 3, 64, 173
VOCABULARY = len(json.loads(TOKENIZER.read_text(encoding="utf-8"))["model"]["vocab"]) + 1

_CONFIG = {
    "vocab_size": VOCABULARY,
    "hidden_size": WIDTH,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": HEADS,
    "intermediate_size": INNER,
    "max_position_embeddings": POSITIONS,
    "type_vocab_size": 1,
    "layer_norm_eps": 1e-05,
    "hidden_act": "gelu",
    "pad_token_id": 1,
    "bos_token_id": 0,
    "eos_token_id": 2,
}
_TYPES = {
    "XLM-RoBERTa": {"model_type": "xlm-roberta", "architectures": ["XLMRobertaModel"]},
    "XLM-RoBERTa-XL": {"model_type": "xlm-roberta-xl", "architectures": ["XLMRobertaXLModel"]},
}

_REGRESSION = {"hidden_sizes": [48, 16], "activations": "Tanh", "final_activation": None, "dropout": 0.1}
_UNIFIED = _REGRESSION | {"sent_layer": "mix", "word_layer": LAYERS, "word_level_training": False}
_TAGS = {"word_level_training": True, "error_labels": ["minor", "major"]}
_XCOMET = _REGRESSION | {"sent_layer": "mix", "word_layer": LAYERS}

# The families and what the published models of each have in their hparams.yaml, and kinds besides.
CASES: dict[str, dict[str, Any]] = {
    "regression": {
        **_REGRESSION,
        "class_identifier": "regression_metric",
        "pool": "avg",
        "layer_transformation": "sparsemax",
        "layer_norm": False,
    },
    "regression_norm": {
        **_REGRESSION,
        "class_identifier": "regression_metric",
        "pool": "avg",
        "layer_transformation": "softmax",
        "layer_norm": True,
    },
    "regression_max": {
        **_REGRESSION,
        "class_identifier": "regression_metric",
        "pool": "max",
        "layer_transformation": "softmax",
        "layer_norm": True,
        "final_activation": "Sigmoid",
    },
    "regression_cls": {
        **_REGRESSION,
        "class_identifier": "regression_metric",
        "pool": "cls",
        "layer_transformation": "sparsemax",
        "layer_norm": True,
        "hidden_sizes": [24],
        "activations": "Sigmoid",
    },
    "regression_layer": {
        **_REGRESSION,
        "class_identifier": "regression_metric",
        "pool": "avg",
        "layer": 2,
        "layer_transformation": "sparsemax",
        "layer_norm": False,
    },
    "referenceless": {
        **_REGRESSION,
        "class_identifier": "referenceless_regression_metric",
        "pool": "avg",
        "layer_transformation": "softmax",
        "layer_norm": True,
    },
    "kiwi": {
        **_UNIFIED,
        "class_identifier": "unified_metric",
        "input_segments": ["mt", "src"],
        "layer_transformation": "sparsemax",
        "layer_norm": True,
    },
    "kiwi_patched": {
        **_UNIFIED,
        "class_identifier": "unified_metric",
        "input_segments": ["mt", "src"],
        "layer_transformation": "sparsemax_patch",
        "layer_norm": False,
    },
    "kiwi_xl": {
        **_UNIFIED,
        "class_identifier": "unified_metric",
        "encoder_model": "XLM-RoBERTa-XL",
        "input_segments": ["mt", "src"],
        "layer_transformation": "softmax",
        "layer_norm": False,
    },
    "unite": {
        **_UNIFIED,
        "class_identifier": "unified_metric",
        "input_segments": ["mt", "src", "ref"],
        "layer_transformation": "softmax",
        "layer_norm": False,
    },
    "unite_tags": {
        **_UNIFIED,
        **_TAGS,
        "class_identifier": "unified_metric",
        "input_segments": ["mt", "src", "ref"],
        "layer_transformation": "sparsemax",
        "layer_norm": False,
        "word_layer": 2,
    },
    "unified_reference": {
        **_UNIFIED,
        "class_identifier": "unified_metric",
        "input_segments": ["mt", "ref"],
        "sent_layer": 1,
        "layer_transformation": "softmax",
        "layer_norm": False,
    },
    "xcomet": {
        **_XCOMET,
        "class_identifier": "xcomet_metric",
        "encoder_model": "XLM-RoBERTa-XL",
        "layer_transformation": "softmax",
        "layer_norm": False,
    },
    "xcomet_outliers": {
        **_XCOMET,
        "class_identifier": "xcomet_metric",
        "layer_transformation": "sparsemax",
        "layer_norm": True,
    },
}

# A model with the features that RoBERTa is known for: two of its dimensions are far larger than all others.
OUTLIERS = {"xcomet_outliers", "regression_norm"}
_OUTLIER_GAIN = 20.0

# Standard deviations that make scores differ, and spans come and go.
_SPREAD = {"embeddings": 0.8, "estimator": 0.3, "hidden2tag": 0.8, "layerwise_attention": 0.5}
_USUAL_SPREAD = 0.25

# Which weights a case has, and what is added to its scores: xCOMET's are cut at 1.
_SEEDS = {"xcomet": 21, "xcomet_outliers": 4}
_SHIFTS = {"xcomet": 1.5, "xcomet_outliers": 1.5}


def build_folder(folder: Path, case: str, **changed: Any) -> Path:
    """``folder`` as the model hub has it, with a folder of the encoder's files inside it."""
    encoder = folder / "encoder"
    hparams = {
        "encoder_model": "XLM-RoBERTa",
        "pretrained_model": str(encoder),
        "layer": "mix",
        "pool": "avg",
        **CASES[case],
        **changed,
    }
    build_encoder_folder(encoder, hparams["encoder_model"])
    (folder / "checkpoints").mkdir(parents=True)
    (folder / "hparams.yaml").write_text(yaml.safe_dump(hparams), encoding="utf-8")
    checkpoint = {
        "state_dict": state_dict(hparams, case),
        "hyper_parameters": {name: value for name, value in hparams.items() if name != "class_identifier"},
        "pytorch-lightning_version": "2.6.6",
    }
    torch.save(checkpoint, folder / "checkpoints" / "model.ckpt")
    return folder


def build_encoder_folder(folder: Path, kind: str = "XLM-RoBERTa") -> None:
    """The files of the encoder alone, as of a pretrained model: configuration and tokenizer."""
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(_CONFIG | _TYPES[kind]), encoding="utf-8")
    shutil.copy(TOKENIZER, folder / "tokenizer.json")


def state_dict(hparams: Mapping[str, Any], case: str) -> dict[str, torch.Tensor]:
    """Every weight of a model by its name in COMET."""
    weights = {name: _weight(name, shape, _SEEDS.get(case, 0)) for name, shape in _shapes(hparams)}
    for name in weights if case in OUTLIERS else ():
        if name.endswith("LayerNorm.weight"):
            weights[name][[3, 17]] *= _OUTLIER_GAIN
        elif name == "hidden2tag.weight":  # as a trained model has it: no probability is exactly 1
            weights[name] *= 0.4
            weights[name][:, [3, 17]] /= _OUTLIER_GAIN
    weights[f"estimator.ff.{3 * len(hparams['hidden_sizes'])}.bias"] += _SHIFTS.get(case, 0.0)
    return weights


def _weight(name: str, shape: tuple[int, ...], seed: int) -> torch.Tensor:
    drawn = np.random.RandomState(crc32(name.encode()) ^ seed).standard_normal(shape)
    spread = next((s for part, s in _SPREAD.items() if part in name), _USUAL_SPREAD)
    centre = 1.0 if name.endswith((".gamma", "orm.weight")) else 0.0
    return torch.tensor(drawn * spread + centre, dtype=torch.float32)


def _shapes(hparams: Mapping[str, Any]) -> Iterator[tuple[str, tuple[int, ...]]]:
    large = hparams["encoder_model"] == "XLM-RoBERTa-XL"
    yield "encoder.model.embeddings.word_embeddings.weight", (VOCABULARY, WIDTH)
    yield "encoder.model.embeddings.position_embeddings.weight", (POSITIONS, WIDTH)
    yield "encoder.model.embeddings.token_type_embeddings.weight", (1, WIDTH)
    yield from _norm("encoder.model.encoder.LayerNorm" if large else "encoder.model.embeddings.LayerNorm")
    for layer in range(LAYERS):
        yield from _layer(f"encoder.model.encoder.layer.{layer}", large)
    if hparams.get("layer") == "mix" and hparams.get("sent_layer", "mix") == "mix":
        yield from ((f"layerwise_attention.scalar_parameters.{i}", (1,)) for i in range(LAYERS + 1))
        yield "layerwise_attention.gamma", (1,)
    yield from _head(hparams)


def _layer(name: str, large: bool) -> Iterator[tuple[str, tuple[int, ...]]]:
    for part in ("self.query", "self.key", "self.value", "output.dense"):
        yield from _linear(f"{name}.attention.{part}", WIDTH, WIDTH)
    yield from _linear(f"{name}.intermediate.dense", INNER, WIDTH)
    yield from _linear(f"{name}.output.dense", WIDTH, INNER)
    names = (".attention.self_attn_layer_norm", ".LayerNorm")
    for norm in names if large else (".attention.output.LayerNorm", ".output.LayerNorm"):
        yield from _norm(name + norm)


def _head(hparams: Mapping[str, Any]) -> Iterator[tuple[str, tuple[int, ...]]]:
    vectors = {"regression_metric": 6, "referenceless_regression_metric": 4}
    kind = hparams["class_identifier"]
    sizes = [vectors.get(kind, 1) * WIDTH, *hparams["hidden_sizes"], 1]
    for i in range(len(sizes) - 1):
        yield from _linear(f"estimator.ff.{3 * i}", sizes[i + 1], sizes[i])
    if kind == "xcomet_metric":
        yield from _linear("hidden2tag", 4, WIDTH)
    elif hparams.get("word_level_training"):
        yield from _linear("hidden2tag", 1 + len(hparams["error_labels"]), WIDTH)


def _linear(name: str, rows: int, columns: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield f"{name}.weight", (rows, columns)
    yield f"{name}.bias", (rows,)


def _norm(name: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield f"{name}.weight", (WIDTH,)
    yield f"{name}.bias", (WIDTH,)


_LONG_MT = (
    "The council of the small town met on Monday evening and voted, after three hours of debate, for a "
    "new bridge"
)
_LONG_SRC = (
    "Der Rat der kleinen Stadt trat am Montagabend zusammen und stimmte nach drei Stunden für eine neue "
    "Brücke"
)
_LONG_REF = "The town council met on Monday evening and voted for a new bridge after a debate of three hours"

# How many samples before each are its context, and the mode's name. A text that has its own </s> is left
# out there: the original takes what is before it for context.
CONTEXT, CONTEXT_MODE = 2, "context"
WITH_CONTEXT = ("regression", "regression_norm", "referenceless")

# Texts of many lengths: none, one word, equal ones, odd characters, some as long as the model takes.
SAMPLES: tuple[dict[str, str], ...] = (
    {
        "src": "Der Bürgermeister eröffnete die Brücke.",
        "mt": "The mayor opened the bridge.",
        "ref": "The bridge was opened by the mayor.",
    },
    {"src": "Ja.", "mt": "Yes.", "ref": "Yes."},
    {"src": "Nein.", "mt": "", "ref": "No."},
    {"src": "", "mt": "Nobody knew why.", "ref": "Nobody knew why."},
    {
        "src": "Es regnete den ganzen Tag, und niemand kam.",
        "mt": "It rained all day, and nobody came.",
        "ref": "It rained all day long and nobody came.",
    },
    {
        "src": "Es regnete den ganzen Tag, und niemand kam.",
        "mt": "It rained cats.",
        "ref": "It rained all day long and nobody came.",
    },
    {"src": _LONG_SRC, "mt": _LONG_MT, "ref": _LONG_REF},
    {
        "src": "市长昨天打开了大桥。",
        "mt": "The mayor opened 大桥 yesterday 🙂.",
        "ref": "The mayor opened the bridge yesterday.",
    },
    {
        "src": "Le prix est passé de 3,50 € à 4,20 €.",
        "mt": "The price went from €3.50 to  €4.20 .",
        "ref": "The price rose from €3.50 to €4.20.",
    },
    {
        "src": "Мэр открыл мост.",
        "mt": "The mayor opened the mayor opened the mayor opened the bridge.",
        "ref": "The mayor opened the bridge.",
    },
    {"src": "Die Stadt", "mt": "The town the bridge </s> the mayor", "ref": "The town"},
    {
        "src": "Niemand wusste warum.",
        "mt": "Nobody knew why. " * 4,
        "ref": "No one knew.",
    },
    {
        "src": "Ça va ? Oui, ça va bien.",
        "mt": "How are you? I am fine, ﬁne and ①②③.",
        "ref": "How are you? Fine.",
    },
    {
        "src": "Der Zug kam zu spät an.",
        "mt": "The train arrived late",
        "ref": "The train was late.",
    },
)


def context_samples() -> list[tuple[dict[str, str], list[dict[str, str]]]]:
    """Samples as if they were an article, each with those before it."""
    article = [sample for sample in SAMPLES if all(sample.values()) and "</s>" not in sample["mt"]]
    return [(sample, article[max(at - CONTEXT, 0) : at]) for at, sample in enumerate(article)]
