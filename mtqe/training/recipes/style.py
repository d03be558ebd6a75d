"""The recipe of ``style.*.safetensors``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from mtqe.training.provenance import note_read
from mtqe.training.recipes.base import SKLEARN, Need, Progress, recipes


@recipes.register
@dataclass(frozen=True)
class Style:
    """Models of whether a machine translated a text (``mtqe.training.style``).

    ``tatoeba`` is a folder with Tatoeba's ``spa.tsv``, which Apertium translates, for English.
    """

    name: ClassVar[str] = "style"
    needs: ClassVar[tuple[Need, ...]] = (SKLEARN,)
    practical: ClassVar[frozenset[str]] = frozenset({"data", "tatoeba"})
    begins_with: ClassVar[tuple[str, ...]] = ()
    data: Path
    tatoeba: Path | None = None
    languages: tuple[str, ...] = ("de", "en")

    def make(self, out: Path, progress: Progress) -> str | None:
        """One file for each language, and AUCs over held-out documents."""
        from mtqe.models.style import read_style
        from mtqe.training.style import held_out_figures, make

        if self.tatoeba is not None:
            note_read(self.tatoeba / "spa.tsv")
        found = []
        for done, language in enumerate(self.languages):
            progress(done, len(self.languages), language)
            figures = held_out_figures(self.data, read_style(make(self.data, self.tatoeba, language, out)))
            found.append(
                f"{language}: AUC of held-out machine texts {figures['all']}, "
                f"of translations {figures['translations']}"
            )
        return "\n".join(found)
