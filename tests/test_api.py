"""The library as its documentation shows it."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

import mtqe

EXAMPLES = Path(__file__).parents[1] / "examples"


def test_the_packages_own_example_is_true() -> None:
    """What ``help(mtqe)`` shows."""
    assert doctest.testmod(mtqe).failed == 0


@pytest.mark.parametrize("name", mtqe.__all__)
def test_every_public_name_can_be_imported_and_is_documented(name: str) -> None:
    """And there are no others."""
    assert getattr(mtqe, name).__doc__
    with pytest.raises(AttributeError):
        mtqe.something_else  # noqa: B018


def test_reading_judging_and_writing_are_one_line_each(tmp_path: Path) -> None:
    """What the command line does, library calls do."""
    reports = mtqe.Evaluator().evaluate(mtqe.read(EXAMPLES / "article.txt"))
    mtqe.write(reports, tmp_path / "report.html")
    assert "Kerdonkuf" in (tmp_path / "report.html").read_text(encoding="utf-8")
