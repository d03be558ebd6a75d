"""What the formats of a meta-evaluation share: its tables and lines."""

from __future__ import annotations

from mtqe.bench.meta_record import Record

NONE = "–"
LEGEND = (
    "In brackets: the cluster of metrics that can't be told apart, by a permutation test that is corrected "
    "for all pairs. Floors know nothing of the translation, or only its length."
)


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
        rows.append([metric, *map(shown, columns)])
    return rows


def span_table(record: Record) -> list[list[str]]:
    """The header, and a row for each metric that marks places and way to count."""
    rows = [["marks", "counted", "precision", "recall", "F1", "found", "human"]]
    for metric, counts in record["spans"].items():
        for count, scores in counts.items():
            numbers = [number(scores[name]) for name in ("precision", "recall", "f1")]
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


def number(value: float | None) -> str:
    """Three decimals, or a dash for none."""
    return NONE if value is None else f"{value:.3f}"


def shown(column: Record) -> str:
    """A value with the rank of its cluster."""
    rank = f" ({column['rank']})" if column["rank"] is not None else ""
    return number(column["value"]) + rank
