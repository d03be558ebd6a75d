"""Sentinel metrics give the original's numbers, whatever the batch, and cut nothing in silence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from mtqe.errors import ModelError
from mtqe.models.comet import load_comet
from mtqe.models.running import Running
from mtqe.models.sentinel import Sentinel, load_sentinel
from tests.models.comet_folders import build_folder as build_comet
from tests.models.sentinel_folders import CASES, GOLDEN_FILE, SAMPLES, build_folder

ORIGINAL = json.loads(GOLDEN_FILE.read_text(encoding="utf-8"))
CLOSE = 1e-5

# Longer than the 171 tokens that the small models read.
LONG = "The mayor opened the bridge. It rained all day, and nobody came to see it. " * 8

Folder = Callable[[str], Path]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """Folders of small models, each built once."""
    built: dict[str, Path] = {}

    def get(case: str) -> Path:
        if case not in built:
            built[case] = build_folder(tmp_path_factory.mktemp("sentinel") / case, case)
        return built[case]

    return get


def fresh(path: Path, **running: Any) -> Sentinel:
    """A model that was not loaded before."""
    load_sentinel.cache_clear()
    return load_sentinel(str(path), Running(**running))


def texts(case: str) -> list[str]:
    """The side of the samples that a case reads."""
    return [sample[CASES[case]] for sample in SAMPLES]


def scores(model: Sentinel, given: list[str]) -> list[float]:
    """Their scores alone."""
    return [found.score for found in model.judge(given)]


@pytest.mark.parametrize("case", sorted(CASES))
def test_scores_are_those_of_the_original(folder: Folder, case: str) -> None:
    """Of the target, the source and the reference, each by the model made for it."""
    model = fresh(folder(case))
    assert model.side == {"mt": "target", "src": "source", "ref": "reference"}[CASES[case]]
    assert scores(model, texts(case)) == pytest.approx(ORIGINAL[case], abs=CLOSE)


def test_the_batch_never_shows(folder: Folder) -> None:
    """One text after the other, all at once, backwards, in batches of any size: the same numbers."""
    path, given = folder("sentinel-cand"), texts("sentinel-cand")
    backwards = scores(fresh(path, batch_tokens=1, threads=2), given[::-1])[::-1]
    together = scores(fresh(path, batch_tokens=10_000, threads=1), given)
    model = fresh(path)
    assert backwards == pytest.approx(together, abs=2e-6)
    assert [scores(model, [text])[0] for text in given] == pytest.approx(together, abs=2e-6)


def test_several_devices_give_what_one_gives(folder: Folder) -> None:
    """In order, each but the first in a process of its own."""
    path, given = folder("sentinel-cand"), texts("sentinel-cand")
    one = scores(fresh(path, threads=1), given)
    assert scores(fresh(path, devices=("cpu", "cpu"), threads=1), given) == pytest.approx(one, abs=2e-6)


@pytest.mark.parametrize("precision", ["bf16", "int8"])
def test_lower_precision_is_near(folder: Folder, precision: str) -> None:
    """And a score depends on no batch mate."""
    model = fresh(folder("sentinel-cand"), precision=precision)
    together = scores(model, texts("sentinel-cand"))
    assert torch.corrcoef(torch.tensor([together, ORIGINAL["sentinel-cand"]]))[0, 1] > 0.95
    alone = [scores(model, [text])[0] for text in texts("sentinel-cand")]
    assert alone == pytest.approx(together, abs=2e-6)


def test_a_long_text_is_read_in_windows_and_its_tail_counts(folder: Folder) -> None:
    """The original reads its beginning alone, and says nothing of it."""
    model = fresh(folder("sentinel-cand"))
    whole, changed, short = model.judge([LONG, LONG + "Nobody knew why.", "The mayor opened the bridge."])
    assert (whole.windows, short.windows) == (2, 1)
    assert whole.tokens > 171
    assert abs(whole.score - changed.score) > CLOSE


def test_a_model_of_another_kind_is_told_apart(folder: Folder, tmp_path: Path) -> None:
    """COMET's folders look alike; neither is taken for the other."""
    comet = build_comet(tmp_path / "kiwi", "kiwi")
    with pytest.raises(ModelError, match="'unified_metric'; what is wanted is sentinel_regression_metric"):
        fresh(comet)
    with pytest.raises(ModelError, match="'sentinel_regression_metric'; what is wanted is regression"):
        load_comet(str(folder("sentinel-cand")))


def test_a_side_that_nobody_knows_is_said(tmp_path: Path) -> None:
    """Instead of reading another one."""
    path = build_folder(tmp_path / "odd", "sentinel-cand", sent_to_use="doc")
    with pytest.raises(ModelError, match="reads 'doc', which is none of mt, src, ref"):
        fresh(path)
