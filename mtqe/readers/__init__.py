"""Readers: one module per format, found by importing this folder; the suffix picks it."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from mtqe.data import Article
from mtqe.errors import InputError
from mtqe.readers.base import Reader, ReadOptions, Rejects, readers
from mtqe.readers.files import STANDARD_INPUT, beginning, open_bytes

__all__ = ["ReadOptions", "Reader", "Rejects", "guess_format", "read", "read_side", "with_sides"]

_COMPRESSED = (".gz", ".zst")

_ARRAY = re.compile(rb"\[\s*\{")


def read(
    path: str | Path, options: ReadOptions | None = None, format: str | None = None
) -> Iterator[Article]:
    """The articles of a file, in order; "-" is standard input.

    ``format`` names a reader; without it the suffix does, and for standard input its first
    characters: records begin with "{" or "[{", pages with a doctype, a text with anything else.
    Raises ``InputError``.
    """
    file = str(path)
    with open_bytes(file) as stream:
        reader = readers.get(format)() if format is not None else _guessed(stream, file)
        yield from reader.read(stream, file, options or ReadOptions())


def read_side(path: str | Path, encoding: str | None = None) -> str:
    """The text of a file that is the source or the reference of one article; of a page, what it shows."""
    format = "html" if _page(str(path)) else "text"
    (article,) = read(path, ReadOptions(encoding=encoding), format)
    return article.target


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


def _guessed(stream: BinaryIO, file: str) -> Reader:
    return readers.get(guess_format(file, stream))()


def guess_format(file: str, stream: BinaryIO | None = None) -> str:
    """The reader's name for a file: by its ending, or by the beginning of a stream without a name.

    Raises ``InputError`` for an ending that tells none.
    """
    nameless = file == STANDARD_INPUT or Path(file).is_fifo()
    return _by_beginning(stream) if nameless and stream is not None else _by_suffix(file)


def _by_suffix(file: str) -> str:
    name = _uncompressed(file)
    found = next((cls.name for cls in readers if name.endswith(cls.suffixes)), None)
    if found is None:
        known = ", ".join(suffix for cls in readers for suffix in cls.suffixes)
        raise InputError(
            f"{file}: its ending tells no format; known: {known}, each also with .gz or .zst; "
            "or name one with --input-format"
        )
    return found


def _page(file: str) -> bool:
    return _uncompressed(file).endswith(readers.get("html").suffixes)


def _uncompressed(file: str) -> str:
    name = file.lower()
    for ending in _COMPRESSED:
        name = name.removesuffix(ending)
    return name


def _by_beginning(stream: BinaryIO) -> str:
    start = beginning(stream).removeprefix(codecs.BOM_UTF8).lstrip().lower()
    if _ARRAY.match(start) or start.split(b"\n", 1)[0].strip() == b"{":
        return "json"
    if start.startswith((b"<!doctype html", b"<html")):
        return "html"
    return "jsonl" if start.startswith(b"{") else "text"
