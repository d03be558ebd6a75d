"""From files to files: what goes where, and what of a record is touched."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from mtqe.errors import InputError

from .engine import LONG, read_lines, record, run, write_lines

pytestmark = pytest.mark.usefixtures("here")


def test_records_come_out_as_they_stood(tmp_path: Path) -> None:
    """Byte for byte, in order, if nothing is added; whatever is in them."""
    odd = '{"target" :  "It rained for 3 days.",  "x":1.0e2, "u":"\\u00e9", "n":12345678901234567890123}\r'
    source = write_lines(tmp_path / "in.jsonl", record(1), odd, "", record(2), record(3))
    run(source, output=tmp_path / "out.jsonl", output_options={"add": "nothing"})
    lines = source.read_bytes().split(b"\n")
    assert (tmp_path / "out.jsonl").read_bytes().split(b"\n") == [lines[0], lines[1], lines[3], b""]


def test_what_is_added_stands_at_the_end(tmp_path: Path) -> None:
    """Everything in front of it is as it was."""
    source = write_lines(tmp_path / "in.jsonl", record(1))
    run(source, output=tmp_path / "out.jsonl")
    line = (tmp_path / "out.jsonl").read_bytes()
    assert line.startswith(source.read_bytes().rstrip()[:-1] + b',"mtqe":{"keep":true')
    added = json.loads(line)["mtqe"]
    assert added["words"] == 9
    assert added["signature"].startswith("mtqe:")


def test_what_an_earlier_filter_added_is_replaced(tmp_path: Path) -> None:
    """A field is there once."""
    source = write_lines(tmp_path / "in.jsonl", record(1))
    run(source, output=tmp_path / "one.jsonl")
    run(tmp_path / "one.jsonl", output=tmp_path / "two.jsonl", output_options={"add": "verdict"})
    line = (tmp_path / "two.jsonl").read_text(encoding="utf-8")
    assert line.count('"mtqe"') == 1
    assert json.loads(line)["mtqe"] == {"keep": True, "reasons": []}


def test_nothing_is_lost(tmp_path: Path) -> None:
    """Every record is kept, rejected with its reason, or set aside with file, line and error."""
    bad = ["nonsense", '{"id": 1}', "[1]", '{"target": 3}', '{"target": "x", "target_lang": "klingon!"}']
    source = write_lines(tmp_path / "in.jsonl", *(record(n) for n in range(6)), *bad)
    outcome = run(
        source, output=tmp_path / "out.jsonl", output_options={"rejected": str(tmp_path / "no.jsonl")}
    )
    assert [r["id"] for r in read_lines(tmp_path / "out.jsonl")] == ["a1", "a2", "a4", "a5"]
    rejected = read_lines(tmp_path / "no.jsonl")
    assert [(r["id"], r["mtqe"]["reasons"]) for r in rejected] == [
        ("a0", ["2 words, less than 5"]),
        ("a3", ["2 words, less than 5"]),
    ]
    set_aside = read_lines(tmp_path / "out.rejects.jsonl")
    assert [entry["line"] for entry in set_aside] == [7, 8, 9, 10, 11]
    assert {entry["file"] for entry in set_aside} == {str(source)}
    assert 'lacks "target"' in set_aside[1]["error"]
    assert [entry["record"] for entry in set_aside] == bad
    assert outcome.counts["kept"] + outcome.counts["dropped"] + outcome.counts["bad"] == 11


def test_without_rules_only_bad_records_go(tmp_path: Path) -> None:
    """And the others are copied."""
    source = write_lines(tmp_path / "in.jsonl", record(0), "nonsense", {"mt": "x"}, '{"id": "no target"}')
    run(source, output=tmp_path / "out.jsonl", rules=[], output_options={"add": "nothing"})
    assert read_lines(tmp_path / "out.jsonl") == [record(0), {"mt": "x"}]
    assert [entry["line"] for entry in read_lines(tmp_path / "out.rejects.jsonl")] == [2, 4]


def test_rows_of_an_article_go_together(tmp_path: Path) -> None:
    """Each system's by itself, wherever its rows stand among the others'."""
    rows = [
        {"article": "x", "system": "A", "target": "It rained."},
        {"article": "x", "system": "B", "target": "It rained."},
        {"article": "x", "system": "A", "target": "They went home early."},
        {"article": "y", "target": "It rained all day long."},
    ]
    source = write_lines(tmp_path / "in.jsonl", *rows)
    rejected = tmp_path / "no.jsonl"
    outcome = run(source, output=tmp_path / "out.jsonl", output_options={"rejected": str(rejected)})
    assert [(r["article"], r.get("system")) for r in read_lines(tmp_path / "out.jsonl")] == [
        ("x", "A"),
        ("x", "A"),
        ("y", None),
    ]
    assert [r["system"] for r in read_lines(rejected)] == ["B"]
    assert (outcome.counts["kept"], outcome.counts["records_kept"]) == (2, 3)


def test_rows_of_an_article_are_never_parted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However small the blocks are that a file is read in."""
    monkeypatch.setattr("mtqe.filters.plan.BLOCK", 100)
    rows = [{"doc_id": f"d{n // 7}", "target": "It rained."} for n in range(70)]
    outcome = run(
        write_lines(tmp_path / "in.jsonl", *rows),
        output=tmp_path / "out.jsonl",
        rules=[{"name": "length", "at_least": 14, "at_most": 14}],
    )
    assert (outcome.counts["kept"], outcome.counts["dropped"]) == (10, 0)


@pytest.mark.parametrize("ending", ["jsonl", "jsonl.gz", "jsonl.zst"])
def test_every_compression_is_read_and_written(tmp_path: Path, ending: str) -> None:
    """The same records, whichever."""
    plain = write_lines(tmp_path / "in.jsonl", *(record(n) for n in range(9)))
    run(plain, output=tmp_path / f"once.{ending}", rules=[], output_options={"add": "nothing"})
    run(
        tmp_path / f"once.{ending}",
        output=tmp_path / "out.jsonl",
        rules=[],
        output_options={"add": "nothing"},
    )
    assert (tmp_path / "out.jsonl").read_bytes() == plain.read_bytes()


def test_folders_and_globs_are_read_in_order(tmp_path: Path) -> None:
    """Hidden files and those of other kinds are left out of a folder."""
    for name in ("b/2.jsonl", "b/1.jsonl", "a.jsonl", "b/.hidden.jsonl"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        write_lines(tmp_path / "in" / name, record(1) | {"id": name})
    (tmp_path / "in" / "readme.pdf").write_bytes(b"%PDF")
    for given in (tmp_path / "in", f"{tmp_path}/in/**/[!.]*.jsonl"):
        output = tmp_path / f"{len(str(given))}.jsonl"
        run(given, output=output)
        assert [r["id"] for r in read_lines(output)] == ["a.jsonl", "b/1.jsonl", "b/2.jsonl"]


def test_a_folder_gets_parts_and_a_manifest(tmp_path: Path) -> None:
    """Parts that are whole, with their hashes."""
    source = write_lines(tmp_path / "in.jsonl", *(record(n) for n in range(3000)))
    run(source, output=tmp_path / "out", output_options={"shard_megabytes": 0.0001})
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    parts = sorted((tmp_path / "out").glob("part-*.jsonl"))
    assert [entry["path"] for entry in manifest["outputs"]["kept"]] == [part.name for part in parts]
    assert len(parts) > 1
    assert sum(len(read_lines(part)) for part in parts) == manifest["counts"]["records_kept"] == 2000
    with pytest.raises(InputError, match="is not empty"):
        run(source, output=tmp_path / "out")


def test_tsv_becomes_records(tmp_path: Path) -> None:
    """Its columns are their fields."""
    path = tmp_path / "in.tsv"
    path.write_text("id\ttarget\nx\tIt rained all day long.\ny\tShort.\nz\n", encoding="utf-8")
    run(path, output=tmp_path / "out.jsonl", output_options={"add": "nothing"})
    assert read_lines(tmp_path / "out.jsonl") == [{"id": "x", "target": "It rained all day long."}]
    assert read_lines(tmp_path / "out.rejects.jsonl")[0]["line"] == 4


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    """Of every file that a run writes."""
    source = write_lines(tmp_path / "in.jsonl", *(record(n) for n in range(50)), "nonsense")
    for folder in ("one", "two"):
        run(source, output=tmp_path / folder / "out.jsonl.gz")
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert names == [
        "out.jsonl.gz",
        "out.manifest.json",
        "out.rejects.jsonl",
        "out.summary.html",
        "out.summary.json",
    ]
    for name in set(names) - {"out.manifest.json"}:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_relative_rule_sees_the_whole_input_first(tmp_path: Path) -> None:
    """Its limit is that of all records, though the worst stand at the beginning."""
    bad = [{"target": "The the of of to to in in.", "target_lang": "en", "id": f"b{n}"} for n in range(10)]
    good = [{"target": f"He went home at {n}.", "target_lang": "en", "id": f"g{n}"} for n in range(30)]
    run(
        write_lines(tmp_path / "in.jsonl", *bad, *good),
        output=tmp_path / "out.jsonl",
        rules=[{"name": "best", "score": "fluency", "keep": "75 %", "sample": 100}],
    )
    assert {r["id"][0] for r in read_lines(tmp_path / "out.jsonl")} == {"g"}


MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"inputs": ["missing.jsonl"]}, "missing.jsonl: there is no such file"),
    ({"output": "out.docx"}, "out.docx: a filter writes .jsonl"),
    ({"output": "in.jsonl"}, "would overwrite it"),
    ({"output": "."}, "would overwrite it"),
    ({"inputs": []}, "no input"),
    (
        {"inputs": ["-"], "rules": [{"name": "best", "score": "fluency", "keep": 0.5}]},
        "a sample of the input",
    ),
    ({"output": None, "resume": True}, "can't be resumed"),
]


@pytest.mark.parametrize(("change", "says"), MISTAKES)
def test_mistakes_are_named_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], says: str
) -> None:
    """And nothing is written."""
    write_lines(tmp_path / "in.jsonl", record(1))
    monkeypatch.chdir(tmp_path)
    given: dict[str, Any] = {"inputs": ["in.jsonl"], "output": "out.jsonl", **change}
    output = given.pop("output")
    with pytest.raises(InputError, match=says):
        run(*given.pop("inputs"), output=None if output is None else Path(output), **given)
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


def test_a_corrupt_gzip_is_named_and_what_came_before_it_is_kept(tmp_path: Path) -> None:
    """Once it is mended the run goes on."""
    data = "".join(json.dumps(record(n)) + "\n" for n in range(8000)).encode()
    packed = gzip.compress(data, mtime=0)
    source, output = tmp_path / "in.jsonl.gz", tmp_path / "out.jsonl"
    source.write_bytes(packed[: len(packed) * 3 // 4])
    options: dict[str, Any] = {"shard_megabytes": 0.3}
    with pytest.raises(InputError, match=r"in\.jsonl\.gz: is damaged"):
        run(source, output=output, output_options=options)
    assert not output.exists()
    assert list((tmp_path / "out.parts").glob("kept*"))
    source.write_bytes(packed)
    outcome = run(source, output=output, output_options=options, resume=True)
    assert outcome.resumed > 0
    assert outcome.counts["kept"] == len(read_lines(output)) == 5333


def test_a_long_article_and_a_long_line_are_set_aside(tmp_path: Path) -> None:
    """With bounded time and memory, and the records around them are judged."""
    article = {"id": "long", "target": "word " * 1000}
    source = write_lines(tmp_path / "in.jsonl", record(1), article, record(2), "x" * 700_000, record(4))
    limits = {"longest": 4999, "longest_record": 300_000}
    run(source, output=tmp_path / "out.jsonl", input_options=limits)
    assert [r["id"] for r in read_lines(tmp_path / "out.jsonl")] == ["a1", "a2", "a4"]
    entries = read_lines(tmp_path / "out.rejects.jsonl")
    assert [entry["line"] for entry in entries] == [2, 4]
    assert "the article has 5,000 characters, more than 4,999" in entries[0]["error"]
    assert "longer than 300,000 bytes" in entries[1]["error"]
    assert all(len(entry["record"]) <= 2000 for entry in entries)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_named_and_the_run_can_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that was done is lost."""
    source = write_lines(tmp_path / "in.jsonl", *(record(n) for n in range(9000)))
    from mtqe.filters import growing

    real, calls = growing._write_all, []

    def full(stream: Any, data: bytes) -> None:
        calls.append(data)
        if len(calls) == 3:
            real(stream, data[:1000])
            with Path("/dev/full").open("wb", buffering=0) as device:
                real(device, data)
        real(stream, data)

    options = {"shard_megabytes": 0.2}
    monkeypatch.setattr(growing, "_write_all", full)
    with pytest.raises(InputError, match="No space left on device; when that is mended, go on with --resume"):
        run(source, output=tmp_path / "out.jsonl", output_options=options)
    monkeypatch.setattr(growing, "_write_all", real)
    run(source, output=tmp_path / "out.jsonl", output_options=options, resume=True)
    assert [r["id"] for r in read_lines(tmp_path / "out.jsonl")] == [f"a{n}" for n in range(9000) if n % 3]


def test_the_summary_shows_reasons_languages_hosts_and_the_border(tmp_path: Path) -> None:
    """On one page without anything from elsewhere, and in a file for programs."""
    records = [record(n) | {"url": f"https://h{n % 2}.example/{n}<script>"} for n in range(12)]
    run(write_lines(tmp_path / "in.jsonl", *records), output=tmp_path / "out.jsonl", rules=[LONG])
    page = (tmp_path / "out.summary.html").read_text(encoding="utf-8")
    for part in ("8 of 12 articles kept", "at least 5 words", "h0.example", "2 words, less than 5"):
        assert part in page
    assert "<script>12" not in page
    assert "http://" not in page
    summary = json.loads((tmp_path / "out.summary.json").read_text(encoding="utf-8"))["counts"]
    assert summary["rules"] == {"at least 5 words": 4}
    assert summary["hosts"] == {"h0.example": [4, 2], "h1.example": [4, 2]}
    assert [entry[1] for entry in summary["border"]["at least 5 words"]["dropped"]] == [2.0] * 4
