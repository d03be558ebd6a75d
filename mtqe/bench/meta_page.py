"""A meta-evaluation as a page: the table, and each statistic with its intervals and the best floor."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor
from typing import Any

from mtqe.bench.meta_record import Record
from mtqe.bench.meta_view import (
    LEGEND,
    explanations,
    heading,
    metric_order,
    number,
    reasons,
    shown,
    span_table,
    system_table,
)
from mtqe.writers.page import render

# The drawing: names end and values begin here, and this far they go; a row is so high.
_LEFT, _RIGHT, _ROW = 170.0, 700.0, 26.0

# With a wider axis than this, every second tenth has a line.
_WIDE = 0.65

_NO_BREAK = "\u00a0"


def to_html(record: Record) -> str:
    """A page that needs nothing else."""
    tables = [("Marked places", span_table(record)), ("Systems, by people", system_table(record))]
    return render(
        "metrics.html.j2",
        name=record["human"]["name"],
        summary=heading(record),
        columns=["metric", *record["statistics"]],
        rows=[_row(record, metric) for metric in metric_order(record)],
        legend=LEGEND,
        plots=[_plot(record, name) for name in record["statistics"]],
        tables=[(title, rows) for title, rows in tables if rows],
        lines=[*explanations(record), *reasons(record)],
        signature=record["signature"],
    )


def _row(record: Record, metric: str) -> dict[str, Any]:
    cells = []
    for statistic in record["statistics"].values():
        column = statistic["metrics"][metric]
        interval = column["interval"]
        cells.append(
            {
                "exact": column["value"],
                "value": shown(column).replace(" ", _NO_BREAK),
                "interval": _range(interval),
                "best": metric in _best(statistic, record["floors"]),
            }
        )
    return {"metric": metric, "floor": metric in record["floors"], "cells": cells}


def _best(statistic: Record, floors: Sequence[str]) -> set[str]:
    """The metrics of the first cluster, or those with the highest value where nothing was tested."""
    known = {m: c for m, c in statistic["metrics"].items() if m not in floors and c["value"] is not None}
    ranked = {metric for metric, column in known.items() if column["rank"] == 1}
    highest = max((column["value"] for column in known.values()), default=None)
    return ranked or {metric for metric, column in known.items() if column["value"] == highest}


def _plot(record: Record, name: str) -> dict[str, Any]:
    statistic, floors = record["statistics"][name], record["floors"]
    known = {m: statistic["metrics"][m] for m in metric_order(record)}
    known = {metric: column for metric, column in known.items() if column["value"] is not None}
    low, high = _limits(statistic["range"], known.values())

    def x(value: float) -> float:
        return round(_LEFT + (value - low) / (high - low) * (_RIGHT - _LEFT), 1)

    marks = [
        {
            "metric": metric,
            "floor": metric in floors,
            "y": _ROW * (place + 0.5),
            "x": x(column["value"]),
            "low": x(column["interval"][0]) if column["interval"] else None,
            "high": x(column["interval"][1]) if column["interval"] else None,
            "label": f"{metric}: {number(column['value'])}",
        }
        for place, (metric, column) in enumerate(known.items())
    ]
    best_floor = max((column["value"] for metric, column in known.items() if metric in floors), default=None)
    step = 0.2 if high - low > _WIDE else 0.1
    ticks = [low + step * n for n in range(round((high - low) / step) + 1)]
    return {
        "name": name,
        "about": statistic["about"][0].upper() + statistic["about"][1:],
        "height": _ROW * len(marks) + 20,
        "marks": marks,
        "floor": None if best_floor is None else x(best_floor),
        "ticks": [{"x": x(tick), "label": f"{tick:.1f}"} for tick in ticks if tick <= high + _WIDE / 100],
    }


def _limits(possible: Sequence[float], columns: Any) -> tuple[float, float]:
    """What the axis shows: the values with their intervals, to the next tenth, or all that is possible."""
    values = [end for c in columns for end in (c["interval"] or (c["value"], c["value"]))]
    if not values:
        return possible[0], possible[1]
    low, high = floor(min(values) * 10) / 10, ceil(max(values) * 10) / 10
    high = min(max(high, low + 0.1), possible[1])
    return max(min(low, high - 0.1), possible[0]), high


def _range(interval: Sequence[float] | None) -> str:
    return f"{interval[0]:.3f}{_NO_BREAK}to{_NO_BREAK}{interval[1]:.3f}" if interval else ""
