"""mtqe report: judge articles and write a report of each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mtqe.cli.options import perform

if TYPE_CHECKING:
    from mtqe.config import Run

# \b keeps click from filling the lines.
_EXAMPLES = """\b
Examples:
  mtqe report article.txt
  mtqe report article.txt --source article.fr.txt -o article.html
  mtqe report articles.jsonl.gz -o pages
  mtqe report articles.jsonl -f jsonl --skip-bad > reports.jsonl"""


@click.command("report", short_help="Judge articles and write a report of each.", epilog=_EXAMPLES)
@click.argument("articles", nargs=-1, required=True, metavar="ARTICLE...")
@click.option("--source", type=Path, metavar="FILE", help="Text that the one ARTICLE was translated from.")
@click.option("--reference", type=Path, metavar="FILE", help="Another translation of it, a good one.")
@click.option("--source-lang", metavar="CODE", help="Language of the source, such as fr. [default: detected]")
@click.option("--target-lang", metavar="CODE", help="Language of the translation. [default: detected]")
@click.option(
    "--format", "-f", metavar="FORMAT", help="text, json, jsonl, html or markdown. [default: by -o, or text]"
)
@click.option(
    "--output", "-o", type=Path, metavar="PATH", help="A file, or a folder for pages. [default: stdout]"
)
@click.option(
    "--input-format", metavar="FORMAT", help="text, markdown, html, jsonl, json or tsv. [default: by suffix]"
)
@click.option("--encoding", metavar="NAME", help="Encoding of what is read. [default: UTF-8, or detected]")
@click.option("--score", multiple=True, metavar="NAME", help="Use only this scorer; may be repeated.")
@click.option("--detect", multiple=True, metavar="NAME", help="Use only this detector; may be repeated.")
@click.option("--skip-bad", is_flag=True, help="Set bad records aside in rejects.jsonl, and go on.")
@click.option("--rejects", type=Path, metavar="FILE", help="Set them aside in this file, and go on.")
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=1,
    metavar="N",
    help="Processes for many articles. [default: 1]",
)
@click.option(
    "--fail-below", type=float, metavar="SCORE", help="Exit with 1 if an article's quality is lower."
)
def command(**options: Any) -> int:
    """Judge each ARTICLE and write a report: scores, worst sentences, issues with their places.

    An ARTICLE is a file of text, Markdown or HTML, or a file of many articles: records in
    .jsonl, .json or .tsv. Each may be compressed (.gz, .zst); "-" is standard input.

    Without --source, or sources in the records, a translation is judged by itself: fluency,
    untranslated text, names, numbers, quotation marks, repeats. `mtqe explain` lists all that
    is looked for.
    """
    from mtqe.config import run_from_options

    return perform(run_from_options(**_sections(options)))


def _sections(options: dict[str, Any]) -> dict[str, Any]:
    """The sections of a run file that says what these options say."""
    shared = ("source", "reference", "source_lang", "target_lang", "encoding")
    gate, rejects = options["fail_below"], options["rejects"]
    return {
        "input": {
            "paths": list(options["articles"]),
            "format": options["input_format"],
            **{name: options[name] for name in shared},
            "skip_bad": options["skip_bad"] or rejects is not None,
            **({} if rejects is None else {"rejects": rejects}),
        },
        "output": {"path": options["output"], "format": options["format"]},
        "score": list(options["score"]) or None,
        "detect": list(options["detect"]) or None,
        "fail_below": {} if gate is None else {"quality": gate},
        "workers": options["workers"],
    }


def load_file(config: Path) -> Run:
    """The run that the run file ``config`` describes, checked as a whole."""
    from mtqe.config import load_run

    return load_run(config)


def run_file(config: Path) -> int:
    """Make the reports that the run file ``config`` describes; the exit code."""
    return perform(load_file(config))
