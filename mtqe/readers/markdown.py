"""One article of Markdown: its prose is scored, its code and front matter are not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO, ClassVar

from mtqe.data import Article, Exclusion
from mtqe.readers.base import ReadOptions, readers
from mtqe.readers.text import Text

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?:.*\n)*?---[ \t]*$", re.M)
_FENCE = re.compile(r"^(?P<fence>`{3,}|~{3,})[^\n]*\n(?:.*\n)*?(?:(?P=fence)[`~]*[ \t]*$|\Z)", re.M)
_COMMENT = re.compile(r"<!--.{0,10000}?-->", re.S)

_LEFT_OUT = {"front matter": _FRONT_MATTER, "code": _FENCE, "a comment": _COMMENT}


@readers.register
@dataclass(frozen=True)
class Markdown:
    """A whole file is the target of one article; offsets are into the file as it is."""

    name: ClassVar[str] = "markdown"
    suffixes: ClassVar[tuple[str, ...]] = (".md", ".markdown")

    def read(self, stream: BinaryIO, file: str, options: ReadOptions) -> Iterator[Article]:
        """One article, with front matter, code blocks and comments left out of scoring."""
        for article in Text().read(stream, file, options):
            yield replace(article, exclusions=tuple(_exclusions(article.target)))


def _exclusions(text: str) -> Iterator[Exclusion]:
    for what, pattern in _LEFT_OUT.items():
        for found in pattern.finditer(text):
            yield Exclusion(found.span(), f"markdown: {what}")
