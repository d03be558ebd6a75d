"""What any metric must beat: scores that know nothing of the translation, or next to nothing.

A metric that agrees with people no better than the length of a sentence has learnt that long
sentences have more errors.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mtqe.bench.meta_table import HumanTable, Matrix

_SEED = 2020


def length(table: HumanTable) -> Matrix:
    """The longer the translation, the worse: its characters, negated."""
    return table.column((cell, -float(len(target))) for cell, target in table.targets.items())


def source_only(table: HumanTable) -> Matrix:
    """The longer the source, the worse: its characters, negated; the same for all systems."""
    sources = [table.text(segment).source for segment in table.segments]
    row = np.array([np.nan if source is None else -float(len(source)) for source in sources])
    return np.broadcast_to(row, table.scores.shape).copy()


def random_by_system(table: HumanTable) -> Matrix:
    """One random number for each system, the same for all of its translations."""
    drawn = np.random.default_rng(_SEED).random(len(table.systems))
    return np.broadcast_to(drawn[:, None], table.scores.shape).copy()


def constant(table: HumanTable) -> Matrix:
    """The same for all."""
    return np.zeros(table.scores.shape)


FLOORS: dict[str, Callable[[HumanTable], Matrix]] = {
    "length": length,
    "source only": source_only,
    "random by system": random_by_system,
    "constant": constant,
}
