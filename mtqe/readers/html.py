"""One article of an HTML page: the text that a reader of the page sees."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, ClassVar

from lxml import etree  # type: ignore[import-untyped]

from mtqe.data import Article, Exclusion
from mtqe.errors import InputError
from mtqe.readers.base import ReadOptions, readers
from mtqe.readers.files import decode_as_told
from mtqe.readers.text import article_name

_NOTE = "text taken from an HTML page; offsets are into that text, which the report carries as 'target'"

# Elements whose content is not shown, or is no text.
# fmt: off
_DROPPED = frozenset({
    "audio", "canvas", "datalist", "iframe", "math", "noscript", "object", "script", "select", "style", "svg",
    "template", "textarea", "title", "video",
})
# fmt: on

# Elements whose text is shown but is none of the article's, and what to call it.
_ASIDE = {
    "nav": "navigation",
    "aside": "an aside",
    "footer": "a footer",
    "form": "a form",
    "button": "a button",
    "pre": "preformatted text",
}

# The first of these that a page has holds its article; what is outside of it is left out of scoring.
_BODIES = ("main", "article")

# Elements that stand in a line of text. All others begin and end a paragraph.
# fmt: off
_INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i",
    "img", "input", "ins", "kbd", "label", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span",
    "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
})
# fmt: on

# White space of HTML: a no-break space is a character.
_SPACE = re.compile(r"[ \t\n\r\f]+")


@readers.register
@dataclass(frozen=True)
class Html:
    """A whole page is the target of one article; navigation, asides and footers are not scored."""

    name: ClassVar[str] = "html"
    suffixes: ClassVar[tuple[str, ...]] = (".html", ".htm", ".xhtml")

    def read(self, stream: BinaryIO, file: str, options: ReadOptions) -> Iterator[Article]:
        """One article; an InputError if the page shows no text."""
        text, note = decode_as_told(stream.read(), file, options.encoding)
        target, exclusions = _joined(_paragraphs(text))
        if not target:
            raise InputError(f"{file}: shows no text; an article needs some")
        yield Article(
            article_name(file),
            target,
            target_lang=options.target_lang,
            source_lang=options.source_lang,
            exclusions=tuple(exclusions),
            notes=(note, _NOTE) if note else (_NOTE,),
        )


@dataclass(frozen=True)
class _Paragraph:
    """Text that stands together, the element that says it is no prose, and the bodies around it."""

    text: str
    aside: str | None
    bodies: frozenset[str]


def _joined(paragraphs: list[_Paragraph]) -> tuple[str, list[Exclusion]]:
    """The paragraphs with a blank line between them, and which of them are left out of scoring."""
    body = next((name for name in _BODIES if any(name in p.bodies for p in paragraphs)), None)
    exclusions = []
    start = 0
    for paragraph in paragraphs:
        end = start + len(paragraph.text)
        outside = body is not None and body not in paragraph.bodies
        why = _ASIDE[paragraph.aside] if paragraph.aside else f"outside of <{body}>" if outside else None
        if why is not None:
            exclusions.append(Exclusion((start, end), f"html: {why}"))
        start = end + 2
    return "\n\n".join(paragraph.text for paragraph in paragraphs), exclusions


def _paragraphs(page: str) -> list[_Paragraph]:
    parser = etree.HTMLParser(target=_Page(), huge_tree=True)
    # The parser takes NUL for the end.
    parser.feed(page.replace("\0", "\ufffd"))
    paragraphs: list[_Paragraph] = parser.close()
    return paragraphs


class _Page:
    """Collects paragraphs from the events of a parser, which sees to it that every element ends."""

    def __init__(self) -> None:
        self._paragraphs: list[_Paragraph] = []
        self._lines: list[list[str]] = [[]]
        self._open: Counter[str] = Counter()
        self._hidden = 0  # how many elements are open from one on that is not shown

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """A new paragraph, a new line, or an element that is passed over."""
        if self._hidden or tag in _DROPPED or "hidden" in attributes:
            self._hidden += 1
        elif tag == "br":
            self._lines.append([])
        elif tag not in _INLINE:
            self._end_paragraph()
            self._open[tag] += 1

    def end(self, tag: str) -> None:
        """The end of a paragraph, or of an element that is passed over."""
        if self._hidden:
            self._hidden -= 1
        elif tag not in _INLINE and tag != "br":
            self._end_paragraph()
            self._open[tag] -= 1

    def data(self, data: str) -> None:
        """Text, some of it not shown."""
        if not self._hidden:
            self._lines[-1].append(data)

    def close(self) -> list[_Paragraph]:
        """All paragraphs, once the page is read."""
        self._end_paragraph()
        return self._paragraphs

    def _end_paragraph(self) -> None:
        lines = (_SPACE.sub(" ", "".join(line)).strip(" ") for line in self._lines)
        text = "\n".join(line for line in lines if line.strip())
        self._lines = [[]]
        if text:
            aside = next((tag for tag in _ASIDE if self._open[tag]), None)
            bodies = frozenset(name for name in _BODIES if self._open[name])
            self._paragraphs.append(_Paragraph(text, aside, bodies))
