"""The chunks of a run, read here or elsewhere."""

from __future__ import annotations

from pathlib import Path

from mtqe.filters.chunks import ReadSettings
from mtqe.filters.source import Note, Source, note_of

from .engine import record, write_lines


def test_what_is_left_is_what_was_not_taken(tmp_path: Path) -> None:
    """However it was taken: each chunk is noted once, with its number; files that are done are not left."""
    long = [record(n) | {"padding": "x" * 50_000} for n in range(40)]
    files = [str(write_lines(tmp_path / f"{n}.jsonl", *long)) for n in range(3)]
    noted: list[tuple[int, Note]] = []
    source = Source(files, ReadSettings(), lambda index, note: noted.append((index, note)))
    assert source.left == [(name, 0) for name in files]
    chunks = list(source)
    each = len(chunks) // 3
    assert each > 2
    assert [(index, note.file) for index, note in noted] == [(c.index, c.file) for c in chunks]
    assert source.left == [(files[2], each)]

    again: list[int] = []
    other = Source(files, ReadSettings(), lambda index, note: again.append(index))
    for chunk in chunks[: each + 2]:
        other.took(note_of(chunk))
    assert other.left == [(files[1], 2), (files[2], 0)]
    assert again == list(range(each + 2))
