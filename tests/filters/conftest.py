"""What tests of filters share."""

from __future__ import annotations

from typing import Any

import pytest

from mtqe.filters import shards, stream
from mtqe.filters.work import run_here


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work is done in the process of the test, which takes no time to start."""

    def results(plan: Any, chunks: Any) -> Any:
        return run_here(plan.work, chunks)

    monkeypatch.setattr(shards, "results_of", results)
    monkeypatch.setattr(stream, "results_of", results)
