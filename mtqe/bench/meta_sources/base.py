"""What a source of metric scores is, and where sources are found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from mtqe.bench.meta_table import Cell, HumanTable, Matrix
from mtqe.bench.spans import MarkedSpan
from mtqe.registry import Registry


@dataclass(frozen=True)
class Measured:
    """Scores of one or more metrics by name, laid out as ``HumanTable.scores``; NaN where there is none.

    Higher is better. ``spans`` holds the places that a metric marks, by metric and cell,
    ``files`` what was read.
    """

    scores: Mapping[str, Matrix]
    spans: Mapping[str, Mapping[Cell, Sequence[MarkedSpan]]] = field(default_factory=dict)
    signatures: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


class MetricSource(Protocol):
    """Gives the scores of one or more metrics: a frozen dataclass whose fields are its options."""

    name: ClassVar[str]

    def measure(self, table: HumanTable) -> Measured:
        """Scores of the translations in ``table``; an ``InputError`` if they can't be had."""
        ...


metric_sources: Registry[MetricSource] = Registry("metric", "mtqe.bench.meta_sources")
