"""What commands share: running a run, progress, and how they end."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from mtqe.config import Run
    from mtqe.data import ArticleReport

_SHOWN_FAILURES = 20


def perform(run: Run) -> int:
    """Execute ``run``, say on standard error what the output does not, and give the exit code."""
    from mtqe.execute import execute

    outcome = execute(run, _progress)
    if outcome.rejected:
        records = "record" if outcome.rejected == 1 else "records"
        _say(f"{outcome.rejected} bad {records} set aside in {run.file.input.rejects}")
    for failure in outcome.failed[:_SHOWN_FAILURES]:
        _say(failure)
    if len(outcome.failed) > _SHOWN_FAILURES:
        _say(f"... and {len(outcome.failed) - _SHOWN_FAILURES} more below a gate")
    return 1 if outcome.failed else 0


def _say(message: str) -> None:
    click.echo(f"mtqe: {message}", err=True)


def _progress(reports: Iterable[ArticleReport]) -> Iterable[ArticleReport]:
    """A bar on standard error, if that is a terminal."""
    if not sys.stderr.isatty():
        return reports
    from rich.console import Console
    from rich.progress import track

    return track(reports, "articles", console=Console(stderr=True), transient=True)
