"""The command line of filters, as a user types it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
RULES = "task: filter\nrules:\n  - {name: length, at_least: 5}\n"


def mtqe(*arguments: object, cwd: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """The command's result."""
    command = [sys.executable, "-m", "mtqe", *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, check=False, cwd=cwd)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An input and a run file."""
    texts = ["It rained.", "It rained all day in the old town.", "They went home early in the evening."]
    lines = [json.dumps({"id": f"a{n}", "target": text, "target_lang": "en"}) for n, text in enumerate(texts)]
    (tmp_path / "in.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "filter.yaml").write_text(RULES, encoding="utf-8")
    return tmp_path


def test_a_pipe_is_filtered(folder: Path) -> None:
    """Standard input to standard output; what came of it is said on standard error."""
    source = (folder / "in.jsonl").read_text(encoding="utf-8")
    done = mtqe("filter", "-", "--config", "filter.yaml", "--add", "nothing", cwd=folder, stdin=source)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "".join(source.splitlines(keepends=True)[1:])
    assert "2 of 3 articles kept" in done.stderr
    assert "1 dropped: at least 5 words" in done.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["filter.yaml", "in.jsonl"]


def test_a_bad_record_in_a_pipe_is_an_error_unless_it_is_set_aside(folder: Path) -> None:
    """In one line that says how."""
    done = mtqe("filter", "-", cwd=folder, stdin="nonsense\n")
    assert done.returncode == 2
    assert done.stderr.startswith("mtqe: -:1: is not JSON")
    assert "use --rejects FILE" in done.stderr
    done = mtqe("filter", "-", "--rejects", "bad.jsonl", cwd=folder, stdin="nonsense\n")
    assert done.returncode == 0
    assert json.loads((folder / "bad.jsonl").read_text(encoding="utf-8"))["record"] == "nonsense"


def test_a_run_file_says_it_all(folder: Path) -> None:
    """``mtqe run`` does what ``mtqe filter`` does with its options."""
    run_file = yaml.safe_load(RULES) | {
        "input": {"paths": ["in.jsonl"]},
        "output": {"path": "a/out.jsonl", "rejected": "a/no.jsonl"},
        "workers": 2,
    }
    (folder / "run.yaml").write_text(yaml.safe_dump(run_file), encoding="utf-8")
    assert mtqe("run", "run.yaml", cwd=folder).returncode == 0
    options = ["--config", "filter.yaml", "--rejected", "b/no.jsonl", "--workers", 1]
    assert mtqe("filter", "in.jsonl", "-o", "b/out.jsonl", *options, cwd=folder).returncode == 0
    for name in ("out.jsonl", "no.jsonl", "out.summary.html"):
        assert (folder / "a" / name).read_bytes() == (folder / "b" / name).read_bytes()


def test_a_preview_writes_nothing(folder: Path) -> None:
    """It shows what each rule would drop, with examples, numbers and limits."""
    done = mtqe(
        "filter", "in.jsonl", "-o", "out.jsonl", "--config", "filter.yaml", "--preview", 500, cwd=folder
    )
    assert done.returncode == 0, done.stderr
    for part in (
        "3 articles of in.jsonl",
        "kept: 2 (66.7 %)",
        "drops 1 (33.3 %)",
        "2 words, less than 5",
        "█",
    ):
        assert part in done.stdout
    assert "would drop" in done.stdout
    assert sorted(path.name for path in folder.iterdir()) == ["filter.yaml", "in.jsonl"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["in.jsonl", "-o", "out.jsonl", "--config", "none.yaml"], "none.yaml: can't be read"),
        (["none.jsonl", "-o", "out.jsonl"], "none.jsonl: there is no such file"),
        (["in.jsonl", "--resume"], "standard output can't be resumed"),
        (["in.jsonl", "-o", "out.jsonl", "--config", "bad.yaml"], "bad.yaml: 3 problems"),
        (["-o", "out.jsonl"], "no input"),
        (["in.jsonl", "-o", "out.jsonl", "--engine", "spark"], "--engine"),
    ],
)
def test_mistakes_end_with_2_and_a_word(folder: Path, arguments: list[str], says: str) -> None:
    """No traceback, and nothing is written."""
    bad = "rules: [{name: lenght}, {name: length}]\noutput: {pth: x}\n"
    (folder / "bad.yaml").write_text(bad, encoding="utf-8")
    done = mtqe("filter", *arguments, cwd=folder)
    assert done.returncode == 2
    assert done.stderr.startswith("mtqe: ")
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / "out.jsonl").exists()
