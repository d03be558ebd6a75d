"""Bytes and text of files: compression, encodings, and what is no text at all."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from mtqe.errors import InputError
from mtqe.readers.zst import DamagedError, open_zstandard

STANDARD_INPUT = "-"

# What a file begins with, if it is not text.
_MAGIC = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"%PDF": "a PDF; extract its text first, with pdftotext for example",
    b"PK\x03\x04": "a ZIP archive or an office document; save it as plain text first",
    b"\x7fELF": "a program",
    b"\x1f\x8b": "compressed with gzip; give it the ending .gz, or pipe it through gunzip -c",
    b"\x28\xb5\x2f\xfd": "compressed with zstandard; give it the ending .zst, or pipe it through zstd -dc",
    b"SQLite": "a database",
    b"PAR1": "a Parquet file",
}
# In this order: the mark of UTF-32 begins with that of UTF-16.
_BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}

# What a record's bytes are if neither an option nor a byte order mark says otherwise: JSON is UTF-8.
_UTF8 = ("utf-8", "utf-8-sig")

# As many of a file's first bytes as it takes to tell binary data from text.
_BEGINNING = 4096

# Where a page says what it is in, and encodings that browsers read as a larger one.
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset=["']?([\w-]{1,40})""", re.I)
_BROWSERS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}

# charset-normalizer's share of characters that make no sense together; real text is near 0.
_MOST_CHAOS = 5.0
_DETECT_BYTES = 200_000

# Where several encodings make sense of the bytes, the one that old pages are mostly in is right.
_PREVALENT = ("cp1252", "cp1251", "gb18030", "cp932", "euc_jp", "big5", "euc_kr", "cp1250", "koi8_r")


@contextmanager
def open_bytes(path: str) -> Iterator[BinaryIO]:
    """A file's bytes, decompressed if it ends in .gz or .zst; "-" is standard input."""
    try:
        if path == STANDARD_INPUT:
            yield sys.stdin.buffer
        else:
            with _opened(path) as stream:
                yield stream
    except (EOFError, zlib.error, gzip.BadGzipFile, DamagedError) as error:
        raise InputError(f"{path}: is damaged: {error}; fetch or compress it anew") from error
    except IsADirectoryError as error:
        raise InputError(f"{path}: is a folder; name the files in it, {path.rstrip('/')}/*.txt") from error
    except OSError as error:
        raise InputError(f"{path}: can't be read: {error.strerror or error}") from error


def _opened(path: str) -> BinaryIO:
    if path.lower().endswith(".gz"):
        return cast("BinaryIO", gzip.open(path, "rb"))
    if path.lower().endswith(".zst"):
        return cast("BinaryIO", open_zstandard(path))
    return Path(path).open("rb")


def beginning(stream: BinaryIO) -> bytes:
    """The first bytes of a stream, which stay unread; none of a stream that can't be peeked into."""
    peek = getattr(stream, "peek", None)
    return bytes(peek(_BEGINNING)[:_BEGINNING]) if peek else b""


def numbered_lines(stream: BinaryIO, file: str, encoding: str | None = None) -> Iterator[tuple[int, bytes]]:
    """The lines of a file of records with their numbers, as UTF-8 without a byte order mark.

    Only a newline ends a line. Bytes that are not UTF-8 come as they are, so that they spoil one
    record and not the file; in any other encoding, named or told by a byte order mark, they are
    an ``InputError``.
    """
    start = beginning(stream)
    encoding = encoding or _byte_order(start)
    _refuse_binary(start, file, encoding)
    if encoding is None or _canonical(encoding, file) in _UTF8:
        for number, raw in enumerate(stream, 1):
            yield number, raw.removeprefix(codecs.BOM_UTF8) if number == 1 else raw
    else:
        yield from _recoded(stream, file, encoding)


def _recoded(stream: BinaryIO, file: str, encoding: str) -> Iterator[tuple[int, bytes]]:
    text = io.TextIOWrapper(stream, encoding=encoding, newline="\n")
    number = 0
    try:
        for number, line in enumerate(text, 1):
            yield number, line.encode("utf-8", errors="surrogatepass")
    except UnicodeError as error:
        raise InputError(f"{file}: what follows line {number} is not {encoding}") from error
    finally:
        text.detach()  # or it would close a stream that is not its own


def _canonical(encoding: str, file: str) -> str:
    try:
        # Not codecs.lookup alone: it also knows codecs that are none of text, such as base64.
        "a".encode(encoding)
    except (LookupError, UnicodeError) as error:
        raise InputError(f"{file}: no encoding is called {encoding!r}") from error
    return codecs.lookup(encoding).name


def _byte_order(data: bytes) -> str | None:
    return next((name for bom, name in _BOMS.items() if data.startswith(bom)), None)


def decode(data: bytes, file: str, encoding: str | None = None) -> tuple[str, str | None]:
    """The text of ``data``, and a note if it was not UTF-8; an InputError if it is no text."""
    encoding = encoding or _byte_order(data)
    _refuse_binary(data, file, encoding)
    if encoding is not None:
        return _decode_as(data, encoding, file), None
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError as error:
        return _decode_detected(data, file, error)


def decode_as_told(data: bytes, file: str, encoding: str | None = None) -> tuple[str, str | None]:
    """As ``decode``, for pages that say themselves what they are in (``<meta charset=...>``)."""
    if encoding is None and _byte_order(data) is None and not _is_utf8(data):
        told = _CHARSET.search(data, 0, _BEGINNING)
        name = _told(told[1].decode("ascii")) if told else None
        if name is not None:
            return _decode_as(data, name, file), f"read as {name}, as the page says"
    return decode(data, file, encoding)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _told(label: str) -> str | None:
    """The encoding that browsers read a label as; None for one that says nothing of use."""
    try:
        name = codecs.lookup(label).name
    except LookupError:
        return None
    return None if name in _UTF8 else _BROWSERS.get(name, name)


def decode_strictly(data: bytes, file: str, encoding: str | None = None) -> str:
    """The text of a file that must be UTF-8 if nothing says otherwise; else an InputError."""
    encoding = encoding or _byte_order(data)
    _refuse_binary(data, file, encoding)
    return _decode_as(data, encoding or "utf-8", file)


def _refuse_binary(data: bytes, file: str, encoding: str | None) -> None:
    kind = next((kind for magic, kind in _MAGIC.items() if data.startswith(magic)), None)
    if kind is not None:
        raise InputError(f"{file}: is not text but {kind}")
    # NUL is a character of Unicode, but in text it comes alone; in binary data it comes in heaps.
    start = data[:_BEGINNING]
    if encoding is None and start.count(0) > len(start) // 20:
        raise InputError(
            f"{file}: is not text: it is full of NUL bytes; if it is UTF-16, say --encoding utf-16-le"
        )


def _decode_as(data: bytes, encoding: str, file: str) -> str:
    name = _canonical(encoding, file)
    try:
        return data.decode("utf-8-sig" if name in _UTF8 else name)
    except UnicodeDecodeError as error:
        place = _place(data, error)
        raise InputError(f"{file}: {place} is not {encoding}; name its encoding with --encoding") from error


def _decode_detected(data: bytes, file: str, error: UnicodeDecodeError) -> tuple[str, str | None]:
    from charset_normalizer import from_bytes

    # Around the byte that is not UTF-8: what comes before it may be plain ASCII.
    start = max(error.start - _DETECT_BYTES // 2, 0)
    matches = from_bytes(data[start : start + _DETECT_BYTES])
    likely = {match.encoding for match in matches if match.percent_chaos <= _MOST_CHAOS}
    for encoding in sorted(likely, key=_prevalence):
        try:
            return data.decode(encoding), f"read as {encoding}: it is not UTF-8"
        except UnicodeDecodeError:
            continue
    raise InputError(
        f"{file}: {_place(data, error)} is not UTF-8, and no other encoding fits; "
        "name it with --encoding, or convert the file with iconv"
    ) from error


def _prevalence(encoding: str) -> tuple[int, str]:
    return (_PREVALENT.index(encoding) if encoding in _PREVALENT else len(_PREVALENT), encoding)


def _place(data: bytes, error: UnicodeDecodeError) -> str:
    line = data.count(b"\n", 0, error.start) + 1
    return f"byte {error.start} (line {line})"
