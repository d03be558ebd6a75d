"""What a recipe is, and where recipes are found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, NamedTuple, Protocol

from mtqe.registry import Registry

# Steps that are done, of how many, and what is known by then.
Progress = Callable[[int, int, str], None]


class Need(NamedTuple):
    """A package that a recipe needs beyond those of mtqe, and what to install for it."""

    module: str
    install: str


class Recipe(Protocol):
    """Makes one kind of weights: a frozen dataclass whose fields are its options.

    Options that ``practical`` names say where and how fast, and change no weight. One that is called
    ``data`` is the folder of human judgements. ``begins_with`` names weight files of which the recipe
    makes a part: it finds them in its folder. An option ``checkpoint`` is a file that is removed once
    the weights are there.
    """

    name: ClassVar[str]
    needs: ClassVar[tuple[Need, ...]]
    practical: ClassVar[frozenset[str]]
    begins_with: ClassVar[tuple[str, ...]]

    def make(self, out: Path, progress: Progress) -> str | None:
        """Write the weight files into the folder ``out``; what is to say of them, if anything."""
        ...


recipes: Registry[Recipe] = Registry("model to train", "mtqe.training.recipes")

SKLEARN = Need("sklearn", "mtqe[train]")
TORCH = Need("torch", "mtqe[torch]")
TRANSFORMERS = Need("transformers", "mtqe[models]")
