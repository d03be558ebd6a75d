"""A benchmark from its run file to its reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mtqe.bench.against import compared, failures, load_report
from mtqe.bench.analysis import (
    analysed,
    group_records,
    groups_of,
    identical,
    length_groups,
    pair_record,
    unit_notes,
)
from mtqe.bench.columns import Column, judged_columns, metric_columns
from mtqe.bench.differ import differences, segment_column
from mtqe.bench.inputs import load_test_set
from mtqe.bench.judge import Judged, judge
from mtqe.bench.manifest import manifest, test_set_digest
from mtqe.bench.report import Report
from mtqe.bench.runfile import Benchmark
from mtqe.bench.testset import TestSet
from mtqe.bench.writers.base import bench_writers
from mtqe.errors import ConfigError
from mtqe.writers.atomic import check_writable, open_output

Record = dict[str, Any]

# More documents than this are in nobody's plot; the table of a report keeps the JSON readable.
_MOST_DOCUMENTS = 400


@dataclass
class Outcome:
    """What a benchmark came to: its report, and the gates that were not met."""

    report: Report
    failed: list[str] = field(default_factory=list)


def perform(benchmark: Benchmark, show: Callable[[str], None]) -> Outcome:
    """Run ``benchmark`` and write its reports; the text goes to ``show`` where no file is asked for."""
    places = [path for path in benchmark.file.output if str(path) != "-"]
    for path in places:
        check_writable(path)
    before = load_report(benchmark.file.against) if benchmark.file.against else None
    outcome = run(benchmark, before)
    for path in places:
        with open_output(path) as stream:
            stream.write(_writer(path).write(outcome.report))
    if len(places) == len(benchmark.file.output) == 0 or len(places) < len(benchmark.file.output):
        show(bench_writers.get("text")().write(outcome.report))
    return outcome


def _writer(path: Path) -> Any:
    return next(cls for cls in bench_writers if path.suffix in cls.suffixes)()


def run(benchmark: Benchmark, before: Mapping[str, Any] | None = None) -> Outcome:
    """The report of ``benchmark``, compared with the record of an earlier run if there is one.

    Raises ``InputError`` for input that can't be read or does not fit together.
    """
    test_set = load_test_set(benchmark)
    limits = list(unit_notes(test_set, benchmark.file.significance))
    judged = judge(test_set, benchmark.evaluator, benchmark.file.workers) if benchmark.judges else {}
    columns, notes = _columns(benchmark, test_set, judged)
    record = _record(benchmark, test_set, columns, judged)
    record["notes"] = [*test_set.notes, *limits, *identical(test_set), *notes, *_judged_notes(judged)]
    record["against"] = None if before is None else compared(record, before)
    failed = []
    if before is not None and benchmark.file.fail_if_worse is not None:
        failed = failures(record["against"], benchmark.file.fail_if_worse, [c.name for c in columns])
    record["gate"] = {"limit": benchmark.file.fail_if_worse, "failures": failed}
    return Outcome(Report(record), failed)


def _columns(
    benchmark: Benchmark, test_set: TestSet, judged: Mapping[str, Judged]
) -> tuple[list[Column], list[str]]:
    columns = metric_columns(test_set, benchmark.metrics)
    notes = (
        [] if columns or not benchmark.metrics else ["no references given: BLEU, chrF and TER are left out"]
    )
    more, reasons = judged_columns(judged) if judged else ([], [])
    if not columns and not more:
        raise ConfigError(
            f"{benchmark.name}: nothing to score by; give 'reference:', or scorers under 'score:'"
        )
    return [*columns, *more], [*notes, *reasons]


def _judged_notes(judged: Mapping[str, Judged]) -> list[str]:
    return list(dict.fromkeys(note for system in judged.values() for note in system.notes))


def _record(
    benchmark: Benchmark, test_set: TestSet, columns: Sequence[Column], judged: Mapping[str, Judged]
) -> Record:
    options, names = benchmark.file.significance, list(test_set.systems)
    found = {column.name: analysed(column, test_set, options) for column in columns}
    main = _main(benchmark, columns)
    pairs, texts = differences(test_set, columns, judged)
    return {
        "task": "benchmark",
        "rank_by": main.name,
        "columns": [_column_record(column) for column in columns],
        "systems": _systems(test_set, found, main, judged),
        "pairs": {
            c.name: [pair_record(p, c, names, options.alpha) for p in found[c.name]["pairs"]] for c in columns
        },
        "by_length": group_records(length_groups(test_set), columns, names),
        "by_domain": group_records(groups_of(test_set.domains), columns, names),
        "by_document": group_records(groups_of(test_set.documents)[:_MOST_DOCUMENTS], [main], names),
        "differences": {"column": segment_column(columns).name, "pairs": pairs, "segments": texts},
        "significance": {**options.model_dump(mode="json"), "resamples": options.count(len(names))},
        "test_set": _test_set_record(test_set),
        "manifest": manifest(benchmark, test_set),
    }


def _main(benchmark: Benchmark, columns: Sequence[Column]) -> Column:
    """The column that systems are ranked by."""
    wanted = benchmark.file.rank_by or columns[0].name
    found = next((column for column in columns if column.name == wanted), None)
    if found is None:
        known = ", ".join(column.name for column in columns)
        raise ConfigError(f"rank_by: no score is called {wanted!r}; this run has {known}")
    return found


def _column_record(column: Column) -> Record:
    return {
        "name": column.name,
        "title": column.title,
        "higher_is_better": column.higher_is_better,
        "by": "sacrebleu" if column.metric else "mtqe",
        "signature": column.signature,
    }


def _systems(
    test_set: TestSet, found: Mapping[str, Record], main: Column, judged: Mapping[str, Judged]
) -> list[Record]:
    """Systems, the best first; those that could not be ranked at the end."""
    names, order = list(test_set.systems), found[main.name]["order"]
    rest = [n for n in range(len(names)) if n not in order]
    return [
        {
            "name": names[n],
            "rank": order.index(n) + 1 if n in order else None,
            "scores": {column: _score(analysis, n) for column, analysis in found.items()},
            **_issue_record(judged.get(names[n])),
        }
        for n in (*order, *rest)
    ]


def _score(analysis: Record, system: int) -> Record:
    interval, order = analysis["intervals"][system], analysis["order"]
    limits = asdict(interval) if interval else {"mean": None, "low": None, "high": None}
    cluster = analysis["clusters"][order.index(system)] if system in order else None
    return {"value": analysis["points"][system], **limits, "cluster": cluster}


def _issue_record(system: Judged | None) -> Record:
    if system is None:
        return {"words": None, "issues": {}}
    words = sum(system.words)
    counts: dict[str, int] = {}
    for issue in (issue for row in system.issues for issue in row):
        counts[issue.category] = counts.get(issue.category, 0) + 1
    rates = {name: 1000.0 * count / max(words, 1) for name, count in sorted(counts.items())}
    return {"words": words, "issues": rates}


def _test_set_record(test_set: TestSet) -> Record:
    return {
        "segments": test_set.size,
        "documents": len(set(test_set.documents)) if test_set.documents else None,
        "domains": len(set(test_set.domains)) if test_set.domains else None,
        "references": len(test_set.references),
        "source_lang": test_set.source_lang,
        "target_lang": test_set.target_lang,
        "digest": test_set_digest(test_set),
    }
