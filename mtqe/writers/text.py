"""A report on a terminal: what an editor wants first comes first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, TextIO

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as Line

from mtqe.data import ArticleReport, Issue, SegmentReport
from mtqe.writers import view
from mtqe.writers.atomic import check_writable, open_output
from mtqe.writers.base import writers
from mtqe.writers.verdict import band, heading, languages, rate

_STYLES = {"good": "green", "fair": "yellow", "poor": "dark_orange", "bad": "bold red", "not judged": "dim"}
_SEVERITIES = {"minor": "yellow", "major": "dark_orange", "critical": "bold red"}

# In a file or a pipe lines are not cut to the size of anybody's screen.
_FILE_WIDTH = 110


@writers.register
@dataclass(frozen=True)
class Text:
    """Verdict, worst sentences, issues with place and suggestion; coloured on a terminal only."""

    name: ClassVar[str] = "text"
    suffixes: ClassVar[tuple[str, ...]] = (".txt",)

    def check(self, output: Path | None) -> None:
        """Raise ``InputError`` if ``output`` is not a file that can be written."""
        if output is not None:
            check_writable(output)

    def write(self, reports: Iterable[ArticleReport], output: Path | None) -> None:
        """Write one report after the other, and a table of all if there are several."""
        summaries: list[tuple[str, ...]] = []
        with open_output(output) as stream:
            console = _console(stream)
            for report in reports:
                if summaries:
                    console.rule(style="dim")
                _write(console, report)
                summaries.append(_summary(report))
            if len(summaries) > 1:
                _write_summaries(console, summaries)


def _console(stream: TextIO) -> Console:
    width = None if stream.isatty() else _FILE_WIDTH
    return Console(file=stream, width=width, markup=False, highlight=False, emoji=False, soft_wrap=False)


def _write(console: Console, report: ArticleReport) -> None:
    _write_verdict(console, report)
    _write_worst(console, report)
    _write_issues(console, report)
    for group in view.name_groups(report):
        variants = ", ".join(f"{view.one_line(issue.text)} (#{index + 1})" for index, issue in group.variants)
        console.print(Line(f"Name    {view.one_line(group.name)} ×{group.usual}, also {variants}"))
    left_out = view.excluded(report)
    if left_out:
        console.print(Line(f"Left out of scoring: {len(left_out)} segments", "dim"))
        for segment in left_out:
            shown = view.one_line(segment.segment.target)[:60]
            console.print(
                Line(f"  {segment.segment.index + 1:>3}  {shown}  [{segment.segment.excluded}]", "dim")
            )
    for note in filter(None, (view.hints(report), *report.notes)):
        console.print(Line(f"Note: {view.one_line(note)}", "dim"))
    console.print(Line(view.one_line(report.signature), "dim"), soft_wrap=True)


def _write_verdict(console: Console, report: ArticleReport) -> None:
    quality = report.scores["quality"].value
    word = band(quality)
    console.print(Line.assemble((view.one_line(heading(report)), "bold"), "  ", (word, _STYLES[word])))
    shown = view.shown_scores(report)
    scores = [f"{n} {view.number(score)}" for n, score in shown.items() if not view.own_scale(score)]
    console.print(Line(f"{'   '.join(scores)}   (0 to 100, higher is better)"))
    for name, score in shown.items():
        if scale := view.own_scale(score):
            console.print(Line(f"{name} {view.number(score)}   ({scale})"))
    issues = ", ".join(f"{count} {category}" for category, count in view.counts(view.sure(report))) or "none"
    console.print(
        Line(f"{languages(report)}, {report.words} words, {len(report.segments)} sentences; issues: {issues}")
    )
    for name, score in view.shown_scores(report).items():
        if score.value is None and score.note:
            console.print(Line(f"{name} is null: {view.one_line(score.note)}", "dim"))
    console.print()


def _write_worst(console: Console, report: ArticleReport) -> None:
    segments = view.worst(report)
    if not segments:
        return
    console.print(Line("Worst sentences", "bold"))
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right")
    table.add_column(justify="right")
    table.add_column(ratio=1)
    for segment in segments:
        table.add_row(*_worst_row(report, segment))
    console.print(Padding(table, (0, 0, 1, 2)))


def _worst_row(report: ArticleReport, segment: SegmentReport) -> tuple[Line, Line, Line]:
    quality = segment.scores["quality"]
    text = Line(view.one_line(segment.segment.target))
    why = "; ".join(view.reasons(report, segment))
    if why:
        text.append(f"\n{why}", "dim")
    place = Line(f"{segment.segment.index + 1}", "dim")
    return Line(view.number(quality), _STYLES[band(quality.value)]), place, text


def _write_issues(console: Console, report: ArticleReport) -> None:
    if not view.flagged(report):
        return
    console.print(Line("Issues", "bold"))
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right", style="dim")
    table.add_column()
    table.add_column(ratio=1)
    for index, issue in view.flagged(report):
        table.add_row(
            f"#{index + 1}", Line(issue.category, _SEVERITIES[issue.severity]), _issue_line(report, issue)
        )
    console.print(Padding(table, (0, 0, 1, 2)))


def _issue_line(report: ArticleReport, issue: Issue) -> Line:
    before, text, after = view.context(report, issue)
    line = Line.assemble(before, (text, "reverse"), after)
    paragraph = report.article.segments[issue.segment].paragraph + 1
    facts = [
        view.safe(issue.message),
        view.advice(issue),
        issue.severity,
        f"confidence {issue.confidence:.2f}",
    ]
    facts.append(f"paragraph {paragraph}, sentence {issue.segment + 1}, characters {issue.start}–{issue.end}")
    line.append("\n" + "; ".join(fact for fact in facts if fact), "dim")
    return line


def _summary(report: ArticleReport) -> tuple[str, ...]:
    names = ("quality", "fluency", "adequacy")
    scores = [view.number(report.scores.get(name)) for name in names]
    per_thousand = rate(len(view.flagged(report)), report)
    return (view.one_line(heading(report)), *scores, str(report.words), f"{per_thousand:.1f}")


def _write_summaries(console: Console, summaries: list[tuple[str, ...]]) -> None:
    console.rule(style="dim")
    table = Table(box=None)
    for number, name in enumerate(
        ("article", "quality", "fluency", "adequacy", "words", "issues/1,000 words")
    ):
        table.add_column(name, justify="right" if number else "left")
    for summary in summaries:
        table.add_row(*summary)
    console.print(table)
