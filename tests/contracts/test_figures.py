"""What README and docs say was measured is what the benchmarks' results hold."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("file", "make"), [("docs/figures.md", "page()"), ("README.md", "readme(text)")])
def test_figures_are_those_of_the_results(file: str, make: str) -> None:
    """After a benchmark, ``python docs/figures.py`` writes them anew."""
    text = (ROOT / file).read_text(encoding="utf-8")
    code = f"import sys, figures; text = sys.stdin.read(); sys.exit(figures.{make} != text)"
    command = [sys.executable, "-X", "utf8", "-c", code]
    made = subprocess.run(command, input=text, cwd=ROOT / "docs", encoding="utf-8", check=False)
    assert made.returncode == 0, f"{file} is not what the results say: run python docs/figures.py"
