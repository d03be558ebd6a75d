"""Batches never show in the result."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqe.errors import ContractError, ModelError
from mtqe.models.batching import map_in_batches, ran_out_of_memory


def shouted(batch: Sequence[str]) -> list[str]:
    """A function of one text, whatever its company."""
    return [text.upper() + "!" for text in batch]


class Memory:
    """A machine that has room for so many characters with padding, and remembers what it was given."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.batches: list[list[str]] = []

    def __call__(self, batch: Sequence[str]) -> list[str]:
        self.batches.append(list(batch))
        if len(batch) * max(map(len, batch)) > self.room:
            raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried")
        return shouted(batch)


@given(st.lists(st.text(max_size=12)), st.integers(0, 60), st.integers(1, 3))
def test_batches_give_what_a_plain_map_gives(texts: list[str], budget: int, workers: int) -> None:
    """For any list, any budget and any number of threads."""
    expected = [shouted([text])[0] for text in texts]
    assert map_in_batches(shouted, texts, length=len, budget=budget, workers=workers) == expected


@given(st.lists(st.text(max_size=12)), st.integers(12, 60), st.integers(12, 60))
def test_running_out_of_memory_never_shows_in_the_result(texts: list[str], budget: int, room: int) -> None:
    """As long as one text fits, every result comes."""
    assert map_in_batches(Memory(room), texts, length=len, budget=budget) == shouted(texts)


@given(st.lists(st.text(max_size=12), min_size=1), st.integers(0, 60))
def test_batches_keep_the_budget_longest_first_and_equal_texts_once(texts: list[str], budget: int) -> None:
    """What is computed is each different text, in falling length, within the budget."""
    machine = Memory(room=10_000)
    map_in_batches(machine, texts, length=len, budget=budget)
    computed = [text for batch in machine.batches for text in batch]
    assert sorted(computed) == sorted(set(texts))
    assert [len(text) for text in computed] == sorted(map(len, computed), reverse=True)
    assert all(len(batch) == 1 or len(batch) * len(batch[0]) <= budget for batch in machine.batches)


def test_after_memory_ran_out_later_batches_are_no_larger() -> None:
    """A failed batch costs time: the same failure is not met again and again."""
    texts = [f"{number:04}" for number in range(64)]
    machine = Memory(room=16)
    assert map_in_batches(machine, texts, length=len, budget=64) == shouted(texts)
    failed = [batch for batch in machine.batches if len(batch) * 4 > 16]
    assert [len(batch) for batch in failed] == [16, 8]


def test_a_text_that_fits_in_no_memory_is_an_error_with_a_way_out() -> None:
    """One text can't be halved."""
    with pytest.raises(ModelError, match=r"single text of 30 tokens \(.*\); use a smaller model"):
        map_in_batches(Memory(room=20), ["a" * 30, "b"], length=len, budget=100)


def test_other_errors_of_a_model_keep_their_traceback() -> None:
    """A bug is not tried again."""
    calls = []

    def broken(batch: Sequence[str]) -> list[str]:
        calls.append(batch)
        raise RuntimeError("shape mismatch")

    with pytest.raises(RuntimeError, match="shape mismatch"):
        map_in_batches(broken, ["a", "b"], length=len, budget=10)
    assert len(calls) == 1


def test_a_function_that_loses_a_result_is_found_out() -> None:
    """Scores must never move to a neighbour."""
    with pytest.raises(ContractError, match="1 results for a batch of 2"):
        map_in_batches(lambda batch: shouted(batch)[1:], ["a", "b"], length=len, budget=10)


def test_progress_adds_up_to_the_number_of_items() -> None:
    """Repeated texts count as done when their one computation is."""
    told: list[int] = []
    map_in_batches(shouted, ["a", "bb", "a", "c"], length=len, budget=2, progress=told.append)
    assert sum(told) == 4
    assert len(told) == 2


def test_a_gpus_error_is_told_from_a_bug() -> None:
    """Torch has a class for it on a GPU, and words on a CPU."""

    class OutOfMemoryError(RuntimeError):
        pass

    assert ran_out_of_memory(OutOfMemoryError("CUDA"))
    assert ran_out_of_memory(MemoryError())
    assert ran_out_of_memory(RuntimeError("could not create a primitive"))  # oneDNN, for want of memory
    assert not ran_out_of_memory(RuntimeError("size mismatch"))
    assert not ran_out_of_memory(ValueError("out of memory"))
