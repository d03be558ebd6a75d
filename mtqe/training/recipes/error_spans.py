"""The recipe of ``error_spans.json``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from mtqe.training.recipes.base import SKLEARN, Need, Progress, recipes


@recipes.register
@dataclass(frozen=True)
class ErrorSpans:
    """Which words of a translation annotators mark (``mtqe.training.error_spans``).

    Made for the quality network that ships; when that is made anew, this is too.
    """

    name: ClassVar[str] = "error_spans"
    needs: ClassVar[tuple[Need, ...]] = (SKLEARN,)
    practical: ClassVar[frozenset[str]] = frozenset({"data"})
    begins_with: ClassVar[tuple[str, ...]] = ()
    data: Path

    def make(self, out: Path, progress: Progress) -> str | None:
        """The one file."""
        from mtqe.training.error_spans import make

        make(self.data, out, progress)
        return None
