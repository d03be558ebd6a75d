"""What tests of the engine share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mtqe.filters.plan import Outcome
from mtqe.filters.run import filter_files
from mtqe.filters.run_file import filter_run

LONG = {"name": "length", "at_least": 5}


def record(number: int) -> dict[str, Any]:
    """A record, every third of which is short; with a field that is nobody's business."""
    text = "It rained." if number % 3 == 0 else f"It rained for {number} days in the old town."
    return {"id": f"a{number}", "target": text, "target_lang": "en", "crawl": {"n": number, "é": None}}


def write_lines(path: Path, *records: Any) -> Path:
    """A file with a record a line; text stands as it is."""
    lines = [r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in records]
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return path


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The records of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def run(
    *inputs: Path | str, output: Path | None, rules: Any = (LONG,), resume: bool = False, **sections: Any
) -> Outcome:
    """Filter with these rules; sections as in a run file."""
    extra = sections.pop("output_options", {})
    inside = sections.pop("input_options", {})
    loaded = {
        "input": {"paths": [str(path) for path in inputs], **inside},
        "output": {"path": None if output is None else str(output), **extra},
        "rules": list(rules),
        **sections,
    }
    return filter_files(filter_run(loaded), resume=resume)
