"""Documentation of components, made of what they are: docstring, options, examples."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from importlib.resources import files
from typing import Any, Literal, get_args, get_origin, get_type_hints

from mtqe.data import Example
from mtqe.detectors.base import detectors
from mtqe.errors import ConfigError
from mtqe.registry import nearest
from mtqe.scorers.base import scorers

# The modules that types' names begin with: they differ from one Python to the next.
_MODULES = re.compile(r"\b(?:\w+\.)+")

# What figures are called in the tables, by their names in figures.json.
_FOUND = {
    "recall": "recall",
    "precision": "precision",
    "unmarked_flagged": "false in unmarked",
    "good_ones_flagged": "false in good",
    "of": "cases",
}
_HUMAN = {
    "documents_flagged": "documents flagged",
    "with_hints": "with hints",
    "flags_per_1000_words": "flags per 1,000 words",
    "of": "documents",
}


def overview() -> str:
    """Every scorer and detector with the first line of its docstring."""
    lines = []
    for registry in (scorers, detectors):
        lines.append(f"{registry.kind}s")
        width = max(len(name) for name in registry.names())
        lines += [f"  {name:{width}}  {_summary(registry.get(name))}" for name in registry.names()]
        lines.append("")
    return "\n".join([*lines, "mtqe explain NAME tells more of one."])


def explain(name: str) -> str:
    """All that there is to know of the scorer or detector called ``name``."""
    registry = next((registry for registry in (scorers, detectors) if name in registry.names()), None)
    if registry is None:
        known = [*scorers.names(), *detectors.names()]
        raise ConfigError(f"no scorer or detector is called {name!r}.{nearest(name, known)}")
    cls: Any = registry.get(name)
    return "\n".join([f"{name} ({registry.kind})", "", inspect.getdoc(cls) or "", "", *_facts(cls)])


def _facts(cls: Any) -> Iterator[str]:
    yield f"default: {'yes' if cls.default else 'no; name it in a run file to use it'}"
    if hasattr(cls, "mqm"):
        yield f"MQM: {cls.mqm}"
    yield "options: " + ("none" if not fields(cls) else "")
    types = get_type_hints(cls)
    yield from (f"  {field.name}: {_type(types[field.name])}{_default(field)}" for field in fields(cls))
    # Options that several components share are explained where they are shared.
    yield from (f"\n{inspect.getdoc(base)}" for base in cls.__mro__[1:] if is_dataclass(base))
    yield from _figures(cls.name)
    yield from _examples(getattr(cls, "examples", ()))


def _figures(name: str) -> Iterator[str]:
    """What benchmarks/detectors.py measured, on documents that nothing was tuned on."""
    figures = json.loads(files("mtqe").joinpath("figures.json").read_text(encoding="utf-8")).get(name, {})
    yield from _table("found and missed", figures, _FOUND)
    yield from _table("flagged in what people wrote", figures, _HUMAN)
    if "time" in figures:
        yield f"\nseconds per million words: {figures['time']['seconds_per_million_words']}"


def _table(title: str, figures: dict[str, dict[str, Any]], columns: Mapping[str, str]) -> Iterator[str]:
    """A table of the figures that have the first of the columns."""
    first, *_ = columns
    rows = [
        [kind, *("–" if found.get(key) is None else str(found[key]) for key in columns)]
        for kind, found in figures.items()
        if first in found
    ]
    if not rows:
        return
    rows.insert(0, ["on", *columns.values()])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    yield f"\n{title}:"
    for kind, *cells in rows:
        shown = (cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))
        yield f"  {kind:{widths[0]}}  {'  '.join(shown)}"


def _examples(examples: tuple[Example, ...]) -> Iterator[str]:
    for title, wanted in (("flags", True), ("leaves alone", False)):
        chosen = [example for example in examples if bool(example.marks) == wanted]
        if chosen:
            yield f"\n{title}:"
        for example in chosen:
            marks = f"  ->  {', '.join(map(repr, example.marks))}" if example.marks else ""
            source = f"  (source: {example.source})" if example.source else ""
            yield f"  [{example.target_lang}] {' / '.join(example.target.split(chr(10) * 2))}{marks}{source}"


def _type(hint: Any) -> str:
    """An option's type as a user writes it: the words to choose from, or the name of the type."""
    if get_origin(hint) is Literal:
        return " | ".join(map(str, get_args(hint)))
    return hint.__name__ if isinstance(hint, type) else _MODULES.sub("", str(hint))


def _default(field: Field[Any]) -> str:
    default = field.default_factory() if field.default_factory is not MISSING else field.default
    return " (to be given)" if default is MISSING else f" = {default}"


def _summary(cls: type[Any]) -> str:
    return (inspect.getdoc(cls) or "").split("\n\n")[0].replace("\n", " ")
