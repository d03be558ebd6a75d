"""Cycles are looked for less often while articles are judged."""

from __future__ import annotations

import gc

import pytest

from mtqe.filters.collector import collecting_rarely


def test_it_is_as_before_afterwards() -> None:
    """After an error too."""
    usual = gc.get_threshold()
    with collecting_rarely():
        assert gc.get_threshold()[0] > usual[0]
    assert gc.get_threshold() == usual
    with pytest.raises(ZeroDivisionError):
        _fail()
    assert gc.get_threshold() == usual


def _fail() -> None:
    with collecting_rarely():
        1 / 0  # noqa: B018
