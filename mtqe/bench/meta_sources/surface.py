"""BLEU, chrF and TER of single segments, by sacrebleu."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from mtqe.bench.meta_sources.base import Measured, metric_sources
from mtqe.bench.meta_table import HumanTable
from mtqe.errors import InputError


@metric_sources.register
@dataclass(frozen=True)
class Bleu:
    """BLEU of each segment, 0 to 100, with effective order; tokenised as sacrebleu does for the language."""

    name: ClassVar[str] = "bleu"
    tokenize: str | None = None

    def measure(self, table: HumanTable) -> Measured:
        """One metric, "bleu"."""
        from sacrebleu.metrics.bleu import BLEU

        target_lang = (table.ratings.target_lang or "").split("-")[0]
        return _measured(
            table, self.name, lambda: BLEU(tokenize=self.tokenize, effective_order=True, trg_lang=target_lang)
        )


@metric_sources.register
@dataclass(frozen=True)
class Chrf:
    """chrF of each segment, 0 to 100; chrF++ with ``word_order`` 2."""

    name: ClassVar[str] = "chrf"
    word_order: int = 0

    def measure(self, table: HumanTable) -> Measured:
        """One metric, "chrf" or "chrf++"."""
        from sacrebleu.metrics.chrf import CHRF

        label = "chrf++" if self.word_order == 2 else "chrf"
        return _measured(table, label, lambda: CHRF(word_order=self.word_order))


@metric_sources.register
@dataclass(frozen=True)
class Ter:
    """TER of each segment, negated: edits per 100 words of the reference."""

    name: ClassVar[str] = "ter"

    def measure(self, table: HumanTable) -> Measured:
        """One metric, "ter"."""
        from sacrebleu.metrics.ter import TER

        return _measured(table, self.name, TER, sign=-1.0)


def _measured(table: HumanTable, label: str, make: Callable[[], Any], sign: float = 1.0) -> Measured:
    references = {segment: table.text(segment).reference for segment in table.segments}
    if not any(references.values()):
        raise InputError(f"{table.ratings.name}: {label} needs references, and this set has none")
    metric = make()
    scores = table.column(
        (cell, sign * metric.sentence_score(target, [reference]).score)
        for cell, target in table.targets.items()
        if (reference := references.get(cell[1])) is not None
    )
    return Measured({label: scores}, signatures={label: str(metric.get_signature())})
