"""mtqe run: do what a run file says."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click


@click.command("run", short_help="Do what a run file says.")
@click.argument("config", type=Path, metavar="CONFIG")
def command(config: Path) -> int:
    """Do what the run file CONFIG says, such as configs/article-report.yaml.

    A run file is YAML. Its "task" names the command that runs it (report, if there is none); the
    rest is the command's: what is read, which scorers and detectors with which options, where the
    output goes, and below which score the exit code is 1. Every mistake in it is named at once.
    Paths in the file are relative to the folder that the command is run in.
    """
    code: int = task_module(config).run_file(config)
    return code


def task_module(config: Path) -> Any:
    """The module of the command that runs a run file: it has ``load_file`` and ``run_file``."""
    from mtqe.runfiles import load_yaml

    task = load_yaml(config).get("task", "report")
    name = f"mtqe.cli.{task}"
    module = import_module(name) if str(task).isidentifier() and find_spec(name) else None
    if not hasattr(module, "run_file"):
        from mtqe.errors import ConfigError

        raise ConfigError(f"{config}: no task is called {str(task)!r}; see mtqe --help for the commands")
    return module
