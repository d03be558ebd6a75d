"""A page for each article, and an index of many: self-contained, for any browser."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import ClassVar

from mtqe.data import ArticleReport
from mtqe.errors import InputError
from mtqe.writers.atomic import check_writable, is_special, open_folder, open_output
from mtqe.writers.base import writers
from mtqe.writers.page import article_page, index_page, index_row
from mtqe.writers.verdict import heading

_UNSAFE_IN_NAMES = re.compile(r"[^\w.-]+")

# Bytes: file systems take 255 for a name, and an ending and a number come to it.
_LONGEST_NAME = 200

# Names that Windows keeps for its devices, with any ending.
_DEVICES = {"aux", "con", "nul", "prn", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


@writers.register
@dataclass(frozen=True)
class Html:
    """One article becomes a file, several a folder with ``index.html`` and a page for each."""

    name: ClassVar[str] = "html"
    suffixes: ClassVar[tuple[str, ...]] = (".html", ".htm")

    def check(self, output: Path | None) -> None:
        """Raise ``InputError`` if ``output`` can't be written; a name without ending is a folder."""
        if output is not None:
            check_writable(output / "index.html" if _is_folder(output) else output)

    def write(self, reports: Iterable[ArticleReport], output: Path | None) -> None:
        """Write one page, or a folder of pages; ``InputError`` if there are several for a file."""
        reports = iter(reports)
        if output is not None and _is_folder(output):
            _write_folder(reports, output)
            return
        with open_output(output) as stream:
            for number, report in enumerate(reports):
                if number:
                    raise InputError("several articles need a folder of pages: give -o a name without ending")
                stream.write(article_page(report))


def _is_folder(output: Path) -> bool:
    return output.is_dir() or not (output.suffix or is_special(output))


def _write_folder(reports: Iterator[ArticleReport], output: Path) -> None:
    with open_folder(output) as folder:
        rows = []
        taken = {"index"}
        for report in reports:
            name = _page_name(report, taken)
            (folder / name).write_text(article_page(report, "index.html"), encoding="utf-8", newline="\n")
            rows.append(index_row(report, name))
        (folder / "index.html").write_text(index_page(rows), encoding="utf-8", newline="\n")


def _page_name(report: ArticleReport, taken: set[str]) -> str:
    """A file name made of the article's, safe in every file system and not taken yet."""
    named = _UNSAFE_IN_NAMES.sub("-", unicodedata.normalize("NFC", heading(report)))
    stem = named.encode()[:_LONGEST_NAME].decode(errors="ignore").strip(".-") or "article"
    if stem.split(".")[0].casefold() in _DEVICES:
        stem = f"article-{stem}"
    free = next(name for name in chain([stem], (f"{stem}-{n}" for n in count(2))) if _key(name) not in taken)
    taken.add(_key(free))
    return f"{free}.html"


def _key(name: str) -> str:
    """What names have in common that some file systems take for one."""
    return unicodedata.normalize("NFKC", name).casefold()
