"""An even sample of the input, in one pass and little memory."""

from __future__ import annotations

import heapq
import zlib
from collections.abc import Iterator
from dataclasses import replace

from mtqe.data import Article
from mtqe.filters.chunks import Chunk
from mtqe.filters.units import Sides, page_units, rows_of, units_of
from mtqe.readers.records import FIELDS

# Records that name an article may be one of several rows of it.
_ROWS_OF_ARTICLES = [b'"%b"' % name.encode() for name in FIELDS["article"]]


def sample_articles(chunks: Iterator[Chunk], sides: Sides, size: int) -> list[Article]:
    """``size`` articles, or all if there are fewer, in the order of the input.

    Those whose place in the input has the smallest hashes: every article is as likely as any other,
    and the same input gives the same sample. Bad records and articles that are too long are passed over.
    """
    chosen: list[tuple[int, int, Article]] = []  # negative hash, negative place
    place = 0
    for chunk in chunks:
        # Only what may be chosen is read: most records are passed over as bytes.
        limit = -chosen[0][0] if len(chosen) == size else None
        for key, article in _candidates(chunk, sides, place, limit):
            entry = (-key, -place, article)
            place += 1
            if len(chosen) < size:
                heapq.heappush(chosen, entry)
            elif entry[:2] > chosen[0][:2]:
                heapq.heapreplace(chosen, entry)
        place += 1
    return [article for _, _, article in sorted(chosen, key=lambda entry: -entry[1])]


def _candidates(chunk: Chunk, sides: Sides, place: int, limit: int | None) -> Iterator[tuple[int, Article]]:
    """The articles of a chunk whose hash is not above the limit, with it."""
    if chunk.kind == "lines" and not chunk.header and not _has_parts(chunk.payload):
        for number, raw in enumerate(chunk.payload.split(b"\n"), chunk.first):
            key = _hash(chunk.file, number)
            if raw.strip() and (limit is None or key <= limit):
                one = replace(chunk, first=number, payload=raw, bad=())
                yield from ((key, article) for article in _articles(one, sides))
        return
    for number, article in enumerate(_articles(chunk, sides)):
        key = _hash(chunk.file, chunk.first, number)
        if limit is None or key <= limit:
            yield key, article


def _articles(chunk: Chunk, sides: Sides) -> list[Article]:
    units = (
        page_units(chunk, sides, [])[1]
        if chunk.kind == "pages"
        else units_of(chunk, rows_of(chunk), sides, [])
    )
    return [article for unit in units for article in unit.articles]


def _has_parts(payload: bytes) -> bool:
    return any(name in payload for name in _ROWS_OF_ARTICLES)


def _hash(*place: object) -> int:
    return zlib.crc32(repr(place).encode())
