"""chrF++ (Popović, 2017), in the numbers of sacrebleu."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from mtqe.bench.fscore import FScore
from mtqe.bench.metrics.base import metrics


@metrics.register
@dataclass(frozen=True)
class ChrfPlusPlus(FScore):
    """chrF++ of the corpus, 0 to 100, higher is better. The options are sacrebleu's."""

    name: ClassVar[str] = "chrf++"
    title: ClassVar[str] = "chrF++"

    word_order: int = 2
