"""Files of a record a line as blocks of whole lines, as they stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import orjson

from mtqe.errors import InputError
from mtqe.readers.files import beginning, numbered_lines
from mtqe.readers.json import json_records
from mtqe.readers.records import FIELDS
from mtqe.readers.tsv import tsv_header

# Bytes of a block: about two hundred articles, a second of work for a process.
BLOCK = 1 << 18

# The same where records are only copied: what is smaller than this, malloc does not give back to the
# system and ask for again each time.
COPIED_BLOCK = 120_000

# A record of the rejects file has at most so many characters of what could not be read.
SHOWN = 2_000

_ARTICLE = FIELDS["article"]


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of a file; ``first`` is the number of the first, ``header`` names a TSV's columns."""

    first: int
    payload: bytes
    header: tuple[str, ...] = ()
    bad: tuple[dict[str, Any], ...] = ()


def read_lines(
    stream: BinaryIO, file: str, format: str, encoding: str | None, longest: int, block: int = BLOCK
) -> Iterator[Block]:
    """The blocks of a file. A line longer than ``longest`` bytes is passed over and named as bad.

    Rows of one article are never parted: a block goes on as long as they do, up to ``longest`` bytes.
    """
    plain = encoding is None and _is_plain(stream)
    source: Any = stream if plain else _Recoded(numbered_lines(stream, file, encoding))
    header: tuple[str, ...] = ()
    number = 1
    if format == "tsv":
        header = tuple(tsv_header(source.readline(), file))
        number = 2
    for payload, bad in _Blocks(source, longest, block):
        after = number + _newlines(payload)
        entries = tuple({"file": file, "line": after, **entry} for entry in bad)
        yield Block(number, payload, header, entries)
        number = after + len(bad)


def _newlines(payload: bytes) -> int:
    """How many there are, in a third of the time that ``count`` takes."""
    return len(payload.replace(b"\n", b"\n\n")) - len(payload)


def read_array(stream: BinaryIO, file: str, encoding: str | None) -> Iterator[Block]:
    """The records of a file of JSON, one a line; the whole file is in memory."""
    records = json_records(stream.read(), file, encoding)
    for start in range(0, len(records), 200):
        try:
            rows = [orjson.dumps(record) for record in records[start : start + 200]]
        except TypeError as error:
            raise InputError(f"{file}: has a value that can't be written as JSON again: {error}") from error
        yield Block(start + 1, b"\n".join(rows) + b"\n")


def _is_plain(stream: BinaryIO) -> bool:
    """Whether lines can be taken as they are: UTF-8 without a byte order mark, and no binary data."""
    start = beginning(stream)
    return start[:1] in (b"{", b"[", b" ", b"\n", b"\r", b"\t", b'"') and 0 not in start


class _Recoded:
    """Lines in UTF-8, as a stream."""

    def __init__(self, numbered: Iterator[tuple[int, bytes]]) -> None:
        self._lines = (raw for _, raw in numbered)

    def read(self, size: int) -> bytes:
        """Whole lines of about that many bytes."""
        parts: list[bytes] = []
        while size > 0 and (line := self.readline()):
            parts.append(line)
            size -= len(line)
        return b"".join(parts)

    def readline(self, size: int = -1) -> bytes:
        """The next line, however long."""
        return next(self._lines, b"")


class _Blocks:
    """Cuts a stream at the ends of lines and of articles."""

    def __init__(self, stream: Any, longest: int, size: int) -> None:
        self._stream = stream
        self._size = size
        self._longest = longest
        self._carry = b""

    def __iter__(self) -> Iterator[tuple[bytes, list[dict[str, Any]]]]:
        """Bytes that end with a newline, and what came after them and was too long."""
        while block := self._carry + self._stream.read(self._size):
            self._carry = b""
            bad: list[dict[str, Any]] = []
            if not block.endswith(b"\n"):
                block, bad = self._to_end_of_line(block)
            if block and not bad:
                block = self._to_end_of_article(block)
            yield block, bad

    def _to_end_of_line(self, block: bytes) -> tuple[bytes, list[dict[str, Any]]]:
        start = block.rfind(b"\n") + 1
        room = self._longest - (len(block) - start)
        tail = self._stream.readline(room) if room > 0 else b""
        if tail.endswith(b"\n"):
            return block + tail, []
        if room > 0 and len(tail) < room:  # the file ends without a newline
            return block + tail + b"\n", []
        shown = (block[start:] + tail)[:SHOWN].decode("utf-8", errors="backslashreplace")
        while (rest := self._stream.readline(BLOCK)) and not rest.endswith(b"\n"):
            pass
        error = f"the record is longer than {self._longest:,} bytes; see longest_record"
        return block[:start], [{"error": error, "record": shown}]

    def _to_end_of_article(self, block: bytes) -> bytes:
        """With the rows that follow of the article that the last row names."""
        name = _article(block[block.rfind(b"\n", 0, -1) + 1 :])
        if name is None:
            return block
        rows = [block]
        size = len(block)
        while size < self._longest + BLOCK and (row := self._stream.readline(self._longest)):
            if _article(row) != name or not row.endswith(b"\n"):
                self._carry = row
                break
            rows.append(row)
            size += len(row)
        return b"".join(rows)


def _article(row: bytes) -> Any:
    """The article that a row is a part of, if it names one."""
    if not any(b'"%b"' % name.encode() in row for name in _ARTICLE):
        return None
    try:
        record = orjson.loads(row)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(record, dict):
        return None
    return next((record[name] for name in _ARTICLE if record.get(name) is not None), None)
