"""What the makers of docs/figures.md share: results, and lines of Markdown tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


def load(path: str) -> dict[str, Any]:
    """A result file, or nothing if it was not made."""
    file = ROOT / path
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return found


def row(*cells: object) -> str:
    """A line of a Markdown table."""
    return f"| {' | '.join('–' if cell is None else str(cell) for cell in cells)} |"


def table_head(*names: str, texts: int = 1) -> Iterator[str]:
    """The first two lines of a table; the first ``texts`` columns hold text, the others numbers."""
    yield row(*names)
    yield "|" + "---|" * texts + "---:|" * (len(names) - texts)


def value(found: dict[str, Any] | None) -> str | None:
    """A figure with its interval."""
    if found is None or found["value"] is None:
        return None
    interval = found.get("interval")
    return str(found["value"]) if interval is None else f"{found['value']} ({interval[0]}–{interval[1]})"
