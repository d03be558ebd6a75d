"""How probable a text is to a masked language model: each token, given all the others.

Pseudo-log-likelihood (Salazar et al., 2020). Of a word in several tokens the first gives away the
rest; so the tokens behind the one that is asked for, within its word, are masked too (Kauf and
Ivanova, 2023).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any, Literal

from mtqe.errors import ModelError
from mtqe.models.batching import map_in_batches
from mtqe.models.log_probs import LogProb
from mtqe.models.transformer import Loaded, Precision, load
from mtqe.text.words import is_unspaced

# Raised whenever the numbers change.
ENGINE = "masked_lm 1"

Masking = Literal["word_l2r", "token"]

_WINDOW = 512


@dataclass(frozen=True)
class _Question:
    """Token ids with some masked, one of the masked places, and the token that stands there."""

    ids: tuple[int, ...]
    place: int
    answer: int


@dataclass(frozen=True)
class MaskedLM:
    """A model that judges texts; ``load_masked_lm`` makes one.

    ``window`` is in tokens, those that stand ``before`` and ``after`` every text among them.
    """

    loaded: Loaded
    window: int
    masking: Masking
    before: tuple[int, ...]
    after: tuple[int, ...]

    def judge(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> list[LogProb]:
        """The pseudo-log-likelihood of each text, in order; the same whatever the batch, to rounding.

        Every token is a run of its own. In a text that is longer than a window, windows overlap by half
        and a token is judged in the one in whose middle it stands nearest.
        """
        asked = [list(self._windows(text)) for text in texts]
        questions = [question for windows in asked for window in windows for question in window]
        found = iter(
            map_in_batches(
                self._log_probs,
                questions,
                length=lambda q: len(q.ids),
                budget=self.loaded.budget(),
                progress=progress,
            )
        )
        return [
            LogProb(sum(next(found) for _ in chain(*windows)), sum(map(len, windows)), len(windows))
            for windows in asked
        ]

    def _windows(self, text: str) -> Iterator[list[_Question]]:
        """The questions of each window of a text; none for a text without tokens."""
        encoded = self.loaded.tokenizer(text, add_special_tokens=False, verbose=False)
        ids: list[int] = encoded["input_ids"]
        words = _words(text, encoded) if self.masking == "word_l2r" else list(range(len(ids)))
        size = self.window - len(self.before) - len(self.after)
        for begin, places in _shared_out(len(ids), size):
            end = min(begin + size, len(ids))
            yield [self._question(ids, begin, end, place, words) for place in places]

    def _question(
        self, ids: Sequence[int], begin: int, end: int, place: int, words: Sequence[int]
    ) -> _Question:
        mask = self.loaded.tokenizer.mask_token_id
        shown = [mask if i >= place and words[i] == words[place] else ids[i] for i in range(begin, end)]
        whole = (*self.before, *shown, *self.after)
        return _Question(whole, len(self.before) + place - begin, ids[place])

    def _log_probs(self, batch: Sequence[_Question]) -> list[float]:
        import torch

        rows = torch.arange(len(batch))
        places = torch.tensor([question.place for question in batch])
        answers = torch.tensor([question.answer for question in batch], device=self.loaded.device)
        with torch.inference_mode(), _only(self.loaded.model, rows, places):
            logits = self.loaded.model(**self.loaded.padded([q.ids for q in batch])).logits
            asked = logits[:, 0] if logits.shape[1] == 1 else logits[rows, places]
            chosen = asked.float().log_softmax(-1).gather(1, answers[:, None])
        return [float(value) for value in chosen[:, 0].double().cpu()]


@lru_cache(maxsize=2)
def load_masked_lm(
    name: str,
    *,
    device: str = "auto",
    precision: Precision = "fp32",
    window: int | None = None,
    masking: Masking = "word_l2r",
) -> MaskedLM:
    """The model of that name, hub id or path, loaded once; errors as ``mtqe.models.transformer.load``."""
    loaded = load("a masked language model", name, device=device, precision=precision)
    if loaded.tokenizer.mask_token_id is None:
        raise ModelError(f"{name}: is not a masked language model: its vocabulary has no mask")
    before, after = loaded.around
    least = len(before) + len(after) + 2
    return MaskedLM(loaded, max(loaded.limit(window, _WINDOW), least), masking, before, after)


def _words(text: str, encoded: Any) -> list[int]:
    """For each token the number of its word; in scripts without spaces every token is a word."""
    if not encoded.is_fast:
        raise ModelError("masking by words needs a fast tokenizer; set masking: token")
    words: list[int] = []
    for place, word in enumerate(encoded.word_ids()):
        span = encoded.token_to_chars(place)
        alone = word is None or span is None or is_unspaced(text[span.start : span.end])
        words.append(-1 - place if alone else word)
    return words


def _shared_out(count: int, size: int) -> Iterator[tuple[int, list[int]]]:
    """Where each window of ``size`` places begins, and the places that are nearest to its middle."""
    step = max(size // 2, 1)
    begins = [0] if count <= size else [*range(0, count - size, step), count - size]
    middle = (size - 1) / 2
    nearest = [min(begins, key=lambda begin: (abs(begin + middle - place), begin)) for place in range(count)]
    for begin in begins:
        places = [place for place in range(count) if nearest[place] == begin]
        if places:
            yield begin, places


@contextmanager
def _only(model: Any, rows: Any, places: Any) -> Iterator[None]:
    """Give the head of a model one place of each row: it is a large part of the work, and the rest unused."""
    body = model.base_model
    if body is model:
        yield
        return

    def keep(_module: Any, _inputs: Any, output: Any) -> Any:
        output.last_hidden_state = output.last_hidden_state[rows, places][:, None]
        return output

    hook = body.register_forward_hook(keep)
    try:
        yield
    finally:
        hook.remove()
