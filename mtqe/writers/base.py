"""What a writer is, and where writers are found."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar, Protocol

from mtqe.data import ArticleReport
from mtqe.registry import Registry


class Writer(Protocol):
    """Writes reports in one format. ``suffixes`` are the endings of output files that pick it."""

    name: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]

    def check(self, output: Path | None) -> None:
        """Raise ``InputError``, before any work is done, if ``output`` can't be written."""
        ...

    def write(self, reports: Iterable[ArticleReport], output: Path | None) -> None:
        """Write all reports to ``output``; None is standard output."""
        ...


writers: Registry[Writer] = Registry("format", "mtqe.writers")
