"""Checkpoints of MetricX at small size, with weights that a seed gives.

``build_folder`` writes what a published model's folder holds and, beside it, mT5's vocabulary. The
vocabulary is as large as mT5's, since the score is the logit of one of its last pieces; all else is
small. The pieces are those of the sentence encoder that ships with the package: mT5's own file is
too large to keep. ``benchmarks/metricx_golden.py`` scores ``SAMPLES`` with the published code.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import torch

from mtqe.models.ngram import WEIGHTS

GOLDEN = Path(__file__).parent / "golden" / "metricx.json"

WIDTH, HEADS, HEAD, INNER, LAYERS, STEPS, VOCABULARY = 16, 3, 8, 40, 3, 2, 250112
SCORE = 250089

CONFIG: dict[str, Any] = {
    "architectures": ["MT5ForRegression"],
    "model_type": "mt5",
    "d_model": WIDTH,
    "d_kv": HEAD,
    "d_ff": INNER,
    "num_heads": HEADS,
    "num_layers": LAYERS,
    "num_decoder_layers": STEPS,
    "vocab_size": VOCABULARY,
    "feed_forward_proj": "gated-gelu",
    "dense_act_fn": "gelu_new",
    "is_gated_act": True,
    "relative_attention_num_buckets": 32,
    "relative_attention_max_distance": 128,
    "layer_norm_epsilon": 1e-06,
    "tie_word_embeddings": False,
    "is_encoder_decoder": True,
    "use_cache": True,
    "pad_token_id": 0,
    "eos_token_id": 2,
    "decoder_start_token_id": 0,
}

# Standard deviations that make scores differ, and not so sharp that rounding shows in the fifth digit.
_SPREAD = {"shared": 1.0, "relative_attention_bias": 0.6, "SelfAttention.q": 0.15, "EncDecAttention.q": 0.2}
_USUAL_SPREAD = 0.15

# A column with which samples score between 0 and 13, and one below 0.
_COLUMN_SEED, _COLUMN_SPREAD = 19854, 2.0


def build_folder(folder: Path, suffix: str = ".safetensors", **changed: Any) -> Path:
    """``folder`` as the model hub has it, and the vocabulary, which the hub has elsewhere."""
    folder.mkdir(parents=True)
    config = CONFIG | changed
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    weights = state_dict(config)
    if suffix == ".safetensors":
        from safetensors.torch import save_file

        save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    else:
        torch.save(weights | _shared(weights), folder / "pytorch_model.bin")
    build_vocabulary(folder)
    return folder


def _shared(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The same matrix by its other names, as published models have it."""
    return {f"{side}.embed_tokens.weight": weights["shared.weight"] for side in ("encoder", "decoder")}


def build_vocabulary(folder: Path) -> None:
    """The files of a tokenizer of mT5's kind."""
    shutil.copy(WEIGHTS / "sentence_encoder.model", folder / "spiece.model")
    settings = {"tokenizer_class": "T5Tokenizer", "extra_ids": 0, "eos_token": "</s>", "unk_token": "<unk>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")


def state_dict(config: dict[str, Any]) -> dict[str, torch.Tensor]:
    """Every weight of a model by its name in transformers."""
    weights = {name: _weight(name, shape) for name, shape in _shapes(config)}
    weights["lm_head.weight"] = torch.zeros(VOCABULARY, WIDTH)
    column = np.random.RandomState(_COLUMN_SEED).standard_normal(WIDTH) * _COLUMN_SPREAD
    weights["lm_head.weight"][SCORE] = torch.from_numpy(column.astype(np.float32))
    return weights


def _weight(name: str, shape: tuple[int, ...]) -> torch.Tensor:
    drawn = np.random.RandomState(crc32(name.encode())).standard_normal(shape).astype(np.float32)
    if name.endswith("norm.weight"):
        return torch.from_numpy(drawn * np.float32(_USUAL_SPREAD) + 1)
    spread = next((s for part, s in _SPREAD.items() if part in name), _USUAL_SPREAD)
    return torch.from_numpy(drawn * np.float32(spread))


def _shapes(config: dict[str, Any]) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield "shared.weight", (VOCABULARY, WIDTH)
    for side, layers in (("encoder", config["num_layers"]), ("decoder", config["num_decoder_layers"])):
        for number in range(layers):
            yield from _layer(f"{side}.block.{number}.layer", side == "decoder", number == 0)
        yield f"{side}.final_layer_norm.weight", (WIDTH,)


def _layer(at: str, decodes: bool, first: bool) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield from _attention(f"{at}.0.SelfAttention")
    if first:
        yield f"{at}.0.SelfAttention.relative_attention_bias.weight", (32, HEADS)
    if decodes:
        yield from _attention(f"{at}.1.EncDecAttention")
    last = 2 if decodes else 1
    yield f"{at}.{last}.DenseReluDense.wi_0.weight", (INNER, WIDTH)
    yield f"{at}.{last}.DenseReluDense.wi_1.weight", (INNER, WIDTH)
    yield f"{at}.{last}.DenseReluDense.wo.weight", (WIDTH, INNER)
    yield from ((f"{at}.{number}.layer_norm.weight", (WIDTH,)) for number in range(last + 1))


def _attention(at: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    for name in "qkv":
        yield f"{at}.{name}.weight", (HEADS * HEAD, WIDTH)
    yield f"{at}.o.weight", (WIDTH, HEADS * HEAD)


# Texts of many lengths: none, one word, equal ones, many scripts, odd characters and spaces.
SAMPLES: tuple[dict[str, str], ...] = (
    {
        "source": "Der Bürgermeister eröffnete am Montag die neue Brücke.",
        "hypothesis": "The mayor opened the new bridge on Monday.",
        "reference": "On Monday the new bridge was opened by the mayor.",
    },
    {"source": "Ja.", "hypothesis": "Yes.", "reference": "Yes."},
    {"source": "Nein.", "hypothesis": "", "reference": "No."},
    {"source": "", "hypothesis": "Nobody knew why.", "reference": "No one knew why."},
    {
        "source": "Es regnete den ganzen Tag, und niemand kam.",
        "hypothesis": "It rained all day, and nobody came.",
        "reference": "It rained all day long and nobody came.",
    },
    {
        "source": "Es regnete den ganzen Tag, und niemand kam.",
        "hypothesis": "It rained cats.",
        "reference": "It rained all day long and nobody came.",
    },
    {
        "source": "由于暴风雨，开往岛上的渡轮取消了。",
        "hypothesis": "The ferry to the 岛 was cancelled 🙂 because of the storm.",
        "reference": "The ferry to the island was cancelled because of the storm.",
    },
    {
        "source": "Паром на остров отменили из-за шторма.",
        "hypothesis": "  The  ferry\twas cancelled\u00a0… ﬁne, Ｆｕｌｌ width ①②③ ",
        "reference": "The ferry to the island was cancelled because of the storm.",
    },
    {
        "source": "Le prix est passé de 3,50 € à 4,20 €. " * 6,
        "hypothesis": "The price went from €3.50 to €4.20. " * 9,
        "reference": "The price rose from €3.50 to €4.20. " * 7,
    },
    {
        "source": "เรือข้ามฟากไปเกาะถูกยกเลิกเพราะพายุ",
        "hypothesis": "A ferry was a ferry was a ferry was a ferry.",
        "reference": "ألغيت العبّارة إلى الجزيرة بسبب العاصفة.",
    },
)
