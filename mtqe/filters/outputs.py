"""Where a run writes: a file or a folder of parts for each output, each whole or absent."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from mtqe.errors import InputError
from mtqe.filters import arrow
from mtqe.writers.atomic import check_writable

_SUFFIXES = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".jsonl.gz": "jsonl.gz",
    ".ndjson.gz": "jsonl.gz",
    ".jsonl.zst": "jsonl.zst",
    ".ndjson.zst": "jsonl.zst",
    ".parquet": "parquet",
}
_COPY = 1 << 20


@dataclass(frozen=True)
class Output:
    """One output of a run: a file, or a folder of parts.

    ``name`` is "kept", "rejected" or "rejects", ``kind`` how it is written (see ``work.Work``).
    """

    name: str
    path: Path
    kind: str
    folder: bool

    @property
    def grows(self) -> bool:
        """Whether its file is its shards' bytes one after another; tables have to be put together."""
        return not self.folder and self.kind != "parquet"

    def part(self, number: int, work: Path) -> Path:
        """Where a shard's part is written: in the folder, or until the end in the folder ``work``."""
        if self.folder:
            return self.path / f"part-{number:05d}.{self.kind}"
        return work / f"{self.name}-{number:05d}.{self.kind}"


def output_of(name: str, path: Path, like: str) -> Output:
    """The output at ``path``; a folder, which is a name without an ending, has parts of kind ``like``."""
    lower = path.name.lower()
    kind = next((kind for suffix, kind in _SUFFIXES.items() if lower.endswith(suffix)), None)
    if kind is not None and not path.is_dir():
        return Output(name, path, kind, folder=False)
    if path.suffix and not path.is_dir():
        known = ", ".join(_SUFFIXES)
        raise InputError(f"{path}: a filter writes {known}, or a folder, whose name has no ending")
    return Output(name, path, like, folder=True)


def check(output: Output) -> None:
    """An ``InputError`` if the output can't be written."""
    check_writable(output.path / "part" if output.folder else output.path)
    if output.kind.endswith(".zst"):
        try:
            import zstandard  # noqa: F401
        except ImportError as error:
            raise InputError(
                f"{output.path}: needs the package zstandard: pip install 'mtqe[zstd]'"
            ) from error


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """A block in which a full disk, or whatever else prevents writing, becomes an ``InputError``."""
    try:
        yield
    except OSError as error:
        raise InputError(
            f"{path}: can't be written: {error.strerror or error}; when that is mended, go on with --resume"
        ) from error


def write_part(path: Path, parts: Sequence[bytes], output: Output) -> dict[str, Any]:
    """Write a shard's part under a temporary name, rename it, and say how large it is.

    A part that stays has its hash, too; those of a file are only there until it is put together.
    """
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
        found = described(temporary) if output.folder else {"bytes": temporary.stat().st_size}
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


def described(path: Path) -> dict[str, Any]:
    """Bytes and SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_COPY):
            digest.update(block)
    return {"bytes": path.stat().st_size, "sha256": digest.hexdigest()}


def put_together(output: Output, parts: Sequence[Path]) -> dict[str, Any]:
    """Make the table of an output from its shards' parts, and say how large it is and its hash."""
    path = output.path.resolve()
    temporary = path.with_name(f".{path.name}.part")
    with writing(output.path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as stream:
            _join_tables(stream, parts)
            stream.flush()
            os.fsync(stream.fileno())
        found = described(temporary)
        temporary.replace(path)
    return found


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
