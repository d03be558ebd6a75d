"""Sentence vectors are those of a plain run of the model, by the recipe in its folder."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqe.errors import ConfigError, ModelError
from mtqe.models.text_encoder import TextEncoder, cosine, load_text_encoder, usual_prefix
from tests.models import tiny

TEXTS = [
    "The council met on Monday.",
    "le conseil s’est réuni lundi",
    "bridge",
    "It voted, and nobody spoke!",
]
LONG = "the council voted for a new bridge over the river and nobody spoke against it . " * 4


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A tiny encoder of each recipe."""
    return {recipe: tiny.encoder(tmp_path_factory.mktemp(recipe), recipe) for recipe in ("mean", "labse")}


@pytest.fixture(scope="module")
def encoder(folders: dict[str, Path]) -> TextEncoder:
    """The encoder that averages."""
    return load_text_encoder(str(folders["mean"]))


def plain(folder: Path, text: str) -> Any:
    """The states of one text's tokens, by transformers."""
    from transformers import AutoModel, AutoTokenizer

    own: Any = AutoTokenizer.from_pretrained(folder)
    net: Any = AutoModel.from_pretrained(folder)
    with torch.no_grad():
        return net(**own(text, return_tensors="pt")).last_hidden_state[0].double().numpy()


def test_tokens_are_averaged_where_the_folder_says_so(folders: dict[str, Path], encoder: TextEncoder) -> None:
    """The marks around the text are among them."""
    for text, vector in zip(TEXTS, encoder.encode(TEXTS), strict=True):
        expected = plain(folders["mean"], text).mean(0)
        np.testing.assert_allclose(vector.values, expected / np.linalg.norm(expected), atol=1e-5)
        assert vector.windows == 1


def test_a_layer_behind_the_first_token_is_used_as_in_labse(folders: dict[str, Path]) -> None:
    """With its hyperbolic tangent."""
    from safetensors.numpy import load_file

    layer = load_file(folders["labse"] / "2_Dense" / "model.safetensors")
    for text, vector in zip(TEXTS, load_text_encoder(str(folders["labse"])).encode(TEXTS), strict=True):
        first = plain(folders["labse"], text)[0]
        expected = np.tanh(layer["linear.weight"] @ first + layer["linear.bias"])
        np.testing.assert_allclose(vector.values, expected / np.linalg.norm(expected), atol=1e-5)


def test_a_prefix_stands_before_every_text(folders: dict[str, Path]) -> None:
    """As if it had been written there; its tokens are not the text's."""
    prefixed = load_text_encoder(str(folders["mean"]), prefix="query: ")
    expected = load_text_encoder(str(folders["mean"])).encode(["query: bridge"])[0]
    found = prefixed.encode(["bridge"])[0]
    np.testing.assert_allclose(found.values, expected.values, atol=1e-6)
    assert found.tokens == 1 < expected.tokens


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("multilingual-e5-large", "query: "),
        ("intfloat/multilingual-e5-small", "query: "),
        ("/models/e5-base-v2", "query: "),
        ("intfloat/multilingual-e5-large-instruct", ""),
        ("labse", ""),
        ("someone/code5-small", ""),
    ],
)
def test_the_usual_prefix_is_known_by_name(name: str, prefix: str) -> None:
    """E5 was trained with one, most were not."""
    assert usual_prefix(name) == prefix


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from([*TEXTS, LONG, " "]), min_size=1, max_size=6))
def test_the_batch_never_shows(encoder: TextEncoder, texts: list[str]) -> None:
    """Alone or among others, a text has the same vector."""
    for text, vector in zip(texts, replace(encoder).encode(texts), strict=True):
        np.testing.assert_allclose(vector.values, replace(encoder).encode([text])[0].values, atol=1e-5)


def test_a_text_is_encoded_once(encoder: TextEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one call and in the next: ten systems have the same source."""
    first = encoder.encode(["over the river", "over the river"])
    monkeypatch.setattr(TextEncoder, "_vectors", lambda *_: pytest.fail("encoded again"))
    assert encoder.encode(["over the river"]) == first[:1]


def test_a_long_text_is_read_in_windows_to_its_end(encoder: TextEncoder) -> None:
    """The folder's limit holds, and nothing is cut in silence."""
    one, other = encoder.encode([LONG + "bridge", LONG + "monday"])
    assert one.windows > 2
    assert one.tokens == len(encoder.loaded.tokenizer(LONG + "bridge", add_special_tokens=False)["input_ids"])
    assert cosine(one, other) < 1 - 1e-6
    assert encoder.window == 24


def test_a_text_is_most_like_itself(encoder: TextEncoder) -> None:
    """1 at most, and 0 for white space."""
    one, other, nothing = encoder.encode([TEXTS[0], TEXTS[2], " "])
    assert cosine(one, one) == pytest.approx(1.0)
    assert cosine(one, other) < 1
    assert cosine(one, nothing) == 0


def test_a_way_of_pooling_that_is_not_known_is_an_error(tmp_path: Path) -> None:
    """A wrong vector would be no vector."""
    folder = tiny.encoder(tmp_path / "model", "mean")
    tiny.write(folder / "1_Pooling" / "config.json", {"pooling_mode_weightedmean_tokens": True})
    with pytest.raises(ModelError, match="pools in a way that mtqe does not know"):
        load_text_encoder(str(folder))
    modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
    modules[1]["type"] = "sentence_transformers.models.LSTM"
    tiny.write(folder / "modules.json", modules)
    with pytest.raises(ModelError, match="has a layer 'LSTM', which mtqe does not know"):
        load_text_encoder(str(folder), window=20)


def test_a_window_without_room_is_the_users_to_mend(folders: dict[str, Path]) -> None:
    """Beside the marks and the prefix."""
    with pytest.raises(ConfigError, match="a window of 2 tokens has no room"):
        load_text_encoder(str(folders["mean"]), window=2)
