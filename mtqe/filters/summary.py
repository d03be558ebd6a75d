"""What a run came to, as a page for the browser and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from mtqe.filters.journal import write_durably
from mtqe.writers.page import render

Values = dict[str, Any]

# Hosts that the page lists; the JSON file has more.
_HOSTS = 30


def write_summary(
    counts: Mapping[str, Any], rules: Sequence[str], inputs: Sequence[str], json: Path, page: Path
) -> None:
    """Write both files."""
    pretty = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2
    content = {"counts": counts, "rules": list(rules), "inputs": list(inputs)}
    write_durably(json, orjson.dumps(content, option=pretty) + b"\n")
    write_durably(page, summary_page(counts, rules, inputs).encode())


def summary_page(counts: Mapping[str, Any], rules: Sequence[str], inputs: Sequence[str]) -> str:
    """The page: kept and dropped by rule, language and host, distributions, articles at the border."""
    articles = counts["kept"] + counts["dropped"]
    return render(
        "filter.html.j2",
        articles=articles,
        kept=counts["kept"],
        dropped=counts["dropped"],
        bad=counts["bad"],
        words=counts["words"],
        share=percent(counts["kept"], articles),
        inputs=_shortened(inputs),
        rules=[_rule(label, counts, articles) for label in rules],
        languages=_split(counts["languages"], None),
        hosts=_split(counts["hosts"], _HOSTS),
        hosts_left=max(len(counts["hosts"]) - _HOSTS, 0),
        plots=[_plot(label, numbers, counts) for label, numbers in counts["numbers"].items()],
    )


def percent(part: int, whole: int) -> str:
    """``12.3 %``; a dash of nothing."""
    return f"{100 * part / whole:.1f} %" if whole else "–"


def _shortened(inputs: Sequence[str]) -> str:
    shown = ", ".join(inputs[:3])
    return shown + (f" and {len(inputs) - 3:,} more" if len(inputs) > 3 else "")


def _rule(label: str, counts: Mapping[str, Any], articles: int) -> Values:
    dropped = counts["rules"].get(label, 0)
    return {
        "label": label,
        "dropped": dropped,
        "share": percent(dropped, articles),
        "width": round(100 * dropped / articles, 2) if articles else 0,
        "examples": counts["examples"].get(label, []),
    }


def _split(found: Mapping[str, Sequence[int]], most: int | None) -> list[Values]:
    """Rows of kept and dropped articles, the most frequent first."""
    ordered = sorted(found.items(), key=lambda pair: (-sum(pair[1]), pair[0]))
    return [
        {"name": name, "kept": kept, "dropped": dropped, "share": percent(dropped, kept + dropped)}
        for name, (kept, dropped) in ordered[:most]
    ]


def _plot(label: str, numbers: Mapping[str, Any], counts: Mapping[str, Any]) -> Values:
    edges, bars = numbers["edges"], numbers["counts"]
    most = max([*bars, 1])
    at_least, at_most = numbers["limits"]
    border = counts["border"].get(label, {})
    return {
        "label": label,
        "null": numbers["null"],
        "bars": [
            {
                "height": round(100 * count / most, 1),
                "out": outside(edges, index, at_least, at_most),
                "label": f"{count:,} from {span(edges, index)}",
            }
            for index, count in enumerate(bars)
        ],
        "first": f"{edges[0]:g}",
        "last": f"{edges[-1]:g}",
        "border": [
            {"side": side, "value": f"{value:.4g}", **example}
            for side in ("dropped", "kept")
            for _, value, example in border.get(side, [])
        ],
    }


def span(edges: Sequence[float], index: int) -> str:
    """What a bar stands for: ``10 to 20``, ``100 and more``."""
    if index == len(edges) - 1:
        return f"{edges[index]:g} and more"
    return f"{edges[index]:g} to {edges[index + 1]:g}"


def outside(edges: Sequence[float], index: int, at_least: float | None, at_most: float | None) -> bool:
    """Whether a bar lies beyond the limits."""
    end = edges[index + 1] if index + 1 < len(edges) else float("inf")
    return (at_least is not None and end <= at_least) or (at_most is not None and edges[index] > at_most)
