"""Take the README's picture: the page of the example article in headless Chromium.

make screenshot
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

import mtqe

DOCS = Path(__file__).parent
EXAMPLES = DOCS.parent / "examples"


def main() -> None:
    """Write docs/report.png and docs/report-dark.png."""
    article = mtqe.Article(
        "The port of Kerloch",
        (EXAMPLES / "article.txt").read_text(encoding="utf-8"),
        source=(EXAMPLES / "article.fr.txt").read_text(encoding="utf-8"),
        source_lang="fr",
        target_lang="en",
    )
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page_file = Path(folder) / "page.html"
        mtqe.write(mtqe.Evaluator().evaluate([article]), page_file)
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for name, scheme in (("report", "light"), ("report-dark", "dark")):
            page = browser.new_page(viewport={"width": 1280, "height": 1060}, color_scheme=scheme)
            page.goto(page_file.as_uri())
            page.locator("mark", has_text="Kerdonkuf").hover()
            page.screenshot(path=DOCS / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
