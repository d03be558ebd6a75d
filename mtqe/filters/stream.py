"""A run to standard output, which can't be resumed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mtqe.errors import InputError
from mtqe.filters import tally
from mtqe.filters.outputs import writing
from mtqe.filters.plan import (
    Outcome,
    Plan,
    Progress,
    parts_of,
    results_of,
)
from mtqe.filters.source import Source


def to_standard_output(plan: Plan, progress: Progress) -> Outcome:
    """Write what is kept as it comes; other outputs get their names at the end."""
    outcome = Outcome()
    counts = []
    files = {output.name: output for output in plan.outputs}
    streams = {name: _Temporary(output.path) for name, output in files.items()}
    try:
        for _, result in progress(results_of(plan, Source(plan.files, plan.settings))):
            if result.bad and "rejects" not in files:
                first = result.bad[0]
                raise InputError(
                    f"{first['file']}:{first['line']}: {first['error']}; mend it, or use --rejects FILE"
                )
            for part in result.kept:
                _write_out(part)
            for name, parts in parts_of(result).items():
                if name in streams:
                    streams[name].write(parts)
            counts.append(result.tally)
            counts = [tally.merge(counts)]
        _write_out(b"", flush=True)
        for stream in streams.values():
            stream.done()
    finally:
        for stream in streams.values():
            stream.drop()
    outcome.counts = tally.merge(counts)
    outcome.rejects = files["rejects"].path if outcome.counts["bad"] else None
    return outcome


def _write_out(data: bytes, flush: bool = False) -> None:
    try:
        sys.stdout.buffer.write(data)
        if flush:
            sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise InputError(f"standard output: can't be written: {error.strerror}") from error


class _Temporary:
    """A file that gets its name when all is written; it is only made if there is something."""

    def __init__(self, path: Path) -> None:
        self._path = path.resolve()
        self._temporary = self._path.with_name(f".{self._path.name}.part")
        self._stream: Any = None

    def write(self, parts: Sequence[bytes]) -> None:
        """Write at the end."""
        with writing(self._path):
            if parts and self._stream is None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._stream = self._temporary.open("wb")
            for part in parts:
                self._stream.write(part)

    def done(self) -> None:
        """Give the file its name."""
        if self._stream is not None:
            with writing(self._path):
                self._stream.close()
                self._temporary.replace(self._path)

    def drop(self) -> None:
        """Remove what did not get its name."""
        if self._stream is not None:
            self._stream.close()
            self._temporary.unlink(missing_ok=True)
