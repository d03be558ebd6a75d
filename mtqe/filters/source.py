"""The chunks of a run: read by this process, or by others which say what they read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mtqe.filters.chunks import Chunk, ReadSettings, read_chunks


@dataclass(frozen=True, slots=True)
class Note:
    """What is still known of a chunk when it is gone; ``size`` is in bytes of its payload."""

    file: str
    size: int
    digest: bytes


def note_of(chunk: Chunk) -> Note:
    """The note of a chunk; the digest is the SHA-256 of its payload."""
    return Note(chunk.file, len(chunk.payload), hashlib.sha256(chunk.payload).digest())


class Source:
    """An iterator over the chunks of ``files``; ``noted`` is told the index of each and its note.

    Whoever lets others read asks what is ``left``, and calls ``took`` for each chunk, in order.
    """

    def __init__(
        self,
        files: Sequence[str],
        settings: ReadSettings,
        noted: Callable[[int, Note], None] = lambda index, note: None,
    ) -> None:
        self.files = list(files)
        self.settings = settings
        self.taken = 0
        self._noted = noted
        self._chunks = read_chunks(self.files, settings)
        self._file = self.files[0] if self.files else ""
        self._of_file = 0

    def __iter__(self) -> Iterator[Chunk]:
        return self

    def __next__(self) -> Chunk:
        chunk = next(self._chunks)
        self.took(note_of(chunk))
        return chunk

    def took(self, note: Note) -> int:
        """Take the next chunk for read; its index."""
        self._of_file = self._of_file + 1 if note.file == self._file else 1
        self._file = note.file
        self.taken += 1
        self._noted(self.taken - 1, note)
        return self.taken - 1

    @property
    def left(self) -> list[tuple[str, int]]:
        """The files that may have more chunks, and how many of the first one's were taken."""
        if not self.files:
            return []
        files = self.files[self.files.index(self._file) :]
        return [(files[0], self._of_file), *((file, 0) for file in files[1:])]
