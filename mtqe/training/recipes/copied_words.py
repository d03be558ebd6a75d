"""The recipe of ``copied_words.json``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from mtqe.training.recipes.base import SKLEARN, Need, Progress, recipes


@recipes.register
@dataclass(frozen=True)
class CopiedWords:
    """Which words of a source are left untranslated in a target (``mtqe.training.copied_words``)."""

    name: ClassVar[str] = "copied_words"
    needs: ClassVar[tuple[Need, ...]] = (SKLEARN,)
    practical: ClassVar[frozenset[str]] = frozenset({"data"})
    begins_with: ClassVar[tuple[str, ...]] = ()
    data: Path

    def make(self, out: Path, progress: Progress) -> str | None:
        """The one file."""
        from mtqe.training.copied_words import make

        progress(0, 1, "words")
        make(self.data, out)
        return None
