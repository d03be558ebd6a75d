"""Pseudo-log-likelihoods are those of a plain run of the model, whatever the batch and the length."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqe.errors import ModelError
from mtqe.models.masked_lm import MaskedLM, load_masked_lm
from tests.models import tiny

TEXTS = ["The council met on Monday.", "bridge", "zyxw met on", "It voted, and nobody spoke against it!"]
LONG = "the council voted for a new bridge over the river and nobody spoke against it . " * 4


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny BERT."""
    return tiny.masked(tmp_path_factory.mktemp("masked"))


@pytest.fixture(scope="module")
def model(folder: Path) -> MaskedLM:
    """The tiny BERT as mtqe loads it."""
    return load_masked_lm(str(folder))


def plain(folder: Path, text: str, by_word: bool) -> float:
    """One text, one masked copy after the other, by transformers."""
    from transformers import AutoModelForMaskedLM, AutoTokenizer

    own: Any = AutoTokenizer.from_pretrained(folder)
    net: Any = AutoModelForMaskedLM.from_pretrained(folder)
    encoded = own(text)
    ids, words, total = encoded["input_ids"], encoded.word_ids(), 0.0
    for place in range(1, len(ids) - 1):
        same = [by_word and i > place and words[i] == words[place] for i in range(len(ids))]
        masked = [own.mask_token_id if i == place or same[i] else ids[i] for i in range(len(ids))]
        with torch.no_grad():
            total += float(net(torch.tensor([masked])).logits[0, place].log_softmax(-1)[ids[place]])
    return total


@pytest.mark.parametrize("masking", ["word_l2r", "token"])
def test_a_text_has_the_likelihood_that_a_plain_run_gives(folder: Path, masking: Any) -> None:
    """To five digits a token, by either way of masking; the first hides the rest of a word."""
    model = load_masked_lm(str(folder), masking=masking)
    for text, found in zip(TEXTS, model.judge(TEXTS), strict=True):
        assert found.total == pytest.approx(plain(folder, text, masking == "word_l2r"), abs=1e-4)
        assert found.windows == 1


def test_the_two_ways_of_masking_differ_where_a_word_has_several_tokens(folder: Path) -> None:
    """And only there."""
    by_word = load_masked_lm(str(folder)).judge(["the council met", "zyxw"])
    by_token = load_masked_lm(str(folder), masking="token").judge(["the council met", "zyxw"])
    assert by_word[0].total == pytest.approx(by_token[0].total, abs=1e-5)
    assert by_word[1].total != pytest.approx(by_token[1].total, abs=1e-3)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from([*TEXTS, LONG]), min_size=1, max_size=6))
def test_the_batch_never_shows(model: MaskedLM, texts: list[str]) -> None:
    """Alone or among others, a text has the same likelihood."""
    for text, found in zip(texts, model.judge(texts), strict=True):
        assert found.total == pytest.approx(model.judge([text])[0].total, abs=1e-3)


def test_every_token_of_a_long_text_is_judged_once(model: MaskedLM) -> None:
    """In several windows, and the last word counts."""
    found = model.judge([LONG, LONG + "bridge", LONG + "monday"])
    assert found[0].tokens == len(model.loaded.tokenizer(LONG, add_special_tokens=False)["input_ids"])
    assert found[0].windows > 2
    assert found[1].total != pytest.approx(found[2].total, abs=1e-3)


def test_a_text_without_tokens_has_none(model: MaskedLM) -> None:
    """White space."""
    found = model.judge(["  ", "bridge"])
    assert (found[0].tokens, found[0].windows, found[0].total) == (0, 0, 0.0)
    assert found[1].tokens == 1


def test_in_scripts_without_spaces_a_token_is_a_word(model: MaskedLM) -> None:
    """Masking a whole sentence behind each of its characters would ask something else."""
    from mtqe.models.masked_lm import _words

    encoded = model.loaded.tokenizer("会议 zyx", add_special_tokens=False)
    words = _words("会议 zyx", encoded)
    assert len(set(words)) == len(words) - 2


def test_a_causal_model_is_refused(tmp_path: Path) -> None:
    """It has no mask."""
    with pytest.raises(ModelError, match="can't be loaded as a masked language model"):
        load_masked_lm(str(tiny.causal(tmp_path)))
