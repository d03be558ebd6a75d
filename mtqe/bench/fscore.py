"""chrF's statistics and score: F of character n-grams, and of words for chrF++ (Popović, 2015 and 2017)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from mtqe.bench import ngrams
from mtqe.bench.metrics.base import Values
from mtqe.bench.testset import Texts
from mtqe.signature import describe

# In place of a precision or recall of nothing, as sacrebleu has it.
_NOTHING = 1e-16


@dataclass(frozen=True)
class FScore:
    """sacrebleu's options of chrF, and what it does with them: all but a metric's name."""

    name: ClassVar[str]
    title: ClassVar[str]
    higher_is_better: ClassVar[bool] = True

    char_order: int = 6
    word_order: int = 0
    beta: int = 2
    lowercase: bool = False
    whitespace: bool = False
    eps_smoothing: bool = False

    @property
    def label(self) -> str:
        """The name, with the options that are not the default."""
        return describe(self)

    def for_language(self, target_lang: str | None) -> FScore:
        """The same: characters are counted in every language."""
        return self

    def statistics(self, systems: Sequence[Texts], references: Sequence[Texts]) -> Values:
        """n-grams of target, of the best reference, and of both, for each order."""
        vocabulary: dict[str, int] = {}
        sides = [self._units(texts, vocabulary) for texts in references]
        return np.stack([self._best(self._units(texts, vocabulary), sides) for texts in systems])

    def _best(self, target: list[ngrams.Units], references: Sequence[list[ngrams.Units]]) -> Values:
        """Each segment's statistics with the reference that is nearest to it, the first of equals."""
        found = np.stack([self._pair(target, side) for side in references])
        nearest = np.argmax(self.scores(found), axis=0)
        best: Values = found[nearest, np.arange(found.shape[1])]
        return best

    def _pair(self, target: list[ngrams.Units], reference: list[ngrams.Units]) -> Values:
        parts = []
        for ours, theirs, order in zip(target, reference, (self.char_order, self.word_order), strict=True):
            if order:
                there = ngrams.totals(theirs, order)
                mine = np.where(there > 0, ngrams.totals(ours, order), 0)
                both = ngrams.matches(ours, [theirs], order)
                parts.append(np.stack([mine, there, both], axis=2).reshape(len(mine), -1))
        return np.concatenate(parts, axis=1).astype(np.float64)

    def _units(self, texts: Texts, vocabulary: dict[str, int]) -> list[ngrams.Units]:
        metric = self.metric()
        cased = [metric._preprocess_segment(text) for text in texts]
        shown = cased if self.whitespace else ["".join(text.split()) for text in cased]
        words = (
            [metric._remove_punctuation(text) for text in cased] if self.word_order else [[] for _ in texts]
        )
        return [ngrams.characters(shown), ngrams.words(words, vocabulary)]

    def score(self, statistics: Values) -> float:
        """The score of segments by sacrebleu itself."""
        return float(self.metric()._aggregate_and_compute(statistics.astype(np.int64).tolist()).score)

    def scores(self, sums: NDArray[np.floating]) -> NDArray[np.floating]:
        """The scores of summed statistics, over the last axis, step by step as sacrebleu goes."""
        factor = self.beta**2
        zero = np.zeros(sums.shape[:-1], sums.dtype)
        precisions, recalls, plain, orders = zero, zero, zero, zero
        for order in range(sums.shape[-1] // 3):
            mine, there, both = (sums[..., 3 * order + n] for n in range(3))
            precision = np.where(mine > 0, both / np.where(mine > 0, mine, 1), _NOTHING).astype(sums.dtype)
            recall = np.where(there > 0, both / np.where(there > 0, there, 1), _NOTHING).astype(sums.dtype)
            plain = plain + _f(precision, recall, factor, _NOTHING)
            counted = (mine > 0) & (there > 0)
            precisions = precisions + np.where(counted, precision, 0).astype(sums.dtype)
            recalls = recalls + np.where(counted, recall, 0).astype(sums.dtype)
            orders = orders + counted
        if self.eps_smoothing:
            return 100 * plain / (self.char_order + self.word_order)
        safe = np.maximum(orders, 1).astype(sums.dtype)
        return 100 * _f(precisions / safe, recalls / safe, factor, 0.0)

    def signature(self, references: int) -> str:
        """The line of sacrebleu that says how the number was made."""
        metric = self.metric()
        metric.num_refs = references
        return str(metric.get_signature())

    def metric(self) -> Any:
        """The metric of sacrebleu."""
        return _metric(self)


@cache
def _metric(options: FScore) -> Any:
    from sacrebleu.metrics.chrf import CHRF

    return CHRF(**vars(options))


def _f(
    precision: NDArray[np.floating], recall: NDArray[np.floating], factor: int, otherwise: float
) -> NDArray[np.floating]:
    below = factor * precision + recall
    found = (1 + factor) * precision * recall / np.where(below > 0, below, 1)
    return np.where(below > 0, found, otherwise).astype(precision.dtype)
