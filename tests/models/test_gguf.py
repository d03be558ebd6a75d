"""A model in one GGUF file says what the same model says as a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mtqe.errors import ConfigError, ModelError
from mtqe.models import hub, transformer
from mtqe.models.causal_lm import load_causal_lm
from tests.models import tiny

TEXTS = ["the council met", "nobody spoke against it", "ri"]
WIDTH, HEADS, LAYERS = 16, 2, 2
MARKS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
LETTERS = [*"abcdefghijklmnopqrstuvwxyz", "Ġ"]
MERGES = ["t h", "th e", "Ġ m", "o u"]
TOKENS = [*MARKS, *LETTERS, *(merge.replace(" ", "") for merge in MERGES)]


def llama() -> Any:
    """Llama with two layers."""
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=len(TOKENS),
        hidden_size=WIDTH,
        intermediate_size=32,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        num_key_value_heads=HEADS,
        max_position_embeddings=64,
        rms_norm_eps=1e-5,
        bos_token_id=0,
        eos_token_id=0,
    )
    model = LlamaForCausalLM(config)
    tiny.spread(model)
    return model.eval()


def write_gguf(path: Path, model: Any, begin: int) -> None:
    """As llama.cpp's converter writes it, with this token for the beginning of a text."""
    from gguf import GGUFWriter

    writer = GGUFWriter(path, "llama")
    writer.add_context_length(64)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(32)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_vocab_size(len(TOKENS))
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(TOKENS)
    writer.add_token_types([3] * len(MARKS) + [1] * (len(TOKENS) - len(MARKS)))
    writer.add_token_merges(MERGES)
    writer.add_bos_token_id(begin)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_pad_token_id(2)
    for name, tensor in model.state_dict().items():
        array = tensor.numpy().astype(np.float32)
        writer.add_tensor(_name(name), _turned(array) if ".q_" in name or ".k_" in name else array)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _turned(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The rows of queries and keys in llama.cpp's order."""
    return array.reshape(HEADS, 2, -1, WIDTH).swapaxes(1, 2).reshape(array.shape).copy()


def _name(name: str) -> str:
    """llama.cpp's name of a weight."""
    parts = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}
    for ours, theirs in {
        **parts,
        "model.layers": "blk",
        "self_attn.q_proj": "attn_q",
        "self_attn.k_proj": "attn_k",
        "self_attn.v_proj": "attn_v",
        "self_attn.o_proj": "attn_output",
        "mlp.gate_proj": "ffn_gate",
        "mlp.up_proj": "ffn_up",
        "mlp.down_proj": "ffn_down",
        "post_attention_layernorm": "ffn_norm",
        "input_layernorm": "attn_norm",
    }.items():
        name = name.replace(ours, theirs)
    return name


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One model as a folder, as a file, and as a file that would begin a chat."""
    from transformers import AutoTokenizer

    root, model = tmp_path_factory.mktemp("gguf"), llama()
    write_gguf(root / "plain.gguf", model, begin=0)
    write_gguf(root / "chat.gguf", model, begin=1)
    model.save_pretrained(root / "folder")
    tokenizer: Any = AutoTokenizer.from_pretrained(root, gguf_file="plain.gguf")
    tokenizer.save_pretrained(root / "folder")
    return {name: root / name for name in ("folder", "plain.gguf", "chat.gguf")}


@pytest.mark.parametrize("form", ["plain.gguf", "chat.gguf"])
def test_a_file_says_what_the_folder_says(files: dict[str, Path], form: str) -> None:
    """A mark that begins a turn of a chat is not what a text follows."""
    expected = [one.total for one in load_causal_lm(str(files["folder"])).judge(TEXTS)]
    found = [one.total for one in load_causal_lm(str(files[form])).judge(TEXTS)]
    assert found == pytest.approx(expected, rel=1e-5)
    assert len(set(found)) == len(TEXTS)


def test_a_file_is_told_from_others_by_itself(files: dict[str, Path]) -> None:
    """What else lies in its folder does not matter."""
    plain, chat = (hub.revision(files[name]) for name in ("plain.gguf", "chat.gguf"))
    assert plain != chat
    assert hub.shown_name(files["plain.gguf"]) == "plain.gguf"
    assert hub.terms(files["plain.gguf"]) is None


@pytest.mark.parametrize("size", [0, 30, 900, 9_000])
def test_a_file_that_ends_too_early_is_an_error_in_one_line(
    files: dict[str, Path], tmp_path: Path, size: int
) -> None:
    """In the middle of its head, of its vocabulary, or of its weights."""
    path = tmp_path / "part.gguf"
    path.write_bytes(files["plain.gguf"].read_bytes()[:size])
    with pytest.raises(ModelError, match=r"part\.gguf: can't be loaded as a causal language model") as caught:
        load_causal_lm(str(path))
    assert "\n" not in str(caught.value)


def test_what_reads_such_files_is_named(files: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Most users don't need it."""
    monkeypatch.setattr(transformer, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"needs gguf and accelerate: pip install 'mtqe\[gguf\]'"):
        transformer.load("a causal language model", str(files["plain.gguf"]))
