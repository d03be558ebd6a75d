"""Outputs whose shards are files of their own: folders of parts, and tables, which are put together."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

from mtqe.errors import InputError
from mtqe.filters import arrow, tables
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
            changed = self._made_alike(numbers) if self._output.kind == "parquet" else {}
            return [{"path": self._path(n).name, **changed.get(n, done[n] or {})} for n in numbers]
        return [_put_together(self._output, [self._path(n) for n in numbers])]

    def _made_alike(self, numbers: Sequence[int]) -> dict[int, dict[str, Any]]:
        """Give all tables of the folder the same columns; what the changed ones are now."""
        from pyarrow import parquet

        paths = {number: self._path(number) for number in numbers}
        schema = _schema(list(paths.values()), self._output.path)
        others = {n: path for n, path in paths.items() if not parquet.read_schema(path).equals(schema)}
        return {n: _write_over(path, schema) for n, path in others.items()}


def _write_over(path: Path, schema: Any) -> dict[str, Any]:
    from pyarrow import parquet

    temporary = path.with_name(f".{path.name}.part")
    with writing(path):
        with temporary.open("wb") as stream:
            _save(tables.fitted(parquet.read_table(path), schema, path), stream, path)
            os.fsync(stream.fileno())
        found = _described(temporary)
        temporary.replace(path)
    return found


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
    _save(tables.concatenated([arrow.unpacked(part) for part in parts], path), stream, path)


def _save(table: Any, stream: BinaryIO, path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        parquet.write_table(table, stream, compression="zstd")
    except pa.ArrowNotImplementedError as error:
        first = str(error).split(". ")[0]
        raise InputError(f"{path}: {first}; write .jsonl") from error


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
            _join_tables(stream, parts, output.path)
            stream.flush()
            os.fsync(stream.fileno())
        found = _described(temporary)
        temporary.replace(path)
    return {"path": output.path.name, **found}


def _join_tables(stream: BinaryIO, parts: Sequence[Path], path: Path) -> None:
    """Row group by row group, so that memory does not grow with their number."""
    from pyarrow import parquet

    schema = _schema(parts, path)
    with parquet.ParquetWriter(stream, schema, compression="zstd") as writer:
        for part in parts:
            with parquet.ParquetFile(part) as file:
                for group in range(file.num_row_groups):
                    writer.write_table(tables.fitted(file.read_row_group(group), schema, path))


def _schema(parts: Sequence[Path], path: Path) -> Any:
    """The schema of all parts together; no columns if there are none."""
    import pyarrow as pa
    from pyarrow import parquet

    return tables.unified([parquet.read_schema(part) for part in parts], path) if parts else pa.schema([])
