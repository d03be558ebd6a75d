"""A model that the user names: what components that run one have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from mtqe.models import hub


@dataclass(frozen=True)
class NamedModel:
    """The option ``model``, a name or a path, and what signatures and notes say of it."""

    model: str

    @property
    def revision(self) -> str:
        """A digest of the model's files, and its licence if that forbids commercial use."""
        return hub.revision(self.model)

    def terms(self) -> str | None:
        """A note if the model's licence forbids commercial use."""
        return hub.terms(self.model)


@dataclass(frozen=True)
class EngineOptions(NamedModel):
    """Where a named model runs and how exactly: options of all that runs on mtqe's own engine.

    ``devices`` are used instead of ``device``, each but the first by a process of its own.
    """

    precision: Literal["fp32", "bf16", "int8"] = "fp32"
    device: str = "auto"
    devices: tuple[str, ...] = ()
    threads: int = 0

    @property
    def engine_options(self) -> dict[str, Any]:
        """What the loader of such a model takes beside its name."""
        return {
            "precision": self.precision,
            "device": self.device,
            "devices": self.devices,
            "threads": self.threads,
        }
