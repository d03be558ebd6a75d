"""The models that mtqe knows, from ``tables/models.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

Bound = float | None


@dataclass(frozen=True)
class KnownModel:
    """What to expect of a published model.

    ``modes`` are what it judges by: "target_only", "source", "reference" (which of them it needs or
    takes). ``parameters`` are in millions. ``companions`` are hub ids of which it needs settings
    and vocabulary, without their weights. ``gated`` models are fetched only by who has accepted their terms.
    """

    name: str
    hub: str
    family: str
    licence: str
    commercial: bool
    languages: str
    modes: tuple[str, ...]
    parameters: int
    range: tuple[Bound, Bound]
    higher_is_better: bool
    gated: bool = False
    companions: tuple[str, ...] = ()
    note: str = ""

    @property
    def memory_gb(self) -> float:
        """Gigabytes that the weights take in fp32; bf16 takes half of it."""
        return self.parameters * 4 / 1000


@cache
def known_models() -> dict[str, KnownModel]:
    """Every known model by its short name, in the order of the table."""
    text = files("mtqe.models").joinpath("tables/models.yaml").read_text(encoding="utf-8")
    return {name: _model(name, row) for name, row in yaml.safe_load(text).items()}


def known_model(name: str) -> KnownModel | None:
    """The model of that short name or hub id, whatever the case; None if the table has none."""
    return _by_any_name().get(name.lower())


@cache
def _by_any_name() -> dict[str, KnownModel]:
    models = known_models().values()
    return {name.lower(): model for model in models for name in (model.name, model.hub)}


def _model(name: str, row: dict[str, object]) -> KnownModel:
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return KnownModel(name=name, **values)  # type: ignore[arg-type]  # a test reads every row
