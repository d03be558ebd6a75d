"""The recipe of ``quality_net.safetensors``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from mtqe.training.recipes.base import TORCH, Need, Progress, recipes

Count = Annotated[int, Field(ge=1)]


@recipes.register
@dataclass(frozen=True)
class QualityNet:
    """The network of what annotators would count in a translation (``mtqe.training.quality``).

    ``leave_out`` names a set not to learn from, to calibrate and measure on it. ``states`` is the folder
    in which texts are kept as the sentence encoder reads them. ``checkpoint`` is written after every
    ``checkpoint_every`` steps; a run that finds it goes on from there, and removes it at its end.
    """

    name: ClassVar[str] = "quality_net"
    needs: ClassVar[tuple[Need, ...]] = (TORCH,)
    practical: ClassVar[frozenset[str]] = frozenset(
        {"data", "states", "checkpoint", "checkpoint_every", "device", "threads"}
    )
    begins_with: ClassVar[tuple[str, ...]] = ()
    data: Path
    states: Path
    checkpoint: Path | None = None
    checkpoint_every: Count = 500
    leave_out: Literal["mqm20", "mqm21news", "bio21"] | None = None
    seed: int = 1
    steps: Count = 9000
    device: str = "auto"
    threads: Count = 1

    def make(self, out: Path, progress: Progress) -> str | None:
        """The one file."""
        import torch

        from mtqe.training.quality import Settings, make
        from mtqe.training.resume import Checkpoints

        torch.set_num_threads(self.threads)
        make(
            self.data,
            out / "quality_net.safetensors",
            self.states,
            Settings(self.steps, self.seed, self.device),
            self.leave_out,
            lambda run: Checkpoints(self.checkpoint, run, self.checkpoint_every),
            progress,
        )
        return None
