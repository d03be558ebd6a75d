"""The recipe of ``language_model.json``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from mtqe.training.recipes.base import TRANSFORMERS, Need, Progress, recipes


@recipes.register
@dataclass(frozen=True)
class LanguageModel:
    """What a language model's numbers mean to people (``mtqe.training.language_model``).

    ``language_model`` is a name of ``mtqe models``, a folder, or a GGUF file; what is written has its
    name without the folders above it, and its digest.
    """

    name: ClassVar[str] = "language_model"
    needs: ClassVar[tuple[Need, ...]] = (TRANSFORMERS,)
    practical: ClassVar[frozenset[str]] = frozenset({"data", "language_model"})
    begins_with: ClassVar[tuple[str, ...]] = ()
    data: Path
    language_model: str

    def make(self, out: Path, progress: Progress) -> str | None:
        """The one file."""
        from mtqe.training.language_model import make

        make(self.data, out, self.language_model, progress)
        return None
