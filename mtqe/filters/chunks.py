"""Inputs as chunks: some records of one file each, cut at the same places every time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from mtqe.errors import InputError
from mtqe.filters import arrow, lines
from mtqe.filters.pages import payloads as page_payloads
from mtqe.readers import guess_format
from mtqe.readers.dataset import PREFIX, dataset_batches, is_saved_dataset
from mtqe.readers.files import STANDARD_INPUT, open_bytes

# What most datasets are in: no reader need be imported to know it.
_USUAL = (".jsonl", ".jsonl.gz", ".jsonl.zst")

# Formats by the kind of their chunks; all others are whole documents.
_LINES = ("jsonl", "tsv")
_ARROW = ("parquet",)

_GLOB = set("*?[")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Records of one file: ``payload`` is lines of JSON, an Arrow stream, or pickled pages.

    ``first`` is the number of its first record, from 1. ``bad`` are records that could not even be
    taken in, as entries of the rejects file.
    """

    index: int
    file: str
    kind: str
    first: int
    payload: bytes
    header: tuple[str, ...] = ()
    bad: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """What the run file says of the input; sizes in bytes. ``block`` is how much of a file is a chunk."""

    format: str | None = None
    encoding: str | None = None
    longest_record: int = 64_000_000
    block: int = lines.BLOCK


def expand(paths: Sequence[str]) -> list[str]:
    """The files that paths, folders and globs name, each once, in order of their names.

    Hidden files, and those of formats that nothing reads, are left out of folders. An ``InputError``
    for a path that names nothing.
    """
    found: dict[str, None] = {}
    for path in paths:
        files = _expanded(path)
        if not files:
            raise InputError(f"{path}: there is no such file, and no file that can be read in there")
        found.update(dict.fromkeys(files))
    return list(found)


def _expanded(path: str) -> list[str]:
    if path == STANDARD_INPUT or path.startswith(PREFIX):
        return [path]
    place = Path(path)
    if place.is_dir():
        return [path] if is_saved_dataset(place) else _inside(place)
    if place.exists():
        return [path]
    if _GLOB & set(path):
        root = Path(place.anchor or ".")
        pattern = str(place.relative_to(root)) if place.is_absolute() else path
        matches = sorted(root.glob(pattern))
        return [name for match in matches for name in _expanded(str(match))]
    return []


def _inside(folder: Path) -> list[str]:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    visible = (file for file in files if not any(p.startswith(".") for p in file.relative_to(folder).parts))
    return [str(file) for file in visible if _known(file)]


def _known(file: Path) -> bool:
    try:
        guess_format(str(file))
    except InputError:
        return False
    return True


def read_chunks(files: Sequence[str], settings: ReadSettings) -> Iterator[Chunk]:
    """All chunks of all files, numbered."""
    index = 0
    for file in files:
        for kind, first, payload, header, bad in _of_file(file, settings):
            yield Chunk(index, file, kind, first, payload, header, bad)
            index += 1


Part = tuple[str, int, bytes, tuple[str, ...], tuple[dict[str, Any], ...]]


def _of_file(file: str, settings: ReadSettings) -> Iterator[Part]:
    if file.startswith(PREFIX) or Path(file).is_dir():
        yield from _arrow(arrow.payloads(dataset_batches(file), file))
        return
    if (settings.format or "") == "parquet" or file.lower().endswith(".parquet"):
        yield from _arrow(arrow.parquet_payloads(file))
        return
    with open_bytes(file) as stream:
        yield from _of_stream(stream, file, settings.format or _guessed(file, stream), settings)


def _guessed(file: str, stream: BinaryIO) -> str:
    """The format of a file; a pipe that is neither an array nor a page has records, good or bad."""
    if file.lower().endswith(_USUAL):
        return "jsonl"
    found = guess_format(file, stream)
    return "jsonl" if file == STANDARD_INPUT and found == "text" else found


def _of_stream(stream: BinaryIO, file: str, format: str, settings: ReadSettings) -> Iterator[Part]:
    if format in _LINES:
        found = lines.read_lines(
            stream, file, format, settings.encoding, settings.longest_record, settings.block
        )
        yield from (("lines", b.first, b.payload, b.header, b.bad) for b in found)
    elif format == "json":
        found = lines.read_array(stream, file, settings.encoding)
        yield from (("lines", b.first, b.payload, b.header, b.bad) for b in found)
    else:
        for first, payload in page_payloads(stream, file, format, settings.longest_record):
            yield ("pages", first, payload, (format,), ())


def _arrow(payloads: Iterator[tuple[int, bytes]]) -> Iterator[Part]:
    yield from (("arrow", first, payload, (), ()) for first, payload in payloads)
