"""A network at work: where it runs, batches by token budget, a thread per core."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeVar

import torch

from mtqe.errors import ConfigError
from mtqe.models.batching import map_in_batches
from mtqe.models.packed import PackedEncoder
from mtqe.models.running import Running
from mtqe.models.transformer import pick_device

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


def settled(running: Running) -> Running:
    """The same with what it leaves open: ``device`` is the first one, ``threads`` how many there are.

    As many threads as asked for, or one for each core, shared by all processes that work on the CPU.
    """
    devices = running.devices or (running.device,)
    threads = torch.get_num_threads() // max(devices.count("cpu"), 1)
    return replace(running, device=devices[0], threads=running.threads or max(threads, 1))


def pick_place(running: Running) -> torch.device:
    """The device that is named (see ``pick_device``); a ``ConfigError`` where it lacks the precision."""
    place: torch.device = pick_device(running.device)
    if running.precision == "int8" and place.type != "cpu":
        raise ConfigError("precision 'int8' is for device 'cpu'; take 'bf16' on a GPU")
    return place
