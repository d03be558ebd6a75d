"""What a writer of benchmark reports is, and where they are found."""

from __future__ import annotations

from typing import ClassVar, Protocol

from mtqe.bench.report import Report
from mtqe.registry import Registry


class BenchWriter(Protocol):
    """Writes one format. ``suffixes`` are the endings of file names that pick it."""

    name: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]

    def write(self, report: Report) -> str:
        """The whole report as text that can be stored under the same name twice: same report, same text."""
        ...


bench_writers: Registry[BenchWriter] = Registry("format of benchmark reports", "mtqe.bench.writers")
