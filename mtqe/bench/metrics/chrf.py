"""chrF (Popović, 2015), in the numbers of sacrebleu."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from mtqe.bench.fscore import FScore
from mtqe.bench.metrics.base import Values, metrics
from mtqe.bench.testset import Texts
from mtqe.signature import describe


@metrics.register
@dataclass(frozen=True)
class Chrf:
    """chrF of the corpus, 0 to 100, higher is better. The options are sacrebleu's."""

    name: ClassVar[str] = "chrf"
    title: ClassVar[str] = "chrF"
    higher_is_better: ClassVar[bool] = True

    char_order: int = 6
    word_order: int = 0
    beta: int = 2
    lowercase: bool = False
    whitespace: bool = False
    eps_smoothing: bool = False

    @property
    def label(self) -> str:
        """``chrf``, with the options that are not the default."""
        return describe(self)

    def for_language(self, target_lang: str | None) -> Chrf:
        """The same: chrF is the same for every language."""
        return self

    def statistics(self, systems: Sequence[Texts], references: Sequence[Texts]) -> Values:
        """n-grams of target, of the best reference, and of both, for each order."""
        return self._f_score.statistics(systems, references)

    def score(self, statistics: Values) -> float:
        """The score of segments by sacrebleu itself."""
        return self._f_score.score(statistics)

    def scores(self, sums: NDArray[np.floating]) -> NDArray[np.floating]:
        """The scores of summed statistics, over the last axis."""
        return self._f_score.scores(sums)

    def signature(self, references: int) -> str:
        """The line of sacrebleu that says how the number was made."""
        return self._f_score.signature(references)

    @property
    def _f_score(self) -> FScore:
        return FScore(**vars(self))
