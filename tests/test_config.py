"""Run files: every one of ours works, and every mistake of one is named at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from mtqe.cli.run import task_module
from mtqe.config import load_run
from mtqe.errors import ConfigError

CONFIGS = sorted((Path(__file__).parents[1] / "configs").glob("*.yaml"))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.name)
def test_our_run_files_load_and_open_with_their_command(path: Path) -> None:
    """The first line can be copied into a terminal."""
    task_module(path).load_file(path)
    assert path.read_text(encoding="utf-8").startswith(f"# mtqe run configs/{path.name}\n")


def problems(folder: Path, text: str) -> list[str]:
    """The lines of the error that a run file gives."""
    path = folder / "run.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        load_run(path)
    return str(error.value).splitlines()


def test_all_problems_come_at_once_each_with_its_place(tmp_path: Path) -> None:
    """One round of mending is enough."""
    found = problems(
        tmp_path,
        """
input: {paths: [a.txt], sorce: b.txt, target_lang: english!, format: jsnl}
output: {format: htm}
fail_below: {quality: 300}
detcet: [untranslated]
score: [fluency_ngrm]
detect:
  - {name: omission, least_word: 3}
  - {name: omission, least_words: many}
  - 7
quality: {issue_weight: heavy}
""",
    )
    assert found[0] == f"{tmp_path / 'run.yaml'}: {len(found) - 1} problems"
    text = "\n".join(found[1:])
    for part in (
        "unknown section 'detcet'; did you mean 'detect'?",
        "unknown option in 'input': 'sorce'; did you mean 'source'?",
        "input.target_lang: 'english!' is not a BCP 47 language code",
        "input.format: no reader is called 'jsnl'. Did you mean 'jsonl'?",
        "output.format: no format is called 'htm'. Did you mean 'html'?",
        "fail_below.quality: should be less than or equal to 100",
        "score[0] fluency_ngrm: no scorer is called that. Did you mean 'fluency_ngram'?",
        "detect[0] omission: unknown option 'least_word'; did you mean 'least_words'?",
        "detect[1] omission: least_words:",
        "detect[2]: ",
        "quality: issue_weight:",
    ):
        assert part in text


def test_a_file_that_is_no_run_file_is_refused(tmp_path: Path) -> None:
    """Not YAML, not a mapping, not there."""
    assert "is not YAML" in problems(tmp_path, "a: [1")[0]
    assert "must be a mapping" in problems(tmp_path, "- a")[0]
    assert "input: should be options" in "\n".join(problems(tmp_path, "input: a.txt"))
    assert "input: field required" in "\n".join(problems(tmp_path, "task: report"))
    with pytest.raises(ConfigError, match="can't be read"):
        load_run(tmp_path / "none.yaml")


def test_a_gate_needs_a_score_of_the_run(tmp_path: Path) -> None:
    """Known before anything is read."""
    found = problems(tmp_path, "input: {paths: [a.txt]}\nscore: [fluency_ngram]\nfail_below: {adequacy: 5}")
    assert "fail_below: no score is called 'adequacy'; this run has quality, fluency" in found[1]


def test_options_of_a_run_file_reach_the_component(tmp_path: Path) -> None:
    """``{name: omission, least_words: 9}`` builds a detector with that option."""
    path = tmp_path / "run.yaml"
    path.write_text(
        "input: {paths: [a.txt]}\ndetect: [{name: omission, least_words: 9}]\nscore: []\n", encoding="utf-8"
    )
    run = load_run(path)
    assert [detector.least_words for detector in run.evaluator.detectors] == [9]  # type: ignore[attr-defined]
    assert run.evaluator.scorers == ()
