"""A model that the user names: what components that run one have in common."""

from __future__ import annotations

from dataclasses import dataclass

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
