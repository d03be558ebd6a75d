"""One article of plain text: blank lines separate paragraphs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO, ClassVar

from mtqe.data import Article
from mtqe.errors import InputError
from mtqe.readers.base import ReadOptions, readers
from mtqe.readers.files import STANDARD_INPUT, decode


@readers.register
@dataclass(frozen=True)
class Text:
    """A whole file is the target of one article, called as the file without its ending."""

    name: ClassVar[str] = "text"
    suffixes: ClassVar[tuple[str, ...]] = (".txt", ".text")

    def read(self, stream: BinaryIO, file: str, options: ReadOptions) -> Iterator[Article]:
        """One article; an InputError if there is nothing but white space in it."""
        text, note = decode(stream.read(), file, options.encoding)
        if not text.strip():
            raise InputError(f"{file}: is empty; an article needs text")
        yield Article(
            article_name(file),
            text,
            target_lang=options.target_lang,
            source_lang=options.source_lang,
            notes=(note,) if note else (),
        )


def article_name(file: str) -> str:
    """What the article of a file is called: its name without folder and endings."""
    if file == STANDARD_INPUT:
        return "stdin"
    # A name may hold bytes that are no text; a report may not.
    name = os.fsencode(PurePath(file).name).decode(errors="replace")
    return name.removesuffix(".gz").removesuffix(".zst").rsplit(".", 1)[0] or name
