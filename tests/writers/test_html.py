"""The page of an article, as a browser without scripts would read it."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

from mtqe.data import Article, ArticleReport, Issue
from mtqe.evaluate import Evaluator
from mtqe.scorers.fluency_ngram import FluencyNgram
from mtqe.writers import pick_writer
from mtqe.writers.page import article_page

VOID = {"meta", "link", "input", "br", "img", "rect", "line"}


class Page(HTMLParser):
    """Elements, the article's text, and addresses of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.handlers: list[str] = []
        self.article = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what matters of an element."""
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            if name in ("href", "src") and value:
                self.addresses.append(value)
            if name.startswith("on") or name == "style":
                self.handlers.append(name)

    def handle_endtag(self, tag: str) -> None:
        """Elements close in order."""
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Collect the article's text."""
        if "article" in self.open:
            self.article += data


def squeezed(text: str) -> str:
    """A text without white space."""
    return "".join(text.split())


def test_the_page_is_well_formed_and_asks_for_nothing(example_report: ArticleReport) -> None:
    """Every link is inside the page; every link has its place."""
    page = Page(article_page(example_report))
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    for address in page.addresses:
        assert address == "data:," or (address.startswith("#") and address[1:] in page.ids), address


def test_the_whole_article_is_on_the_page(example_report: ArticleReport) -> None:
    """Every character in its order, boilerplate included."""
    alone = Article("a", example_report.article.target, target_lang="en")
    (report,) = Evaluator().evaluate([alone])
    assert squeezed(Page(article_page(report)).article) == squeezed(alone.target)


def test_strangers_text_is_escaped_everywhere(hostile_report: ArticleReport) -> None:
    """In the text, in titles, in names of articles and systems."""
    html = article_page(hostile_report)
    page = Page(html)
    assert page.tags.count("script") == 1
    assert page.tags.count("style") == 1
    assert "img" not in page.tags
    assert "b" not in page.tags
    assert page.handlers == []
    assert not any(address.startswith("javascript") for address in page.addresses)
    assert "default-src &#39;none&#39;" in html
    assert "<script>alert" not in html


def report_with(text: str, *marks: tuple[int, int], category: str = "spacing") -> ArticleReport:
    """A report of a text with issues at these places."""
    article = Article("a", text, target_lang="en")
    (report,) = Evaluator(scorers=(), detectors=()).evaluate([article])
    segments = [s.segment for s in report.segments]
    issues = tuple(
        Issue(
            category,
            "x",
            "x",
            next(s.index for s in reversed(segments) if s.target_span[0] <= start),
            start,
            end,
            text[start:end],
            "why",
            "minor",
            0.9,
        )
        for start, end in marks
    )
    return replace(report, issues=issues)


def test_what_cannot_be_seen_is_named() -> None:
    """A missing sentence, white space, a place between two characters."""
    text = "It rained  all day."
    for marks, category, shown in (
        ((9, 11), "spacing", "white space"),
        ((9, 9), "spacing", "between two characters"),
        ((19, 19), "omission", "missing sentence"),
    ):
        html = article_page(report_with(text, marks, category=category))
        assert f'aria-label="{category} in sentence 1: {shown}">{shown}</a>' in html


def test_a_page_without_issues_has_no_marks() -> None:
    """Boilerplate is said to be left out, and is underlined no more than other text."""
    article = Article("a", "All rights reserved", target_lang="en")
    (report,) = Evaluator().evaluate([article])
    assert report.issues
    html = article_page(report)
    assert '<mark class="minor" data-i' not in html
    assert "None found." in html


def test_many_issues_in_a_long_text_take_no_time() -> None:
    """An issue for each of twenty thousand sentences, and one over all of them."""
    text = "\n\n".join("It rained." for _ in range(20_000))
    marks = [(start, start + 2) for start in range(0, len(text), 12)]
    html = article_page(report_with(text, *marks))
    assert html.count("<mark") >= len(marks)


def test_right_to_left_text_is_set_right_to_left() -> None:
    """And said which language it is in."""
    article = Article("a", "هطل المطر طوال اليوم. كان الميناء هادئا.", target_lang="ar")
    (report,) = Evaluator(scorers=(), detectors=()).evaluate([article])
    assert '<article class="text" lang="ar" dir="rtl">' in article_page(report)


def test_fifty_thousand_sentences_make_a_page() -> None:
    """Of bounded size, with a plot of bounded detail."""
    text = "\n\n".join(f"Ship {n} came in. It left again. Nobody saw it." for n in range(17_000))
    (report,) = Evaluator(scorers=(FluencyNgram(),), detectors=()).evaluate(
        [Article("long", text, target_lang="en")]
    )
    assert len(report.segments) > 50_000
    html = article_page(report)
    assert len(html) < 12 * len(text)
    assert html.count('class="bar') <= 200


def test_a_folder_has_an_index_that_leads_to_every_page(
    example_report: ArticleReport, tmp_path: Path
) -> None:
    """And nothing else is left beside it."""
    pick_writer("html", tmp_path / "out").write(iter([example_report] * 3), tmp_path / "out")
    index = Page((tmp_path / "out" / "index.html").read_text(encoding="utf-8"))
    pages = {path.name for path in (tmp_path / "out").iterdir()} - {"index.html"}
    assert {address for address in index.addresses if address.endswith(".html")} == pages
    assert len(pages) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
