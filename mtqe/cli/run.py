"""mtqe run: do what a run file says."""

from __future__ import annotations

from pathlib import Path

import click

from mtqe.cli.options import perform


@click.command("run")
@click.argument("config", type=Path)
def command(config: Path) -> int:
    """Do what the run file CONFIG says; every mistake in it is named at once.

    Paths in the file are relative to the folder that the command is run in.
    """
    from mtqe.config import load_run

    return perform(load_run(config))
