"""A page for each article, and an index of many: self-contained, for any browser."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import ClassVar

from mtqe.data import ArticleReport
from mtqe.errors import InputError
from mtqe.writers.atomic import check_writable, open_output
from mtqe.writers.base import writers
from mtqe.writers.page import article_page, index_page, index_row
from mtqe.writers.verdict import heading

_UNSAFE_IN_NAMES = re.compile(r"[^\w.-]+")
_LONGEST_NAME = 80


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
    return output.is_dir() or not output.suffix


def _write_folder(reports: Iterator[ArticleReport], output: Path) -> None:
    """Pages are made in a folder beside ``output`` and moved there when all are done."""
    with _temporary(output) as folder:
        rows = []
        taken = {"index.html"}
        for report in reports:
            name = _page_name(report, taken)
            (folder / name).write_text(article_page(report, "index.html"), encoding="utf-8", newline="\n")
            rows.append(index_row(report, name))
        (folder / "index.html").write_text(index_page(rows), encoding="utf-8", newline="\n")
        output.mkdir(parents=True, exist_ok=True)
        for page in sorted(folder.iterdir()):
            page.replace(output / page.name)


@contextmanager
def _temporary(output: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(dir=output.parent, prefix=f".{output.name[:50]}."))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _page_name(report: ArticleReport, taken: set[str]) -> str:
    """A file name made of the article's, safe in every file system and not taken yet."""
    stem = _UNSAFE_IN_NAMES.sub("-", heading(report)).strip(".-")[:_LONGEST_NAME] or "article"
    numbered = (f"{stem}-{number}.html" for number in range(2, len(taken) + 3))
    free = (name for name in chain([f"{stem}.html"], numbered) if name.lower() not in taken)
    name = next(free)
    taken.add(name.lower())
    return name
