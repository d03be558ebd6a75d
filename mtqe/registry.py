"""Names to classes, by importing the folder that they live in.

Adding a component is one new file: the registry imports every module of its package when it
is first asked, and each module registers its own class.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from difflib import get_close_matches
from typing import Any, Generic, TypeVar

from mtqe.errors import ConfigError, ContractError

T = TypeVar("T")


class Registry(Generic[T]):
    """The classes of one kind ("detector", say), by their ``name``."""

    def __init__(self, kind: str, package: str) -> None:
        self.kind = kind
        self.package = package
        self._classes: dict[str, type[T]] = {}
        self._loaded = False

    def register(self, cls: type[Any]) -> type[Any]:
        """Class decorator: make ``cls`` known by ``cls.name``; a taken name is a ContractError."""
        known = self._classes.setdefault(cls.name, cls)
        if known.__qualname__ != cls.__qualname__ or known.__module__ != cls.__module__:
            raise ContractError(f"two {self.kind}s are called {cls.name!r}: {known} and {cls}")
        return cls

    def get(self, name: str) -> type[T]:
        """The class of that name; an unknown one is a ConfigError with the nearest known name."""
        self._load()
        if name not in self._classes:
            raise ConfigError(f"no {self.kind} is called {name!r}.{nearest(name, self._classes)}")
        return self._classes[name]

    def names(self) -> list[str]:
        """Every known name, sorted."""
        self._load()
        return sorted(self._classes)

    def without_options(self) -> list[type[T]]:
        """The classes that can be made without naming an option, such as a model; sorted by name."""
        return [cls for cls in self if not any(map(_is_required, fields(cls)))]  # type: ignore[arg-type]

    def __iter__(self) -> Iterator[type[T]]:
        return iter([self.get(name) for name in self.names()])

    def _load(self) -> None:
        if self._loaded:
            return
        package = importlib.import_module(self.package)
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{self.package}.{module.name}")
        self._loaded = True


def _is_required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def nearest(name: str, known: Any) -> str:
    """`` Did you mean 'x'?`` for the closest known name, or every known one if none is close."""
    close = get_close_matches(name, list(known), n=1)
    if close:
        return f" Did you mean {close[0]!r}?"
    return f" Known: {', '.join(sorted(known))}."
