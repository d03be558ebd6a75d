"""mtqe report: judge articles and write a report of each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mtqe.cli.options import perform


@click.command("report")
@click.argument("articles", nargs=-1, required=True, metavar="ARTICLE...")
@click.option("--source", type=Path, help="Text file that the one ARTICLE was translated from.")
@click.option("--reference", type=Path, help="Text file with a good translation of the source.")
@click.option("--source-lang", metavar="CODE", help="Language of the source, such as fr. [default: detected]")
@click.option("--target-lang", metavar="CODE", help="Language of the translation. [default: detected]")
@click.option(
    "--format", "-f", metavar="FORMAT", help="text, json, jsonl, html or markdown. [default: by -o, or text]"
)
@click.option(
    "--output", "-o", type=Path, help="File; a folder for the pages of many articles. [default: stdout]"
)
@click.option(
    "--input-format", metavar="FORMAT", help="text, markdown, jsonl, json or tsv. [default: by suffix]"
)
@click.option("--encoding", metavar="NAME", help="Encoding of the texts. [default: UTF-8, or detected]")
@click.option("--score", multiple=True, metavar="NAME", help="Use only this scorer; may be repeated.")
@click.option("--detect", multiple=True, metavar="NAME", help="Use only this detector; may be repeated.")
@click.option("--skip-bad", is_flag=True, help="Set bad records aside in a rejects file and go on.")
@click.option("--rejects", type=Path, default=Path("rejects.jsonl"), show_default=True, help="That file.")
@click.option(
    "--fail-below", type=float, metavar="SCORE", help="Exit with 1 if an article's quality is lower."
)
def command(**options: Any) -> int:
    """Judge each ARTICLE: a text or Markdown file, or records in .jsonl, .json or .tsv.

    Each may end in .gz; "-" is standard input. Without --source, or sources in the records,
    a translation is judged by itself: fluency, untranslated text, names, quotes, repeats.
    """
    from mtqe.config import run_from_options

    return perform(run_from_options(**_sections(options)))


def _sections(options: dict[str, Any]) -> dict[str, Any]:
    """The sections of a run file that says what these options say."""
    shared = ("source", "reference", "source_lang", "target_lang", "encoding", "skip_bad", "rejects")
    gate = options["fail_below"]
    return {
        "input": {
            "paths": list(options["articles"]),
            "format": options["input_format"],
            **{name: options[name] for name in shared},
        },
        "output": {"path": options["output"], "format": options["format"]},
        "score": list(options["score"]) or None,
        "detect": list(options["detect"]) or None,
        "fail_below": {} if gate is None else {"quality": gate},
    }
