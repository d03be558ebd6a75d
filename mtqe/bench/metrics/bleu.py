"""BLEU (Papineni et al., 2002), in the numbers of sacrebleu."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from mtqe.bench import ngrams
from mtqe.bench.metrics.base import Values, metrics
from mtqe.bench.testset import Texts
from mtqe.errors import ConfigError
from mtqe.signature import describe
from mtqe.text.languages import base_language

_ORDER = 4

Tokenizer = Literal[
    "none", "zh", "13a", "intl", "char", "ja-mecab", "ko-mecab", "spm", "flores101", "flores200"
]


@metrics.register
@dataclass(frozen=True)
class Bleu:
    """Corpus BLEU, 0 to 100, higher is better.

    The options are sacrebleu's. ``tokenize`` is by the target language where it is known, as with
    sacrebleu's ``-l``: zh for Chinese, ja-mecab for Japanese, ko-mecab for Korean, else 13a.
    """

    name: ClassVar[str] = "bleu"
    title: ClassVar[str] = "BLEU"
    higher_is_better: ClassVar[bool] = True

    tokenize: Tokenizer | None = None
    lowercase: bool = False
    smooth_method: Literal["exp", "floor", "add-k", "none"] = "exp"
    smooth_value: float | None = None
    target_lang: str | None = None

    @property
    def label(self) -> str:
        """``bleu``, with the options that are not the default."""
        return describe(replace(self, target_lang=None))

    def for_language(self, target_lang: str | None) -> Bleu:
        """The same for a target language."""
        return replace(self, target_lang=target_lang and base_language(target_lang))

    def statistics(self, systems: Sequence[Texts], references: Sequence[Texts]) -> Values:
        """Words of target and closest reference, matches and n-grams of orders 1 to 4."""
        metric = _metric(self)
        vocabulary: dict[str, int] = {}
        sides = [_units(texts, metric, vocabulary) for texts in references]
        return np.stack([_statistics(_units(texts, metric, vocabulary), sides) for texts in systems])

    def score(self, statistics: Values) -> float:
        """The score of segments by sacrebleu itself."""
        return float(_metric(self)._aggregate_and_compute(statistics.astype(np.int64).tolist()).score)

    def scores(self, sums: NDArray[np.floating]) -> NDArray[np.floating]:
        """The scores of summed statistics, over the last axis."""
        correct, total = sums[..., 2 : 2 + _ORDER].copy(), sums[..., 2 + _ORDER :].copy()
        matched = correct.any(axis=-1)
        if self.smooth_method == "add-k":
            correct[..., 1:] += self._smooth_value
            total[..., 1:] += self._smooth_value
        precisions = self._precisions(correct, total).astype(np.float64)
        # The logarithm of 0 is sacrebleu's: very low, so that the score is 0.
        logs = np.full_like(precisions, -9999999999.0)
        np.log(precisions, out=logs, where=precisions > 0)
        mean = ((logs[..., 0] + logs[..., 1] + logs[..., 2]) + logs[..., 3]) / _ORDER
        return np.where(matched, _brevity(sums[..., 0], sums[..., 1]) * np.exp(mean), 0.0)

    @property
    def _smooth_value(self) -> float:
        default = {"floor": 0.1, "add-k": 1.0}.get(self.smooth_method, 0.0)
        return default if self.smooth_value is None else self.smooth_value

    def _precisions(self, correct: NDArray[np.floating], total: NDArray[np.floating]) -> NDArray[np.floating]:
        """Percentages of n-grams that match; where none does, what the smoothing puts there."""
        # sacrebleu stops at the first order that no target is long enough for.
        possible = np.logical_and.accumulate(total > 0, axis=-1)
        safe = np.where(possible, total, 1)
        found = 100.0 * correct / safe
        missing = possible & (correct == 0)
        if self.smooth_method == "exp":
            halvings = 2.0 ** np.cumsum(missing, axis=-1)
            found = np.where(missing, 100.0 / (halvings.astype(safe.dtype) * safe), found)
        elif self.smooth_method == "floor":
            found = np.where(missing, (100.0 * self._smooth_value) / safe, found)
        return np.where(possible, found, 0.0).astype(safe.dtype)

    def signature(self, references: int) -> str:
        """The line of sacrebleu that says how the number was made."""
        metric = _metric(self)
        metric.num_refs = references
        return str(metric.get_signature())


@cache
def _metric(options: Bleu) -> Any:
    """The metric of sacrebleu; a ConfigError if its tokenizer is not there."""
    from sacrebleu.metrics.bleu import BLEU

    try:
        return BLEU(
            lowercase=options.lowercase,
            tokenize=options.tokenize,
            smooth_method=options.smooth_method,
            smooth_value=options.smooth_value,
            trg_lang=(options.target_lang or "") if options.tokenize is None else "",
            force=True,
        )
    except (ImportError, RuntimeError, OSError) as error:
        raise ConfigError(
            f"metrics: {options.label}: its tokenizer is not there: {' '.join(str(error).split())}"
        ) from error


def _units(texts: Texts, metric: Any, vocabulary: dict[str, int]) -> ngrams.Units:
    return ngrams.words([metric._preprocess_segment(text).split() for text in texts], vocabulary)


def _statistics(target: ngrams.Units, references: Sequence[ngrams.Units]) -> Values:
    lengths = np.stack([side.lengths for side in references], axis=1)
    # The reference whose length is closest, the shorter of two that are as close.
    order = np.lexsort((lengths, np.abs(lengths - target.lengths[:, None])), axis=1)[:, 0]
    closest = lengths[np.arange(len(order)), order]
    matched = ngrams.matches(target, references, _ORDER)
    sizes = np.stack([target.lengths, closest], axis=1)
    return np.concatenate([sizes, matched, ngrams.totals(target, _ORDER)], axis=1).astype(np.float64)


def _brevity(target: NDArray[np.floating], reference: NDArray[np.floating]) -> Values:
    ours, theirs = target.astype(np.float64), reference.astype(np.float64)
    with np.errstate(divide="ignore"):
        penalty = np.exp(1.0 - theirs / np.maximum(ours, 1e-300))
    return np.where(ours < theirs, np.where(ours > 0, penalty, 0.0), 1.0)
