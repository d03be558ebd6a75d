"""One line that says how a number was made: versions, models, options."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, fields
from functools import cache
from importlib.metadata import version
from typing import Any

from mtqe.data import Article, Mode

# Options that say how a number is computed and not which: where, how fast, at what price. They change
# nothing beyond rounding, and equal numbers have equal signatures.
_PRACTICAL = {"batch_tokens", "cache", "concurrency", "device", "key_variable", "threads", "timeout"}
_PRACTICAL |= {"max_cost", "max_requests", "max_tokens", "read_price", "retries", "write_price"}
# Where a file lies whose digest is the revision.
_PRACTICAL |= {"calibration"}


def signature(article: Article, mode: Mode, components: Mapping[str, Iterable[Any]]) -> str:
    """``mtqe:0.1.0|mode:source|lang:fr-en|...``: two equal lines mean comparable numbers."""
    languages = f"{article.source_lang or 'und'}-{article.target_lang or 'und'}"
    parts = [f"mtqe:{installed('mtqe')}", f"mode:{mode}", f"lang:{languages}"]
    if article.detected:
        parts.append(f"detected:{'+'.join(article.detected)}")
    parts += [f"{kind}:{'+'.join(map(describe, found)) or 'none'}" for kind, found in components.items()]
    return "|".join(parts)


@cache
def installed(package: str) -> str:
    """The version of an installed package; looking it up anew takes as long as judging a sentence."""
    return version(package)


def describe(component: Any) -> str:
    """Name, revision of its weights and the options that differ from their defaults and change numbers."""
    name: str = component.name
    revision = getattr(component, "revision", None)
    changed = {f.name: getattr(component, f.name) for f in fields(component) if _is_changed(component, f)}
    options = ",".join(f"{name}={value}" for name, value in changed.items())
    return name + (f"#{revision}" if revision else "") + (f"({options})" if options else "")


def _is_changed(component: Any, field: Field[Any]) -> bool:
    if field.name in _PRACTICAL:
        return False
    default = field.default_factory() if field.default_factory is not MISSING else field.default
    return bool(getattr(component, field.name) != default)
