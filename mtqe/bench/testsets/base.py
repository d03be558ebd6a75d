"""What a reader of test sets is, where they are found, and what they share."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Protocol

from mtqe.bench.testset import TestSet, Texts
from mtqe.errors import InputError
from mtqe.readers.files import numbered_lines, open_bytes
from mtqe.registry import Registry


class TestSetReader(Protocol):
    """Reads test sets of one format: a frozen dataclass whose fields are its options.

    ``suffixes`` are the endings of file names that pick it.
    """

    __test__: ClassVar[bool] = False
    name: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]

    def read(self) -> TestSet:
        """The test set; it may have no systems. Raises ``InputError`` with file, line and way out."""
        ...


test_set_readers: Registry[TestSetReader] = Registry("reader of test sets", "mtqe.bench.testsets")


def read_lines(path: Path) -> Texts:
    """The lines of a file without white space at their ends, as sacrebleu reads them.

    Only a newline ends a line. A file that ends in .gz or .zst is decompressed.
    """
    with open_bytes(str(path)) as stream:
        return tuple(
            decoded(raw, f"{path}:{number}").rstrip() for number, raw in numbered_lines(stream, str(path))
        )


def decoded(raw: bytes, place: str) -> str:
    """``raw`` as text; an ``InputError`` names the place of what is not UTF-8."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{place}: is not UTF-8 (byte {error.start}); convert the file with iconv"
        ) from error


def read_beside(path: Path, expected: int, beside: Path) -> Texts:
    """The lines of a file that must have as many as ``beside``, which has ``expected``."""
    lines = read_lines(path)
    if len(lines) == expected:
        return lines
    where = f"it ends after line {len(lines)}"
    if len(lines) > expected:
        text = "has text; look for a line that was split in two"
        rest = text if any(lines[expected:]) else "is blank; delete it"
        where = f"what follows line {expected} has no counterpart there and {rest}"
    place = f"{path}:{min(len(lines), expected) + 1}"
    raise InputError(f"{place}: {len(lines)} lines here, but {expected} in {beside}: {where}")
