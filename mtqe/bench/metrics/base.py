"""What a metric against references is, and where metrics are found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from mtqe.bench.testset import Texts
from mtqe.registry import Registry

Values = NDArray[np.float64]


class Metric(Protocol):
    """Compares a system's segments with references; a frozen dataclass whose fields are its options.

    Everything that a score is made of is in the statistics of segments: those of any set of
    segments are summed, and ``scores`` makes a score of the sum. ``label`` is the metric's name in
    reports, with the options that are not the default.
    """

    name: ClassVar[str]
    title: ClassVar[str]  # as people write it
    higher_is_better: ClassVar[bool]

    @property
    def label(self) -> str:
        """What the metric is called in a report; two of a run never have the same."""
        ...

    def for_language(self, target_lang: str | None) -> Metric:
        """The metric for a target language, where that makes a difference."""
        ...

    def statistics(self, systems: Sequence[Texts], references: Sequence[Texts]) -> Values:
        """Sufficient statistics, of shape (systems, segments, statistics)."""
        ...

    def score(self, statistics: Values) -> float:
        """The score of segments, of shape (segments, statistics), in points as sacrebleu prints them."""
        ...

    def scores(self, sums: NDArray[np.floating]) -> NDArray[np.floating]:
        """The scores of summed statistics, over the last axis, worked out in the precision of these."""
        ...

    def signature(self, references: int) -> str:
        """The line of sacrebleu that says how the number was made."""
        ...


metrics: Registry[Metric] = Registry("metric", "mtqe.bench.metrics")
