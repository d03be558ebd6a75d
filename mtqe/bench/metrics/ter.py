"""TER, translation edit rate (Snover et al., 2006), in the numbers of sacrebleu."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from mtqe.bench.edits import edits
from mtqe.bench.metrics.base import Values, metrics
from mtqe.bench.testset import Texts
from mtqe.signature import describe


@metrics.register
@dataclass(frozen=True)
class Ter:
    """TER of the corpus: edits per 100 words of the references, 0 or more, lower is better.

    The options are sacrebleu's. A segment with several references has the edits of the one that
    takes fewest, and their mean length.
    """

    name: ClassVar[str] = "ter"
    title: ClassVar[str] = "TER"
    higher_is_better: ClassVar[bool] = False

    normalized: bool = False
    no_punct: bool = False
    asian_support: bool = False
    case_sensitive: bool = False

    @property
    def label(self) -> str:
        """``ter``, with the options that are not the default."""
        return describe(self)

    def for_language(self, target_lang: str | None) -> Ter:
        """The same: what TER does for a language is asked for by its options."""
        return self

    def statistics(self, systems: Sequence[Texts], references: Sequence[Texts]) -> Values:
        """Fewest edits, and mean length of the references, in words."""
        sides = [self._words(texts) for texts in references]
        targets = list(chain.from_iterable(self._words(texts) for texts in systems))
        # One call for all, so that what two systems say alike is counted once.
        found = [edits(list(zip(targets, side * len(systems), strict=True))) for side in sides]
        shape = (len(systems), len(sides[0]))
        fewest = np.min(np.array(found).reshape(len(sides), *shape), axis=0)
        lengths = np.array([sum(map(len, words)) / len(sides) for words in zip(*sides, strict=True)])
        return np.stack([fewest, np.broadcast_to(lengths, shape)], axis=2).astype(np.float64)

    def _words(self, texts: Texts) -> list[list[str]]:
        return [_metric(self)._preprocess_segment(text).split() for text in texts]

    def score(self, statistics: Values) -> float:
        """The score of segments by sacrebleu itself."""
        rows = [[int(count), length] for count, length in statistics.tolist()]
        return float(_metric(self)._aggregate_and_compute(rows).score)

    def scores(self, sums: NDArray[np.floating]) -> NDArray[np.floating]:
        """The scores of summed statistics, over the last axis."""
        count, length = sums[..., 0], sums[..., 1]
        rate = np.where(length > 0, count / np.where(length > 0, length, 1), (count > 0) * 1.0)
        return 100 * rate.astype(sums.dtype)

    def signature(self, references: int) -> str:
        """The line of sacrebleu that says how the number was made."""
        metric = _metric(self)
        metric.num_refs = references
        return str(metric.get_signature())


@cache
def _metric(options: Ter) -> Any:
    from sacrebleu.metrics.ter import TER

    return TER(**vars(options))
