"""The recipe of ``adequacy_vectors.json``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from mtqe.training.recipes.base import Need, Progress, recipes


@recipes.register
@dataclass(frozen=True)
class AdequacyVectors:
    """Calibration of the sentence encoder's vectors to accuracy (``mtqe.training.adequacy``)."""

    name: ClassVar[str] = "adequacy_vectors"
    needs: ClassVar[tuple[Need, ...]] = ()
    practical: ClassVar[frozenset[str]] = frozenset({"data"})
    begins_with: ClassVar[tuple[str, ...]] = ("adequacy_vectors.json",)
    data: Path

    def make(self, out: Path, progress: Progress) -> str | None:
        """The one file."""
        from mtqe.training.adequacy import make

        progress(0, 1, "vectors")
        make(self.data, out)
        return None
