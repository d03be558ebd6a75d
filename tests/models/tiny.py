"""Tiny models with random weights, made as their makers would publish them."""

from __future__ import annotations

import json
import warnings
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


def encoder(folder: Path, recipe: str) -> Path:
    """A folder of sentence-transformers: "mean", or "labse" with a layer behind the first token."""
    from safetensors.torch import save_file
    from transformers import BertConfig, BertModel

    own = tokenizer("masked")
    config = BertConfig(
        vocab_size=len(own),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=40,
    )
    save(folder, BertModel(config), own)
    kinds = ["Transformer", "Pooling", *(["Dense"] if recipe == "labse" else []), "Normalize"]
    places = {"Transformer": "", "Pooling": "1_Pooling", "Dense": "2_Dense", "Normalize": "3_Normalize"}
    modules = [
        {"idx": i, "name": str(i), "path": places[kind], "type": f"sentence_transformers.models.{kind}"}
        for i, kind in enumerate(kinds)
    ]
    first = recipe == "labse"
    write(folder / "modules.json", modules)
    write(folder / "sentence_bert_config.json", {"max_seq_length": 24, "do_lower_case": False})
    pooling = {"pooling_mode_cls_token": first, "pooling_mode_mean_tokens": not first}
    write(folder / "1_Pooling" / "config.json", {"word_embedding_dimension": 16, **pooling})
    if first:
        layer = {"in_features": 16, "out_features": 8, "bias": True}
        activation = {"activation_function": "torch.nn.modules.activation.Tanh"}
        write(folder / "2_Dense" / "config.json", layer | activation)
        weights = {"linear.weight": torch.randn(8, 16), "linear.bias": torch.randn(8)}
        save_file(weights, folder / "2_Dense" / "model.safetensors")
    return folder


def write(path: Path, content: Any) -> None:
    """A file of JSON, in a folder that may be new."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")


def pieces(folder: Path) -> Path:
    """A SentencePiece model of these words."""
    import sentencepiece

    text = folder / "text.txt"
    text.write_text("\n".join(WORDS * 20), encoding="utf-8")
    sentencepiece.SentencePieceTrainer.train(
        input=str(text), model_prefix=str(folder / "pieces"), vocab_size=50, minloglevel=2
    )
    return folder / "pieces.model"


def translator(folder: Path, kind: str) -> Path:
    """M2M-100 ("m2m") with languages, or a Marian model ("marian") of one pair, with two layers."""
    import sentencepiece
    from transformers import (
        M2M100Config,
        M2M100ForConditionalGeneration,
        M2M100Tokenizer,
        MarianConfig,
        MarianMTModel,
        MarianTokenizer,
    )

    folder.mkdir(exist_ok=True)
    spm = pieces(folder)
    own_pieces = sentencepiece.SentencePieceProcessor(model_file=str(spm))
    names = ["<s>", "<pad>", "</s>", "<unk>", *(own_pieces.id_to_piece(i) for i in range(3, 50))]
    write(folder / "vocab.json", {name: number for number, name in enumerate(names)})
    own: Any
    if kind == "m2m":
        own = M2M100Tokenizer(str(folder / "vocab.json"), str(spm))
    else:
        with warnings.catch_warnings(action="ignore"):  # it recommends a package that it does not use
            own = MarianTokenizer(str(spm), str(spm), str(folder / "vocab.json"))
    size = {
        "vocab_size": len(names) + len(getattr(own, "lang_token_to_id", ())),
        "d_model": 16,
        "encoder_layers": 2,
        "decoder_layers": 2,
        "encoder_attention_heads": 2,
        "decoder_attention_heads": 2,
        "encoder_ffn_dim": 32,
        "decoder_ffn_dim": 32,
        "max_position_embeddings": 64,
        "pad_token_id": 1,
        "eos_token_id": 2,
    }
    if kind == "m2m":
        return save(
            folder, M2M100ForConditionalGeneration(M2M100Config(**size, decoder_start_token_id=2)), own
        )
    return save(folder, MarianMTModel(MarianConfig(**size, decoder_start_token_id=1)), own)
