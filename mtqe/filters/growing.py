"""The file of an output while it grows: shards at its end, and what a kill left there is cut off."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mtqe.filters.outputs import writing

_COPY = 1 << 20


class Growing:
    """A file of which the first ``size`` bytes count; what is behind them was not finished.

    Nothing is written twice: when the run is done the file gets its name.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self._digest = hashlib.sha256()

    def holds(self, size: int) -> bool:
        """Whether so many bytes are there."""
        return self.path.exists() and self.path.stat().st_size >= size

    def restore(self, size: int) -> None:
        """Go on behind the first ``size`` bytes."""
        with writing(self.path):
            self.path.touch()
            os.truncate(self.path, size)
        self.size = size
        self._digest = hashlib.sha256()
        with self.path.open("rb") as stream:
            while block := stream.read(_COPY):
                self._digest.update(block)

    def add(self, parts: Sequence[bytes]) -> dict[str, Any]:
        """Write a shard's part at the end, so that it survives whatever comes; how large it is."""
        with writing(self.path), self.path.open("ab") as stream:
            for part in parts:
                stream.write(part)
                self._digest.update(part)
            stream.flush()
            os.fsync(stream.fileno())
        added = sum(map(len, parts))
        self.size += added
        return {"bytes": added}

    def finish(self, path: Path) -> dict[str, Any]:
        """Give the file its name; bytes and SHA-256 of it.

        It is still here under the old name, too: a run that is killed now finds it.
        """
        place = path.resolve()
        with writing(path):
            # A name that a killed run gave is right, and a file can't be renamed to itself.
            if not (place.exists() and place.samefile(self.path)):
                _rename(self.path, place)
        return {"bytes": self.size, "sha256": self._digest.hexdigest()}


def _rename(source: Path, place: Path) -> None:
    temporary = place.with_name(f".{place.name}.part")
    place.parent.mkdir(parents=True, exist_ok=True)
    temporary.unlink(missing_ok=True)
    _link(source, temporary)
    temporary.replace(place)


def _link(source: Path, target: Path) -> None:
    """A second name of a file; a copy, where that can't be: on another file system, say."""
    try:
        target.hardlink_to(source)
    except OSError:
        with source.open("rb") as read, target.open("wb") as stream:
            shutil.copyfileobj(read, stream, _COPY)
            stream.flush()
            os.fsync(stream.fileno())
