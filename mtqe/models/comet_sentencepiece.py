"""The vocabulary of an XLM-R from its sentencepiece model, where there is no ``tokenizer.json``.

The same tokens as transformers makes of that file: its pieces behind four of fairseq's own, read by the
library that gives each token its place in the text.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mtqe.errors import ModelError

# What fairseq puts before the pieces, in place of sentencepiece's first three, and behind them.
_FIRST = ("<s>", "<pad>", "</s>", "<unk>")
_REPLACED = 3
_LAST = "<mask>"

# In sentencepiece's model: the part that says how text is normalised, and the table in that part.
_NORMALIZER, _TABLE = 3, 2

_SPACE = "▁"


def read_sentencepiece(path: Path) -> Any:
    """A ``tokenizers.Tokenizer`` with the pieces and the normalisation of a sentencepiece model."""
    from sentencepiece import SentencePieceProcessor
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

    try:
        pieces = SentencePieceProcessor(model_file=str(path))
    except (OSError, RuntimeError) as error:
        raise ModelError(f"{path}: is no sentencepiece model: {error}") from error
    scored = [(pieces.id_to_piece(i), pieces.get_score(i)) for i in range(_REPLACED, len(pieces))]
    vocabulary = [*((token, 0.0) for token in _FIRST), *scored, (_LAST, 0.0)]
    inner = Tokenizer(models.Unigram(vocabulary, unk_id=_FIRST.index("<unk>"), byte_fallback=False))
    inner.add_special_tokens([*_FIRST, _LAST])
    table = _table(pieces.serialized_model_proto())
    inner.normalizer = normalizers.Sequence(
        [
            *([normalizers.Precompiled(table)] if table else []),
            normalizers.Strip(left=False, right=True),
            normalizers.Replace(Regex(" {2,}"), _SPACE),
        ]
    )
    inner.pre_tokenizer = pre_tokenizers.Metaspace(replacement=_SPACE, prepend_scheme="always")
    return inner


def _table(model: bytes) -> bytes:
    """The table of characters that a model normalises text by; empty if it has none."""
    for number, part in _fields(model):
        if number == _NORMALIZER:
            return next((table for name, table in _fields(part) if name == _TABLE), b"")
    return b""


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """The numbers and contents of a protocol buffer's fields that hold bytes."""
    at = 0
    while at < len(message):
        tag, at = _number(message, at)
        kind = tag & 7
        if kind == 0:
            _, at = _number(message, at)
            continue
        length, at = _number(message, at) if kind == 2 else ({1: 8, 5: 4}[kind], at)
        if kind == 2:
            yield tag >> 3, message[at : at + length]
        at += length


def _number(message: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where it ends."""
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
