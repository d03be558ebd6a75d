"""A meta-evaluation as text, Markdown, CSV or JSON; a page is another module's."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence

from mtqe.bench.meta_page import to_html
from mtqe.bench.meta_record import Record
from mtqe.bench.meta_view import LEGEND, explanations, heading, reasons, span_table, system_table, table


def to_text(record: Record) -> str:
    """For a terminal."""
    blocks = [heading(record), _aligned(system_table(record)), _aligned(table(record), _floor_line(record))]
    if spans := span_table(record):
        blocks.append(_aligned(spans, left=2))
    lists = ["\n".join(lines) for lines in (explanations(record), reasons(record)) if lines]
    return "\n\n".join([*blocks, LEGEND, *lists, record["signature"]]) + "\n"


def to_markdown(record: Record) -> str:
    """Tables for a README or a pull request."""
    blocks = [f"## {heading(record)}", _piped(system_table(record)), _piped(table(record))]
    if spans := span_table(record):
        blocks.append(_piped(spans))
    lists = [
        "\n".join(f"- {line}" for line in lines) for lines in (explanations(record), reasons(record)) if lines
    ]
    return "\n\n".join([*blocks, LEGEND, *lists, f"`{record['signature']}`"]) + "\n"


def to_csv(record: Record) -> str:
    """A line for each statistic and metric."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["statistic", "metric", "floor", "value", "low", "high", "rank", "epsilon", "note"])
    for name, statistic in record["statistics"].items():
        for metric, column in statistic["metrics"].items():
            low, high = column["interval"] or (None, None)
            floor = int(metric in record["floors"])
            ends = [column["rank"], column["epsilon"], column["note"]]
            writer.writerow([name, metric, floor, column["value"], low, high, *ends])
    return stream.getvalue()


def to_json(record: Record) -> str:
    """Everything, with p-values of all pairs; keys in order, no NaN."""
    return json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n"


WRITERS: dict[str, Callable[[Record], str]] = {
    ".txt": to_text,
    ".md": to_markdown,
    ".csv": to_csv,
    ".json": to_json,
    ".html": to_html,
}


def _floor_line(record: Record) -> int:
    """The row of the table before which the floors begin; 0 for none."""
    return len(table(record)) - len(record["floors"]) if record["floors"] else 0


def _aligned(rows: Sequence[Sequence[str]], line: int = 0, left: int = 1) -> str:
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    rule = "  ".join("─" * width for width in widths)
    lines = []
    for number, row in enumerate(rows):
        if number == 1 or (line and number == line):
            lines.append(rule)
        padded = (
            _padded(cell, width, n < left) for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines)


def _padded(cell: str, width: int, left: bool) -> str:
    return cell.ljust(width) if left else cell.rjust(width)


def _piped(rows: Sequence[Sequence[str]]) -> str:
    rule = ["---", *["---:"] * (len(rows[0]) - 1)]
    return "\n".join(
        "| " + " | ".join(c.replace("|", "\\|") for c in row) + " |" for row in [rows[0], rule, *rows[1:]]
    )
