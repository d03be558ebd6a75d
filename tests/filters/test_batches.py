"""Filters as functions of other tools: the same is kept, and comes out as what it came in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mtqe.errors import ConfigError, InputError
from mtqe.filters import filter_of, load_filter

RECORDS: list[dict[str, Any]] = [
    {"id": "a", "target": "It rained.", "target_lang": "en", "n": 1},
    {"id": "b", "target": "It rained all day in the town.", "target_lang": "en", "n": 2},
    {"id": "c", "target": "They went home early in the evening.", "target_lang": None, "n": None},
]
COLUMNS = {name: [record[name] for record in RECORDS] for name in RECORDS[0]}
KEPT = ["b", "c"]

keep = filter_of({"rules": [{"name": "length", "at_least": 5}], "output": {"add": "verdict"}})


def test_records_and_columns() -> None:
    """One at a time, or many."""
    assert [keep(record) for record in RECORDS] == keep(COLUMNS) == [False, True, True]
    assert keep.kept(RECORDS) == RECORDS[1:]
    assert keep.kept(COLUMNS)["id"] == KEPT
    assert keep.add(RECORDS[0]) == {"mtqe": {"keep": False, "reasons": ["2 words, less than 5"]}}
    assert [entry["keep"] for entry in keep.add(COLUMNS)["mtqe"]] == [False, True, True]


def test_a_run_file_makes_one(tmp_path: Path) -> None:
    """With the languages of its input."""
    path = tmp_path / "filter.yaml"
    path.write_text("rules: [{name: language, one_of: [de]}]\ninput: {target_lang: de}\n", encoding="utf-8")
    assert load_filter(path)({"text": "Es regnete."})
    with pytest.raises(ConfigError):
        filter_of({"rules": [{"name": "lenght"}]})


def test_a_record_without_a_target_is_named() -> None:
    """By its number in the batch."""
    with pytest.raises(InputError, match='record 2: lacks "target"'):
        keep.kept([RECORDS[0], {"id": "x"}])


@pytest.mark.parametrize("given", ["It rained.", None, 7, iter(RECORDS)])
def test_what_has_no_rows_is_named(given: Any) -> None:
    """With what is taken instead."""
    with pytest.raises(InputError, match="can't be filtered; give a pandas or polars DataFrame"):
        keep.kept(given)


def test_a_record_is_no_table() -> None:
    """Nor are texts records."""
    with pytest.raises(InputError, match="a record by itself has no rows"):
        keep.kept(RECORDS[0])
    with pytest.raises(InputError, match="record 1: is no mapping of fields but str"):
        keep.kept(["It rained."])


def test_pandas() -> None:
    """A data frame with its index and types; what is missing stays so."""
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(RECORDS)
    pd.testing.assert_frame_equal(keep.kept(frame), frame[1:])


def test_polars() -> None:
    """A data frame."""
    pl = pytest.importorskip("polars")
    frame = pl.DataFrame(RECORDS)
    assert keep.kept(frame).equals(frame[1:])


def test_a_lazy_frame_has_no_rows_yet() -> None:
    """The error names the ways to them, and they work."""
    pl = pytest.importorskip("polars")
    lazy = pl.DataFrame(RECORDS).lazy()
    with pytest.raises(InputError, match=r"LazyFrame: can't be filtered.*map_batches\(keep.kept\)"):
        keep.kept(lazy)
    assert lazy.map_batches(keep.kept).collect()["id"].to_list() == KEPT


def test_a_reader_of_batches_is_read_as_the_one_that_comes_out() -> None:
    """So that a file of any size passes through."""
    pa = pytest.importorskip("pyarrow")
    batches = pa.Table.from_pylist(RECORDS).to_batches(max_chunksize=1)
    read: list[int] = []

    def counted() -> Any:
        for number, batch in enumerate(batches):
            read.append(number)
            yield batch

    reader = keep.kept(pa.RecordBatchReader.from_batches(batches[0].schema, counted()))
    assert (read, reader.schema) == ([], batches[0].schema)
    assert reader.read_next_batch().num_rows == 0
    assert read == [0]
    assert reader.read_all()["id"].to_pylist() == KEPT


def test_columns_may_be_arrays() -> None:
    """As Ray Data gives them by default."""
    np = pytest.importorskip("numpy")
    arrays = {name: np.array(values, dtype=object) for name, values in COLUMNS.items()}
    assert keep.kept(arrays)["id"] == KEPT


@pytest.mark.parametrize("kind", ["Table", "RecordBatch"])
def test_pyarrow(kind: str) -> None:
    """A table or a batch."""
    pa = pytest.importorskip("pyarrow")
    table = getattr(pa, kind).from_pylist(RECORDS)
    assert keep.kept(table).equals(table.slice(1))


@pytest.mark.filterwarnings("ignore")
def test_datasets(tmp_path: Path) -> None:
    """``filter`` and ``map``, a row at a time, batched and streamed; and a saved dataset is read."""
    datasets = pytest.importorskip("datasets")
    datasets.disable_progress_bars()
    data = datasets.Dataset.from_list(RECORDS)
    assert data.filter(keep)["id"][:] == KEPT
    assert data.filter(keep, batched=True, batch_size=2)["id"][:] == KEPT
    assert [row["id"] for row in data.to_iterable_dataset().filter(keep)] == KEPT
    formatted = data.with_format("arrow").filter(keep, batched=True)
    assert formatted.with_format(None)["id"][:] == KEPT
    mapped = data.map(keep.add, batched=True)
    assert mapped[0]["mtqe"] == {"keep": False, "reasons": ["2 words, less than 5"]}
    data.save_to_disk(tmp_path / "saved")
    from .engine import run

    outcome = run(tmp_path / "saved", output=tmp_path / "out.parquet", workers=1)
    assert outcome.counts["kept"] == 2


@pytest.mark.filterwarnings("ignore")
def test_datatrove() -> None:
    """A block of a pipeline; dropped documents go to the writer of exclusions with the reason."""
    data = pytest.importorskip("datatrove.data")
    from mtqe.filters.datatrove import MtqeFilter

    dropped = []

    class Writer:
        def __enter__(self) -> Writer:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def write(self, document: Any, rank: int) -> None:
            dropped.append((document.id, document.metadata["filter_reason"]))

    documents = [
        data.Document(text=record["target"], id=record["id"], metadata={"target_lang": "en"})
        for record in RECORDS
    ]
    found = list(MtqeFilter(keep, Writer()).run(iter(documents)))
    assert [document.id for document in found] == KEPT
    assert found[0].metadata["mtqe"]["keep"] is True
    assert dropped == [("a", "at least 5 words")]
