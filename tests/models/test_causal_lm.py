"""Log-probabilities are those of a plain run of the model, whatever the batch and the length."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqe.errors import ConfigError, ModelError
from mtqe.models.causal_lm import CausalLM, load_causal_lm
from tests.models import tiny

TEXTS = [
    "The council met on Monday.",
    "It voted for a new bridge over the river, and nobody spoke against it!",
    "bridge",
    "The council met on Monday.",
    "zyx wvu 123",
]
LONG = "the council voted for a new bridge over the river and nobody spoke against it . " * 6


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny GPT-2."""
    return tiny.causal(tmp_path_factory.mktemp("causal"))


@pytest.fixture(scope="module")
def model(folder: Path) -> CausalLM:
    """The tiny GPT-2 as mtqe loads it."""
    return load_causal_lm(str(folder))


def plain(folder: Path, ids: list[int], start: int) -> float:
    """One text alone, token by token, by transformers."""
    from transformers import AutoModelForCausalLM

    net: Any = AutoModelForCausalLM.from_pretrained(folder)
    with torch.no_grad():
        log_probs = net(torch.tensor([ids])).logits[0].log_softmax(-1)
    return sum(float(log_probs[place - 1, ids[place]]) for place in range(start, len(ids)))


def token_ids(folder: Path, text: str) -> list[int]:
    """The mark for the beginning, and the text."""
    from transformers import AutoTokenizer

    own: Any = AutoTokenizer.from_pretrained(folder)
    return [own.bos_token_id, *own(text, add_special_tokens=False)["input_ids"]]


def test_a_text_has_the_probability_that_a_plain_run_gives(folder: Path, model: CausalLM) -> None:
    """To five digits, in a batch with longer and shorter ones."""
    for text, found in zip(TEXTS, model.judge(TEXTS), strict=True):
        ids = token_ids(folder, text)
        assert found.total == pytest.approx(plain(folder, ids, 1), abs=1e-5)
        assert (found.tokens, found.windows) == (len(ids) - 1, 1)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from([*TEXTS, LONG]), min_size=1, max_size=8))
def test_the_batch_never_shows(model: CausalLM, texts: list[str]) -> None:
    """Alone or among others, a text has the same probability."""
    for text, found in zip(texts, model.judge(texts), strict=True):
        assert found.total == pytest.approx(model.judge([text])[0].total, abs=1e-4)


def test_a_long_text_is_read_in_overlapping_windows(folder: Path, model: CausalLM) -> None:
    """Every token counts once, with half a window of context or more."""
    ids = token_ids(folder, LONG)
    found = model.judge([LONG])[0]
    assert found.tokens == len(ids) - 1
    expected, begin, done = plain(folder, ids[:32], 1), 16, 32
    windows = 1
    while done < len(ids):
        expected += plain(folder, ids[begin : begin + 32], done - begin)
        begin, done, windows = begin + 16, min(begin + 32, len(ids)), windows + 1
    assert found.total == pytest.approx(expected, abs=1e-4)
    assert found.windows == windows > 2


def test_the_last_word_of_a_long_text_counts(model: CausalLM) -> None:
    """Nothing is cut in silence."""
    totals = [found.total for found in model.judge([LONG + "bridge", LONG + "monday"])]
    assert totals[0] != pytest.approx(totals[1], abs=1e-3)


def test_a_smaller_window_can_be_asked_for(folder: Path) -> None:
    """And is no larger than what the model takes."""
    assert load_causal_lm(str(folder), window=8).window == 8
    assert load_causal_lm(str(folder), window=5000).window == 32
    with pytest.raises(ConfigError, match="window: must be a number of tokens, 1 or more, and not 0"):
        load_causal_lm(str(folder), window=0)


def test_half_precision_is_near(folder: Path, model: CausalLM) -> None:
    """To the two or three digits that bf16 has."""
    half = load_causal_lm(str(folder), precision="bf16").judge(TEXTS)
    for one, other in zip(model.judge(TEXTS), half, strict=True):
        assert math.isclose(one.total, other.total, rel_tol=0.05)


def test_another_kind_of_model_is_refused(tmp_path: Path) -> None:
    """Random weights in place of missing ones would give numbers that mean nothing."""
    from transformers import BertConfig, BertModel

    own = tiny.tokenizer("masked")
    config = BertConfig(
        vocab_size=len(own), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8
    )
    tiny.save(tmp_path, BertModel(config), own)
    with pytest.raises(ModelError, match="is not a causal language model; its weights lack cls"):
        load_causal_lm(str(tmp_path))


def test_a_masked_model_is_not_taken_for_a_causal_one(tmp_path: Path) -> None:
    """It would look at the word that it is asked for."""
    with pytest.raises(ModelError, match="it looks ahead; try fluency_masked_lm"):
        load_causal_lm(str(tiny.masked(tmp_path)))


def test_a_folder_that_brings_its_own_code_is_refused(folder: Path, tmp_path: Path) -> None:
    """Code of strangers is not run, and the reason is named."""
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    config = json.loads((copy / "config.json").read_text(encoding="utf-8"))
    config |= {"model_type": "own", "auto_map": {"AutoConfig": "own.C", "AutoModelForCausalLM": "own.M"}}
    (copy / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (copy / "own.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')", encoding="utf-8")
    with pytest.raises(ModelError, match="brings code of its own, which mtqe does not run"):
        load_causal_lm(str(copy))
    assert not (tmp_path / "ran").exists()


def test_a_folder_without_a_vocabulary_is_refused(folder: Path, tmp_path: Path) -> None:
    """The library would make one up that knows no word, and every text would have a score by it."""
    copied = shutil.copytree(folder, tmp_path / "model")
    for path in copied.glob("tokenizer*"):
        path.unlink()
    with pytest.raises(ModelError, match=r"lacks its vocabulary .*tokenizer\.json"):
        load_causal_lm(str(copied))


def test_a_damaged_model_is_an_error_in_one_line(folder: Path, tmp_path: Path) -> None:
    """Cut off weights."""
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    data = (copy / "model.safetensors").read_bytes()
    (copy / "model.safetensors").write_bytes(data[:-10])
    with pytest.raises(ModelError, match="can't be loaded as a causal language model"):
        load_causal_lm(str(copy))


def test_a_device_that_is_not_there_is_the_users_to_mend(folder: Path) -> None:
    """With the way out."""
    with pytest.raises(ConfigError, match=r"device 'cuda:7' can't be used: .*'auto' takes what there is"):
        load_causal_lm(str(folder), device="cuda:7")
