"""Parquet in and out, and datasets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mtqe.errors import InputError
from mtqe.readers import read

from .engine import read_lines, record, run, write_lines

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

pytestmark = pytest.mark.usefixtures("here")


def table(count: int = 9) -> Any:
    """Rows with a column that no JSON has."""
    rows = [record(n) | {"raw": bytes([n % 256]), "day": n} for n in range(count)]
    return pa.Table.from_pylist(rows).set_column(5, "day", pa.array(range(count), pa.date32()))


def test_columns_are_untouched_and_one_is_added(tmp_path: Path) -> None:
    """Types and all; what is dropped has its reasons."""
    pq.write_table(table(), tmp_path / "in.parquet")
    run(
        tmp_path / "in.parquet",
        output=tmp_path / "out.parquet",
        output_options={"rejected": str(tmp_path / "no.parquet")},
    )
    out = pq.read_table(tmp_path / "out.parquet")
    assert out.column_names == [*table().column_names, "mtqe"]
    assert out.drop(["mtqe"]).equals(table().take([1, 2, 4, 5, 7, 8]))
    assert out["mtqe"][0].as_py()["keep"] is True
    rejected = pq.read_table(tmp_path / "no.parquet")
    assert rejected["mtqe"][0].as_py()["reasons"] == ["2 words, less than 5"]


def test_shards_of_a_table_are_one_file_in_the_end(tmp_path: Path) -> None:
    """Though some of them hold nothing that is kept."""
    pq.write_table(table(2000), tmp_path / "in.parquet")
    options = {"shard_megabytes": 0.01, "add": "nothing"}
    run(tmp_path / "in.parquet", output=tmp_path / "out.parquet", rules=[], output_options=options)
    assert pq.read_table(tmp_path / "out.parquet").equals(table(2000))
    none = [{"name": "length", "at_least": 100}]
    run(tmp_path / "in.parquet", output=tmp_path / "none.parquet", rules=none, output_options=options)
    assert pq.read_table(tmp_path / "none.parquet").schema == table(1).schema


def test_a_table_can_become_lines(tmp_path: Path) -> None:
    """What JSON lacks becomes text."""
    pq.write_table(table(2), tmp_path / "in.parquet")
    run(tmp_path / "in.parquet", output=tmp_path / "out.jsonl", output_options={"add": "nothing"})
    (line,) = read_lines(tmp_path / "out.jsonl")
    assert line == record(1) | {"raw": "\x01", "day": "1970-01-02"}


def varied(number: int) -> dict[str, Any]:
    """A record whose fields come and go, and whose types are only known from others."""
    long = {"target": f"It rained for {number} days in the old town."}
    fields = [{"n": None, "tags": []}, {"n": number, "tags": ["a"]}, {"n": 0.5, "crawl": {"x": "\ud83d"}}]
    return long | fields[min(number // 500, 2)] | ({"big": 2**70} if number == 700 else {})


@pytest.mark.parametrize("output", ["out.parquet", "out"])
def test_lines_become_a_table(tmp_path: Path, output: str) -> None:
    """Whose types fit the values of all shards; what a record lacks is null."""
    source = write_lines(tmp_path / "in.jsonl", *(json.dumps(varied(n)) for n in range(1500)))
    like = tmp_path / "like.parquet"
    pq.write_table(pa.table({"target": pa.array([], pa.string())}), like)
    inputs = [source] if output.endswith(".parquet") else [like, source]
    run(*inputs, output=tmp_path / output, output_options={"shard_megabytes": 0.02})
    files = (
        [tmp_path / output] if output.endswith(".parquet") else sorted((tmp_path / output).glob("*.parquet"))
    )
    tables = [pq.read_table(file) for file in files]
    assert len({str(table.schema) for table in tables}) == 1
    rows = [row for table in tables for row in table.to_pylist()]
    assert [row["n"] for row in rows] == [*[None] * 500, *map(float, range(500, 1000)), *[0.5] * 500]
    assert [rows[n]["tags"] for n in (0, 600, 1200)] == [[], ["a"], None]
    assert rows[1200]["crawl"] == {"x": "\ufffd"}
    assert rows[700]["big"] == 2.0**70
    assert rows[0]["mtqe"]["keep"] is True
    if not output.endswith(".parquet"):
        manifest = json.loads((tmp_path / output / "manifest.json").read_text(encoding="utf-8"))
        assert [entry["bytes"] for entry in manifest["outputs"]["kept"]] == [f.stat().st_size for f in files]


def test_a_table_of_nothing_is_one(tmp_path: Path) -> None:
    """Though its columns are not known."""
    source = write_lines(tmp_path / "in.jsonl", record(0))
    run(source, output=tmp_path / "out.parquet")
    assert pq.read_table(tmp_path / "out.parquet").num_rows == 0


def test_a_field_of_several_kinds_is_no_column(tmp_path: Path) -> None:
    """It is named, with the way out."""
    mixed = [record(1) | {"n": 1}, record(2) | {"n": "one"}]
    with pytest.raises(
        InputError, match=r"in\.jsonl: the field 'n' has values of several kinds.*write \.jsonl"
    ):
        run(write_lines(tmp_path / "in.jsonl", *mixed), output=tmp_path / "out.parquet")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "lacks a column of target texts, one of .*; it has id, crawl"),
        (b"PAR1 and nothing more", "is no Parquet file, or damaged"),
        (b"", "is no Parquet file, or damaged"),
    ],
)
def test_a_table_that_can_not_be_read_is_named(tmp_path: Path, content: bytes | None, says: str) -> None:
    """With what it has instead."""
    path = tmp_path / "in.parquet"
    if content is None:
        pq.write_table(table().select(["id", "crawl"]), path)
    else:
        path.write_bytes(content)
    with pytest.raises(InputError, match=says):
        run(path, output=tmp_path / "out.parquet")
    with pytest.raises(InputError, match=says):
        list(read(path))


def test_rows_of_an_article_stay_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However few rows a batch has."""
    monkeypatch.setattr("mtqe.filters.arrow._ROWS", 3)
    rows = [{"article": f"a{n // 7}", "target": "It rained."} for n in range(21)]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "in.parquet")
    same = [{"name": "length", "at_least": 14, "at_most": 14}]
    outcome = run(tmp_path / "in.parquet", output=tmp_path / "out.parquet", rules=same)
    assert (outcome.counts["kept"], outcome.counts["records_kept"]) == (3, 21)


def test_a_report_reads_tables_too(tmp_path: Path) -> None:
    """As any format of records."""
    pq.write_table(table(3), tmp_path / "in.parquet")
    assert [article.id for article in read(tmp_path / "in.parquet")] == ["a0", "a1", "a2"]


def test_a_saved_dataset_is_a_table(tmp_path: Path) -> None:
    """Its folder names its files."""
    folder = tmp_path / "saved"
    folder.mkdir()
    with (
        pa.OSFile(str(folder / "data.arrow"), "wb") as sink,
        pa.ipc.new_stream(sink, table().schema) as writer,
    ):
        writer.write_table(table())
    (folder / "dataset_info.json").write_text("{}", encoding="utf-8")
    state = {"_data_files": [{"filename": "data.arrow"}]}
    (folder / "state.json").write_text(json.dumps(state), encoding="utf-8")
    run(folder, output=tmp_path / "out.parquet")
    assert pq.read_table(tmp_path / "out.parquet")["id"].to_pylist() == ["a1", "a2", "a4", "a5", "a7", "a8"]
