"""mtqe train: make the weights that ship with mtqe anew, or fit quality to scores of one's own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from mtqe.training.recipes.base import Progress
    from mtqe.training.run_file import Training

# \b keeps click from filling the lines.
_EXAMPLES = """\b
Examples:
  mtqe train configs/train-calibration.yaml
  mtqe train configs/train-ngram.yaml --data judgements -o weights"""


@click.command("train", short_help="Fit quality to your own scores, or make weights anew.", epilog=_EXAMPLES)
@click.argument("config", type=Path, metavar="CONFIG")
@click.option("--data", type=Path, metavar="DIR", help="The folder of human judgements.")
@click.option("--out", "-o", type=Path, metavar="DIR", help="The folder that weights go to.")
def command(config: Path, data: Path | None, out: Path | None) -> int:
    """Make the weights that the run file CONFIG describes.

    With "model: calibration" quality is fitted to people's scores of your own texts, in a file that
    the section "quality" of other run files names. The other models are those that ship with mtqe;
    they are made from a folder of human judgements, and say in their metadata what they are made
    of. What was interrupted goes on from its last checkpoint, where there is one. Options go before
    what the run file says.
    """
    given = {"data": data, "out": out}
    return _perform(load_file(config, {name: path for name, path in given.items() if path is not None}))


def load_file(config: Path, changes: dict[str, Any] | None = None) -> Training:
    """The training that the run file ``config`` describes, checked as a whole."""
    from mtqe.training.run_file import load_training

    return load_training(config, changes)


def run_file(config: Path) -> int:
    """Train as the run file ``config`` says; the exit code."""
    return _perform(load_file(config))


def _perform(training: Training) -> int:
    from mtqe.training.run_file import train

    with _progress(training.recipe.name) as progress:
        trained = train(training, progress)
    if trained.about:
        click.echo(trained.about)
    for path in trained.files:
        click.echo(path)
    return 0


@contextmanager
def _progress(name: str) -> Iterator[Progress]:
    """A bar on standard error, if that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _done, _of, _note: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    bar = (BarColumn(), TextColumn("{task.completed:,.0f} of {task.total:,.0f} {task.fields[note]}"))
    times = (TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(TextColumn(name), *bar, *times, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("", total=1, note="")
        yield lambda done, of, note: shown.update(task, completed=done, total=of, note=note)
