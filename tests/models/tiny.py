"""Tiny models with random weights, made as their makers would publish them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

WORDS = (
    "the council met on monday it voted for a new bridge over river nobody spoke against",
    "le conseil s est réuni lundi il a voté pour un nouveau pont sur la rivière . , ’ ! ?",
)


def tokenizer(kind: str) -> Any:
    """A tokenizer of words, and of letters where a word is not known, with the marks of that kind."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    letters = [chr(code) for code in range(33, 127)] + list("éèà")
    pieces = dict.fromkeys(
        [*marks, *letters, *(f"##{letter}" for letter in letters), *" ".join(WORDS).split()]
    )
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    made = Tokenizer(models.WordPiece(vocab=vocabulary, unk_token="[UNK]"))
    made.normalizer = normalizers.Lowercase()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.decoder = decoders.WordPiece()
    if kind == "masked":
        around = [("[CLS]", vocabulary["[CLS]"]), ("[SEP]", vocabulary["[SEP]"])]
        made.post_processor = processors.TemplateProcessing(
            single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B [SEP]", special_tokens=around
        )
        names = {"cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": "[MASK]"}
    else:
        names = {"bos_token": "[CLS]", "eos_token": "[SEP]"}
    return PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token="[PAD]", unk_token="[UNK]", model_max_length=64, **names
    )


def save(folder: Path, model: Any, own_tokenizer: Any) -> Path:
    """A folder as ``save_pretrained`` makes it."""
    spread(model)
    model.eval().save_pretrained(folder)
    own_tokenizer.save_pretrained(folder)
    return folder


def spread(model: Any) -> None:
    """Larger random weights, so that words differ in probability by more than rounding."""
    torch.manual_seed(7)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.normal_(0, 0.4)


def causal(folder: Path) -> Path:
    """GPT-2 with two layers."""
    from transformers import GPT2Config, GPT2LMHeadModel

    own = tokenizer("causal")
    config = GPT2Config(
        vocab_size=len(own), n_positions=32, n_embd=16, n_layer=2, n_head=2, bos_token_id=2, eos_token_id=3
    )
    return save(folder, GPT2LMHeadModel(config), own)


def masked(folder: Path) -> Path:
    """BERT with two layers."""
    from transformers import BertConfig, BertForMaskedLM

    own = tokenizer("masked")
    config = BertConfig(
        vocab_size=len(own),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=32,
    )
    return save(folder, BertForMaskedLM(config), own)
