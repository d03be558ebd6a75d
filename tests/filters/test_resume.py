"""A kill at any moment, and then --resume: the same files as without it."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mtqe.errors import InputError

from .engine import record, write_lines

ROOT = Path(__file__).parents[2]

# A run in one process that is killed, as by kill -9, at the n-th time that a file gets its name.
_KILLED = """
import os, signal, sys
from pathlib import Path
from mtqe.filters import shards
from mtqe.filters.work import run_here
from mtqe.filters.run import filter_files
from mtqe.filters.run_file import filter_run
shards.results_of = lambda plan, chunks: run_here(plan.work, chunks)
left = [int(sys.argv[1])]
def counted(call):
    def wrapped(*args, **options):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*args, **options)
    return wrapped
Path.replace, os.fsync, Path.rename = counted(Path.replace), counted(os.fsync), counted(Path.rename)
import json
filter_files(filter_run(json.loads(sys.argv[2])), resume=len(sys.argv) > 3)
"""


def loaded(source: Path, output: Path) -> dict[str, Any]:
    """A run of several shards."""
    rejected = output.with_name("no.jsonl.gz")
    return {
        "input": {"paths": [str(source)]},
        "output": {"path": str(output), "rejected": str(rejected), "shard_megabytes": 0.2},
        "rules": [{"name": "length", "at_least": 5}],
    }


def hashes(folder: Path) -> dict[str, str]:
    """Every file below a folder, without what a run says of where it wrote."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json")
    found = {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}
    return {name: value for name, value in found.items() if not name.endswith(".manifest.json")}


def source_of(folder: Path) -> Path:
    """An input of a few blocks, with a bad record."""
    return write_lines(folder / "in.jsonl", *(record(n) for n in range(5000)), "nonsense", record(1))


@pytest.mark.parametrize("output", ["out.jsonl", "out"])
def test_a_kill_is_as_if_it_had_not_been(tmp_path: Path, output: str) -> None:
    """At the first shard, in the middle of one, while the outputs are put together, and twice."""
    source = source_of(tmp_path)
    section = loaded(source, tmp_path / "whole" / output)
    run_(section)
    wanted = hashes(tmp_path / "whole")
    assert len(wanted) >= 5
    for moments in ((1,), (13, 2), (24,)) if output == "out.jsonl" else ((8,),):
        folder = tmp_path / str(moments[0])
        section = loaded(source, folder / output)
        for number, moment in enumerate(moments):
            arguments = [str(moment), json.dumps(section), *(["resume"] if number else [])]
            done = subprocess.run([sys.executable, "-c", _KILLED, *arguments], check=False, cwd=ROOT)
            assert done.returncode == -9
        run_(section, resume=True)
        assert hashes(folder) == wanted, moments


def run_(section: dict[str, Any], resume: bool = False) -> Any:
    """Filter in this process."""
    from mtqe.filters import shards
    from mtqe.filters.run import filter_files
    from mtqe.filters.run_file import filter_run
    from mtqe.filters.work import run_here

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shards, "results_of", lambda plan, chunks: run_here(plan.work, chunks))
        return filter_files(filter_run(section), resume=resume)


def interrupted(section: dict[str, Any], moment: int) -> None:
    """Begin a run and kill it."""
    arguments = [str(moment), json.dumps(section)]
    subprocess.run([sys.executable, "-c", _KILLED, *arguments], check=False, cwd=ROOT)


@pytest.mark.usefixtures("here")
def test_only_the_same_run_is_resumed(tmp_path: Path) -> None:
    """Other rules, another input, or a forgotten --resume are mistakes that are named."""
    source = source_of(tmp_path)
    section = loaded(source, tmp_path / "out.jsonl")
    interrupted(section, 14)
    with pytest.raises(InputError, match="go on with it with --resume"):
        run_(section)
    with pytest.raises(InputError, match="had other options, rules"):
        run_(section | {"rules": [{"name": "length", "at_least": 6}]}, resume=True)
    source.write_bytes(source.read_bytes().replace(b"rained", b"snowed"))
    with pytest.raises(InputError, match="the input is not what it was"):
        run_(section, resume=True)


@pytest.mark.usefixtures("here")
def test_what_is_finished_is_not_done_again(tmp_path: Path) -> None:
    """A finished run that is resumed says what it came to."""
    source = source_of(tmp_path)
    section = loaded(source, tmp_path / "out.jsonl")
    first = run_(section)
    source.unlink()
    source.write_text("", encoding="utf-8")
    again = run_(section, resume=True)
    assert (again.counts["kept"], again.counts["bad"]) == (first.counts["kept"], 1)


@pytest.mark.usefixtures("here")
def test_a_part_that_is_gone_is_made_again(tmp_path: Path) -> None:
    """From it on, as if the run had been interrupted there."""
    source = source_of(tmp_path)
    run_(loaded(source, tmp_path / "whole" / "out.jsonl"))
    section = loaded(source, tmp_path / "some" / "out.jsonl")
    interrupted(section, 14)
    (tmp_path / "some" / "out.parts" / "kept.jsonl").unlink()
    run_(section, resume=True)
    assert hashes(tmp_path / "some") == hashes(tmp_path / "whole")


@pytest.mark.usefixtures("here")
def test_an_output_on_a_file_system_without_links_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the same bytes, and nothing left beside it."""

    def refused(target: Path, source: Path) -> None:
        raise OSError(18, "Invalid cross-device link")

    source = source_of(tmp_path)
    run_(loaded(source, tmp_path / "linked" / "out.jsonl"))
    monkeypatch.setattr(Path, "hardlink_to", refused)
    run_(loaded(source, tmp_path / "copied" / "out.jsonl"))
    assert hashes(tmp_path / "copied") == hashes(tmp_path / "linked")


@pytest.mark.usefixtures("here")
def test_the_manifest_has_the_hashes_of_the_files(tmp_path: Path) -> None:
    """Also of a file to which an interrupted run had added already."""
    source = source_of(tmp_path)
    section = loaded(source, tmp_path / "out.jsonl")
    interrupted(section, 14)
    run_(section, resume=True)
    manifest = json.loads((tmp_path / "out.manifest.json").read_text(encoding="utf-8"))
    for entry in (manifest["outputs"][name][0] for name in ("kept", "rejected", "rejects")):
        data = (tmp_path / entry["path"]).read_bytes()
        assert (entry["bytes"], entry["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
