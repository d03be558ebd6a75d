"""A report in Markdown, for a pull request, a wiki or an e-mail."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from mtqe.data import ArticleReport
from mtqe.writers import view
from mtqe.writers.atomic import check_writable, open_output
from mtqe.writers.base import writers
from mtqe.writers.verdict import band, heading, languages

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~>$@:-])")


@writers.register
@dataclass(frozen=True)
class Markdown:
    """The same content as on a terminal, in tables."""

    name: ClassVar[str] = "markdown"
    suffixes: ClassVar[tuple[str, ...]] = (".md", ".markdown")

    def check(self, output: Path | None) -> None:
        """Raise ``InputError`` if ``output`` is not a file that can be written."""
        if output is not None:
            check_writable(output)

    def write(self, reports: Iterable[ArticleReport], output: Path | None) -> None:
        """Write a chapter for each report."""
        with open_output(output) as stream:
            for report in reports:
                stream.write("\n".join(_lines(report)) + "\n\n")


def _lines(report: ArticleReport) -> Iterator[str]:
    yield f"# {_escape(heading(report))}: {band(report.scores['quality'].value)}"
    yield ""
    yield f"{_escape(languages(report))}, {report.words} words, {len(report.segments)} sentences"
    yield ""
    yield from _scores(report)
    yield from _worst(report)
    yield from _issues(report)
    yield from _left_out(report)
    notes = filter(None, (view.hints(report), *report.notes))
    yield from (f"*{_escape(note)}*  " for note in notes)
    yield ""
    yield f"`{report.signature.replace('`', '')}`"


def _scores(report: ArticleReport) -> Iterator[str]:
    yield "| score | 0 to 100, higher is better | note |"
    yield "|---|---:|---|"
    for name, score in view.shown_scores(report).items():
        note = "; ".join(filter(None, [view.own_scale(score), score.note]))
        yield f"| {name} | {view.number(score)} | {_escape(note)} |"
    yield ""


def _worst(report: ArticleReport) -> Iterator[str]:
    segments = view.worst(report)
    if not segments:
        return
    yield "## Worst sentences"
    yield ""
    yield "| quality | sentence | text | why |"
    yield "|---:|---:|---|---|"
    for segment in segments:
        quality, place = view.number(segment.scores["quality"]), segment.segment.index + 1
        why = "; ".join(view.reasons(report, segment))
        yield f"| {quality} | {place} | {_escape(segment.segment.target)} | {_escape(why)} |"
    yield ""


def _issues(report: ArticleReport) -> Iterator[str]:
    if not view.flagged(report):
        return
    yield "## Issues"
    yield ""
    yield "| # | category | severity | confidence | sentence | text | message | suggestion |"
    yield "|---:|---|---|---:|---:|---|---|---|"
    for index, issue in view.flagged(report):
        before, text, after = map(_escape, view.context(report, issue))
        shown = f"{before}<ins>{text}</ins>{after}"
        facts = (issue.category, issue.severity, f"{issue.confidence:.2f}", issue.segment + 1)
        message, advice = _escape(issue.message), _escape(view.advice(issue) or "")
        yield f"| {index + 1} | {' | '.join(map(str, facts))} | {shown} | {message} | {advice} |"
    yield ""


def _left_out(report: ArticleReport) -> Iterator[str]:
    segments = view.excluded(report)
    if not segments:
        return
    yield "## Left out of scoring"
    yield ""
    for found in segments:
        segment = found.segment
        why = _escape(segment.excluded or "")
        yield f"- sentence {segment.index + 1}: {_escape(segment.target)} *({why})*"
    yield ""


def _escape(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    flat = _SPECIAL.sub(r"\\\1", view.flat(text))
    return flat.replace("&", "&amp;").replace("<", "&lt;").replace("\\>", "&gt;")
