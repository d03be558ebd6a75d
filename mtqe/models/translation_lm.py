"""How probable a translation is to a translation model that is forced to write it.

The log-probability of each token of the target, given the source and the tokens before it (as in
Prism; Thompson and Post, 2020), under any encoder-decoder translation model of transformers: M2M-100,
NLLB, mBART, Marian.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from mtqe.errors import ModelError
from mtqe.models.batching import map_in_batches
from mtqe.models.log_probs import LogProb
from mtqe.models.transformer import Loaded, Precision, load
from mtqe.models.translation_languages import language_tokens, pick_code
from mtqe.models.windows import windows

# Raised whenever the numbers change.
ENGINE = "translation_lm 2"

_WINDOW = 512


@dataclass(frozen=True)
class Translation:
    """A text, what it translates, and the codes of their languages."""

    source: str
    target: str
    source_lang: str
    target_lang: str


@dataclass(frozen=True)
class _Row:
    """Token ids of a source, of what the decoder is given and is asked for, and which of these count."""

    source: tuple[int, ...]
    given: tuple[int, ...]
    asked: tuple[int, ...]
    counted: tuple[bool, ...]


@dataclass(frozen=True)
class TranslationLM:
    """A model that judges translations; ``load_translation_lm`` makes one. ``window`` is in tokens."""

    loaded: Loaded
    window: int

    def why_not(self, *languages: str) -> str | None:
        """Why texts of these languages can't be judged; None if they can, or the model does not say."""
        unknown = [tag for tag in languages if self._codes and self._code(tag) is None]
        return f"the translation model does not know {unknown[0]!r}" if unknown else None

    def judge(
        self, translations: Sequence[Translation], progress: Callable[[int], None] | None = None
    ) -> list[LogProb]:
        """The log-probability of each target given its source, in order; the same whatever the batch.

        The mark for the language is given, the end of the text counts. Longer texts than a window are
        read in windows of both sides that run parallel.
        """
        cut = [self._rows(translation) for translation in translations]
        rows = [row for own in cut for row in own]
        found = iter(
            map_in_batches(
                self._sums, rows, length=_length, budget=self.loaded.budget(logits=True), progress=progress
            )
        )
        return [
            LogProb(math.fsum(next(found) for _ in own), sum(sum(row.counted) for row in own), len(own))
            for own in cut
        ]

    def _rows(self, translation: Translation) -> list[_Row]:
        whole = self._row(translation, translation.source, translation.target)
        if _length(whole) <= self.window:
            return [whole]
        parts = windows(
            [translation.source, translation.target],
            -(-_length(whole) // self.window),
            lambda texts: _length(self._row(translation, *texts)) <= self.window,
        )
        return [self._row(translation, *(piece.text for piece in pieces)) for pieces in parts]

    def _row(self, translation: Translation, source: str, target: str) -> _Row:
        tokenizer, codes = self.loaded.tokenizer, self._codes
        ours, theirs = self._code(translation.target_lang), self._code(translation.source_lang)
        if codes and hasattr(tokenizer, "src_lang"):
            tokenizer.src_lang, tokenizer.tgt_lang = theirs, ours
        elif codes:
            source = f"{ours} {source}"  # Marian's models of many languages are told the target's
        read = tuple(tokenizer(source, verbose=False)["input_ids"])
        asked = tuple(tokenizer(text_target=target, verbose=False)["input_ids"])
        mark = tokenizer.convert_tokens_to_ids(codes[ours]) if ours is not None else None
        return _Row(read, self._given(asked), asked, tuple(token != mark for token in asked))

    def _given(self, asked: tuple[int, ...]) -> tuple[int, ...]:
        """What the decoder reads to write these tokens: the same, one place later."""
        config = self.loaded.model.config
        # The first mBART begins with the mark that it ends with.
        return (asked[-1] if config.model_type == "mbart" else config.decoder_start_token_id, *asked[:-1])

    @cached_property
    def _codes(self) -> dict[str, str]:
        return language_tokens(self.loaded.tokenizer)

    def _code(self, tag: str) -> str | None:
        return pick_code(tag, tuple(self._codes))

    def _sums(self, batch: Sequence[_Row]) -> list[float]:
        """The sum of the log-probabilities of the tokens of each row that count."""
        import torch
        from torch.nn.functional import cross_entropy

        given = self.loaded.padded([row.given for row in batch])
        asked = self.loaded.padded([row.asked for row in batch])["input_ids"]
        more: dict[str, Any] = {f"decoder_{name}": value for name, value in given.items()}
        with torch.inference_mode():
            read = self.loaded.padded([row.source for row in batch])
            logits = self.loaded.model(**read, **more, use_cache=False).logits.float()
            losses = cross_entropy(logits.flatten(0, 1), asked.flatten(), reduction="none")
            kept = losses.view(asked.shape).double().cpu()
        pairs = zip(kept, batch, strict=True)
        return [-float(one[: len(row.asked)][list(row.counted)].sum()) for one, row in pairs]


def _length(row: _Row) -> int:
    return max(len(row.source), len(row.asked))


@lru_cache(maxsize=2)
def load_translation_lm(
    name: str, *, device: str = "auto", precision: Precision = "fp32", window: int | None = None
) -> TranslationLM:
    """The model of that name, hub id or path, loaded once; errors as ``mtqe.models.transformer.load``."""
    loaded = load("a translation model", name, device=device, precision=precision)
    if loaded.model.config.decoder_start_token_id is None:
        raise ModelError(f"{name}: does not say how a translation begins (decoder_start_token_id)")
    return TranslationLM(loaded, max(loaded.limit(window, _WINDOW), 8))
