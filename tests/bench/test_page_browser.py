"""The page of a benchmark in a browser: choices, filters, both themes. Skipped where there is no Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mtqe.bench.run import run
from mtqe.bench.runfile import load_benchmark
from mtqe.bench.writers.base import bench_writers
from tests.writers.test_html_browser import CONTRAST, EXECUTABLE, UNNAMED

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(EXECUTABLE is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of the example."""
    folder = tmp_path_factory.mktemp("page")
    example = ROOT / "examples" / "benchmark"
    text = f"""
task: benchmark
source: {example}/source.fr.txt
reference: {example}/reference.en.txt
documents: {example}/documents.tsv
source_lang: fr
target_lang: en
systems: ["{example}/systems/*.txt"]
rank_by: chrf
"""
    (folder / "run.yaml").write_text(text, encoding="utf-8")
    page = bench_writers.get("html")().write(run(load_benchmark(folder / "run.yaml")).report)
    (folder / "page.html").write_text(page, encoding="utf-8")
    return (folder / "page.html").as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(params=["light", "dark"])
def page(request: pytest.FixtureRequest, browser: Any, address: str) -> Iterator[Any]:
    """The page, opened in either theme; it must neither complain nor ask for anything."""
    page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme=request.param)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: complaints.append(asked.url) if "http" in asked.url else None)
    page.goto(address)
    yield page
    page.close()
    assert complaints == []


def seen(page: Any, selector: str) -> int:
    """How many elements of that kind can be seen."""
    return int(page.locator(f"{selector}:visible").count())


def test_the_page_answers_to_what_is_chosen(page: Any) -> None:
    """One score at a time, one pair at a time, segments by issue and by words; all can be read."""
    assert page.inner_text("h1") == "careful leads"
    assert seen(page, "[data-column]") == 1
    page.select_option("[data-show=column]", label="TER")
    assert "lower is better" in page.inner_text("[data-column]:visible")
    page.select_option("[data-show=first]", label="careful")
    page.select_option("[data-show=second]", label="hasty")
    everything = seen(page, ".differ")
    assert everything == 6
    assert page.inner_text("#segments-shown") == "6 of 6 segments shown"
    page.select_option("[data-show=issue]", "number_mismatch")
    assert 0 < seen(page, ".differ") < everything
    assert seen(page, ".differ mark") > 0
    page.select_option("[data-show=issue]", "")
    page.fill("[data-show=words]", "petition")
    assert seen(page, ".differ") == 1
    page.select_option("[data-show=second]", label="careful")
    assert page.inner_text("#segments-shown") == "Choose two systems."
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate(UNNAMED) == 0


def test_the_leaderboard_is_sorted_by_a_heading(page: Any) -> None:
    """And the page fits a narrow screen without scrolling sideways."""
    page.click("th button:has-text('BLEU')")
    assert page.inner_text("main tbody th >> nth=0") == "literal"
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
