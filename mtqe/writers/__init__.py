"""Writers: one module per format, found by importing this folder; option or suffix picks it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mtqe.data import ArticleReport
from mtqe.errors import InputError
from mtqe.writers.base import Writer, writers

__all__ = ["Writer", "pick_writer", "write", "writers"]

# On a terminal or in a pipe, without a word about the format.
_DEFAULT = "text"


def pick_writer(format: str | None, output: Path | None) -> Writer:
    """The writer that is named, or that the output's suffix picks; text for standard output."""
    if format is not None:
        return writers.get(format)()
    if output is None:
        return writers.get(_DEFAULT)()
    name = output.name.lower().removesuffix(".gz")
    found = next((cls for cls in writers if name.endswith(cls.suffixes)), None)
    if found is None and (output.is_dir() or not output.suffix):
        return writers.get("html")()  # a folder of pages
    if found is None:
        raise InputError(
            f"{output}: no format has this ending; name one with --format: {', '.join(writers.names())}"
        )
    return found()


def write(reports: Iterable[ArticleReport], output: Path | None = None, format: str | None = None) -> None:
    """Write reports to a file, a folder of pages or, without ``output``, standard output.

    ``format`` is "text", "json", "jsonl", "markdown" or "html"; without it the suffix of
    ``output`` picks one. Raises ``InputError`` if the place can't be written to.
    """
    writer = pick_writer(format, output)
    writer.check(output)
    writer.write(reports, output)
