"""Texts as the numbers of their tokens, each with its place in the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mtqe.data import Span
from mtqe.errors import ModelError
from mtqe.models.comet_sentencepiece import read_sentencepiece

# No character, and no encoding has it.
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text's tokens without those that begin and end an input.

    ``before`` are tokens that the text is read with and that are no part of it: its context.
    """

    ids: tuple[int, ...]
    spans: tuple[Span, ...]
    before: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.before) + len(self.ids)


@dataclass(frozen=True)
class Tokenizer:
    """The vocabulary of an XLM-R, and the tokens of it that stand around texts."""

    inner: Any
    start: int
    padding: int
    end: int

    @property
    def size(self) -> int:
        """How many tokens it knows, those apart that a text has only by name."""
        size: int = self.inner.get_vocab_size(with_added_tokens=False)
        return size

    def read(self, texts: Sequence[str]) -> list[Tokens]:
        """The tokens of each text, however long. Padding that a text has in so many letters is left out."""
        found = self.inner.encode_batch(
            [_SURROGATE.sub("\ufffd", text) for text in texts], add_special_tokens=False
        )
        return [self._tokens(encoding.ids, encoding.offsets) for encoding in found]

    def _tokens(self, ids: Sequence[int], spans: Sequence[Span]) -> Tokens:
        if self.padding not in ids:
            return Tokens(tuple(ids), tuple(spans))
        kept = [(token, span) for token, span in zip(ids, spans, strict=True) if token != self.padding]
        return Tokens(tuple(token for token, _ in kept), tuple(span for _, span in kept))

    def joined(self, first: Tokens, *others: Tokens) -> tuple[int, ...]:
        """One input of several texts: ``<s> a </s> </s> b </s>``."""
        rest = (token for text in others for token in (self.end, *text.ids, self.end))
        return (self.start, *first.before, *first.ids, self.end, *rest)


def read_tokenizer(path: Path) -> Tokenizer:
    """The vocabulary in a ``tokenizer.json`` or a sentencepiece model.

    A ``ModelError`` if it is damaged or not one of XLM-R's kind.
    """
    inner = _read_json(path) if path.suffix == ".json" else read_sentencepiece(path)
    inner.no_truncation()
    inner.no_padding()
    found = [inner.token_to_id(token) for token in ("<s>", "<pad>", "</s>")]
    numbers = [number for number in found if number is not None]
    if len(numbers) < len(found):
        raise ModelError(f"{path}: has no <s>, <pad> and </s>; it is not the vocabulary of an XLM-R")
    return Tokenizer(inner, *numbers)


def _read_json(path: Path) -> Any:
    from tokenizers import Tokenizer as Inner

    try:
        return Inner.from_file(str(path))
    except Exception as error:  # the library raises nothing more special
        raise ModelError(f"{path}: can't be read: {error}") from error
