"""Files that are there whole or not at all."""

from __future__ import annotations

import errno
import gzip
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO, cast

from mtqe.errors import InputError

# What may happen while something is written, and when a file is made. Other errors are our bugs.
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
_REFUSED = _FULL | {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENAMETOOLONG, errno.ENOTDIR}


@contextmanager
def open_output(path: Path | None) -> Iterator[TextIO]:
    """A UTF-8 stream that becomes ``path`` when the block ends without an error; None is stdout.

    What is written goes to a temporary file, which is renamed at the end and removed after an
    error. A name that ends in .gz is compressed. A device or a pipe is written to as it is, and
    a link leads to the file that is replaced. Raises ``InputError`` when the place can't be
    written to, or is full.
    """
    with _says(path or "standard output", _FULL):
        if path is None:
            yield _standard_output()
            sys.stdout.flush()
        elif is_special(path):
            with path.open("w", encoding="utf-8", newline="\n") as stream:
                yield stream
        else:
            with _replaced(path.resolve()) as stream:
                yield stream


@contextmanager
def _says(place: Path | str, reasons: frozenset[int]) -> Iterator[None]:
    """A block in which an OSError of these kinds becomes an ``InputError`` that names the place."""
    try:
        yield
    except OSError as error:
        if error.errno not in reasons:
            raise
        raise InputError(f"{place}: can't be written: {error.strerror}") from error


@contextmanager
def _replaced(path: Path) -> Iterator[TextIO]:
    check_writable(path)
    with _says(path, _REFUSED):
        descriptor, name = tempfile.mkstemp(".part", f".{path.name[:50]}.", existing_folder(path))
    temporary = Path(name)
    try:
        with _text(descriptor, path) as stream:
            yield stream
        temporary.chmod(0o666 & ~_umask())
        with _says(path, _REFUSED):
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


@contextmanager
def open_folder(path: Path) -> Iterator[Path]:
    """A folder whose files go to the folder ``path`` when the block ends without an error.

    Files of the same names are replaced, others stay. Raises ``InputError`` as ``open_output``.
    """
    with _says(path, _FULL):
        with _says(path, _REFUSED):
            beside = path if path.is_dir() else existing_folder(path)
            temporary = Path(tempfile.mkdtemp(".part", f".{path.name[:50]}.", beside))
        try:
            yield temporary
            with _says(path, _REFUSED):
                path.mkdir(parents=True, exist_ok=True)
                for file in sorted(temporary.iterdir()):
                    file.replace(path / file.name)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def check_writable(path: Path) -> None:
    """Raise ``InputError`` if ``path`` can't be written. Nothing is made of it or of its folders yet."""
    with _says(path, _REFUSED):
        if path.is_dir():
            raise InputError(f"{path}: is a folder; name a file")
        folder = existing_folder(path)
        if not folder.is_dir():
            raise InputError(f"{path}: its folder can't be made: {folder} is a file")
        blocked = path.exists() and not os.access(path, os.W_OK)
        if blocked or not (is_special(path) or os.access(folder, os.W_OK | os.X_OK)):
            raise InputError(f"{path}: can't be written: permission denied")


def existing_folder(path: Path) -> Path:
    """The nearest of the folders above ``path`` that is there, or the file that is in its place."""
    return next(folder for folder in path.absolute().parents if folder.exists())


def is_special(path: Path) -> bool:
    """Whether ``path`` is there but neither file nor folder: a device, a pipe."""
    return path.exists() and not path.is_file() and not path.is_dir()


def _standard_output() -> TextIO:
    # A terminal with another encoding gets question marks, not a crash; a file or pipe gets UTF-8.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(
            encoding=sys.stdout.encoding if sys.stdout.isatty() else "utf-8", errors="replace"
        )
    return sys.stdout


@contextmanager
def _text(descriptor: int, path: Path) -> Iterator[TextIO]:
    with os.fdopen(descriptor, "wb") as raw:
        # No time stamp and no name in the header: same report, same bytes.
        packed = gzip.GzipFile("", "wb", fileobj=raw, mtime=0) if path.suffix == ".gz" else raw
        with io.TextIOWrapper(cast("io.BufferedWriter", packed), encoding="utf-8", newline="\n") as stream:
            yield stream


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
