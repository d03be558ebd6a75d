"""The page in a browser: filters, tooltips, keys, themes, print. Skipped where there is no Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mtqe.data import Article, ArticleReport
from mtqe.evaluate import Evaluator
from mtqe.writers import pick_writer

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
EXECUTABLE = next((path for name in BROWSERS if (path := shutil.which(name))), None)

pytestmark = pytest.mark.skipif(EXECUTABLE is None, reason="no Chromium on this machine")


# Texts whose colour and ground are nearer than 4.5 to 1.
CONTRAST = r"""() => {
  const parse = (c) => (c.match(/[\d.]+/g) || []).map(Number);
  const linear = (v) => (v / 255 <= .03928 ? v / 255 / 12.92 : ((v / 255 + .055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => .2126 * linear(r) + .7152 * linear(g) + .0722 * linear(b);
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] > .5) return c;
    }
    return [255, 255, 255];
  };
  const bad = [];
  for (const e of document.querySelectorAll("h1,h2,p,span,a,li,label,mark,button,legend,div,kbd,code")) {
    const text = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!text || !e.offsetParent) continue;
    const pair = [light(parse(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
    if ((pair[0] + .05) / (pair[1] + .05) < 4.5) bad.push(e.className + ": " + e.textContent.slice(0, 30));
  }
  return bad;
}"""

WHITE = "rgb(255, 255, 255)"

# Controls that have neither a label nor a text of their own.
UNNAMED = """[...document.querySelectorAll("input,select,button")]
  .filter((e) => !(e.labels && e.labels.length) && !e.textContent.trim()).length"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=EXECUTABLE, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Any, example_report: ArticleReport, tmp_path: Path) -> Iterator[Any]:
    """The example's page, opened; it must neither complain nor ask for anything."""
    path = tmp_path / "page.html"
    pick_writer("html", path).write(iter([example_report]), path)
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request", lambda request: complaints.append(request.url) if request.url.startswith("http") else None
    )
    page.goto(path.as_uri())
    yield page
    page.close()
    assert complaints == []


def count(page: Any, selector: str) -> int:
    """How many elements of that kind can be seen."""
    return int(page.locator(f"{selector}:visible").count())


def test_a_category_can_be_hidden_in_list_and_text(page: Any) -> None:
    """And the number of issues shown is told to screen readers."""
    before = count(page, ".issues li")
    page.uncheck("input[name=category][value=broken_quote]")
    assert count(page, ".issues li[data-category=broken_quote]") == 0
    assert count(page, ".issues li") < before
    assert page.locator("mark.off").count() >= 1
    assert f"{count(page, '.issues li')} of {before} issues shown" == page.inner_text("#shown")
    page.check("input[name=category][value=broken_quote]")
    assert count(page, ".issues li") == before


def test_issues_below_a_confidence_can_be_hidden(page: Any) -> None:
    """So that only the sure ones are left."""
    page.select_option("#confidence", "0.9")
    shown = page.locator(".issues li:visible")
    assert shown.count() > 0
    assert all(float(shown.nth(i).get_attribute("data-confidence")) >= 0.9 for i in range(shown.count()))


def test_the_list_leads_to_the_text_and_back(page: Any) -> None:
    """By a click, and by the Enter key."""
    page.click(".issues li[data-category=garbled_name] a")
    page.wait_for_function("document.activeElement.tagName === 'MARK'")
    assert page.evaluate("document.activeElement.textContent") == "Kerdonkuf"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('li').dataset.category") == "garbled_name"


def test_tooltips_come_on_the_pointer_and_on_the_keyboard(page: Any) -> None:
    """With message and suggestion; Escape closes them."""
    mark = page.locator("mark", has_text="Kerdonkuf")
    mark.hover()
    assert "write “Kerdoncuff”" in page.inner_text(".tip")
    page.mouse.move(0, 0)
    assert not page.locator(".tip").is_visible()
    mark.focus()
    assert page.locator(".tip").is_visible()
    assert mark.get_attribute("aria-describedby") == "tip"
    page.keyboard.press("Escape")
    assert not page.locator(".tip").is_visible()


def test_keys_go_from_issue_to_issue(page: Any) -> None:
    """The key n goes forward, p back, both around the end."""
    page.keyboard.press("n")
    first = page.evaluate("document.activeElement.id")
    page.keyboard.press("n")
    assert page.evaluate("document.activeElement.id") != first
    page.keyboard.press("p")
    assert page.evaluate("document.activeElement.id") == first
    page.keyboard.press("p")
    assert page.evaluate("document.activeElement.tagName") == "MARK"


def test_source_sentences_are_shown_when_asked_for(page: Any) -> None:
    """Beside the paragraph that they belong to."""
    assert count(page, ".other") == 0
    page.check("[data-toggle=show-other]")
    assert count(page, ".other") > 5


def test_a_bar_of_the_plot_leads_to_its_sentence(page: Any) -> None:
    """By its link."""
    page.locator(".plot a").nth(14).focus()
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#s14"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_enough_contrast(browser: Any, page: Any, scheme: str) -> None:
    """At least 4.5 to 1 (WCAG 2.2, AA) for everything that is read, in both themes."""
    page.emulate_media(color_scheme=scheme)
    assert page.evaluate(CONTRAST) == []


@pytest.mark.parametrize("width", [380, 768, 1280])
def test_nothing_is_wider_than_the_screen(page: Any, width: int) -> None:
    """On a telephone as well."""
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_theme_can_be_changed(page: Any) -> None:
    """By the button and by the key t."""
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("[data-do=theme]")
    after = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert after != before
    page.keyboard.press("t")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == before


def test_print_shows_article_and_issues_without_the_controls(page: Any) -> None:
    """Filters are of no use on paper."""
    page.emulate_media(media="print")
    assert count(page, ".filters") == 0
    assert count(page, "button") == 0
    assert count(page, ".issues li") > 5
    assert page.pdf()[:4] == b"%PDF"


def test_paper_is_light_whatever_the_screen_is(page: Any) -> None:
    """By the system's choice, and by the button's."""
    page.emulate_media(color_scheme="dark")
    page.keyboard.press("t")
    page.keyboard.press("t")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor") == WHITE


@pytest.mark.parametrize("width", [320, 375, 800])
def test_no_page_is_wider_than_the_screen(
    browser: Any, example_report: ArticleReport, tmp_path: Path, width: int
) -> None:
    """Long words and names wrap; the table of the index moves by itself."""
    article = Article("x" * 300, ("y" * 300 + " met met. ") * 3, target_lang="en", system="z" * 100)
    (odd,) = Evaluator().evaluate([article])
    pick_writer("html", tmp_path / "out").write(iter([example_report, odd]), tmp_path / "out")
    page = browser.new_page(viewport={"width": width, "height": 800})
    for file in (tmp_path / "out").iterdir():
        page.goto(file.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, file.name
    page.close()


def test_the_keyboard_reaches_the_text_first(page: Any) -> None:
    """The skip link leads into the article; the bars of the plot are no stops on the way."""
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.wait_for_function("location.hash === '#main'")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    assert page.locator(".plot a:not([tabindex='-1'])").count() == 0


def test_nothing_moves_for_who_wants_no_motion(page: Any) -> None:
    """A jump is a jump."""
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_landmarks_and_names_for_screen_readers(page: Any) -> None:
    """One heading of the first level, a main part, and a name for every control."""
    assert count(page, "h1") == 1
    assert page.locator("main").count() == 1
    unnamed = page.evaluate(UNNAMED)
    assert unnamed == 0


def test_the_index_sorts_by_its_columns(
    browser: Any, example_report: ArticleReport, hostile_report: ArticleReport, tmp_path: Path
) -> None:
    """Numbers as numbers, what is not judged at the end."""
    pick_writer("html", tmp_path / "out").write(iter([example_report, hostile_report]), tmp_path / "out")
    page = browser.new_page()
    page.goto((tmp_path / "out" / "index.html").as_uri())
    words = "[...document.querySelectorAll('tbody tr')].map((row) => Number(row.cells[5].textContent))"
    assert page.locator("th[aria-sort=ascending]").inner_text().startswith("quality")
    page.click("th button:has-text('words') >> nth=0")
    first = page.evaluate(words)
    assert first == sorted(first)
    page.click("th button:has-text('words') >> nth=0")
    assert page.evaluate(words) == first[::-1]
    page.close()
