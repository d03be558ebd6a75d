"""A page becomes the text that its readers see."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from mtqe.data import Article
from mtqe.errors import InputError
from mtqe.evaluate import Evaluator
from mtqe.readers import ReadOptions, read, read_side
from mtqe.writers.record import report_record

PAGE = """<!doctype html>
<html lang="en"><head><title>Storm &amp; port</title><style>p { margin: 0 }</style>
<script>document.write("<p>never</p>");</script></head>
<body><nav><ul><li>Home<li>News</ul></nav>
<main><h1>Storm   over
the&nbsp;port</h1>
<p>It <b>rained</b> all day.<br>Nobody   left &lt;home&gt;.<!-- a comment -->
<p hidden>Secret<div>Open &#x1f600;</div>
<pre>x = 1</pre>
</main>
<aside>Read more</aside><footer>© Harbour News</footer></body></html>
"""


def page(folder: Path, html: str | bytes, **options: str) -> Article:
    """The one article of a page."""
    path = folder / "page.html"
    path.write_bytes(html.encode() if isinstance(html, str) else html)
    (article,) = read(path, ReadOptions(**options))  # type: ignore[arg-type]
    return article


def test_what_is_shown_is_the_target_in_paragraphs(tmp_path: Path) -> None:
    """Scripts, styles, comments and hidden parts are not; white space is what a browser makes of it."""
    article = page(tmp_path, PAGE)
    assert article.id == "page"
    assert article.target.split("\n\n") == [
        "Home",
        "News",
        "Storm over the\xa0port",
        "It rained all day.\nNobody left <home>.",
        "Open 😀",
        "x = 1",
        "Read more",
        "© Harbour News",
    ]


def test_what_is_none_of_the_article_is_left_out_of_scoring(tmp_path: Path) -> None:
    """But it stands in the report, with the reason."""
    article = page(tmp_path, PAGE)
    left_out = {article.target[slice(*found.span)]: found.note for found in article.exclusions}
    assert left_out == {
        "Home": "html: navigation",
        "News": "html: navigation",
        "x = 1": "html: preformatted text",
        "Read more": "html: an aside",
        "© Harbour News": "html: a footer",
    }
    outside = page(tmp_path, "<p>Menu</p><article><p>It rained.</p></article><p>Menu</p>")
    assert [found.note for found in outside.exclusions] == ["html: outside of <article>"] * 2
    assert page(tmp_path, "<p>It rained.").exclusions == ()


def test_offsets_are_into_the_text_that_the_report_carries(tmp_path: Path) -> None:
    """And a note says so."""
    (report,) = Evaluator().evaluate([page(tmp_path, PAGE, target_lang="en")])
    record = report_record(report)
    assert "HTML" in record["notes"][0]
    for segment in record["segments"]:
        assert record["target"][segment["start"] : segment["end"]] == segment["target"]
    assert {s["target"] for s in record["segments"] if "note" in s} >= {"Home", "x = 1"}


@pytest.mark.parametrize("html", ["", " \n", "<p>&#32;</p>", "<script>x</script>", "<!-- x -->"])
def test_a_page_that_shows_nothing_is_refused(tmp_path: Path, html: str) -> None:
    """As an empty text is."""
    with pytest.raises(InputError, match=r"page\.html: shows no text"):
        page(tmp_path, html)


def test_the_page_says_what_it_is_in(tmp_path: Path) -> None:
    """Unless it is UTF-8 after all, or the user says otherwise, or there is no such encoding."""
    html = '<meta http-equiv="Content-Type" content="text/html; charset={}"><p>Сегодня шёл дождь.</p>'
    told = page(tmp_path, html.format("koi8-r").encode("koi8-r"))
    assert told.target == "Сегодня шёл дождь."
    assert told.notes[0] == "read as koi8-r, as the page says"
    assert page(tmp_path, html.format("koi8-r").encode()).target == "Сегодня шёл дождь."
    wrong = html.format("latin-1").encode("koi8-r")
    assert page(tmp_path, wrong, encoding="koi8-r").target == "Сегодня шёл дождь."
    assert page(tmp_path, html.format("x-unknown").encode("utf-16")).target == "Сегодня шёл дождь."
    assert "é" in page(tmp_path, "<meta charset=gb2312><p>\u9555\u00e9</p>".encode("gb18030")).target


@pytest.mark.parametrize("part", ["<a ", "<", "<!--", "<![CDATA[", "<nav>", "<p>", "</b>", "<a x='", "&"])
def test_broken_markup_takes_no_time(tmp_path: Path, part: str) -> None:
    """Every character is read once: with half a megabyte of it, anything else would not end."""
    assert "It rained." in page(tmp_path, "<p>It rained.</p>" + part * (500_000 // len(part))).target


def test_pages_come_compressed_and_as_sources(tmp_path: Path) -> None:
    """The source of an article may be a page as well."""
    path = tmp_path / "a.htm.gz"
    path.write_bytes(gzip.compress(b"<p>It rained.</p>"))
    assert [article.target for article in read(path)] == ["It rained."]
    assert read_side(path) == "It rained."
