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
