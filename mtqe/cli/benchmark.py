"""mtqe benchmark: compare translation systems over one test set, or metrics by human scores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

# \b keeps click from filling the lines.
_EXAMPLES = """\b
Examples:
  mtqe benchmark configs/benchmark-systems.yaml
  mtqe benchmark configs/benchmark-metrics.yaml
  mtqe benchmark systems.yaml -o report.html -o report.json
  mtqe benchmark systems.yaml --against previous.json --fail-if-worse 0.5"""


@click.command(
    "benchmark", short_help="Compare translation systems, or metrics by human scores.", epilog=_EXAMPLES
)
@click.argument("config", type=Path, metavar="CONFIG")
@click.option(
    "--output",
    "-o",
    multiple=True,
    type=Path,
    metavar="FILE",
    help="Write a report: .html, .json, .md, .csv, .tex or .txt; may be repeated. [default: text on stdout]",
)
@click.option("--against", type=Path, metavar="FILE", help="Compare with the JSON report of an earlier run.")
@click.option(
    "--fail-if-worse", type=float, metavar="POINTS", help="Exit with 1 if a system lost more than this."
)
def command(config: Path, output: tuple[Path, ...], against: Path | None, fail_if_worse: float | None) -> int:
    """Compare the systems that the run file CONFIG names: which is better, by how much, is it sure.

    Every system gets BLEU, chrF and TER from sacrebleu, with confidence intervals, a test of each
    pair and clusters of systems that can't be told apart; and mtqe's own scores and issues. A run
    file with a section "human" compares metrics instead, by how well they agree with people.
    Options go before what the run file says.
    """
    given = {"output": list(output) or None, "against": against, "fail_if_worse": fail_if_worse}
    return _perform(config, {name: value for name, value in given.items() if value is not None})


def load_file(config: Path, options: dict[str, Any] | None = None) -> Any:
    """The benchmark that the run file ``config`` describes, of systems or of metrics, checked as a whole."""
    if _of_metrics(config):
        from mtqe.bench.meta_runfile import load_meta

        return load_meta(config, options)
    from mtqe.bench.runfile import load_benchmark

    return load_benchmark(config, options)


def run_file(config: Path) -> int:
    """Make the benchmark that the run file ``config`` describes; the exit code."""
    return _perform(config, {})


def _of_metrics(config: Path) -> bool:
    from mtqe.runfiles import load_yaml

    return "human" in load_yaml(config)


def _perform(config: Path, options: dict[str, Any]) -> int:
    loaded = load_file(config, options)
    if _of_metrics(config):
        from mtqe.bench.meta_runfile import run_meta, write_meta

        write_meta(run_meta(loaded), loaded.file.output, _echo)
        return 0
    from mtqe.bench.run import perform

    outcome = perform(loaded, _echo)
    for failure in outcome.failed:
        click.echo(f"mtqe: {failure}", err=True)
    return 1 if outcome.failed else 0


def _echo(text: str) -> None:
    click.echo(text, nl=False)
