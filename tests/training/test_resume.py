"""A training that was killed goes on, and ends as one that was not."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mtqe.errors import ConfigError
from mtqe.training import quality, quality_batches
from mtqe.training.quality import Settings, Trainer, learnt, train
from mtqe.training.quality_batches import Learnt, rounds
from mtqe.training.quality_examples import Examples, read
from mtqe.training.quality_states import KEPT, MEANING, SENTENCE, Space, States
from mtqe.training.quality_torch import Network
from mtqe.training.resume import Checkpoints
from tests.training.judgements import build_data

STEPS = 8

World = tuple[Examples, Learnt, States]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Something small to learn from, with states that mean nothing."""
    examples = read(build_data(tmp_path_factory.mktemp("data"), documents=3))
    chosen = learnt(examples, None)
    judged = [replace(one, marks=()) for one in chosen.judged]
    return examples, replace(chosen, judged=judged), any_states(list(examples.numbers))


def any_states(texts: list[str], pieces: int = 6) -> States:
    """Random states of so many pieces for each text."""
    rng = np.random.default_rng(3)
    total = pieces * len(texts)
    starts = np.arange(0, total + 1, pieces)
    ids = rng.integers(0, 50, total).astype(np.int32)
    meanings, states, sentences = (
        rng.normal(size=shape).astype(np.float16)
        for shape in ((total, MEANING), (total, KEPT), (len(texts), SENTENCE))
    )
    none = np.zeros((1, 1), np.float32)
    space = Space(none, none, none, (none, none, none, none))
    sizes = np.array([len(text) for text in texts])
    return States(starts, ids, states, meanings / 10, sentences / 20, space, sizes, np.zeros(50, np.float32))


class KilledError(Exception):
    """What stops a training in a test."""


def trained(
    world: World, checkpoints: Checkpoints, killed_at: int | None = None, steps: int = STEPS
) -> dict[str, torch.Tensor]:
    """The weights after all steps; with ``killed_at``, an end before that step."""
    examples, chosen, states = world

    def progress(done: int, of: int, note: str) -> None:
        if done == killed_at:
            raise KilledError

    network = train(examples, chosen, states, Settings(steps, 1, "cpu"), checkpoints, progress)
    return network.state_dict()


def test_a_killed_training_ends_with_the_weights_of_an_undisturbed_one(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice killed: between two checkpoints, and before the first step after one."""
    monkeypatch.setattr(quality, "_SHOWN_EVERY", 1)
    monkeypatch.setattr(quality_batches, "_PLACES", 120)
    checkpoints = Checkpoints(tmp_path / "deep" / "run.pt", "run", every=3)
    for step in (5, 6):
        with pytest.raises(KilledError):
            trained(world, checkpoints, killed_at=step)
    torch.manual_seed(99)
    resumed = trained(world, checkpoints)
    undisturbed = trained(world, Checkpoints(None, "run"))
    assert all(torch.equal(resumed[name], undisturbed[name]) for name in undisturbed)
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["run.pt"]


def test_each_step_changes_the_weights(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the comparison above compares something."""
    monkeypatch.setattr(quality_batches, "_PLACES", 120)
    few, more = (trained(world, Checkpoints(None, "run"), steps=steps)["out.weight"] for steps in (2, 3))
    assert not torch.equal(few, more)


def parts() -> tuple[torch.nn.Module, torch.optim.Optimizer]:
    """A network of one weight, and its optimiser."""
    network = torch.nn.Linear(1, 1)
    return network, torch.optim.AdamW(network.parameters())


def test_a_checkpoint_of_another_run_is_refused(tmp_path: Path) -> None:
    """The message says what to do."""
    Checkpoints(tmp_path / "a.pt", "one", 1).save(1, *parts())
    with pytest.raises(ConfigError, match=r"a\.pt: is the checkpoint of another run.*remove it"):
        Checkpoints(tmp_path / "a.pt", "other", 1).restore(*parts())


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 and no more", b"\x80\x02K\x01."], ids=["empty", "cut", "pickle"]
)
def test_a_damaged_checkpoint_is_named(tmp_path: Path, content: bytes) -> None:
    """No traceback, and nothing is begun anew in silence."""
    (tmp_path / "a.pt").write_bytes(content)
    with pytest.raises(ConfigError, match=r"a\.pt: is no checkpoint.*remove it to begin anew"):
        Checkpoints(tmp_path / "a.pt", "one", 1).restore(*parts())


def test_a_checkpoint_cannot_run_code(tmp_path: Path) -> None:
    """A pickle of anything but tensors and plain data is refused, and not run."""

    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (tmp_path / "owned",))

    torch.save({"format": 1, "run": "one", "network": Evil()}, tmp_path / "a.pt")
    with pytest.raises(ConfigError):
        Checkpoints(tmp_path / "a.pt", "one", 1).restore(*parts())
    assert not (tmp_path / "owned").exists()


def test_losses_are_computed_where_the_network_is(world: World) -> None:
    """Nothing is left on the CPU, as on a GPU it must not be; torch's device without memory shows it."""
    _, chosen, states = world
    marks = {id(one): np.zeros((states.size(one.target), 2), np.float32) for one in chosen.judged}
    device = torch.device("meta")
    network, trainer = Network().to(device), Trainer(states, marks, device)
    kinds = set()
    for units in islice(rounds(chosen, states, random.Random(1)), 4):
        kinds |= {type(row.known) for unit in units for row in unit}
        with device:
            loss = trainer.loss(network, units)
        assert loss.device == device
    assert len(kinds) == 3
