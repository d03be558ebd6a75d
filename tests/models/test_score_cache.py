"""A cache of scores that can't hit falsely, survives damage and is shared by processes."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqe.errors import InputError
from mtqe.models.score_cache import Identity, ScoreCache, Texts, default_place, remembered

MODEL = Identity("wmt22-comet-da", "0123abcd", "1", "fp32", {"context": "2"})
KEY = MODEL.key(("a", "b"))

text_tuples = st.lists(st.none() | st.text(alphabet="ab;:0123-", max_size=6), max_size=4).map(tuple)


class Counted:
    """Scores by length, and counts what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[Texts] = []

    def __call__(self, texts: Sequence[Texts]) -> list[float]:
        self.asked += texts
        return [sum(len(text or "") for text in item) / 3 for item in texts]


@given(text_tuples, text_tuples)
def test_different_texts_have_different_keys(one: Texts, other: Texts) -> None:
    """Neither where a text ends nor whether there is one can be mistaken."""
    assert (MODEL.key(one) == MODEL.key(other)) == (one == other)


@pytest.mark.parametrize(
    "changed",
    [
        {"model": "wmt22-cometkiwi-da"},
        {"weights": "0123abce"},
        {"engine": "2"},
        {"precision": "bf16"},
        {"options": {"context": "3"}},
        {"options": {}},
        {"options": {"context": "2", "window": "512"}},
    ],
)
def test_whatever_changes_a_score_changes_its_key(changed: dict[str, str]) -> None:
    """Model, weights, code, precision and options are all part of it."""
    assert replace(MODEL, **changed).key(("a", "b")) != KEY  # type: ignore[arg-type]


def test_an_option_can_not_pass_for_a_text() -> None:
    """The parts of a key are counted."""
    plain = replace(MODEL, options={})
    assert plain.key(("context", "2", "a")) != MODEL.key(("a",))


def test_known_texts_are_not_computed_again(tmp_path: Path) -> None:
    """Equal texts once, in one run and in the next, and the very same numbers."""
    texts: list[Texts] = [("a", "bb"), ("c", None), ("a", "bb")]
    first, second = Counted(), Counted()
    place = tmp_path / "new" / "scores.sqlite3"
    scores = remembered(place, MODEL, texts, first)
    assert first.asked == [("a", "bb"), ("c", None)]
    assert remembered(place, MODEL, [*texts, ("d", "")], second) == [*scores, 1 / 3]
    assert second.asked == [("d", "")]


def test_without_a_place_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache is asked for, not given."""
    monkeypatch.setenv("MTQE_CACHE", str(tmp_path))
    assert remembered(None, MODEL, [("a",), ("a",)], Counted()) == [1 / 3, 1 / 3]
    assert not list(tmp_path.iterdir())
    assert default_place() == tmp_path / "scores.sqlite3"


def test_more_texts_than_sqlite_takes_at_once(tmp_path: Path) -> None:
    """A corpus is asked for in parts."""
    texts: list[Texts] = [(str(number),) for number in range(1201)]
    place = tmp_path / "scores.sqlite3"
    expected = remembered(place, MODEL, texts, Counted())
    again = Counted()
    assert remembered(place, MODEL, texts, again) == expected
    assert again.asked == []


def test_a_damaged_row_is_computed_again(tmp_path: Path) -> None:
    """A value that was changed on disk is not believed."""
    cache = ScoreCache(tmp_path / "scores.sqlite3")
    cache.put({KEY: 0.25})
    with sqlite3.connect(cache.path) as database:
        database.execute("UPDATE scores SET value = '0.75'")
    database.close()
    assert cache.get([KEY]) == {}
    cache.put({KEY: 0.25})
    assert cache.get([KEY]) == {KEY: 0.25}


@pytest.mark.parametrize("start", [0, 100, 5000])
def test_a_damaged_file_is_set_aside_and_begun_anew(
    tmp_path: Path, start: int, caplog: pytest.LogCaptureFixture
) -> None:
    """A broken disk costs time, never a run, and never gives a wrong score."""
    cache = ScoreCache(tmp_path / "scores.sqlite3")
    stored = {MODEL.key((str(number),)): number / 7 for number in range(300)}
    cache.put(stored)
    data = bytearray(cache.path.read_bytes())
    data[start : start + 4000] = b"\xa5" * 4000
    cache.path.write_bytes(bytes(data))
    found = cache.get(stored)
    assert all(stored[key] == value for key, value in found.items())
    cache.put(stored)
    assert cache.get(stored) == stored
    if (tmp_path / "scores.sqlite3.damaged").exists():
        assert "is damaged" in caplog.text


def test_a_file_that_is_no_cache_is_kept(tmp_path: Path) -> None:
    """Somebody's notes under that name are not lost."""
    place = tmp_path / "scores.sqlite3"
    place.write_text("my notes, which are long enough to be no empty database\n" * 20, encoding="utf-8")
    ScoreCache(place).put({KEY: 1.0})
    assert "my notes" in (tmp_path / "scores.sqlite3.damaged").read_text(encoding="utf-8")


def test_a_place_that_can_not_be_written_to_is_the_users_to_mend(tmp_path: Path) -> None:
    """The error names the file."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match=r"file/scores\.sqlite3: can't be used as a cache of scores"):
        ScoreCache(tmp_path / "file" / "scores.sqlite3").put({KEY: 1.0})


def test_scores_that_can_not_be_kept_are_given_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A disk that fills up while a model runs costs the cache, not the scores."""

    def full(*_: object) -> None:
        raise InputError("scores.sqlite3: can't be used as a cache of scores: disk is full")

    monkeypatch.setattr(ScoreCache, "put", full)
    assert remembered(tmp_path / "scores.sqlite3", MODEL, [("abc",)], Counted()) == [1.0]
    assert "disk is full; these scores are not kept" in caplog.text


def write(place: Path, begin: int) -> None:
    """Ten batches of ten scores."""
    for batch in range(begin, begin + 100, 10):
        keys = [MODEL.key((str(number),)) for number in range(batch, batch + 10)]
        ScoreCache(place).put(dict.fromkeys(keys, batch / 7))


def test_threads_and_processes_share_a_file(tmp_path: Path) -> None:
    """Nobody waits forever, and nothing that was written is lost."""
    place = tmp_path / "scores.sqlite3"
    with (
        ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes,
        ThreadPoolExecutor(4) as threads,
    ):
        jobs = [processes.submit(write, place, begin) for begin in (0, 100)]
        jobs += [threads.submit(write, place, begin) for begin in (200, 300, 400, 500)]
        for job in jobs:
            job.result()
    keys = [MODEL.key((str(number),)) for number in range(600)]
    assert len(ScoreCache(place).get(keys)) == 600
