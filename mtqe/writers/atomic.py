"""Files that are there whole or not at all."""

from __future__ import annotations

import gzip
import io
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO, cast

from mtqe.errors import InputError


@contextmanager
def open_output(path: Path | None) -> Iterator[TextIO]:
    """A UTF-8 stream that becomes ``path`` when the block ends without an error; None is stdout.

    What is written goes to a temporary file beside ``path``, which is renamed at the end and
    removed after an error. A name that ends in .gz is compressed. Raises ``InputError`` when
    the place can't be written to.
    """
    if path is None:
        yield _standard_output()
        return
    check_writable(path)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:50]}.", suffix=".part")
    temporary = Path(name)
    try:
        with _text(descriptor, path) as stream:
            yield stream
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def check_writable(path: Path) -> None:
    """Raise ``InputError`` if ``path`` can't be written; its missing folders are made."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{path}: its folder can't be made: {error.strerror}") from error
    if path.is_dir():
        raise InputError(f"{path}: is a folder; name a file")
    if not os.access(path.parent, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise InputError(f"{path}: can't be written: permission denied")


def _standard_output() -> TextIO:
    # A terminal with another encoding gets question marks, not a crash.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    return sys.stdout


def _text(descriptor: int, path: Path) -> TextIO:
    raw = os.fdopen(descriptor, "wb")
    # No time stamp and no name in the header: same report, same bytes.
    binary = gzip.GzipFile("", "wb", fileobj=raw, mtime=0) if path.suffix == ".gz" else raw
    return io.TextIOWrapper(cast("io.BufferedWriter", binary), encoding="utf-8", newline="\n")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
