"""The run file of a training, and the training from its file to its weights."""

from __future__ import annotations

import shutil
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from mtqe.errors import ConfigError
from mtqe.models.ngram import WEIGHTS
from mtqe.runfiles import Section, build, listed, load_yaml, validate
from mtqe.training.provenance import files_read, made_before, made_from, stamp
from mtqe.training.recipes.base import Progress, Recipe, recipes
from mtqe.writers.atomic import open_folder


class TrainFile(Section):
    """What every training says; the other sections are the options of the ``model``."""

    task: Literal["train"] = "train"
    model: str
    out: Path


@dataclass(frozen=True)
class Training:
    """A run file turned into a recipe that is ready to work, and the folder where weights go."""

    recipe: Recipe
    out: Path


@dataclass(frozen=True)
class Trained:
    """The files that a training wrote, and what is to say of them."""

    files: tuple[Path, ...]
    about: str | None


def load_training(path: Path, changes: dict[str, Any] | None = None) -> Training:
    """The training that ``path`` describes, with ``changes`` in place of its options of these names.

    A ConfigError lists every problem of the file.
    """
    loaded = {**load_yaml(path), **(changes or {})}
    own = {name: loaded.pop(name) for name in list(loaded) if name in TrainFile.model_fields}
    problems: list[str] = [] if own.get("model") else [f"model: name one of {', '.join(recipes.names())}"]
    file = validate(TrainFile, {"model": "", **own}, problems)
    built = _recipe({**loaded, "name": own["model"]}, problems) if own.get("model") else None
    if problems or file is None or built is None:
        raise ConfigError(listed(str(path), [_without_place(problem) for problem in problems]))
    return Training(built, file.out)


def _recipe(options: dict[str, Any], problems: list[str]) -> Recipe | None:
    try:
        built = build(recipes, [options], "model", problems)
    except ConfigError as error:
        problems.append(str(error))
        return None
    return built[0] if built else None


def _without_place(problem: str) -> str:
    """There is one model in a file: options are at the top, not in the first of a list."""
    return problem.replace("model[0] ", "model ", 1)


def train(training: Training, progress: Progress) -> Trained:
    """Make the weights; files appear in the folder when all are made, and say what they come from.

    Raises ``ConfigError`` if the data folder or a package is not there, ``InputError`` for a file that
    can't be read or written.
    """
    recipe, out = training.recipe, training.out
    check(recipe)
    with open_folder(out) as folder, files_read() as read:
        before = _begin_with(recipe, out, folder)
        about = recipe.make(folder, progress)
        made = made_from(settings(recipe), list(read), getattr(recipe, "data", None))
        names = sorted(path.name for path in folder.iterdir())
        for name in names:
            stamp(folder / name, {**before.get(name, {}), recipe.name: made})
    checkpoint = getattr(recipe, "checkpoint", None)
    if checkpoint is not None:
        checkpoint.unlink(missing_ok=True)
    return Trained(tuple(out / name for name in names), about)


def check(recipe: Recipe) -> None:
    """Raise ``ConfigError`` if a package or the data folder of a recipe is not there."""
    for module, install in recipe.needs:
        if find_spec(module) is None:
            raise ConfigError(f"model {recipe.name}: needs {module}; pip install '{install}'")
    data = getattr(recipe, "data", None)
    if data is not None and not data.is_dir():
        raise ConfigError(
            f"{data}: no such folder; the judgements that {recipe.name} is made from are not part of mtqe: "
            "name your copy with 'data:' or --data"
        )


def settings(recipe: Recipe) -> dict[str, Any]:
    """The options of a recipe that may show in its weights, as plain data."""
    options: dict[str, Any] = asdict(recipe)  # type: ignore[call-overload]  # recipes are dataclasses
    kept = {name: value for name, value in options.items() if name not in recipe.practical}
    return {"model": recipe.name, **{name: _plain(value) for name, value in sorted(kept.items())}}


def _plain(value: Any) -> Any:
    if isinstance(value, Path):
        return value.name
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _begin_with(recipe: Recipe, out: Path, folder: Path) -> dict[str, dict[str, Any]]:
    """Copy the files of which a recipe makes a part, of ``out`` or those that ship; what made the rest."""
    before = {}
    for name in recipe.begins_with:
        found = [place / name for place in (out, WEIGHTS) if (place / name).is_file()]
        if found:
            shutil.copyfile(found[0], folder / name)
            before[name] = made_before(found[0])
    return before
