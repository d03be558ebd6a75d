"""Where a run writes: a file or a folder of parts for each output, each whole or absent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from mtqe.errors import InputError
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


# What a shard is of an output: its bytes, and its hash if it is a file that stays. None if it is nothing.
Part = dict[str, Any] | None


@dataclass(frozen=True)
class Output:
    """One output of a run: a file, or a folder of parts.

    ``name`` is "kept", "rejected" or "rejects", ``kind`` how it is written (see ``work.Work``).
    """

    name: str
    path: Path
    kind: str
    folder: bool


class Sink(Protocol):
    """Writes an output shard by shard. ``done`` says of each finished shard what ``end_shard`` gave."""

    def whole(self, done: Sequence[Part]) -> int:
        """How many of the first shards are there as they were written."""
        ...

    def restore(self, done: Sequence[Part]) -> None:
        """Go on behind these shards; whatever else is there was not finished."""
        ...

    def write(self, parts: Sequence[bytes]) -> None:
        """Write what belongs to the shard that is under way."""
        ...

    def end_shard(self, number: int) -> Part:
        """Have a shard survive whatever comes."""
        ...

    def close(self) -> None:
        """Write no more, whatever happened."""
        ...

    def finish(self, done: Sequence[Part]) -> list[dict[str, Any]]:
        """Give the output its name; its files with their sizes and hashes."""
        ...


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
