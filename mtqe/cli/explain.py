"""mtqe explain: what scorers and detectors do, with their options and examples."""

from __future__ import annotations

import click


@click.command("explain", short_help="Say what is looked for, and what is left alone.")
@click.argument("name", required=False)
def command(name: str | None) -> int:
    """List all scorers and detectors, or explain the one called NAME."""
    from mtqe.explain import explain, overview

    click.echo(explain(name) if name else overview())
    return 0
