"""How probable a text is to a causal language model: each token, given those before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from mtqe.errors import ModelError
from mtqe.models.batching import map_in_batches
from mtqe.models.log_probs import LogProb
from mtqe.models.transformer import Loaded, Precision, load

# Raised whenever the numbers change.
ENGINE = "causal_lm 2"

# Marks that begin a turn of a chat, and the one by which such models' makers set texts apart before they
# made them chat.
_TURNS = ("<|im_start|>", "<|im_end|>")
_BETWEEN_TEXTS = "<|endoftext|>"

# Tokens of a window for models that would take more: a sentence has 40, and memory grows with it.
_WINDOW = 1024

# How far logits of the same tokens may differ, in their standard deviations: bf16 has three digits.
_ROUNDING = 0.01

# A window of token ids, and from which of them on it counts; those before are context.
_Window = tuple[tuple[int, ...], int]


@dataclass(frozen=True)
class CausalLM:
    """A model that judges texts; ``load_causal_lm`` makes one. ``window`` is in tokens."""

    loaded: Loaded
    window: int

    def judge(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> list[LogProb]:
        """The log-probability of each text, in order; the same whatever the batch, to rounding.

        The first token follows the model's own mark for the beginning of a text, or for the end of
        one, but not one that begins a turn of a chat. A model that has neither says nothing of the first
        token. Longer texts than a window are read in windows that overlap by half, so that every token
        has context; each counts once.
        """
        cut = [list(self._windows(text)) for text in texts]
        windows = [window for own in cut for window in own]
        sums = iter(
            map_in_batches(
                self._sums,
                windows,
                length=lambda w: len(w[0]),
                budget=self.loaded.budget(logits=True),
                progress=progress,
            )
        )
        return [
            LogProb(sum(next(sums) for _ in own), sum(len(ids) - start for ids, start in own), len(own))
            for own in cut
        ]

    def _windows(self, text: str) -> Iterator[_Window]:
        ids = self.loaded.tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]
        ids = ids if self._start is None else [self._start, *ids]
        begin, done = 0, 1
        while done < len(ids):
            end = min(begin + self.window, len(ids))
            yield tuple(ids[begin:end]), done - begin
            begin, done = end - self.window // 2, end

    @cached_property
    def _start(self) -> int | None:
        """The id of the mark that texts follow."""
        tokenizer = self.loaded.tokenizer
        mark = tokenizer.bos_token if tokenizer.bos_token is not None else tokenizer.eos_token
        if mark in _TURNS and _BETWEEN_TEXTS in tokenizer.get_vocab():
            mark = _BETWEEN_TEXTS
        return None if mark is None else int(tokenizer.convert_tokens_to_ids(mark))

    def _sums(self, batch: Sequence[_Window]) -> list[float]:
        """The sum of the log-probabilities of the tokens of each window that count."""
        import torch
        from torch.nn.functional import cross_entropy

        rows = [ids for ids, _ in batch]
        with torch.inference_mode():
            inputs = self.loaded.padded(rows)
            logits = self.loaded.model(**inputs, use_cache=False).logits[:, :-1].float()
            targets = inputs["input_ids"][:, 1:]
            losses = cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="none")
            kept = losses.view(targets.shape).double().cpu()
        counted = zip(kept, batch, strict=True)
        return [-float(row[start - 1 : len(ids) - 1].sum()) for row, (ids, start) in counted]


@lru_cache(maxsize=2)
def load_causal_lm(
    name: str, *, device: str = "auto", precision: Precision = "fp32", window: int | None = None
) -> CausalLM:
    """The model of that name, hub id or path, loaded once; errors as ``mtqe.models.transformer.load``."""
    loaded = load("a causal language model", name, device=device, precision=precision)
    _check(loaded, name)
    return CausalLM(loaded, max(loaded.limit(window, _WINDOW), 2))


def _check(loaded: Loaded, name: str) -> None:
    """A ``ModelError`` if a token's probability depends on what follows it: the model has seen the answer.

    Encoders that were trained with masks can be loaded as causal models, and then are none.
    """
    import torch

    with torch.inference_mode():
        logits = loaded.model(**loaded.padded([(5, 6, 7), (5, 6, 8)])).logits[:, :2].float()
    if (logits[0] - logits[1]).abs().max() > _ROUNDING * logits.std():
        raise ModelError(f"{name}: is not a causal language model: it looks ahead; try fluency_masked_lm")
