"""Bytes and text of files: compression, encodings, and what is no text at all."""

from __future__ import annotations

import codecs
import gzip
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from mtqe.errors import InputError

STANDARD_INPUT = "-"

# What a file begins with, if it is not text.
_MAGIC = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"%PDF": "a PDF; extract its text first, with pdftotext for example",
    b"PK\x03\x04": "a ZIP archive or an office document; save it as plain text first",
    b"\x7fELF": "a program",
    b"\x1f\x8b": "compressed with gzip; give it the ending .gz",
    b"\x28\xb5\x2f\xfd": "compressed with zstandard; give it the ending .zst",
    b"SQLite": "a database",
    b"PAR1": "a Parquet file",
}
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}

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
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"{path}: is damaged: {error}; what comes before has been read") from error
    except OSError as error:
        raise InputError(f"{path}: can't be read: {error.strerror or error}") from error


def _opened(path: str) -> BinaryIO:
    if path.endswith(".gz"):
        return cast("BinaryIO", gzip.open(path, "rb"))
    if path.endswith(".zst"):
        return _zstandard(path)
    return Path(path).open("rb")


def _zstandard(path: str) -> BinaryIO:
    try:
        import zstandard
    except ImportError as error:
        raise InputError(f"{path}: needs the package zstandard: pip install 'mtqe[zstd]'") from error
    return cast("BinaryIO", zstandard.open(path, "rb"))


def decode(data: bytes, file: str, encoding: str | None = None) -> tuple[str, str | None]:
    """The text of ``data``, and a note if it was not UTF-8; an InputError if it is no text."""
    _refuse_binary(data, file)
    if encoding is not None:
        return _decode_as(data, encoding, file), None
    for bom, name in _BOMS.items():
        if data.startswith(bom):
            return _decode_as(data, name, file), None
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError as error:
        return _decode_detected(data, file, error)


def _refuse_binary(data: bytes, file: str) -> None:
    kind = next((kind for magic, kind in _MAGIC.items() if data.startswith(magic)), None)
    if kind is not None:
        raise InputError(f"{file}: is not text but {kind}")
    utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    # NUL is a character of Unicode, but in text it comes alone; in binary data it comes in heaps.
    if not utf16 and data[:4096].count(0) > len(data[:4096]) // 20:
        raise InputError(
            f"{file}: is not text: it is full of NUL bytes; if it is UTF-16, say --encoding utf-16"
        )


def _decode_as(data: bytes, encoding: str, file: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(f"{file}: {_place(data, error)} is not {encoding}") from error
    except LookupError as error:
        raise InputError(f"{file}: no encoding is called {encoding!r}") from error


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
