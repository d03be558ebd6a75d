"""Several devices at work on the same rows: this process on the first, one process more for each other.

Processes and not threads: what a model's Python code does between two products would make the devices
wait for one another. A process loads the model itself, when there is first work for it.
"""

from __future__ import annotations

import logging
import signal
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import accumulate
from multiprocessing import get_context
from typing import Any, TypeVar

from mtqe.errors import ModelError
from mtqe.models.running import Running

Row = TypeVar("Row", bound=Hashable)
Result = TypeVar("Result")
Judge = Callable[[Sequence[Row]], Iterable[Result]]

# Parts of the rows for each device: so many that none waits long for the last part of another.
_PARTS = 4

# A process that died may have met with something that has passed, such as memory that others took.
_TRIES = 2

_log = logging.getLogger(__name__)


@dataclass
class Elsewhere:
    """A model in a process of its own: what ``load`` makes of ``options`` and ``running``.

    ``load`` is a function that the process can import and that remembers what it loaded. Where the
    process dies, the rows are tried once more in a new one; ``ModelError`` if that dies too.
    """

    load: Callable[..., Any]
    running: Running
    options: Mapping[str, Any]
    pool: ProcessPoolExecutor | None = field(default=None, repr=False)

    def judge(self, rows: Sequence[Any], **more: Any) -> list[Any]:
        """What the model's ``judge`` gives for these rows; its errors are raised here."""
        for _ in range(_TRIES):
            self.pool = self.pool or _process()
            try:
                return list(self.pool.submit(_judged, self._load(), rows, more).result())
            except BrokenProcessPool:
                self.pool = None
                _log.warning("the process of device %s died", self.running.device)
        raise ModelError(
            f"the process of device {self.running.device!r} died twice: out of memory? Take a smaller"
            " 'batch_tokens', a lower precision or fewer devices"
        )

    def _load(self) -> Callable[[], Any]:
        return partial(self.load, running=self.running, **self.options)


def _process() -> ProcessPoolExecutor:
    """A new interpreter: a fork of a process with threads may hang. Ctrl-C is for the one that started it."""
    return ProcessPoolExecutor(
        1, get_context("spawn"), initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN)
    )


def _judged(load: Callable[[], Any], rows: Sequence[Any], more: Mapping[str, Any]) -> Any:
    return load().judge(rows, **more)


def elsewhere(load: Callable[..., Any], running: Running, **options: Any) -> tuple[Elsewhere, ...]:
    """The model of each device but the first."""
    alone = replace(running, devices=())
    return tuple(Elsewhere(load, replace(alone, device=name), options) for name in running.devices[1:])


def spread(
    rows: Sequence[Row],
    judges: Sequence[Judge[Row, Result]],
    *,
    length: Callable[[Row], int],
    together: Callable[[Row], Hashable] = hash,
) -> list[Result]:
    """One result for each row, in their order, each by one of ``judges``, who work at the same time.

    Rows go in parts of about the same ``length``, to whoever is free. Equal rows, and those whose
    ``together`` is the same, go to the same one where that can be, since it computes what they share once.
    """
    if len(judges) == 1:
        return list(judges[0](rows))
    ordered = sorted(range(len(rows)), key=_first_of(rows, together).__getitem__)
    parts = deque(_parts(ordered, [length(rows[number]) for number in ordered], _PARTS * len(judges)))
    found: dict[int, Result] = {}

    def work(judge: Judge[Row, Result]) -> None:
        while parts:
            try:
                part = parts.popleft()
            except IndexError:
                return  # another was quicker
            found.update(zip(part, judge([rows[number] for number in part]), strict=True))

    with ThreadPoolExecutor(len(judges)) as pool:
        try:
            done, _ = wait([pool.submit(work, judge) for judge in judges], return_when=FIRST_EXCEPTION)
        finally:
            parts.clear()  # after an error nobody need go on
    for future in done:
        future.result()
    return [found[number] for number in range(len(rows))]


def _first_of(rows: Sequence[Row], together: Callable[[Row], Hashable]) -> list[int]:
    """For each row the number of the first one that goes together with it."""
    first: dict[Hashable, int] = {}
    return [first.setdefault(together(row), number) for number, row in enumerate(rows)]


def _parts(numbers: Sequence[int], lengths: Sequence[int], most: int) -> list[list[int]]:
    """Neighbours in at most so many parts of about the same length; none is empty."""
    parts: list[list[int]] = [[] for _ in range(most)]
    total = max(sum(lengths), 1)
    starts = accumulate(lengths[:-1], initial=0)
    for number, start in zip(numbers, starts, strict=False):  # of no rows there is still a start
        parts[min(start * most // total, most - 1)].append(number)
    return [part for part in parts if part]
