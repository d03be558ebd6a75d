"""An encoder at work: batches by token budget, a thread per core, layers handed to what wants them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import torch

from mtqe.models.batching import map_in_batches
from mtqe.models.packed import PackedEncoder

Result = TypeVar("Result")


class Input(NamedTuple):
    """A sequence of tokens, and how many of its first ones are meant: see who reads it."""

    ids: tuple[int, ...]
    first: int = 0


@dataclass(frozen=True)
class Engine:
    """``budget`` is in tokens for a batch; ``threads`` share the weights, each with batches of its own.

    A thread per core is faster than one whose products are spread over all cores: nobody waits.
    """

    encoder: PackedEncoder
    budget: int
    threads: int

    def map(
        self, function: Callable[[Sequence[Input]], Sequence[Result]], inputs: Sequence[Input]
    ) -> list[Result]:
        """One result for each input, in order; equal inputs are read once."""
        device = self.encoder.device.type
        return map_inputs(function, inputs, self.budget, self.threads, device)


def map_inputs(
    function: Callable[[Sequence[Input]], Sequence[Result]],
    inputs: Sequence[Input],
    budget: int,
    threads: int,
    device: str,
) -> list[Result]:
    """One result for each input, in order, of any network; equal inputs are read once."""

    @torch.inference_mode()
    def run(batch: Sequence[Input]) -> Sequence[Result]:
        if threads > 1 and torch.get_num_threads() > 1:
            torch.set_num_threads(1)  # of this thread
        return function(batch)

    threads = threads if device == "cpu" else 1
    share = sum(len(item.ids) for item in set(inputs)) // threads
    with _threads_kept():
        return map_in_batches(
            run,
            inputs,
            length=lambda item: len(item.ids),
            budget=max(min(budget, share), 1),
            workers=threads,
        )


@contextmanager
def _threads_kept() -> Iterator[None]:
    """New threads take over what one of ours set last: set it back for those of others."""
    before = torch.get_num_threads()
    try:
        yield
    finally:
        torch.set_num_threads(before)
