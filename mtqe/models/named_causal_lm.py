"""A causal language model that the user names, and what it says of texts, kept between runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mtqe.models import hub
from mtqe.models.causal_lm import ENGINE, load_causal_lm
from mtqe.models.log_probs import LogProb
from mtqe.models.named_model import NamedModel
from mtqe.models.score_cache import Identity, Texts, remembered
from mtqe.models.transformer import Precision, engine


@dataclass(frozen=True)
class NamedCausalLM(NamedModel):
    """``model`` is a name of ``mtqe models``, of the hub ("owner/name"), a folder, or a GGUF file.

    Long segments are read in overlapping windows of ``window`` tokens (what the model takes, 1,024 at
    most). ``cache`` names a file that keeps what the model says between runs.
    """

    device: str = "auto"
    precision: Precision = "fp32"
    window: int | None = None
    cache: Path | None = None

    def log_probs(self, texts: Sequence[str]) -> list[LogProb]:
        """The log-probability of each text."""
        return [LogProb.of(found) for found in self.kept([(text,) for text in texts])]

    def kept(self, texts: Sequence[Texts]) -> list[list[float]]:
        """The same as numbers, of texts that come as tuples."""
        return remembered(self.cache, self._identity(), texts, self._judged)

    def _identity(self) -> Identity:
        options = {"window": str(self.window)}
        weights = hub.revision(self.model)
        return Identity(hub.shown_name(self.model), weights, engine(ENGINE), self.precision, options)

    def _judged(self, texts: Sequence[Texts]) -> list[list[float]]:
        model = load_causal_lm(self.model, device=self.device, precision=self.precision, window=self.window)
        return [found.as_list() for found in model.judge([text or "" for (text,) in texts])]
