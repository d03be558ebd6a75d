"""The main text of web pages: of one page, or of all pages of a web archive (WARC)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, ClassVar
from urllib.parse import urlsplit

from mtqe.data import Article
from mtqe.errors import InputError
from mtqe.readers.base import ReadOptions, readers
from mtqe.readers.files import decode_as_told
from mtqe.readers.markers import translation_markers
from mtqe.readers.text import article_name

_HTML = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class Page:
    """A document as it was fetched."""

    content: bytes
    url: str | None = None


@readers.register
@dataclass(frozen=True)
class Warc:
    """The main text of every HTML page, without navigation and comments; needs ``mtqe[web]``.

    ``trafilatura`` (Barbaresi, 2021) finds the main text. An article's id is its address; ``meta`` has
    ``url``, ``host``, ``title`` and, where the page shows them, ``translation_markers``. Pages without
    a main text are passed over.
    """

    name: ClassVar[str] = "warc"
    suffixes: ClassVar[tuple[str, ...]] = (".warc",)

    def read(self, stream: BinaryIO, file: str, options: ReadOptions) -> Iterator[Article]:
        """One article for each page, in the order of the archive."""
        for page in pages_of(stream, file):
            try:
                yield read_page(page, file, options)
            except InputError:
                continue


def pages_of(stream: BinaryIO, file: str) -> Iterator[Page]:
    """The HTML pages of an archive that were answered with 200; an ``InputError`` if it is none."""
    try:
        from warcio.archiveiterator import ArchiveIterator
        from warcio.exceptions import ArchiveLoadFailed
    except ImportError as error:
        raise InputError(f"{file}: needs the package warcio: pip install 'mtqe[web]'") from error
    try:
        for record in ArchiveIterator(stream):
            if _is_page(record):
                yield Page(record.content_stream().read(), record.rec_headers.get_header("WARC-Target-URI"))
    except ArchiveLoadFailed as error:
        raise InputError(f"{file}: is no web archive, or damaged: {error}") from error


def _is_page(record: Any) -> bool:
    if record.rec_type != "response" or record.http_headers is None:
        return False
    kind = (record.http_headers.get_header("Content-Type") or "").partition(";")[0].strip().lower()
    return kind in _HTML and record.http_headers.get_statuscode() == "200"


def read_page(page: Page, file: str, options: ReadOptions) -> Article:
    """The article of a page; an ``InputError`` if it has no main text."""
    trafilatura = _need_trafilatura(file)
    html, note = decode_as_told(page.content, page.url or file, options.encoding)
    found = trafilatura.bare_extraction(html, url=page.url, include_comments=False, with_metadata=True)
    text = (found.text or "") if found is not None else ""
    if not text.strip():
        raise InputError(f"{page.url or file}: shows no main text")
    return Article(
        page.url or article_name(file),
        # trafilatura gives a paragraph a line.
        "\n\n".join(line for line in text.split("\n") if line.strip()),
        target_lang=options.target_lang,
        source_lang=options.source_lang,
        notes=(note,) if note else (),
        meta=_meta(page.url, found.title, html),
    )


def _meta(url: str | None, title: str | None, html: str) -> dict[str, Any]:
    markers = translation_markers(html)
    fields = {"url": url, "host": _host(url), "title": title, "translation_markers": markers}
    return {name: value for name, value in fields.items() if value}


def _host(url: str | None) -> str | None:
    try:
        return urlsplit(url or "").hostname
    except ValueError:
        return None


def _need_trafilatura(file: str) -> Any:
    try:
        import trafilatura
    except ImportError as error:
        raise InputError(f"{file}: needs the package trafilatura: pip install 'mtqe[web]'") from error
    return trafilatura
