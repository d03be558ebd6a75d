"""Which COMET model runs and how: what its scorer and its detector share, so that it runs once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mtqe.data import Article, Segment
from mtqe.errors import ConfigError
from mtqe.models.named_model import EngineOptions
from mtqe.sides import has_side

if TYPE_CHECKING:
    from mtqe.models.comet import Comet, Row

_SIDES: tuple[Literal["source", "reference"], ...] = ("source", "reference")


@dataclass(frozen=True)
class CometOptions(EngineOptions):
    """A model by name or path; two components with equal options share it and its results."""

    encoder: str | None = None
    reference: bool = True

    def load(self) -> Comet:
        """The model, loaded once in a process."""
        try:
            from mtqe.models.comet import load_comet
        except ImportError as error:
            raise ConfigError("COMET's models need torch: pip install 'mtqe[models]'") from error
        return load_comet(self.model, self.running, encoder=self.encoder)

    def row(self, segment: Segment, context: tuple[Row, ...] = ()) -> Row:
        """What the model is given of a segment."""
        from mtqe.models.comet import Row

        return Row(segment.target, segment.source, segment.reference if self.reference else None, context)

    def why_not(self, comet: Comet, article: Article, segment: Segment) -> str | None:
        """Why the model can't judge a segment; None if it can."""
        if segment.excluded:
            return segment.excluded
        row = self.row(segment)
        why = comet.why_not([side for side in _SIDES if getattr(row, side) is not None])
        if why is None:
            return None
        lacking = [side for side in _SIDES if getattr(segment, side) is None and has_side(article, side)]
        return f"no counterpart in the {lacking[0]}; {why}" if lacking else why
