"""A meta-evaluation as text, Markdown, CSV, JSON or a page."""

from __future__ import annotations

import csv
import html
import io
import json
from collections.abc import Callable, Sequence

from mtqe.bench.meta_record import Record

_NONE = "–"
_LEGEND = (
    "In brackets: the cluster of metrics that can't be told apart, by a permutation test with Holm's "
    "correction. Floors know nothing of the translation, or only its length."
)
_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 75rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .8rem; text-align: right; border-bottom: 1px solid #8884; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
tr.floor { color: color-mix(in srgb, currentColor 60%, transparent); }
small { display: block; color: color-mix(in srgb, currentColor 60%, transparent); font-size: .75rem; }
td b { font-weight: 650; }
p, li { max-width: 45rem; }
"""


def heading(record: Record) -> str:
    """What was judged, in one line."""
    human = record["human"]
    articles = f" of {human['articles']:,} articles" if human["articles"] else ""
    return (
        f"{human['name']}: {human['ratings']:,} ratings ({human['unit']}) "
        f"of {len(human['systems'])} systems, {human['segments']:,} segments{articles}"
    )


def metric_order(record: Record) -> list[str]:
    """Metrics, best first by the first statistic that they have, then the floors."""
    columns = [statistic["metrics"] for statistic in record["statistics"].values()]
    names = list(columns[0]) if columns else []

    def key(name: str) -> tuple[bool, tuple[float, ...]]:
        values = tuple(-(c[name]["value"] if c[name]["value"] is not None else -2.0) for c in columns)
        return name in record["floors"], values

    return sorted(names, key=key)


def table(record: Record) -> list[list[str]]:
    """The header, and a row for each metric: values with the ranks of clusters."""
    rows = [["metric", *record["statistics"]]]
    for metric in metric_order(record):
        columns = [statistic["metrics"][metric] for statistic in record["statistics"].values()]
        rows.append([metric, *map(_cell, columns)])
    return rows


def span_table(record: Record) -> list[list[str]]:
    """The header, and a row for each metric that marks places and way to count."""
    rows = [["marks", "counted", "precision", "recall", "F1", "found", "human"]]
    for metric, counts in record["spans"].items():
        for count, scores in counts.items():
            numbers = [_number(scores[name]) for name in ("precision", "recall", "f1")]
            rows.append([metric, count, *numbers, f"{scores['found']:,}", f"{scores['human']:,}"])
    return rows if len(rows) > 1 else []


def system_table(record: Record) -> list[list[str]]:
    """People's ranking of the systems."""
    scores = record["human"]["system_scores"]
    return [["system", "people"], *([system, f"{value:.3f}"] for system, value in scores.items())]


def reasons(record: Record) -> list[str]:
    """Why a value is null, or what it leaves out; the same of several metrics in one line."""
    by_note: dict[tuple[str, str], list[str]] = {}
    for name, statistic in record["statistics"].items():
        for metric, column in statistic["metrics"].items():
            if column["note"]:
                by_note.setdefault((name, column["note"]), []).append(metric)
    found = [f"{name}, {', '.join(metrics)}: {note}" for (name, note), metrics in by_note.items()]
    return [*found, *record["notes"]]


def explanations(record: Record) -> list[str]:
    """What each statistic is."""
    return [
        f"{name}: {s['about']}, {s['range'][0]} to {s['range'][1]}"
        for name, s in record["statistics"].items()
    ]


def to_text(record: Record) -> str:
    """For a terminal."""
    blocks = [heading(record), _aligned(system_table(record)), _aligned(table(record), _floor_line(record))]
    if spans := span_table(record):
        blocks.append(_aligned(spans, left=2))
    lists = ["\n".join(lines) for lines in (explanations(record), reasons(record)) if lines]
    return "\n\n".join([*blocks, _LEGEND, *lists, record["signature"]]) + "\n"


def to_markdown(record: Record) -> str:
    """Tables for a README or a pull request."""
    blocks = [f"## {heading(record)}", _piped(system_table(record)), _piped(table(record))]
    if spans := span_table(record):
        blocks.append(_piped(spans))
    lists = [
        "\n".join(f"- {line}" for line in lines) for lines in (explanations(record), reasons(record)) if lines
    ]
    return "\n\n".join([*blocks, _LEGEND, *lists, f"`{record['signature']}`"]) + "\n"


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


def to_html(record: Record) -> str:
    """A page that needs nothing else, with intervals."""
    body = [f"<h1>{_text(heading(record))}</h1>", "<h2>Metrics</h2>", _page_table(record)]
    if spans := span_table(record):
        body += ["<h2>Marked places</h2>", _plain_table(spans)]
    body += ["<h2>Systems</h2>", _plain_table(system_table(record)), f"<p>{_text(_LEGEND)}</p>"]
    for lines in (explanations(record), reasons(record)):
        body.append("<ul>" + "".join(f"<li>{_text(line)}</li>" for line in lines) + "</ul>")
    body.append(f"<p><small>{_text(record['signature'])}</small></p>")
    head = f'<meta charset="utf-8"><title>{_text(heading(record))}</title><style>{_STYLE}</style>'
    view = '<meta name="viewport" content="width=device-width">'
    return (
        f'<!doctype html>\n<html lang="en"><head>{head}{view}</head><body>\n'
        + "\n".join(body)
        + "\n</body></html>\n"
    )


WRITERS: dict[str, Callable[[Record], str]] = {
    ".txt": to_text,
    ".md": to_markdown,
    ".csv": to_csv,
    ".json": to_json,
    ".html": to_html,
}


def _number(value: float | None) -> str:
    return _NONE if value is None else f"{value:.3f}"


def _cell(column: Record) -> str:
    rank = f" ({column['rank']})" if column["rank"] is not None else ""
    return _number(column["value"]) + rank


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


def _page_table(record: Record) -> str:
    best = {n: _best(statistic, record["floors"]) for n, statistic in record["statistics"].items()}
    rows = []
    for metric in metric_order(record):
        cells = [_page_cell(s["metrics"][metric], metric in best[n]) for n, s in record["statistics"].items()]
        kind = ' class="floor"' if metric in record["floors"] else ""
        rows.append(f"<tr{kind}><td>{_text(metric)}</td>{''.join(cells)}</tr>")
    return _framed(("metric", *record["statistics"]), rows)


def _best(statistic: Record, floors: Sequence[str]) -> set[str]:
    """The metrics of the first cluster, or the one with the highest value where nothing was tested."""
    metrics = {
        name: c for name, c in statistic["metrics"].items() if name not in floors and c["value"] is not None
    }
    ranked = {name for name, column in metrics.items() if column["rank"] == 1}
    highest = max((column["value"] for column in metrics.values()), default=None)
    return ranked or {name for name, column in metrics.items() if column["value"] == highest}


def _page_cell(column: Record, is_best: bool) -> str:
    value = f"<b>{_cell(column)}</b>" if is_best else _cell(column)
    interval = column["interval"]
    shown = f"<small>{interval[0]:.3f} to {interval[1]:.3f}</small>" if interval else ""
    return f"<td>{value}{shown}</td>"


def _plain_table(rows: Sequence[Sequence[str]]) -> str:
    return _framed(
        rows[0], ["<tr>" + "".join(f"<td>{_text(c)}</td>" for c in row) + "</tr>" for row in rows[1:]]
    )


def _framed(header: Sequence[str], rows: Sequence[str]) -> str:
    head = "".join(f"<th>{_text(name)}</th>" for name in header)
    body = f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody>"
    return f'<div class="scroll"><table>{body}</table></div>'


def _text(text: str) -> str:
    return html.escape(text)
