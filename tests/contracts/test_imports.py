"""Imports point down only, and nothing heavy is imported before a model runs."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "mtqe"

# From the bottom up: a module imports from its own layer or from lower ones.
LAYERS = (
    {"errors", "data", "scale"},
    {"text", "registry", "sides"},
    {"models", "pooling", "gaps", "signature", "alignment"},
    {"scorers", "detectors", "quality"},
    {"prepare", "issues", "readers", "writers"},
    {"evaluate"},
    {"runfiles", "config", "bench", "filters", "training"},
    {"execute", "explain"},
    {"cli", "__main__", ""},
)
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))


def layer(module: str) -> str:
    """The part of the package that a dotted name or a file belongs to."""
    return module.removeprefix("mtqe").lstrip(".").split(".")[0]


def imported(module: str) -> Iterator[str]:
    """Every module of ours that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse((PACKAGE / module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "mtqe":
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "mtqe")


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_from_its_layer_or_below(module: str) -> None:
    """The design holds: cli on config on evaluate on components on text on data."""
    own = module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    level = LEVEL["" if own == "__init__" else layer(own)]
    for name in imported(module):
        assert LEVEL[layer(name)] <= level, f"{module} imports {name}"


@pytest.mark.parametrize("module", [m for m in MODULES if m.startswith(("scorers/", "detectors/"))])
def test_a_component_never_imports_its_sibling(module: str) -> None:
    """One component can be deleted without another noticing."""
    folder = module.split("/")[0]
    siblings = {name for name in imported(module) if name.startswith(f"mtqe.{folder}.")}
    assert siblings <= {f"mtqe.{folder}.base"}


def test_library_code_has_no_asserts() -> None:
    """Python's -O takes asserts away: a check that matters raises an error."""
    for module in MODULES:
        tree = ast.parse((PACKAGE / module).read_text(encoding="utf-8"))
        assert not any(isinstance(node, ast.Assert) for node in ast.walk(tree)), module


@pytest.mark.parametrize("heavy", ["torch", "transformers", "numpy", "wordfreq", "sacrebleu"])
def test_importing_mtqe_or_its_command_line_imports_nothing_heavy(heavy: str) -> None:
    """``mtqe --help`` answers at once."""
    code = f"import sys, mtqe, mtqe.cli; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
