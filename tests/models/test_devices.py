"""Several devices give what one gives, in order; a process that dies is replaced once, or an error."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqe.errors import InputError, ModelError
from mtqe.models.devices import Elsewhere, elsewhere, spread
from mtqe.models.running import Running


@dataclass(frozen=True)
class Shouter:
    """A model for the tests; "die" ends its process, as often as there is no file to say that it did."""

    device: str
    died: str

    def judge(self, rows: Sequence[str], mark: str = "!") -> list[str]:
        """Each row in capitals."""
        if "die" in rows and not Path(self.died).exists():
            Path(self.died).touch()
            os._exit(9)
        if "die always" in rows:
            os._exit(9)
        if "refuse" in rows:
            raise InputError("this text is refused")
        return [f"{row.upper()}{mark}" for row in rows]


def load_shouter(*, running: Running, died: str) -> Shouter:
    """As a model is loaded."""
    return Shouter(running.device, died)


@pytest.fixture
def other(tmp_path: Path) -> Elsewhere:
    """One in a process of its own."""
    (found,) = elsewhere(load_shouter, Running(devices=("here", "there")), died=str(tmp_path / "died"))
    return found


@given(st.lists(st.text(max_size=9), max_size=40), st.integers(1, 4), st.integers(0, 3))
def test_rows_come_back_in_order_whoever_judged_them(texts: list[str], judges: int, prefix: int) -> None:
    """As many judges as there are, with rows kept together by anything."""

    def judge(rows: Sequence[str]) -> list[str]:
        return [row.upper() for row in rows]

    found = spread(texts, [judge] * judges, length=len, together=lambda text: text[:prefix])
    assert found == [text.upper() for text in texts]


def test_all_judges_work_at_the_same_time_on_different_rows() -> None:
    """None waits for another to be done, and no row is judged twice."""
    meeting = threading.Barrier(2, timeout=30)
    judged: list[str] = []

    def judge(rows: Sequence[str]) -> list[str]:
        if not judged:
            meeting.wait()
        judged.extend(rows)
        return list(rows)

    texts = [f"text {number}" for number in range(64)]
    assert spread(texts, [judge, judge], length=len) == texts
    assert sorted(judged) == sorted(texts)


def test_rows_that_share_a_text_stay_together() -> None:
    """What they share is computed once."""
    rows = [(system, source) for system in "abcd" for source in ("one", "two", "three", "four")]
    parts: list[set[str]] = []

    def judge(part: Sequence[tuple[str, str]]) -> list[str]:
        parts.append({source for _, source in part})
        return ["".join(row) for row in part]

    spread(rows, [judge, judge], length=lambda row: 1, together=lambda row: row[1])
    assert sum(map(len, parts)) <= 8


def test_another_process_gives_the_same(other: Elsewhere) -> None:
    """With what is asked for besides."""
    here = Shouter("here", "")
    texts = [f"text {number}" for number in range(20)]
    assert spread(texts, [here.judge, other.judge], length=len) == here.judge(texts)
    assert other.judge(["a"], mark="?") == ["A?"]


def test_rows_of_a_process_that_died_are_judged_by_a_new_one(
    other: Elsewhere, caplog: pytest.LogCaptureFixture
) -> None:
    """What others did with the memory may have passed."""
    assert other.judge(["die", "b"]) == ["DIE!", "B!"]
    assert "the process of device there died" in caplog.text


def test_a_process_that_dies_again_is_an_error_with_a_way_out(other: Elsewhere) -> None:
    """Not an endless loop, and not a traceback."""
    with pytest.raises(ModelError, match="device 'there' died twice: out of memory"):
        other.judge(["die always"])


def test_an_error_elsewhere_is_raised_here(other: Elsewhere) -> None:
    """As it was, in its own words."""
    with pytest.raises(InputError, match="this text is refused"):
        spread(["a", "refuse"], [other.judge, other.judge], length=len)
