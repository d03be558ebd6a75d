"""``mtqe benchmark`` as a user types it."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUN_FILE = """
task: benchmark
reference: {examples}/reference.en.txt
systems: ["{examples}/systems/*.txt"]
target_lang: en
score: []
detect: []
"""


def mtqe(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the command in the repository and wait for it."""
    command = [sys.executable, "-m", "mtqe", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=ROOT, check=False)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A run file of the example's systems, without mtqe's own scores."""
    path = tmp_path / "run.yaml"
    path.write_text(RUN_FILE.format(examples=ROOT / "examples" / "benchmark"), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["benchmark", "run"])
def test_the_leaderboard_is_on_standard_output(name: str, config: Path) -> None:
    """Without an output, and with nothing on standard error."""
    done = mtqe(name, config)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.index("careful") < done.stdout.index("hasty") < done.stdout.index("literal")
    assert "version:" in done.stdout


def test_reports_in_every_format_and_an_earlier_run(config: Path, tmp_path: Path) -> None:
    """Files are written, nothing is printed; a gate that is not met is exit code 1."""
    outputs = [
        option
        for ending in ("html", "json", "md", "csv", "tex", "txt")
        for option in ("-o", tmp_path / f"r.{ending}")
    ]
    done = mtqe("benchmark", config, *outputs)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    record = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    for system in record["systems"]:
        system["scores"]["bleu"]["value"] += 1
    (tmp_path / "before.json").write_text(json.dumps(record), encoding="utf-8")
    gate = mtqe("benchmark", config, "--against", tmp_path / "before.json", "--fail-if-worse", 0.5)
    assert gate.returncode == 1
    assert gate.stderr.count("worse by more than 0.5") == 3
    assert (
        mtqe("benchmark", config, "--against", tmp_path / "before.json", "--fail-if-worse", 2).returncode == 0
    )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("reference.en.txt", "none.txt"), "none.txt: can't be read"),
        (("score: []", "score: [comet]"), "score[0] comet: no scorer is called that"),
        (("systems: ", "sytems: "), "did you mean 'systems'?"),
        (("score: []", "metrics: [{name: bleu, tokenize: ja-mecab}]\nscore: []"), "tokenizer is not there"),
    ],
)
def test_mistakes_are_one_message_and_exit_code_2(change: tuple[str, str], says: str, config: Path) -> None:
    """With file and way out, never a traceback."""
    if "ja-mecab" in change[1] and find_spec("MeCab") is not None:
        pytest.skip("the tokenizer is there")
    config.write_text(config.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    done = mtqe("benchmark", config)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("mtqe: ")
    assert says in done.stderr


def test_options_without_what_they_need_are_refused(config: Path) -> None:
    """A gate needs an earlier run; a format needs a known ending."""
    assert "fail_if_worse: needs 'against:'" in mtqe("benchmark", config, "--fail-if-worse", 1).stderr
    assert "tells no format" in mtqe("benchmark", config, "-o", "report.pdf").stderr
