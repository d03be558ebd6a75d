"""A run from its file or options to its output: what every command of the command line calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from mtqe.config import InputSection, Run
from mtqe.data import Article, ArticleReport
from mtqe.errors import InputError
from mtqe.readers import ReadOptions, Rejects, read, read_side, with_sides
from mtqe.writers import pick_writer

Progress = Callable[[Iterable[ArticleReport]], Iterable[ArticleReport]]


@dataclass
class Outcome:
    """What a run came to: how many articles and rejects, and which gates were not met."""

    articles: int = 0
    rejected: int = 0
    failed: list[str] = field(default_factory=list)


def execute(run: Run, progress: Progress = iter) -> Outcome:
    """Read, judge and write as ``run`` says; ``progress`` sees every report pass.

    Raises ``InputError`` for input that can't be read and output that can't be written; then no
    output file is left behind.
    """
    output = run.file.output
    writer = pick_writer(output.format, output.path)
    writer.check(output.path)
    _keep_inputs(run)
    outcome = Outcome()
    rejects = Rejects(run.file.input.rejects) if run.file.input.skip_bad else None
    articles = _some(read_all(run.file.input, rejects), run.file.input, rejects)
    reports = run.evaluator.evaluate(articles, run.file.workers)
    writer.write(progress(_counted(reports, run.file.fail_below, outcome)), output.path)
    outcome.rejected = rejects.count if rejects else 0
    return outcome


def _keep_inputs(run: Run) -> None:
    """An ``InputError`` if a file that is read would be written to."""
    section = run.file.input
    sides = [path for path in (section.source, section.reference) if path is not None]
    read = {path.resolve() for path in [*section.paths, *sides] if path.is_file()}
    written = {section.rejects} if section.skip_bad else set()
    written |= {run.file.output.path} if run.file.output.path is not None else set()
    for path in written:
        # A folder of pages may hold a page that is read.
        pages = {file for file in read if file.parent == path.resolve() and file.suffix == ".html"}
        if path.resolve() in read or pages:
            raise InputError(f"{path}: the run reads it and would overwrite it; name another place")


def _some(articles: Iterator[Article], section: InputSection, rejects: Rejects | None) -> Iterator[Article]:
    """The articles; an ``InputError`` if there is none, so that no empty report is written."""
    first = next(articles, None)
    if first is None:
        files = ", ".join(map(str, section.paths))
        bad = f"; bad records: {rejects.count}, see {rejects.path}" if rejects and rejects.count else ""
        raise InputError(f"{files}: no article in there{bad}")
    yield first
    yield from articles


def read_all(section: InputSection, rejects: Rejects | None = None) -> Iterator[Article]:
    """The articles of an input section, file by file."""
    options = ReadOptions(section.source_lang, section.target_lang, section.encoding, rejects)
    articles = chain.from_iterable(read(path, options, section.format) for path in section.paths)
    if section.source is None and section.reference is None:
        return articles
    source = read_side(section.source, section.encoding) if section.source else None
    reference = read_side(section.reference, section.encoding) if section.reference else None
    return _with_sides(articles, source, reference)


def _with_sides(articles: Iterator[Article], source: str | None, reference: str | None) -> Iterator[Article]:
    for number, article in enumerate(articles):
        if number:
            raise InputError(
                "a source or reference file goes with one article; for many, use records (.jsonl)"
            )
        yield with_sides(article, source, reference)


def _counted(
    reports: Iterable[ArticleReport], gates: Mapping[str, float], outcome: Outcome
) -> Iterator[ArticleReport]:
    for report in reports:
        outcome.articles += 1
        outcome.failed += _failures(report, gates)
        yield report


def _failures(report: ArticleReport, gates: Mapping[str, float]) -> list[str]:
    """The gates that a report does not meet; a null score is not below anything."""
    scores = {name: report.scores[name].value for name in gates}
    return [
        f"{report.article.id}: {name} {value:.1f} is below {gates[name]:g}"
        for name, value in scores.items()
        if value is not None and value < gates[name]
    ]
