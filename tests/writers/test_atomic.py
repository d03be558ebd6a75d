"""Files and folders are there whole or not at all."""

from __future__ import annotations

import errno
import gzip
import json
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mtqe.data import Article, ArticleReport
from mtqe.errors import InputError
from mtqe.evaluate import Evaluator
from mtqe.writers import pick_writer
from mtqe.writers.atomic import check_writable, open_output


def reports(*ids: str) -> Iterator[ArticleReport]:
    """A report for each id."""
    articles = [Article(name, "It rained.", target_lang="en") for name in ids]
    return Evaluator(scorers=(), detectors=()).evaluate(articles)


def full_disk(*ids: str) -> Iterator[ArticleReport]:
    """Reports, and then no room for more."""
    yield from reports(*ids)
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    "name", ["out.jsonl", "out.json.gz", "out.html", "out.txt", "out.md", "pages", "a/b.jsonl"]
)
def test_a_full_disk_leaves_nothing(tmp_path: Path, name: str) -> None:
    """No part, no temporary file, no folder that was made for it; and it is the user's to mend."""
    output = tmp_path / name
    with pytest.raises(InputError, match="can't be written: No space left on device"):
        pick_writer(None, output).write(full_disk("a"), output)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_pages_that_fails_keeps_its_old_pages(tmp_path: Path) -> None:
    """As they were."""
    (tmp_path / "a.html").write_text("old", encoding="utf-8")
    with pytest.raises(InputError, match="No space"):
        pick_writer("html", tmp_path).write(full_disk("a"), tmp_path)
    assert [(file.name, file.read_text(encoding="utf-8")) for file in tmp_path.iterdir()] == [
        ("a.html", "old")
    ]


def test_checking_makes_nothing(tmp_path: Path) -> None:
    """The folders above an output come with the output."""
    check_writable(tmp_path / "a" / "b" / "c.json")
    assert list(tmp_path.iterdir()) == []
    with open_output(tmp_path / "a" / "b" / "c.json") as stream:
        stream.write("x")
    assert (tmp_path / "a" / "b" / "c.json").read_text(encoding="utf-8") == "x"


def test_a_name_that_is_too_long_is_refused(tmp_path: Path) -> None:
    """Before any work is done."""
    with pytest.raises(InputError, match="File name too long"):
        check_writable(tmp_path / ("a" * 300 + ".json"))


@pytest.mark.parametrize("name", ["a.json.gz", "a.jsonl.gz", "a.txt.gz", "a.md.gz", "a.html.gz"])
def test_every_format_can_be_compressed(tmp_path: Path, name: str) -> None:
    """The same report, the same bytes."""
    contents = []
    for _ in range(2):
        pick_writer(None, tmp_path / name).write(reports("a"), tmp_path / name)
        contents.append((tmp_path / name).read_bytes())
    assert contents[0] == contents[1]
    assert "quality" in gzip.decompress(contents[0]).decode()


def test_pages_never_overwrite_each_other(tmp_path: Path) -> None:
    """However alike or strange the ids are, on any file system."""
    ids = ["a", "A", "a", "../a", "a/b", "/etc/passwd", "index", "CON", "nul.txt", "", "...", "é", "e\u0301"]
    ids += ["a\x00b", "\U00020000" * 90, "x" * 400, "x" * 400 + "y", "<b>", "\ufb01", "fi", "index.html"]
    pick_writer(None, tmp_path / "out").write(reports(*ids), tmp_path / "out")
    names = [file.name for file in (tmp_path / "out").iterdir()]
    assert len(names) == len(ids) + 1
    assert len({unicodedata.normalize("NFKC", name).casefold() for name in names}) == len(names)
    assert max(len(name.encode()) for name in names) < 255
    assert not {name.split(".")[0].casefold() for name in names} & {"con", "nul"}
    assert [file.name for file in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("name", ["news.2024", "news"])
def test_a_folder_that_is_there_takes_pages(tmp_path: Path, name: str) -> None:
    """Whatever it is called, unless its name is that of a file of another format."""
    (tmp_path / name).mkdir()
    output = tmp_path / name
    pick_writer(None, output).write(reports("a"), output)
    assert sorted(file.name for file in output.iterdir()) == ["a.html", "index.html"]


def test_offsets_hold_in_what_is_written(tmp_path: Path) -> None:
    """The record has the text that its offsets are into."""
    (report,) = reports("a")
    article: Any = replace(report.article, target="It rained.")
    output = tmp_path / "a.json"
    pick_writer(None, output).write(iter([replace(report, article=article)]), output)
    record = json.loads(output.read_text(encoding="utf-8"))
    for segment in record["segments"]:
        assert record["target"][segment["start"] : segment["end"]] == segment["target"]
