"""mtqe run: do what a run file says."""

from __future__ import annotations

from pathlib import Path

import click

from mtqe.cli.options import perform


@click.command("run", short_help="Do what a run file says.")
@click.argument("config", type=Path, metavar="CONFIG")
def command(config: Path) -> int:
    """Do what the run file CONFIG says, such as configs/article-report.yaml.

    A run file is YAML: what is read, which scorers and detectors with which options, where the
    report goes, and below which score the exit code is 1. Every mistake in it is named at once.
    Paths in the file are relative to the folder that the command is run in.
    """
    from mtqe.config import load_run

    return perform(load_run(config))
