"""The recipe of ``machine.json``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from mtqe.training.recipes.base import SKLEARN, Need, Progress, recipes


@recipes.register
@dataclass(frozen=True)
class Machine:
    """The probability that a machine translated an article (``mtqe.training.machine``).

    It reads the models of style as they are installed.
    """

    name: ClassVar[str] = "machine"
    needs: ClassVar[tuple[Need, ...]] = (SKLEARN,)
    practical: ClassVar[frozenset[str]] = frozenset({"data"})
    begins_with: ClassVar[tuple[str, ...]] = ()
    data: Path

    def make(self, out: Path, progress: Progress) -> str | None:
        """The one file."""
        from mtqe.training.machine import make

        progress(0, 1, "documents")
        make(self.data, out)
        return None
