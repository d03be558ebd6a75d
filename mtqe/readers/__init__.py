"""Readers: one module per format, found by importing this folder; the suffix picks it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from mtqe.data import Article
from mtqe.errors import InputError
from mtqe.readers.base import Reader, ReadOptions, Rejects, readers
from mtqe.readers.files import STANDARD_INPUT, decode, open_bytes

__all__ = ["ReadOptions", "Reader", "Rejects", "read", "read_side", "with_sides"]

_COMPRESSED = (".gz", ".zst")


def read(
    path: str | Path, options: ReadOptions | None = None, format: str | None = None
) -> Iterator[Article]:
    """The articles of a file, in order; "-" is standard input.

    ``format`` names a reader; without it the suffix does, and for standard input the first
    character: records begin with "{", a text with anything else. Raises ``InputError``.
    """
    file = str(path)
    by_name = None if file == STANDARD_INPUT or format is not None else _by_suffix(file)
    with open_bytes(file) as stream:
        reader = by_name or _reader(format, stream)
        yield from reader.read(stream, file, options or ReadOptions())


def read_side(path: str | Path, encoding: str | None = None) -> str:
    """The text of a file that is the source or the reference of one article."""
    with open_bytes(str(path)) as stream:
        text, _ = decode(stream.read(), str(path), encoding)
    if not text.strip():
        raise InputError(f"{path}: is empty; an article needs text")
    return text


def with_sides(article: Article, source: str | None, reference: str | None) -> Article:
    """``article`` with the whole texts of its source and reference."""
    if article.segments:
        raise InputError(
            f"article {article.id!r} is made of segment records; put their sources into the records"
        )
    return replace(
        article,
        source=article.source if source is None else source,
        reference=article.reference if reference is None else reference,
    )


def _reader(format: str | None, stream: BinaryIO) -> Reader:
    return readers.get(format or ("jsonl" if _begins_record(stream) else "text"))()


def _by_suffix(file: str) -> Reader:
    name = file.lower()
    for ending in _COMPRESSED:
        name = name.removesuffix(ending)
    for cls in readers:
        if name.endswith(cls.suffixes):
            return cls()
    known = ", ".join(suffix for cls in readers for suffix in cls.suffixes)
    raise InputError(f"{file}: no reader for this kind of file; known: {known}, also with .gz or .zst")


def _begins_record(stream: BinaryIO) -> bool:
    peek = getattr(stream, "peek", None)
    return bool(peek and peek(64).lstrip()[:1] == b"{")
