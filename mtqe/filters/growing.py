"""An output in one file of lines, to which each shard adds; what a kill left at its end is cut off."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

from mtqe.filters.outputs import Output, Part, writing

_COPY = 1 << 20


class Growing:
    """A file in the folder of the run. Nothing is written twice: in the end the file gets its name."""

    def __init__(self, output: Output, work: Path) -> None:
        self._output = output
        self._path = work / f"{output.name}.{output.kind}"
        self._added = 0
        self._stream: BinaryIO | None = None
        self._digest = hashlib.sha256()

    def whole(self, done: Sequence[Part]) -> int:
        """How many of the first shards are there as they were written."""
        size = self._path.stat().st_size if self._path.exists() else 0
        for number, part in enumerate(done):
            size -= _bytes(part)
            if size < 0:
                return number
        return len(done)

    def restore(self, done: Sequence[Part]) -> None:
        """Go on behind these shards; whatever else is there was not finished."""
        with writing(self._path):
            self._path.touch()
            os.truncate(self._path, sum(map(_bytes, done)))
        with self._path.open("rb") as stream:
            while block := stream.read(_COPY):
                self._digest.update(block)

    def write(self, parts: Sequence[bytes]) -> None:
        """Write at the end."""
        if not parts:
            return
        with writing(self._path):
            self._stream = self._stream or self._path.open("ab", buffering=0)
            for part in parts:
                _write_all(self._stream, part)
                self._digest.update(part)
                self._added += len(part)

    def end_shard(self, number: int) -> Part:
        """Have what was written survive whatever comes."""
        added, self._added = self._added, 0
        if not added or self._stream is None:
            return None
        with writing(self._path):
            os.fsync(self._stream.fileno())
        return {"bytes": added}

    def close(self) -> None:
        """Write no more."""
        if self._stream is not None:
            self._stream.close()

    def finish(self, done: Sequence[Part]) -> list[dict[str, Any]]:
        """Give the file its name. It keeps the old one, too: a run that is killed now finds it there."""
        path = self._output.path
        with writing(path):
            # A name that a killed run gave is right, and a file can't be renamed to itself.
            if not (path.exists() and path.samefile(self._path)):
                _rename(self._path, path.resolve())
        size = sum(map(_bytes, done))
        return [{"path": path.name, "bytes": size, "sha256": self._digest.hexdigest()}]


def _bytes(part: Part) -> int:
    return 0 if part is None else int(part["bytes"])


def _write_all(stream: BinaryIO, data: bytes) -> None:
    """Write all of it: to a disk that gets full only a part is written at first."""
    left = memoryview(data)
    while left:
        left = left[stream.write(left) :]


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
