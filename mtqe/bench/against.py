"""A run beside an earlier one: what changed, and whether a gate is met."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from mtqe.errors import ConfigError, InputError

# What of an earlier report is compared; the report of a benchmark of metrics lacks some of it.
_NEEDED = {"task", "columns", "systems", "test_set"}

Record = Mapping[str, Any]
Limit = float | Mapping[str, float]


def load_report(path: Path) -> Record:
    """The record of an earlier run; an ``InputError`` if the file is no JSON report of a benchmark."""
    try:
        loaded = orjson.loads(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path}: can't be read: {error.strerror}") from error
    except orjson.JSONDecodeError as error:
        raise InputError(f"{path}: is not JSON: {error}") from error
    if not isinstance(loaded, dict) or not loaded.keys() >= _NEEDED or loaded["task"] != "benchmark":
        raise InputError(f"{path}: is no JSON report of a benchmark of systems; make one with -o report.json")
    return loaded


def compared(now: Record, before: Record) -> dict[str, Any]:
    """Every score that both runs have, before and after; gain is positive where it is better now."""
    return {
        "same_test_set": now["test_set"]["digest"] == before["test_set"]["digest"],
        "changes": list(_changes(now, before)),
        "missing": [s["name"] for s in before["systems"] if s["name"] not in _by_name(now)],
        "new": [s["name"] for s in now["systems"] if s["name"] not in _by_name(before)],
    }


def _by_name(record: Record) -> dict[str, Record]:
    return {system["name"]: system["scores"] for system in record["systems"]}


def _changes(now: Record, before: Record) -> Iterator[dict[str, Any]]:
    after, earlier = _by_name(now), _by_name(before)
    signatures = {column["name"]: column["signature"] for column in before["columns"]}
    for name, scores in after.items():
        for column in now["columns"]:
            old = earlier.get(name, {}).get(column["name"], {}).get("value")
            new = scores[column["name"]]["value"]
            if old is not None and new is not None:
                yield {
                    "system": name,
                    "column": column["name"],
                    "before": old,
                    "after": new,
                    "gain": (new - old) * (1 if column["higher_is_better"] else -1),
                    "same_signature": signatures[column["name"]] == column["signature"],
                }


def failures(comparison: Record, limit: Limit, columns: list[str]) -> list[str]:
    """The gates that are not met, in words: scores that fell by more than ``limit``, systems that are gone.

    Raises ``ConfigError`` for a limit of a score that the run does not have.
    """
    limits = dict(limit) if isinstance(limit, Mapping) else dict.fromkeys(columns, limit)
    unknown = [name for name in limits if name not in columns]
    if unknown:
        raise ConfigError(
            f"fail_if_worse: no score is called {unknown[0]!r}; this run has {', '.join(columns)}"
        )
    worse = [c for c in comparison["changes"] if c["column"] in limits and -c["gain"] > limits[c["column"]]]
    return [
        *(f"system {name!r} of the earlier run is not in this one" for name in comparison["missing"]),
        *(
            f"{c['system']}: {c['column']} was {c['before']:.2f} and is {c['after']:.2f}, "
            f"worse by more than {limits[c['column']]:g}"
            for c in worse
        ),
    ]
