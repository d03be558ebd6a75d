"""Outputs whose shards are files of their own: folders of parts, and tables, which are put together."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

from mtqe.errors import InputError
from mtqe.filters import arrow
from mtqe.filters.outputs import Output, Part, writing

_COPY = 1 << 20


class Parts:
    """Each shard is written under a temporary name and renamed."""

    def __init__(self, output: Output, work: Path) -> None:
        self._output = output
        self._work = work
        self._written: list[bytes] = []

    def _path(self, number: int) -> Path:
        """In the folder, or until the end in the folder of the run."""
        output = self._output
        if output.folder:
            return output.path / f"part-{number:05d}.{output.kind}"
        return self._work / f"{output.name}-{number:05d}.{output.kind}"

    def whole(self, done: Sequence[Part]) -> int:
        """How many of the first shards are there as they were written."""
        for number, part in enumerate(done):
            path = self._path(number)
            if part is not None and not (path.exists() and path.stat().st_size == part["bytes"]):
                return number
        return len(done)

    def restore(self, done: Sequence[Part]) -> None:
        """Nothing to do: parts that were not finished are written over."""

    def write(self, parts: Sequence[bytes]) -> None:
        """Keep in memory what belongs to the shard that is under way."""
        self._written += parts

    def end_shard(self, number: int) -> Part:
        """Write the shard's file."""
        parts, self._written = self._written, []
        return _write(self._path(number), parts, self._output) if parts else None

    def close(self) -> None:
        """Nothing is open."""

    def finish(self, done: Sequence[Part]) -> list[dict[str, Any]]:
        """The files of a folder; or the table, put together."""
        numbers = [number for number, part in enumerate(done) if part is not None]
        if self._output.folder:
            return [{"path": self._path(n).name, **(done[n] or {})} for n in numbers]
        return [_put_together(self._output, [self._path(n) for n in numbers])]


def _write(path: Path, parts: Sequence[bytes], output: Output) -> dict[str, Any]:
    """How large the part is, and its hash if it stays."""
    temporary = path.with_name(f".{path.name}.part")
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as stream:
            if output.kind == "parquet":
                _write_table(stream, parts, path)
            else:
                for part in parts:
                    stream.write(part)
            stream.flush()
            os.fsync(stream.fileno())
        found = _described(temporary) if output.folder else {"bytes": temporary.stat().st_size}
        temporary.replace(path)
    return found


def _write_table(stream: BinaryIO, parts: Sequence[bytes], path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        table = pa.concat_tables([arrow.unpacked(part) for part in parts])
    except pa.ArrowInvalid as error:
        raise InputError(f"{path}: its rows come of files with different columns: {error}") from error
    parquet.write_table(table, stream, compression="zstd")


def _described(path: Path) -> dict[str, Any]:
    """Bytes and SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_COPY):
            digest.update(block)
    return {"bytes": path.stat().st_size, "sha256": digest.hexdigest()}


def _put_together(output: Output, parts: Sequence[Path]) -> dict[str, Any]:
    """Make the table of an output from its shards' parts."""
    path = output.path.resolve()
    temporary = path.with_name(f".{path.name}.part")
    with writing(output.path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as stream:
            _join_tables(stream, parts)
            stream.flush()
            os.fsync(stream.fileno())
        found = _described(temporary)
        temporary.replace(path)
    return {"path": output.path.name, **found}


def _join_tables(stream: BinaryIO, parts: Sequence[Path]) -> None:
    """Row group by row group, so that memory does not grow with their number."""
    from pyarrow import parquet

    writer = None
    for part in parts:
        file = parquet.ParquetFile(part)
        writer = writer or parquet.ParquetWriter(stream, file.schema_arrow, compression="zstd")
        for group in range(file.num_row_groups):
            writer.write_table(file.read_row_group(group))
    if writer is not None:
        writer.close()
