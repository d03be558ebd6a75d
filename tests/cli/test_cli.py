"""The command line as a user types it: a process, its output and its exit code."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ARTICLE = ROOT / "examples" / "article.txt"


def mtqe(*arguments: object, stdin: bytes = b"", cwd: Path = ROOT) -> subprocess.CompletedProcess[bytes]:
    """Run the command and wait for it."""
    command = [sys.executable, "-m", "mtqe", *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, cwd=cwd, check=False)


def error(*arguments: object, stdin: bytes = b"", cwd: Path = ROOT) -> str:
    """What a command that must fail by the user's mistake says: one line, exit code 2."""
    done = mtqe(*arguments, stdin=stdin, cwd=cwd)
    assert (done.returncode, done.stdout) == (2, b""), done.stderr.decode()
    message = done.stderr.decode()
    assert message.startswith("mtqe: ")
    assert "Traceback" not in message
    return message


def test_help_names_every_command() -> None:
    """And each command has a help of its own."""
    done = mtqe("--help")
    assert done.returncode == 0
    for command in ("report", "run", "explain"):
        assert command in done.stdout.decode()
        assert mtqe(command, "--help").returncode == 0


@pytest.mark.parametrize("format", ["text", "json", "jsonl", "markdown", "html"])
def test_a_report_in_every_format_on_standard_output(format: str) -> None:
    """Nothing but the report is on standard output, nothing at all on standard error."""
    done = mtqe("report", ARTICLE, "--format", format)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "Kerdonkuf" in done.stdout.decode()
    assert b"\x1b[" not in done.stdout


def test_standard_input_is_read_as_text_or_as_records() -> None:
    """By its first character."""
    as_text = mtqe("report", "-", "-f", "json", stdin=b"It rained all day in the old town.")
    assert json.loads(as_text.stdout)["id"] == "stdin"
    record = {"id": "x", "target": "It rained all day.", "target_lang": "en"}
    as_record = mtqe("report", "-", "-f", "json", stdin=json.dumps(record).encode())
    assert json.loads(as_record.stdout)["id"] == "x"


def test_source_and_reference_files_make_other_modes() -> None:
    """Their sentence counts may differ from the translation's."""
    source = ROOT / "examples" / "article.fr.txt"
    done = mtqe("report", ARTICLE, "--source", source, "--source-lang", "fr", "-f", "json")
    report = json.loads(done.stdout)
    assert report["mode"] == "source"
    assert report["scores"]["adequacy"]["value"] is not None
    assert report["omissions"]


def test_the_suffix_of_the_output_picks_the_format(tmp_path: Path) -> None:
    """As everywhere."""
    for name, beginning in (("a.json", "{"), ("a.html", "<!doctype html>"), ("a.md", "# ")):
        assert mtqe("report", ARTICLE, "-o", tmp_path / name).returncode == 0
        assert (tmp_path / name).read_text(encoding="utf-8").startswith(beginning)


def test_many_articles_become_a_folder_of_pages(tmp_path: Path) -> None:
    """With names that are safe and different."""
    records = [
        {"id": i, "target": "It rained.", "target_lang": "en"} for i in ("../a b", "..-a-b", "x/y", "")
    ]
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    assert mtqe("report", path, "-o", tmp_path / "pages").returncode == 0
    pages = sorted(page.name for page in (tmp_path / "pages").iterdir())
    assert len(pages) == 5
    assert "index.html" in pages
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.jsonl", "pages"]
    assert "folder" in error("report", path, "-o", tmp_path / "one.html")
    assert not (tmp_path / "one.html").exists()


def test_mistakes_in_options_say_what_was_meant() -> None:
    """In one line each."""
    assert "did you mean" in error("report", ARTICLE, "--detect", "untranslted").lower()
    assert "--sorce" in error("report", ARTICLE, "--sorce", "x")
    assert "no format is called 'pdf'" in error("report", ARTICLE, "-f", "pdf")
    assert "BCP 47" in error("report", ARTICLE, "--target-lang", "english!")
    assert "no scorer or detector" in error("explain", "fluencyy")


def test_input_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """File, line and way out; nothing is written."""
    assert "none.txt" in error("report", tmp_path / "none.txt")
    empty = tmp_path / "empty.txt"
    empty.touch()
    assert "is empty" in error("report", empty)
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"target": "It rained.", "target_lang": "en"}\nnonsense\n', encoding="utf-8")
    assert f"{bad}:2: is not JSON" in error("report", bad, "-o", tmp_path / "out.jsonl")
    assert not (tmp_path / "out.jsonl").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.jsonl", "empty.txt"]


def test_bad_records_are_set_aside_when_asked(tmp_path: Path) -> None:
    """And counted on standard error."""
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"target": "It rained.", "target_lang": "en"}\nnonsense\n', encoding="utf-8")
    done = mtqe("report", bad, "--skip-bad", "-f", "jsonl", cwd=tmp_path)
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 1
    assert "1 bad record set aside in rejects.jsonl" in done.stderr.decode()
    assert json.loads((tmp_path / "rejects.jsonl").read_text(encoding="utf-8"))["line"] == 2


def test_an_output_that_cannot_be_written_is_named_before_any_work(tmp_path: Path) -> None:
    """A folder where a file should be, a file where a folder should be."""
    (tmp_path / "folder.json").mkdir()
    assert "is a folder" in error("report", ARTICLE, "-o", tmp_path / "folder.json")
    (tmp_path / "file").touch()
    assert "can't be made" in error("report", ARTICLE, "-o", tmp_path / "file" / "a.json")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_named(tmp_path: Path) -> None:
    """Nothing half-written is left."""
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    assert "permission" in error("report", ARTICLE, "-o", tmp_path / "a.json")


def test_a_reader_that_goes_away_is_no_error_message() -> None:
    """``mtqe report ... | head -1``."""
    command = f"{sys.executable} -m mtqe report {ARTICLE} {ARTICLE} {ARTICLE} -f jsonl | head -c 10"
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False)
    assert (done.stdout, done.stderr) == (b'{"counts":', b"")


def test_a_gate_that_is_not_met_is_exit_code_1(tmp_path: Path) -> None:
    """The report is written all the same."""
    done = mtqe("report", ARTICLE, "-o", tmp_path / "a.json", "--fail-below", "99")
    assert done.returncode == 1
    assert "quality" in done.stderr.decode()
    assert (tmp_path / "a.json").exists()
    assert mtqe("report", ARTICLE, "-o", tmp_path / "a.json", "--fail-below", "1").returncode == 0


def test_explain_shows_what_is_flagged_and_what_is_left_alone() -> None:
    """For every component, in its own words."""
    assert "untranslated" in mtqe("explain").stdout.decode()
    shown = mtqe("explain", "repetition").stdout.decode()
    for part in ("fluency/duplication", "flags:", "leaves alone:", "options:"):
        assert part in shown
