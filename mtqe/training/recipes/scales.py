"""The recipe of ``fluency.json`` and of the network's part of ``adequacy_vectors.json``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from mtqe.training.recipes.base import Need, Progress, recipes


@recipes.register
@dataclass(frozen=True)
class Scales:
    """What fluency and adequacy are, of all models together (``mtqe.training.scales``).

    It reads the other weights of the package as they are installed.
    """

    name: ClassVar[str] = "scales"
    needs: ClassVar[tuple[Need, ...]] = ()
    practical: ClassVar[frozenset[str]] = frozenset({"data"})
    begins_with: ClassVar[tuple[str, ...]] = ("adequacy_vectors.json",)
    data: Path

    def make(self, out: Path, progress: Progress) -> str | None:
        """Both files."""
        from mtqe.training.scales import make

        progress(0, 1, "scales")
        make(self.data, out)
        return None
