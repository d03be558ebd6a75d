"""What a reader is, where readers are found, and what they share."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, ClassVar, Protocol

from mtqe.data import Article
from mtqe.errors import InputError
from mtqe.registry import Registry


class Rejects:
    """A JSONL file of the records that could not be read, each with its file, line and reason.

    The file is made with the first record; ``count`` says how many there are.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0

    def add(self, file: str, line: int, error: str, record: str) -> None:
        """Append one bad record, as it stood in its file."""
        entry = {"error": error, "file": file, "line": line, "record": record}
        mode = "a" if self.count else "w"
        try:
            with self.path.open(mode, encoding="utf-8", newline="\n") as stream:
                stream.write(json.dumps(entry, ensure_ascii=True, sort_keys=True) + "\n")
        except OSError as error_:
            raise InputError(f"{self.path}: rejects can't be written: {error_.strerror}") from error_
        self.count += 1


@dataclass(frozen=True)
class ReadOptions:
    """What the user says of the input: it counts where a record does not say otherwise.

    With ``rejects``, a bad record goes there and reading goes on; without, it is an InputError.
    """

    source_lang: str | None = None
    target_lang: str | None = None
    encoding: str | None = None
    rejects: Rejects | None = None


class Reader(Protocol):
    """Reads one format. ``suffixes`` are the file names' endings that pick it."""

    name: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]

    def read(self, stream: BinaryIO, file: str, options: ReadOptions) -> Iterator[Article]:
        """The articles of a file, in order; ``file`` is its name for messages.

        Raises ``InputError`` with file, line and way out.
        """
        ...


readers: Registry[Reader] = Registry("reader", "mtqe.readers")
