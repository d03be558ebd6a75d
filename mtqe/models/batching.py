"""Work in batches that never show in the result: longest first, equal items once, input order."""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from typing import Generic, TypeVar

from mtqe.errors import ContractError, ModelError

Item = TypeVar("Item", bound=Hashable)
Result = TypeVar("Result")
Part = TypeVar("Part")

# What torch says when memory runs out where it raises no class of its own; the last ones are oneDNN's.
_NO_MEMORY = (
    *("out of memory", "can't allocate memory", "cannot allocate memory", "not enough memory"),
    *("could not create a primitive", "could not create a memory", "could not execute a primitive"),
)

# So many characters of it are shown where nothing helps.
_SHOWN = 120


def map_in_batches(
    function: Callable[[Sequence[Item]], Sequence[Result]],
    items: Sequence[Item],
    *,
    length: Callable[[Item], int],
    budget: int,
    workers: int = 1,
    progress: Callable[[int], None] | None = None,
) -> list[Result]:
    """One result for each of ``items``, in their order; the same for every budget.

    ``function`` gets a batch and gives one result for each of it. Equal items are computed once.
    Batches go longest first, so that memory runs out early or not at all, and hold as many items
    as fit into ``budget``: their number times the ``length`` of the longest, tokens with padding,
    say; an item that is longer than the budget is a batch of its own. Where memory runs out, the
    batch is halved and tried again, and later ones are no larger; ``ModelError`` if it runs out for
    one item. ``workers`` threads share the batches. ``progress`` is told after each batch how
    many of ``items`` are done by it; their sum is their number.
    """
    batches = _Batches(function, length, budget, progress or (lambda _: None))
    groups = _grouped(items)
    ordered = sorted(groups, key=length, reverse=True)
    planned = list(_planned(ordered, length, budget))
    found: dict[Item, Result] = {}
    for batch, results in zip(planned, batches.run_all(planned, groups, workers), strict=True):
        found.update(zip(batch, results, strict=True))
    return [found[item] for item in items]


def in_order(items: Iterable[Part], size_of: Callable[[Part], int], budget: int) -> Iterator[list[Part]]:
    """Neighbours together, as many as fit into ``budget`` by the sum of their sizes, and one at least."""
    batch: list[Part] = []
    size = 0
    for item in items:
        if batch and size + size_of(item) > budget:
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += size_of(item)
    if batch:
        yield batch


def _grouped(items: Sequence[Item]) -> dict[Item, int]:
    """How often each different item stands in ``items``, in the order of their first place."""
    counts: dict[Item, int] = {}
    for item in items:
        counts[item] = counts.get(item, 0) + 1
    return counts


def _planned(ordered: Sequence[Item], length: Callable[[Item], int], budget: int) -> Iterator[list[Item]]:
    """Batches of items that come longest first: the first of a batch is its longest."""
    batch: list[Item] = []
    longest = 0
    for item in ordered:
        if batch and longest * (len(batch) + 1) > budget:
            yield batch
            batch = []
        longest = longest if batch else length(item)
        batch.append(item)
    if batch:
        yield batch


@dataclass
class _Batches(Generic[Item, Result]):
    """Runs batches; ``budget`` shrinks when memory runs out."""

    function: Callable[[Sequence[Item]], Sequence[Result]]
    length: Callable[[Item], int]
    budget: int
    progress: Callable[[int], None]

    def run_all(
        self, planned: Sequence[list[Item]], counts: dict[Item, int], workers: int
    ) -> Iterator[list[Result]]:
        """The results of each batch, in the order of the batches."""
        run = map(self._run, planned) if workers <= 1 else self._run_in_threads(planned, workers)
        for batch, results in zip(planned, run, strict=True):
            self.progress(sum(counts[item] for item in batch))
            yield results

    def _run_in_threads(self, planned: Sequence[list[Item]], workers: int) -> Iterator[list[Result]]:
        pool = ThreadPoolExecutor(workers)
        try:
            yield from pool.map(self._run, planned)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _run(self, batch: Sequence[Item]) -> list[Result]:
        parts = list(_planned(batch, self.length, self.budget))
        if len(parts) > 1:  # the budget has shrunk since the batches were planned
            return list(chain.from_iterable(map(self._run, parts)))
        results = self._tried(batch)
        if results is not None:
            return results
        # Outside the handler: the exception held on to everything that its frames had in memory.
        _free_memory()
        half = (len(batch) + 1) // 2
        self.budget = min(self.budget, self.length(batch[0]) * half)
        return [*self._run(batch[:half]), *self._run(batch[half:])]

    def _tried(self, batch: Sequence[Item]) -> list[Result] | None:
        """The results, or None if memory ran out for more than one item."""
        try:
            results = list(self.function(batch))
        except (MemoryError, RuntimeError) as error:
            if not ran_out_of_memory(error):
                raise
            if len(batch) == 1:
                raise ModelError(_too_much(self.length(batch[0]), error)) from error
            return None
        if len(results) != len(batch):
            raise ContractError(f"a model gave {len(results)} results for a batch of {len(batch)}")
        return results


def ran_out_of_memory(error: BaseException) -> bool:
    """Whether an exception says that there is no memory left, on a CPU or a GPU."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    return isinstance(error, RuntimeError) and any(words in str(error).lower() for words in _NO_MEMORY)


def _too_much(tokens: int, error: BaseException) -> str:
    said = next(iter(str(error).splitlines()), "")[:_SHOWN]
    return (
        f"memory ran out for a single text of {tokens} tokens ({said or type(error).__name__}); "
        "use a smaller model, a lower precision or another device"
    )


def _free_memory() -> None:
    """Give what torch has set aside on a GPU back to it."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()
