"""The command line as a user types it: a process, its output and its exit code."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mtqe.cli import main

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
    assert "no reader is called 'doc'" in error("report", ARTICLE, "--input-format", "doc")
    for gate in ("nan", "101", "-1"):
        assert "fail_below" in error("report", ARTICLE, "--fail-below", gate)
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


def lines(folder: Path, *records: Any, name: str = "in.jsonl") -> Path:
    """A file of records; strings are lines as they are."""
    path = folder / name
    shown = [record if isinstance(record, str) else json.dumps(record) for record in records]
    path.write_text("".join(f"{line}\n" for line in shown), encoding="utf-8")
    return path


GOOD = {"id": "good", "target": "It rained all day.", "target_lang": "en"}


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.txt", b"", "a.txt: is empty"),
        ("a.md", b" \n", "a.md: is empty"),
        ("a.html", b"<script>x</script>", "a.html: shows no text"),
        ("a.json", b"", "a.json: is empty"),
        ("a.json", b"[]", "a.json: no article in there"),
        ("a.jsonl", b"\n\n", "a.jsonl: no article in there"),
        ("a.tsv", b"", "a.tsv:1: the first line must name the columns"),
        ("a.tsv", b"target\n", "a.tsv: no article in there"),
        ("a.jsonl.gz", b"no gzip", "a.jsonl.gz: is damaged"),
        ("a.txt", b"\x89PNG\r\n\x1a\n", "a.txt: is not text but a PNG"),
        ("a.jsonl", b'{"target": "x", "deep": ' + b"[" * 300 + b"]" * 300 + b"}", "a.jsonl:1: is nested too"),
        ("a.jsonl", b'{"target": "caf\xe9"}', "a.jsonl:1: is not JSON: byte 15 of it is not UTF-8"),
        ("a.json", b'{"target": "caf\xe9"}', "a.json: byte 15 (line 1) is not utf-8"),
        ("a.tsv", b"target\ncaf\xe9", "a.tsv:2: byte 3 of it is not UTF-8"),
        ("a.jsonl", b'{"target": null}', 'a.jsonl:1: lacks "target"'),
        ("a.tsv", b"id\ttarget\n1\n", "a.tsv:2: columns: 1 here, 2 in the first line"),
    ],
)
def test_bad_input_is_one_line_and_no_output(
    tmp_path: Path,
    name: str,
    content: bytes,
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Whatever is wrong with it; and nothing is written, not even an empty report."""
    (tmp_path / name).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["mtqe", "report", name, "-o", "out.json"])
    with pytest.raises(SystemExit) as end:
        main()
    output, message = capsys.readouterr()
    assert (end.value.code, output) == (2, "")
    assert message.startswith(f"mtqe: {says}")
    assert message.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.tsv", "a.jsonl"])
def test_the_smallest_article_is_a_word(tmp_path: Path, name: str) -> None:
    """With scores or with reasons why there are none."""
    content = {"a.tsv": "target\nRain\n", "a.jsonl": '{"target": "Rain"}\n'}.get(name, "Rain")
    (tmp_path / name).write_text(content, encoding="utf-8")
    (report,) = [
        json.loads(line) for line in mtqe("report", tmp_path / name, "-f", "jsonl").stdout.splitlines()
    ]
    assert report["counts"]["words"] == 1
    assert all(score["value"] is not None or score["note"] for score in report["scores"].values())


def test_boilerplate_alone_is_not_scored(tmp_path: Path) -> None:
    """Every part of it is a segment with a null score and a note."""
    path = tmp_path / "a.txt"
    path.write_text(
        "Share on Facebook\n\nSubscribe to our newsletter\n\nAll rights reserved", encoding="utf-8"
    )
    report = json.loads(mtqe("report", path, "--target-lang", "en", "-f", "json").stdout)
    assert len(report["segments"]) == 3
    for scores in (report, *report["segments"]):
        assert all(score["value"] is None and score["note"] for score in scores["scores"].values())


@pytest.mark.parametrize("beginning", ['[{"target": ', '{\n"target": '])
def test_json_over_several_lines_is_known_on_standard_input(beginning: str) -> None:
    """And so is a page, and a byte order mark in front of a record."""
    end = "}]" if beginning.startswith("[") else "}"
    for stdin in (
        f'{beginning}"It rained."{end}',
        '\ufeff{"target": "It rained."}',
        "<!DOCTYPE html><p>It rained.",
    ):
        report = json.loads(mtqe("report", "-", "-f", "json", stdin=stdin.encode()).stdout)
        assert report["target"] == "It rained."


def test_a_run_without_any_good_record_is_a_mistake(tmp_path: Path) -> None:
    """Though bad ones may be set aside: they are, and that is said."""
    path = lines(tmp_path, "nonsense", {"id": 1})
    message = error("report", path, "--rejects", "bad.jsonl", "-o", "out.json", cwd=tmp_path)
    assert "no article in there; bad records: 2, see bad.jsonl" in message
    assert sorted(file.name for file in tmp_path.iterdir()) == ["bad.jsonl", "in.jsonl"]


def test_what_is_read_is_never_overwritten(tmp_path: Path) -> None:
    """Neither by the report, nor by the rejects, nor by a folder of pages."""
    path = lines(tmp_path, GOOD, "nonsense")
    before = path.read_bytes()
    for options in (["-o", path], ["--rejects", path]):
        assert "would overwrite it" in error("report", path, *options)
    (tmp_path / "in.html").write_bytes(b"<p>It rained.</p>")
    assert "would overwrite it" in error("report", tmp_path / "in.html", "-o", tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["in.html", "in.jsonl"]
    assert path.read_bytes() == before


def test_a_dash_is_standard_output(tmp_path: Path) -> None:
    """As it is standard input."""
    done = mtqe("report", ARTICLE, "-o", "-", "-f", "json", cwd=tmp_path)
    assert json.loads(done.stdout)["id"] == "article"
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_is_written_to_and_a_link_leads_to_its_file(tmp_path: Path) -> None:
    """Neither is replaced by a file."""
    command = f"{sys.executable} -m mtqe report {ARTICLE} -f json -o >(cat >{tmp_path}/copy) && sleep 1"
    assert subprocess.run(["bash", "-c", command], check=False).returncode == 0
    assert json.loads((tmp_path / "copy").read_text(encoding="utf-8"))["id"] == "article"
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    assert mtqe("report", ARTICLE, "-o", tmp_path / "link.json").returncode == 0
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "real.json").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("format", ["text", "jsonl"])
def test_a_full_disk_is_named(format: str) -> None:
    """On standard output too, in one line."""
    command = f"{sys.executable} -m mtqe report {ARTICLE} -f {format} >/dev/full"
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False)
    assert done.returncode == 2
    assert done.stderr == b"mtqe: standard output: can't be written: No space left on device\n"


def test_a_pipe_gets_utf8_whatever_the_terminal_has(tmp_path: Path) -> None:
    """Questions marks are for screens."""
    path = lines(tmp_path, {"id": "Łódź", "target": "It rained.", "target_lang": "en"})
    command = [sys.executable, "-m", "mtqe", "report", str(path), "-f", "jsonl"]
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
    done = subprocess.run(command, capture_output=True, check=True, env=environment, cwd=ROOT)
    assert json.loads(done.stdout)["id"] == "Łódź"


def test_a_file_name_that_is_no_text_is_an_article_all_the_same(tmp_path: Path) -> None:
    """Its name shows the bytes that are none as U+FFFD."""
    path = os.fsencode(tmp_path) + b"/caf\xe9.txt"
    try:
        Path(os.fsdecode(path)).write_text("It rained.", encoding="utf-8")
    except OSError:
        pytest.skip("file names must be text here")
    done = subprocess.run(
        [sys.executable, "-m", "mtqe", "report", path, "-f", "json"],
        capture_output=True,
        check=True,
        cwd=ROOT,
    )
    assert json.loads(done.stdout)["id"] == "caf\ufffd"


def test_the_command_alone_shows_its_help() -> None:
    """And a command that is none, or lacks something, says where its help is."""
    assert mtqe().stdout == mtqe("--help").stdout
    assert "See mtqe --help." in error("reprot")
    assert "See mtqe report --help." in error("report")


def test_help_loads_nothing_that_takes_time() -> None:
    """No model, no table of words, no numpy: an answer comes at once."""
    code = (
        "import sys; from mtqe.cli import cli; cli.main(['report', '--help'], standalone_mode=False); "
        "slow = {'numpy', 'pydantic', 'jinja2', 'rich', 'wordfreq', 'torch', 'sacrebleu', 'lxml'}; "
        "sys.exit(bool(slow & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, b"")


def test_explain_shows_what_is_flagged_and_what_is_left_alone() -> None:
    """For every component, in its own words."""
    assert "untranslated" in mtqe("explain").stdout.decode()
    shown = mtqe("explain", "repetition").stdout.decode()
    for part in ("fluency/duplication", "flags:", "leaves alone:", "options:"):
        assert part in shown


def test_several_processes_write_the_same_bytes(tmp_path: Path) -> None:
    """Articles in their order, whoever judged them."""
    lines = [
        f'{{"id": "a{i}", "target": "The ferry left. Pier {i} is closed.", "target_lang": "en"}}'
        for i in range(70)
    ]
    records = tmp_path / "many.jsonl"
    records.write_text("\n".join(lines), encoding="utf-8")
    for number in ("1", "2"):
        mtqe("report", records, "-f", "jsonl", "-o", tmp_path / f"{number}.jsonl", "--workers", number)
    assert (tmp_path / "1.jsonl").read_bytes() == (tmp_path / "2.jsonl").read_bytes()


@pytest.mark.parametrize("task", ["reprot", "explain", "../report", "[report]", "7"])
def test_a_task_that_no_command_runs_is_a_mistake_that_names_it(task: str, tmp_path: Path) -> None:
    """A run file of another tool, or a slip of the pen."""
    config = tmp_path / "run.yaml"
    config.write_text(f"task: {task}\ninput: {{paths: [a.txt]}}\n", encoding="utf-8")
    done = mtqe("run", str(config))
    assert done.returncode == 2
    assert f"{config}: no task is called".encode() in done.stderr


def test_a_scorer_that_needs_an_option_says_where_to_give_it() -> None:
    """The command line has no place for a scorer's options; a run file has."""
    message = error("report", ARTICLE, "--score", "quality_comet")
    assert "quality_comet: needs the option 'model'; run files give options" in message
