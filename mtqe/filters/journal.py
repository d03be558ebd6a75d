"""Which parts of a run are done: enough to go on after a kill at any moment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from mtqe.errors import InputError

_RUN = "run.json"
_JOURNAL = "journal.jsonl"


@dataclass(frozen=True)
class Journal:
    """The folder of a run that is under way: what it is, and one line for each shard that is done.

    A shard is written to temporary names and renamed, and only then its line is added: a shard
    without a line is none. A line that a kill cut short counts as none, too.
    """

    folder: Path

    @property
    def exists(self) -> bool:
        """Whether there is a run under way."""
        return (self.folder / _RUN).exists()

    def start(self, run: Mapping[str, Any]) -> None:
        """Begin a run; ``run`` is what must be the same when it is resumed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_durably(self.folder / _RUN, orjson.dumps(run, option=orjson.OPT_SORT_KEYS))
        (self.folder / _JOURNAL).write_bytes(b"")

    def run(self) -> dict[str, Any]:
        """What ``start`` was given."""
        found: dict[str, Any] = orjson.loads((self.folder / _RUN).read_bytes())
        return found

    def shards(self) -> list[dict[str, Any]]:
        """The entries of the shards that are done, in order."""
        path = self.folder / _JOURNAL
        if not path.exists():
            return []
        lines = path.read_bytes().split(b"\n")
        done: list[dict[str, Any]] = []
        for line in lines[:-1]:  # what follows the last newline was cut short
            try:
                entry = orjson.loads(line)
            except orjson.JSONDecodeError:
                break
            if entry["shard"] != len(done):
                break
            done.append(entry)
        return done

    def trim(self, count: int) -> None:
        """Keep the lines of the first ``count`` shards, without what a kill left behind them."""
        entries = self.shards()[:count]
        lines = b"".join(orjson.dumps(entry, option=orjson.OPT_SORT_KEYS) + b"\n" for entry in entries)
        write_durably(self.folder / _JOURNAL, lines)

    def add(self, entry: Mapping[str, Any]) -> None:
        """Say that a shard is done."""
        with (self.folder / _JOURNAL).open("ab") as stream:
            stream.write(orjson.dumps(entry, option=orjson.OPT_SORT_KEYS) + b"\n")
            stream.flush()
            os.fsync(stream.fileno())


def write_durably(path: Path, data: bytes) -> None:
    """A file that is there whole or as it was before, whenever the machine stops."""
    temporary = path.with_name(f".{path.name}.part")
    with temporary.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)


def same_run(ours: Mapping[str, Any], theirs: Mapping[str, Any], place: Path) -> None:
    """An ``InputError`` that names what differs between a run and the one that it should go on with."""
    different = sorted(name for name in {*ours, *theirs} if ours.get(name) != theirs.get(name))
    if different:
        raise InputError(
            f"{place}: the run that began there had other {', '.join(different)}; "
            "give it those, or remove that folder and start anew"
        )
