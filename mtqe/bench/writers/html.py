"""A benchmark as one self-contained page: leaderboard, intervals, who beats whom, segments side by side."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from mtqe.bench import view
from mtqe.bench.report import Report
from mtqe.bench.writers.base import bench_writers
from mtqe.writers.page import render
from mtqe.writers.view import is_right_to_left, safe

Values = dict[str, Any]
Record = Mapping[str, Any]

# Shades of a table's cells, from the worst to the best.
_SHADES = 5


@bench_writers.register
@dataclass(frozen=True)
class Html:
    """One page with everything in it but what is in the JSON alone: p-values in full, all issues."""

    name: ClassVar[str] = "html"
    suffixes: ClassVar[tuple[str, ...]] = (".html", ".htm")

    def write(self, report: Report) -> str:
        """The page; whatever comes from files is escaped."""
        record = report.record
        names = [system["name"] for system in record["systems"]]
        return render(
            "benchmark.html.j2",
            "benchmark",
            heading=view.heading(record),
            verdict=_verdict(record),
            how=view.how_tested(record),
            systems=[{"name": name} for name in names],
            heads=[{"name": name, "numeric": name != "system"} for name in view.table(record)[0]],
            rows=_rows(record),
            against=view.changes(record),
            columns=[_column(record, column, names) for column in record["columns"]],
            lengths=_groups(record, record["by_length"], names),
            domains=_groups(record, record["by_domain"], names),
            documents=_groups(record, record["by_document"], names),
            main=view.title(record, record["rank_by"]),
            main_name=record["rank_by"],
            issues=_issues(record),
            pairs=_pairs(record, names),
            segment_title=view.title(record, record["differences"]["column"]),
            source_lang=record["test_set"]["source_lang"],
            target_lang=record["test_set"]["target_lang"],
            notes=[*record["gate"]["failures"], *record["notes"]],
            signatures=view.signatures(record),
            manifest=json.dumps(record["manifest"], indent=1, ensure_ascii=False, sort_keys=True),
        )


def _verdict(record: Record) -> str:
    """Which systems lead, in words."""
    main = record["rank_by"]
    first = [s["name"] for s in record["systems"] if s["scores"][main]["cluster"] == 1]
    if len(record["systems"]) == 1 or not first:
        return str(record["systems"][0]["name"])
    if len(first) == 1:
        return f"{first[0]} leads"
    if len(first) == len(record["systems"]):
        return f"No system is significantly better in {view.title(record, main)}"
    return f"{', '.join(first[:-1])} and {first[-1]} lead"


def _rows(record: Record) -> list[Values]:
    """The rows of the leaderboard, each cell with what it is sorted by."""
    rows = []
    for system, cells in zip(record["systems"], view.table(record)[1:], strict=True):
        scores = [system["scores"][column["name"]]["value"] for column in record["columns"]]
        cluster = system["scores"][record["rank_by"]]["cluster"]
        keys = [system["rank"], cluster, None, *scores]
        keys += [float(cell) for cell in cells[len(keys) :]]
        shown = [
            {"text": cell.replace(" ±", "\N{NO-BREAK SPACE}±"), "exact": key, "head": place == 2}
            for place, (cell, key) in enumerate(zip(cells, keys, strict=True))
        ]
        rows.append({"cells": shown, "odd": (cluster or 0) % 2})
    return rows


def _column(record: Record, column: Record, names: Sequence[str]) -> Values:
    cells = [system["scores"][column["name"]] for system in record["systems"]]
    known = [v for cell in cells for v in (cell["value"], cell["low"], cell["high"]) if v is not None]
    least, most = min(known, default=0.0), max(known, default=1.0)
    return {
        "name": column["name"],
        "title": column["title"],
        "main": column["name"] == record["rank_by"],
        "better": "higher" if column["higher_is_better"] else "lower",
        "least": f"{least:.1f}",
        "most": f"{most:.1f}",
        "bars": [_bar(name, cell, least, most) for name, cell in zip(names, cells, strict=True)],
        "matrix": _matrix(record, column, names),
    }


def _bar(name: str, cell: Record, least: float, most: float) -> Values:
    value = cell["value"]
    text = view.score(cell)
    if value is None:
        return {"name": name, "value": None, "text": text, "label": f"{name}: not judged"}
    low = value if cell["low"] is None else cell["low"]
    high = value if cell["high"] is None else cell["high"]
    # Room at both ends, so that the mark of the least and of the greatest is whole.
    scale = 97.0 / (most - least) if most > least else 0.0
    return {
        "name": name,
        "value": round(1 + (value - least) * scale, 2),
        "low": round(1 + (low - least) * scale, 2),
        "width": round(max((high - low) * scale, 0.1), 2),
        "text": text,
        "label": f"{name}: {value:.2f}, 95 % between {low:.2f} and {high:.2f}",
    }


def _matrix(record: Record, column: Record, names: Sequence[str]) -> list[Values]:
    """For each system its lead over every other, and whether it is significant."""
    pairs = {}
    for pair in record["pairs"][column["name"]]:
        pairs[pair["first"], pair["second"]] = (1, pair)
        pairs[pair["second"], pair["first"]] = (-1, pair)
    if not pairs:
        return []
    sign = 1 if column["higher_is_better"] else -1
    return [
        {"name": row, "cells": [_win(pairs.get((row, other)), sign, row, other) for other in names]}
        for row in names
    ]


def _win(found: tuple[int, Record] | None, sign: int, row: str, other: str) -> Values:
    if found is None or found[1]["difference"] is None:
        return {"text": "·", "kind": "self", "title": ""}
    direction, pair = found
    difference = direction * pair["difference"]
    better = sign * difference > 0
    kind = ("win" if better else "lose") if pair["significant"] and difference else ""
    p = "not tested" if pair["p_corrected"] is None else f"p = {pair['p_corrected']:.4f}"
    people = pair["human_agreement"]
    more = "" if people is None else f"; people agree in {people:.0f} % of such cases"
    return {
        "text": f"{difference:+.1f}",
        "kind": kind,
        "title": f"{row} beside {other}: {difference:+.2f}, {p}{more}",
    }


def _groups(record: Record, groups: Sequence[Record], names: Sequence[str]) -> list[Values]:
    """Rows of a table of parts of the test set, for every column."""
    higher = {column["name"]: column["higher_is_better"] for column in record["columns"]}
    columns = list(groups[0]["scores"]) if groups else []
    rows: list[Values] = [{**group, "cells": {}} for group in groups]
    for column in columns:
        values = [[group["scores"][column][name] for name in names] for group in groups]
        for row, shaded in zip(rows, _shaded(values, higher[column]), strict=True):
            row["cells"][column] = shaded
    return rows


def _shaded(values: Sequence[Sequence[float | None]], higher_is_better: bool) -> list[list[Values]]:
    """Cells with a shade for how good they are beside all others of the table."""
    known = [value for row in values for value in row if value is not None]
    least, most = min(known, default=0.0), max(known, default=0.0)
    return [[_cell(value, least, most, higher_is_better) for value in row] for row in values]


def _cell(value: float | None, least: float, most: float, higher_is_better: bool) -> Values:
    if value is None:
        return {"text": "–", "shade": ""}
    share = (value - least) / (most - least) if most > least else 0.5
    place = share if higher_is_better else 1 - share
    return {"text": f"{value:.1f}", "shade": f"h{min(int(place * _SHADES), _SHADES - 1)}"}


def _issues(record: Record) -> list[Values]:
    """Rates of all issues together, then of each category, the most frequent first."""
    systems = record["systems"]
    names = view.categories(record)
    rates = [[system["issues"].get(name, 0.0) for system in systems] for name in names]
    if not names:
        return []
    rows = [[sum(column) for column in zip(*rates, strict=True)], *rates]
    return [
        {"name": name, "all": number == 0, "cells": _shaded([row], higher_is_better=False)[0]}
        for number, (name, row) in enumerate(zip(["all", *names], rows, strict=True))
    ]


def _pairs(record: Record, names: Sequence[str]) -> list[Values]:
    """Pairs of systems by their places in the leaderboard, each with its segments."""
    segments = {segment["number"]: segment for segment in record["differences"]["segments"]}
    found = []
    for pair in record["differences"]["pairs"]:
        first, second = sorted((names.index(pair["first"]), names.index(pair["second"])))
        shown = [_segment(segments[n], (names[first], names[second])) for n in pair["segments"]]
        found.append({"first": first, "second": second, "segments": shown})
    return sorted(found, key=lambda pair: (pair["first"], pair["second"]))


def _segment(segment: Record, names: tuple[str, str]) -> Values:
    targets = [segment["systems"][name] for name in names]
    scores = [target["score"] for target in targets]
    gap = "–" if None in scores else f"{abs(scores[0] - scores[1]):.1f}"
    source = segment["source"]
    return {
        **segment,
        "gap": gap,
        "issues": sorted({issue["category"] for target in targets for issue in target["issues"]}),
        "direction": _direction(targets[0]["target"] or targets[1]["target"]),
        "source_direction": _direction(source or ""),
        "targets": [
            {
                "name": name,
                "score": "–" if target["score"] is None else f"{target['score']:.1f}",
                "parts": _parts(target["target"], target["issues"]),
            }
            for name, target in zip(names, targets, strict=True)
        ],
    }


def _direction(text: str) -> str:
    return "rtl" if is_right_to_left(text) else "ltr"


def _parts(text: str, issues: Sequence[Record]) -> list[Values]:
    """The text cut where issues begin and end; where two overlap, the first one is shown."""
    parts: list[Values] = []
    place = 0
    for issue in sorted(issues, key=lambda it: (it["start"], it["end"])):
        if issue["start"] < place:
            continue
        title = f"{issue['category']}: {safe(issue['message'])} ({issue['severity']})"
        parts.append({"text": text[place : issue["start"]], "issue": None})
        marked = {"severity": issue["severity"], "title": title}
        parts.append({"text": text[issue["start"] : issue["end"]], "issue": marked})
        place = issue["end"]
    return [*parts, {"text": text[place:], "issue": None}]
