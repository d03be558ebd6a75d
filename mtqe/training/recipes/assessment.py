"""The recipe of ``assessment.safetensors``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from mtqe.training.recipes.base import Need, Progress, recipes


@recipes.register
@dataclass(frozen=True)
class Assessment:
    """Direct assessments by sentence vectors (``mtqe.training.assessment``)."""

    name: ClassVar[str] = "assessment"
    needs: ClassVar[tuple[Need, ...]] = ()
    practical: ClassVar[frozenset[str]] = frozenset({"data"})
    begins_with: ClassVar[tuple[str, ...]] = ()
    data: Path

    def make(self, out: Path, progress: Progress) -> str | None:
        """The one file."""
        from mtqe.training.assessment import make

        progress(0, 1, "assessments")
        make(self.data, out)
        return None
