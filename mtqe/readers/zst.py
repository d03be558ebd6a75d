"""Files compressed with zstandard, read as a stream that notices where one breaks off."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, BinaryIO

from mtqe.errors import InputError

_CHUNK = 1 << 17


class DamagedError(Exception):
    """What is wrong with a compressed file; its name is added where it is caught."""


def open_zstandard(path: str) -> io.BufferedReader:
    """The bytes that a .zst file holds; reading raises ``DamagedError`` if it is none or cut off."""
    try:
        import zstandard
    except ImportError as error:
        raise InputError(
            f"{path}: needs the package zstandard: pip install 'mtqe[zstd]', or use zstd -dc and \"-\""
        ) from error
    return io.BufferedReader(_Frames(Path(path).open("rb"), zstandard))


class _Frames(io.RawIOBase):
    """One frame after the other. The package's own reader takes a cut-off file for a whole one."""

    def __init__(self, file: BinaryIO, zstandard: Any) -> None:
        self._file = file
        self._zstandard = zstandard
        self._frame: Any = None  # the frame that is being read
        self._packed = b""
        self._ready = b""

    def readable(self) -> bool:
        """Whether there is reading at all."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill ``buffer`` as far as there is something; 0 at the end of the file."""
        while not self._ready and self._unpack():
            pass
        count = min(len(buffer), len(self._ready))
        buffer[:count], self._ready = self._ready[:count], self._ready[count:]
        return count

    def close(self) -> None:
        """Close the file as well."""
        self._file.close()
        super().close()

    def _unpack(self) -> bool:
        """Decompress the next part; False at the end of the file."""
        self._packed = self._packed or self._file.read(_CHUNK)
        if not self._packed:
            if self._frame is not None:
                raise DamagedError("it breaks off")
            return False
        if self._frame is None:
            self._frame = self._zstandard.ZstdDecompressor().decompressobj()
        try:
            self._ready = self._frame.decompress(self._packed)
        except self._zstandard.ZstdError as error:
            raise DamagedError(str(error)) from error
        self._packed = self._frame.unused_data
        self._frame = None if self._frame.eof else self._frame
        return True
