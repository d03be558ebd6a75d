"""Language-specific facts, one YAML file a subject, keyed by language code."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def table(name: str) -> dict[str, Any]:
    """The table ``name``.yaml: a mapping whose first keys are language codes."""
    text = files(__name__).joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    # libyaml is ten times as fast, and is not built everywhere.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loaded: dict[str, Any] = yaml.load(text, Loader=loader)  # noqa: S506 (both are safe loaders)
    return loaded
