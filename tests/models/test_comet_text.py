"""Tokens of an XLM-R: from either file, nothing cut, each with its place in the text."""

from __future__ import annotations

from pathlib import Path

import pytest
import sentencepiece

from mtqe.errors import ModelError
from mtqe.models.comet_text import Tokenizer, read_tokenizer
from tests.models.comet_folders import SAMPLES, TOKENIZER

TEXTS = [text for sample in SAMPLES for text in sample.values() if "<" not in text]
ODD = ["  two  spaces ", "ﬁne ①", "a\u00a0b\tc", "\u200bzero", "", "é" * 300]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentencepiece model as XLM-R's is, of few pieces."""
    path = tmp_path_factory.mktemp("pieces") / "sentencepiece.bpe"
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(TEXTS * 20),
        model_prefix=str(path),
        vocab_size=150,
        model_type="unigram",
        normalization_rule_name="nmt_nfkc",
        minloglevel=2,
    )
    return path.with_name(path.name + ".model")


@pytest.fixture
def tokenizer() -> Tokenizer:
    """That of the small models."""
    return read_tokenizer(TOKENIZER)


def test_pieces_are_those_of_sentencepiece_behind_fairseqs_own(model: Path) -> None:
    """Each number is one higher, and the unknown piece is 3; so transformers has it, too."""
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(model))
    found = read_tokenizer(model).read([*TEXTS, *ODD])
    for tokens, text in zip(found, [*TEXTS, *ODD], strict=True):
        assert list(tokens.ids) == [number + 1 if number else 3 for number in pieces.encode(text)]


def test_places_lie_in_the_text_and_in_order(model: Path, tokenizer: Tokenizer) -> None:
    """Spans are made of them."""
    for reader in (tokenizer, read_tokenizer(model)):
        for text, tokens in zip([*TEXTS, *ODD], reader.read([*TEXTS, *ODD]), strict=True):
            assert all(0 <= start <= end <= len(text) for start, end in tokens.spans)
            assert list(tokens.spans) == sorted(tokens.spans)


def test_nothing_is_cut_or_padded(tokenizer: Tokenizer) -> None:
    """However long, and whatever is beside it."""
    long, short = tokenizer.read(["the bridge " * 2000, "the"])
    assert len(long) > 4000
    assert len(short) < 4


def test_half_a_character_is_one_that_nobody_knows(tokenizer: Tokenizer) -> None:
    """A lone surrogate is no text, and comes of broken files."""
    assert tokenizer.read(["a \ud800 b"])[0].spans[-1] == tokenizer.read(["a \ufffd b"])[0].spans[-1]


def test_inputs_are_joined_as_roberta_joins_them(tokenizer: Tokenizer) -> None:
    """``<s> a </s> </s> b </s> </s> c </s>``."""
    a, b, c = tokenizer.read(["the", "bridge", "mayor"])
    assert tokenizer.joined(a) == (0, *a.ids, 2)
    assert tokenizer.joined(a, b, c) == (0, *a.ids, 2, 2, *b.ids, 2, 2, *c.ids, 2)


@pytest.mark.parametrize("name", ["tokenizer.json", "sentencepiece.bpe.model"])
def test_a_damaged_vocabulary_is_named(tmp_path: Path, name: str) -> None:
    """A download that broke off."""
    (tmp_path / name).write_bytes(b"{")
    with pytest.raises(ModelError, match=name.replace(".", r"\.")):
        read_tokenizer(tmp_path / name)
