"""Whole documents as chunks: pages, texts, and the pages of web archives."""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterator
from typing import BinaryIO

from mtqe.data import Article
from mtqe.errors import InputError
from mtqe.readers.base import ReadOptions, readers
from mtqe.readers.warc import Page, pages_of, read_page

# Formats of pages, the main text of which is found by a library for it.
_WEB = ("warc", "html")

# Bytes of a chunk: some twenty pages.
_BYTES = 1 << 20


def payloads(stream: BinaryIO, file: str, format: str, longest: int) -> Iterator[tuple[int, bytes]]:
    """Number of the first document, and some documents, for each chunk of a file."""
    first, held, size = 1, list[Page](), 0
    for number, page in enumerate(_pages(stream, file, format, longest), 1):
        held.append(page)
        size += len(page.content)
        if size >= _BYTES:
            yield first, pickle.dumps(held)
            first, held, size = number + 1, [], 0
    if held:
        yield first, pickle.dumps(held)


def _pages(stream: BinaryIO, file: str, format: str, longest: int) -> Iterator[Page]:
    if format == "warc":
        return pages_of(stream, file)
    content = stream.read(longest + 1)
    if len(content) > longest:
        raise InputError(f"{file}: is longer than {longest:,} bytes; see longest_record")
    return iter([Page(content=content)])


def unpacked(payload: bytes) -> list[Page]:
    """The documents of a payload."""
    found: list[Page] = pickle.loads(payload)  # noqa: S301  # it is our own, from the process that reads
    return found


def article_of(page: Page, file: str, format: str, options: ReadOptions) -> Article:
    """The article of a document; ``InputError`` if it has none."""
    if format in _WEB:
        return read_page(page, file, options)
    reader = readers.get(format)()
    return next(iter(reader.read(io.BytesIO(page.content), file, options)))


def record_of(article: Article) -> dict[str, object]:
    """An article that was no record as one."""
    fields = {
        "id": article.id,
        "target": article.target,
        "source": article.source,
        "target_lang": article.target_lang,
        "source_lang": article.source_lang,
    }
    return dict(article.meta) | {name: value for name, value in fields.items() if value is not None}
