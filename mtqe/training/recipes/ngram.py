"""The recipe of ``ngram.*.safetensors``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from mtqe.training.recipes.base import Need, Progress, recipes


@recipes.register
@dataclass(frozen=True)
class Ngram:
    """n-gram models of fluent text, each with its calibration (``mtqe.training.fluency``).

    ``tatoeba`` is a folder of Tatoeba's pairs (``spa.tsv``, ``ukr.tsv``), for more English and Spanish;
    ``common_voice`` one of Common Voice's sentences, for French, Italian and Portuguese.
    """

    name: ClassVar[str] = "ngram"
    needs: ClassVar[tuple[Need, ...]] = ()
    practical: ClassVar[frozenset[str]] = frozenset({"data", "tatoeba", "common_voice"})
    begins_with: ClassVar[tuple[str, ...]] = ()
    data: Path
    tatoeba: Path | None = None
    common_voice: Path | None = None
    languages: tuple[str, ...] = ("en", "de", "es", "fr", "it", "pt", "ru", "zh")

    def make(self, out: Path, progress: Progress) -> str | None:
        """One file for each language."""
        from mtqe.training.corpora import MoreText
        from mtqe.training.fluency import make

        for done, language in enumerate(self.languages):
            progress(done, len(self.languages), language)
            make(self.data, MoreText(self.tatoeba, self.common_voice), language, out)
        return None
