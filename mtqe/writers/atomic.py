"""Files that are there whole or not at all."""

from __future__ import annotations

import errno
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

# What the user can mend, and what may happen halfway through. Other OSErrors are our bugs.
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENAMETOOLONG, errno.ENOTDIR}


@contextmanager
def open_output(path: Path | None) -> Iterator[TextIO]:
    """A UTF-8 stream that becomes ``path`` when the block ends without an error; None is stdout.

    What is written goes to a temporary file, which is renamed at the end and removed after an
    error. A name that ends in .gz is compressed. A device or a pipe is written to as it is, and
    a link leads to the file that is replaced. Raises ``InputError`` when the place can't be
    written to, or is full.
    """
    with writing(path or "standard output"):
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
def writing(place: Path | str) -> Iterator[None]:
    """A block whose failure to write is an ``InputError`` that names the place."""
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_ROOM | _REFUSED:
            raise
        raise InputError(f"{place}: can't be written: {error.strerror}") from error


@contextmanager
def _replaced(path: Path) -> Iterator[TextIO]:
    check_writable(path)
    folder, prefix = existing_folder(path), f".{path.name[:50]}."
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=prefix, suffix=".part")
    temporary = Path(name)
    try:
        with _text(descriptor, path) as stream:
            yield stream
        temporary.chmod(0o666 & ~_umask())
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def check_writable(path: Path) -> None:
    """Raise ``InputError`` if ``path`` can't be written. Nothing is made of it or of its folders yet."""
    with writing(path):
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


def _text(descriptor: int, path: Path) -> TextIO:
    raw = os.fdopen(descriptor, "wb")
    # No time stamp and no name in the header: same report, same bytes.
    binary = _Gzip("", "wb", fileobj=raw, mtime=0) if path.suffix == ".gz" else raw
    return io.TextIOWrapper(cast("io.BufferedWriter", binary), encoding="utf-8", newline="\n")


class _Gzip(gzip.GzipFile):
    """A compressed file that closes the file below it as well."""

    def close(self) -> None:
        below = self.fileobj
        super().close()
        if below is not None:
            below.close()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
