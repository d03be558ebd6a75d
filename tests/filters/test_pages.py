"""Web pages and archives: main text, and the marks of translation plug-ins."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from mtqe.readers import read
from mtqe.readers.markers import translation_markers

from .engine import read_lines, run

BODY = (
    "<nav><a href='/'>Home</a> <a href='/news'>News</a></nav><article><h1>Bridge</h1>"
    "<p>The council met on Monday evening and voted for a new bridge over the river.</p>"
    "<p>Work will begin in spring, the mayor said after the meeting in the town hall.</p></article>"
)
WEGLOT = (
    '<html lang="en"><head><script type="application/json" id="weglot-data">'
    '{"website":"https:\\/\\/a.example","language_from":"fr"}</script></head>'
)


@pytest.mark.parametrize(
    ("head", "found"),
    [
        ('<html lang="en" class="js translated-ltr">', "translated: class translated-ltr"),
        ('<html lang="en-x-mtfrom-fr"><head>', "translated: a language tag"),
        ('<html dir="ltr" lang=zh-Hans-CN-x-mtfrom-en>', "translated: a language tag"),
        (
            "<html><p><font style='vertical-align: inherit;'><font style='vertical-align: inherit;'>",
            "translated: font",
        ),
        ('<p _msttexthash="42250" _msthash="3">', "translated: attributes of Microsoft"),
        ("<base href='https://a-example.translate.goog/x'>", "translated: an address"),
        (WEGLOT, "translated: by Weglot from fr into en"),
        (
            '<html lang="de-AT"><script>window.gtranslateSettings = {"default_language":"en"}</script>',
            "translated: by GTranslate from en into de-AT",
        ),
        ('<meta name="generator" content="WPML ver:4.6.3 stt:66;">', "plug-in: WPML"),
        ('<body class="home translatepress-fr_FR">', "plug-in: TranslatePress"),
        (
            '<link rel="alternate" hreflang="en" href="/"><link rel="alternate" hreflang="fr" href="/fr">',
            "hreflang: 2 languages",
        ),
    ],
)
def test_marks_are_found(head: str, found: str) -> None:
    """In the words that a rule and a reader can use."""
    assert [marker for marker in translation_markers(head + BODY) if marker.startswith(found)]


@pytest.mark.parametrize(
    "head",
    [
        "<html lang='en'><p>The class translated-ltr is what Google Translate adds.</p>",
        WEGLOT.replace('lang="en"', 'lang="fr"'),
        '<html lang="en-x-private"><p>The tag en-x-mtfrom-fr is one of Google Translate.</p>',
        '<html lang="en-GB"><script>window.gtranslateSettings = {"default_language":"en"}</script>',
        '<meta name="generator" content="WordPress 6.4">',
        "<font style='color: red'><font style='color: blue'>",
    ],
)
def test_pages_that_nobody_translated_have_no_sign(head: str) -> None:
    """A plug-in on the page of the original is none; nor is talk about one."""
    assert not [marker for marker in translation_markers(head + BODY) if marker.startswith("translated")]


def archive(path: Path, *pages: tuple[str, str, str]) -> Path:
    """A web archive of addresses, kinds and contents."""
    records = []
    for url, kind, content in pages:
        http = f"HTTP/1.0 200 OK\r\nContent-Type: {kind}\r\n\r\n{content}".encode()
        head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\n"
        head += f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
        records.append(head.encode() + http + b"\r\n\r\n")
    packed = [gzip.compress(record) if path.suffix == ".gz" else record for record in records]
    path.write_bytes(b"".join(packed))
    return path


@pytest.mark.usefixtures("here")
def test_an_archive_is_filtered_page_by_page(tmp_path: Path) -> None:
    """Main texts come out as records; plug-ins' pages go; pages without a text are named."""
    pytest.importorskip("trafilatura")
    pytest.importorskip("warcio")
    pages = archive(
        tmp_path / "crawl.warc.gz",
        ("https://a.example/1", "text/html; charset=utf-8", f"<html lang=en><body>{BODY}</body></html>"),
        ("https://b.example/2", "text/html", f"<html class='translated-ltr'><body>{BODY}</body></html>"),
        ("https://a.example/logo", "image/png", "PNG"),
        ("https://a.example/empty", "text/html", "<html><body></body></html>"),
    )
    rejected = tmp_path / "no.jsonl"
    run(
        pages,
        output=tmp_path / "out.jsonl",
        rules=[{"name": "translated_page"}],
        output_options={"rejected": str(rejected)},
    )
    (kept,) = read_lines(tmp_path / "out.jsonl")
    assert (kept["id"], kept["host"]) == ("https://a.example/1", "a.example")
    assert "voted for a new bridge" in kept["target"]
    assert "News" not in kept["target"]
    (dropped,) = read_lines(rejected)
    assert dropped["mtqe"]["reasons"][0].startswith("page of a translation plug-in (translated: class")
    (bad,) = read_lines(tmp_path / "out.rejects.jsonl")
    assert "https://a.example/empty: shows no main text" in bad["error"]


@pytest.mark.usefixtures("here")
def test_pages_of_a_folder_are_articles(tmp_path: Path) -> None:
    """Each by its file's name."""
    pytest.importorskip("trafilatura")
    pytest.importorskip("warcio")
    (tmp_path / "in").mkdir()
    for name in ("x.html", "y.html"):
        (tmp_path / "in" / name).write_text(f"<html><body>{BODY}</body></html>", encoding="utf-8")
    run(tmp_path / "in", output=tmp_path / "out.jsonl")
    assert [record["id"] for record in read_lines(tmp_path / "out.jsonl")] == ["x", "y"]


def test_a_report_reads_archives(tmp_path: Path) -> None:
    """An article for each page that has a text."""
    pytest.importorskip("trafilatura")
    pytest.importorskip("warcio")
    page = f"<html><head><title>Bridge</title></head><body>{BODY}</body></html>"
    path = archive(tmp_path / "a.warc", ("https://a.example/1", "text/html", page))
    (article,) = read(path)
    assert article.meta["title"] == "Bridge"
