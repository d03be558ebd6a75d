"""How much of an article lies in issues of some categories."""

from __future__ import annotations

from collections.abc import Collection

from mtqe.data import ArticleReport


def share_marked(report: ArticleReport, categories: Collection[str], confidence: float) -> float:
    """The share of the text's characters, 0 to 1, in issues of at least this confidence, each once."""
    spans = sorted(
        (issue.start, issue.end)
        for issue in report.issues
        if issue.category in categories and issue.confidence >= confidence
    )
    covered = reached = 0
    for start, end in spans:
        covered += max(end - max(start, reached), 0)
        reached = max(end, reached)
    return covered / max(len(report.article.target), 1)
