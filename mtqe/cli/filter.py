"""mtqe filter: many articles in, the good ones out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from mtqe.filters.plan import Outcome, Results
    from mtqe.filters.run_file import FilterRun

_INPUT = ("source_lang", "target_lang", "encoding")
_OUTPUT = ("rejected", "rejects")


@click.command("filter", short_help="Keep the good articles of a dataset.")
@click.argument("inputs", nargs=-1, metavar="INPUT...")
@click.option("-o", "--output", type=Path, help="File or folder for what is kept. [default: standard output]")
@click.option("--config", type=Path, metavar="FILE", help="Run file with the rules.")
@click.option(
    "--rejected", type=Path, metavar="PATH", help="File or folder for dropped articles, with reasons."
)
@click.option(
    "--rejects", type=Path, metavar="FILE", help="File for bad records. [default: beside the output]"
)
@click.option(
    "--add", type=click.Choice(["all", "verdict", "nothing"]), help="What records get. [default: all]"
)
@click.option(
    "--engine", type=click.Choice(["local", "ray"]), help="Where the work is done. [default: local]"
)
@click.option(
    "--ray-address", metavar="ADDRESS", help="A Ray cluster. [default: one of its own, on this machine]"
)
@click.option("--workers", type=click.IntRange(min=1), metavar="N", help="Processes. [default: one a core]")
@click.option("--resume", is_flag=True, help="Go on with a run that was interrupted.")
@click.option(
    "--preview",
    type=click.IntRange(min=1),
    metavar="N",
    help="Write nothing; show what rules would drop of N articles.",
)
@click.option("--every-rule", is_flag=True, help="Look for every reason, not only for the first.")
@click.option("--source-lang", metavar="CODE", help="Language of sources that name none.")
@click.option("--target-lang", metavar="CODE", help="Language of targets that name none. [default: detected]")
@click.option("--input-format", metavar="FORMAT", help="Format of the input. [default: by its ending]")
@click.option("--encoding", metavar="NAME", help="Encoding of the input. [default: UTF-8]")
def command(**options: Any) -> int:
    """Keep the good articles of each INPUT and say why each of the others went.

    An INPUT is a file of records (.jsonl, .tsv, .parquet, each but Parquet also with .gz or .zst), a web
    page or archive (.html, .warc.gz), a folder or glob of them, a saved dataset, "hf:owner/name@split", or
    "-". The rules are in a run file, such as configs/filter-articles.yaml. Records come out as they are,
    with scores, issues and the verdict under "mtqe".
    """
    from mtqe.filters.run_file import load_filter_run

    changes = {
        "input": {"paths": list(options["inputs"]), "format": options["input_format"]}
        | {name: options[name] for name in _INPUT},
        # What the run file says of its own input's output is not for another input.
        "output": {"path": options["output"] or (Path("-") if options["inputs"] else None)}
        | {"add": options["add"]}
        | {name: options[name] for name in _OUTPUT},
        "": {name: options[name] for name in ("engine", "workers", "ray_address")}
        | {"every_rule": options["every_rule"] or None},
    }
    run = load_filter_run(options["config"], changes)
    if options["preview"]:
        return _preview(run, options["preview"])
    return perform(run, resume=options["resume"])


def load_file(config: Path) -> FilterRun:
    """The run that the run file ``config`` describes, checked as a whole."""
    from mtqe.filters.run_file import load_filter_run

    return load_filter_run(config)


def run_file(config: Path) -> int:
    """Filter as the run file ``config`` says; the exit code."""
    return perform(load_file(config))


def perform(run: FilterRun, resume: bool = False) -> int:
    """Filter, and say on standard error what came of it."""
    from mtqe.filters.run import filter_files

    _say_outcome(filter_files(run, resume=resume, progress=_progress))
    return 0


def _preview(run: FilterRun, size: int) -> int:
    from mtqe.filters.preview import preview

    click.echo(preview(run, size), nl=False)
    return 0


def _say_outcome(outcome: Outcome) -> None:
    counts = outcome.counts
    articles = counts["kept"] + counts["dropped"]
    _say(f"{counts['kept']:,} of {articles:,} articles kept")
    for label, count in sorted(counts["rules"].items(), key=lambda pair: -pair[1]):
        _say(f"  {count:,} dropped: {label}")
    if outcome.rejects is not None:
        _say(f"{counts['bad']:,} bad records set aside in {outcome.rejects}")
    if outcome.summary is not None:
        _say(f"summary: {outcome.summary}")


def _say(message: str) -> None:
    click.echo(f"mtqe: {message}", err=True)


def _progress(results: Results) -> Results:
    """Articles and articles a second on standard error, if that is a terminal."""
    return _shown(results) if sys.stderr.isatty() else results


def _shown(results: Results) -> Iterator[Any]:
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.completed:,.0f} articles, {task.fields[kept]:,} kept"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None, kept=0)
        kept = 0
        for index, result in results:
            kept += result.tally["kept"]
            progress.update(task, advance=result.tally["kept"] + result.tally["dropped"], kept=kept)
            yield index, result
