"""What several test files share."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from mtqe.data import Article, ArticleReport
from mtqe.evaluate import Evaluator

# A test says nothing of speed: the machine may be busy.
settings.register_profile("mtqe", deadline=None)
settings.load_profile("mtqe")

EXAMPLES = Path(__file__).parents[1] / "examples"


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--golden`` writes golden files anew instead of comparing with them."""
    parser.addoption("--golden", action="store_true", help="write golden files anew")


def example_article(*sides: str) -> Article:
    """The example article with its source and reference, if they are asked for."""
    files = {"source": "article.fr.txt", "reference": "article.ref.txt"}
    texts = {side: (EXAMPLES / files[side]).read_text(encoding="utf-8") for side in sides}
    target = (EXAMPLES / "article.txt").read_text(encoding="utf-8")
    return Article("article", target, source_lang="fr", target_lang="en", **texts)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def example_report() -> ArticleReport:
    """The report of the example article with its source."""
    return next(Evaluator().evaluate([example_article("source")]))


@pytest.fixture(scope="session")
def hostile_report() -> ArticleReport:
    """The report of an article by somebody who wants to break pages and terminals."""
    text = (
        'The <script>alert("x")</script> met met the "onmouseover="alert(1)" council\x1b[31m.\n\n'
        "</style><img src=x onerror=alert(2)> [a](javascript:alert(3)) | cell | \u202egnirts desrever\n\n"
        "See also  <b>Another</b> article &amp; more"
    )
    article = Article('"><script>alert(4)</script>', text, target_lang="en", system="<i>system</i>")
    return next(Evaluator().evaluate([article]))
