"""A meta-evaluation as one record, which every format shows."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from mtqe.bench.meta import MetaReport, MetricColumn
from mtqe.bench.meta_statistics import STATISTICS
from mtqe.bench.meta_values import Agreement
from mtqe.bench.spans import SpanScores

Record = dict[str, Any]


def record_of(report: MetaReport) -> Record:
    """The report as JSON has it: no NaN, and for every null a note why."""
    table = report.table
    return {
        "human": {
            "name": table.ratings.name,
            "unit": table.ratings.unit,
            "systems": list(table.systems),
            "segments": len(table.segments),
            "articles": len({article for article in table.articles if article is not None}),
            "ratings": sum(r.score is not None and r.system in table.systems for r in table.ratings.ratings),
            "judged": int((~np.isnan(table.scores)).sum()),
            "system_scores": _system_scores(report),
        },
        "statistics": {name: _statistic(name, report) for name in report.columns},
        "spans": {
            metric: {count: _spans(scores) for count, scores in found.items()}
            for metric, found in report.spans.items()
        },
        "floors": list(report.floors),
        "notes": list(report.notes),
        "signature": signature(report),
        "signatures": dict(report.signatures),
        "inputs": {file: _sha256(file) for file in report.files},
    }


def signature(report: MetaReport) -> str:
    """One line that says how the numbers were made."""
    options = report.options
    parts = {
        "mtqe": version("mtqe"),
        "numpy": version("numpy"),
        "permutations": options.rounds,
        "resamples": options.interval_rounds,
        "resampled": options.interval_units,
        "correction": options.correction,
        "alpha": options.alpha,
        "seed": options.seed,
        "ratings": report.table.ratings.name,
        "systems": len(report.table.systems),
    }
    return "|".join(f"{name}:{value}" for name, value in parts.items())


def _system_scores(report: MetaReport) -> dict[str, float]:
    """People's mean of each system, best first."""
    means = np.nanmean(report.table.scores, axis=1)
    found = zip(report.table.systems, means.tolist(), strict=True)
    return dict(sorted(found, key=lambda one: (-one[1], one[0])))


def _statistic(name: str, report: MetaReport) -> Record:
    statistic = STATISTICS[name]
    return {
        "about": statistic.about,
        "range": list(statistic.range),
        "higher_is_better": True,
        "metrics": {metric: _column(column) for metric, column in report.columns[name].items()},
        "tests": [
            {"better": t.better, "worse": t.worse, "p_value": t.p_value, "corrected": t.corrected}
            for t in report.tests.get(name, ())
        ],
    }


def _column(column: MetricColumn) -> Record:
    found: Agreement = column.agreement
    return {
        "value": found.value,
        "interval": None if found.interval is None else list(found.interval),
        "rank": column.rank,
        "note": found.note,
        "groups": found.groups,
        "count": found.count,
        "epsilon": found.epsilon,
    }


def _spans(scores: SpanScores) -> Record:
    return {
        "precision": scores.precision,
        "recall": scores.recall,
        "f1": scores.f1,
        "found": scores.found,
        "human": scores.human,
        "note": scores.note,
    }


def _sha256(file: str) -> str:
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()
