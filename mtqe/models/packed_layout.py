"""Sequences of different lengths as the rows of one matrix, one after the other, without padding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import torch
from torch import Tensor


@dataclass(frozen=True)
class Run:
    """Neighbours of one length: ``number`` sequences of ``length`` rows each, from row ``start`` on."""

    number: int
    length: int
    start: int

    @property
    def stop(self) -> int:
        """The row after its last."""
        return self.start + self.number * self.length


@dataclass(frozen=True)
class Layout:
    """Which rows of a matrix belong to which sequence; the fewer runs, the faster."""

    runs: tuple[Run, ...]

    @classmethod
    def of(cls, lengths: Sequence[int]) -> Layout:
        """The layout of sequences of these lengths; equal ones had better be neighbours."""
        return cls(tuple(_runs((sum(1 for _ in same), length) for length, same in groupby(lengths))))

    def narrowed(self, kept: Sequence[int]) -> Layout:
        """The layout of no more than the first rows of each sequence: ``kept`` of each, or a few more.

        All sequences of a run keep as many as that of them which keeps the most.
        """
        numbers = iter(kept)
        most = [max(next(numbers) for _ in range(run.number)) for run in self.runs]
        pairs = zip(self.runs, most, strict=True)
        return Layout(tuple(_runs((run.number, min(run.length, rows)) for run, rows in pairs)))

    @property
    def rows(self) -> int:
        """Rows of the whole matrix."""
        return self.runs[-1].stop if self.runs else 0

    def parts(self, matrix: Tensor) -> Iterator[Tensor]:
        """A view of each run: sequences, their rows, and what else ``matrix`` has."""
        for run in self.runs:
            yield torch.unflatten(matrix[run.start : run.stop], 0, (run.number, run.length))

    @cached_property
    def lengths(self) -> list[int]:
        """The rows of each sequence."""
        return [run.length for run in self.runs for _ in range(run.number)]

    @cached_property
    def firsts(self) -> Tensor:
        """The number of each sequence's first row."""
        lengths = torch.tensor(self.lengths, dtype=torch.long)
        return torch.cumsum(lengths, 0) - lengths

    @cached_property
    def positions(self) -> Tensor:
        """For each row its place in its sequence, from 0."""
        return torch.cat([torch.arange(length) for length in self.lengths])

    @cached_property
    def owners(self) -> Tensor:
        """For each row the number of its sequence."""
        return torch.repeat_interleave(torch.tensor(self.lengths, dtype=torch.long))


def _runs(sizes: Iterator[tuple[int, int]]) -> Iterator[Run]:
    start = 0
    for number, length in sizes:
        yield Run(number, length, start)
        start += number * length
