"""Train the quality network: mtqe train configs/train-quality-net.yaml.

Needs ``mtqe[torch]``. States of all texts are kept in a folder (4 GB); 25 minutes on one core. The
same data and settings give the same weights on the same machine, interrupted or not.

Losses: MQM points per 100 words (of all errors, accuracy, fluency), whether there is an error,
which pieces annotators marked, direct assessments, and, most of all, which of two translations
of one source is better: by MQM, or because the other was spoilt.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import combinations, islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from mtqe.models.quality_net import OUTPUTS
from mtqe.models.transformer import pick_device
from mtqe.training.calibration import MOST_POINTS
from mtqe.training.corpora import changes_meaning
from mtqe.training.provenance import write_tensors
from mtqe.training.quality_batches import Learnt, Row, Unit, inputs, rounds
from mtqe.training.quality_examples import (
    MACHINE,
    Assessed,
    Contrast,
    Examples,
    Judged,
    is_human,
    languages,
    read,
)
from mtqe.training.quality_states import KEPT, States, encode, labels
from mtqe.training.quality_torch import Batch, Network, exported
from mtqe.training.recipes.base import Progress
from mtqe.training.resume import Checkpoints
from mtqe.training.spoil import BROKEN, NEEDS_SOURCE, UNTRANSLATED

SEED = 1
STEPS = 9000
RATE = 1.6e-3
_WARM_UP = 200
_LEAST_RATE = 0.02
_DECAY = 0.02
_CLIP = 1.0
_SHOWN_EVERY = 20

# Noise on the states, so that the network does not know texts again.
_NOISE = 0.1

# How much each loss counts. Annotators mark few pieces: those weigh more.
_LOSSES = {
    "points": 1.0,
    "part": 0.5,
    "clean": 0.3,
    "marks": 1.0,
    "assessment": 0.7,
    "pairs": 1.5,
    "broken": 0.5,
    "spoilt": 0.4,
    "machine": 0.4,
}
# People's translations are a seventh of all.
_HUMAN_WEIGHT = 4.0

_MARK_WEIGHTS = (3.0, 6.0)

# One annotator's points say less than the mean of three.
_ONE_RATER = 0.6

# How fast a difference of outputs becomes a sure preference.
_SHARPNESS = 3.0
_PART_PAIRS = 0.4
_CONTRAST_PART = 0.5
_ASSESSED_PAIRS = 0.25
_LEAST_DIFFERENCE = 0.3

# Points per 100 words of what is no translation: as in ``mtqe.models.adequacy``.
_BROKEN_POINTS = 100.0

TOTAL, ACCURACY, FLUENCY, CLEAN, ASSESSMENT, SPOILT, MACHINE_MADE = range(len(OUTPUTS))
_MEASURES: dict[int, Callable[[Judged], float]] = {
    TOTAL: lambda one: one.accuracy + one.fluency,
    ACCURACY: lambda one: one.accuracy,
    FLUENCY: lambda one: one.fluency,
}


@dataclass(frozen=True)
class Preference:
    """That one row of a batch is worse than another in one output, and how much that counts."""

    worse: int
    better: int
    output: int
    weight: float


@dataclass(frozen=True)
class Trainer:
    """Losses of batches of these texts."""

    states: States
    labels: Mapping[int, Any]  # by the identity of the judged translation
    device: torch.device

    def loss(self, network: Network, units: Sequence[Unit]) -> Tensor:
        """The mean loss of a batch."""
        rows = [row for unit in units for row in unit]
        batch = Batch(*(part.to(self.device) for part in inputs(rows, self.states)))
        batch.target[..., :KEPT] *= 1 + _NOISE * torch.randn_like(batch.target[..., :KEPT])
        out, marks = network(batch)
        total = (
            self._judged(rows, out, marks) + _assessed(rows, out) + _broken(rows, out) + _spoilt(rows, out)
        )
        total = total + _machine(rows, out)
        return (total + _preferences_loss(units, out)) / len(rows)

    def _judged(self, rows: Sequence[Row], out: Tensor, marks: Tensor) -> Tensor:
        found = [(i, row.known) for i, row in enumerate(rows) if isinstance(row.known, Judged)]
        if not found:
            return torch.zeros(())
        at, known = [i for i, _ in found], [one for _, one in found]
        weight = torch.tensor([1.0 if one.raters > 1 else _ONE_RATER for one in known])
        loss = torch.zeros(())
        for output, measure in _MEASURES.items():
            wanted = torch.tensor([_log_points(measure(one), one.words) for one in known])
            each = functional.smooth_l1_loss(out[at, output], wanted, reduction="none")
            loss = loss + _LOSSES["points" if output == TOTAL else "part"] * (weight * each).sum()
        clean = torch.tensor([float(one.accuracy + one.fluency == 0) for one in known])
        loss = loss + _LOSSES["clean"] * functional.binary_cross_entropy_with_logits(
            out[at, CLEAN], clean, reduction="sum"
        )
        return loss + _LOSSES["marks"] * len(known) * self._marks(known, marks[at])

    def _marks(self, known: Sequence[Judged], logits: Tensor) -> Tensor:
        wanted, there = torch.zeros_like(logits), torch.zeros(logits.shape[:2])
        for i, one in enumerate(known):
            found = self.labels.get(id(one))
            if found is not None:
                wanted[i, : len(found)], there[i, : len(found)] = torch.from_numpy(found), 1
        loss = functional.binary_cross_entropy_with_logits(
            logits, wanted, reduction="none", pos_weight=torch.tensor(_MARK_WEIGHTS)
        )
        return (loss.mean(2) * there).sum() / there.sum().clamp(min=1)


def _log_points(points: float, words: int) -> float:
    return math.log1p(min(100 * points / words, MOST_POINTS))


def _assessed(rows: Sequence[Row], out: Tensor) -> Tensor:
    found = [(i, row.known.value) for i, row in enumerate(rows) if isinstance(row.known, Assessed)]
    if not found:
        return torch.zeros(())
    wanted = torch.tensor([value for _, value in found]).clamp(-3, 2)
    loss = functional.smooth_l1_loss(out[[i for i, _ in found], ASSESSMENT], wanted, reduction="sum")
    return _LOSSES["assessment"] * loss


def _spoilt(rows: Sequence[Row], out: Tensor) -> Tensor:
    """Whether a row was spoilt; what systems and people made of a source was not, however free."""
    known = [i for i, row in enumerate(rows) if not _is_comparison(row.known)]
    if not known:
        return torch.zeros(())
    wanted = torch.tensor([float(rows[i].worse) for i in known])
    loss = functional.binary_cross_entropy_with_logits(out[known, SPOILT], wanted, reduction="sum")
    return _LOSSES["spoilt"] * loss


def _is_comparison(known: Judged | Assessed | Contrast) -> bool:
    return isinstance(known, Contrast) and known.kind == MACHINE


def _machine(rows: Sequence[Row], out: Tensor) -> Tensor:
    """Whether a machine translated, of those of which it is known; people's translations weigh more."""
    found = [(i, by) for i, row in enumerate(rows) if (by := _by_machine(row)) is not None]
    if not found:
        return torch.zeros(())
    wanted = torch.tensor([by for _, by in found])
    weight = torch.where(wanted > 0, 1.0, _HUMAN_WEIGHT)
    loss = functional.binary_cross_entropy_with_logits(
        out[[i for i, _ in found], MACHINE_MADE], wanted, weight, reduction="sum"
    )
    return _LOSSES["machine"] * loss


def _by_machine(row: Row) -> float | None:
    if isinstance(row.known, Judged):
        return 0.0 if is_human(row.known.system) else 1.0
    return float(row.worse) if _is_comparison(row.known) else None


def _broken(rows: Sequence[Row], out: Tensor) -> Tensor:
    """What is no translation has so many points, in all and in the part that shows it."""
    found = [
        (i, output)
        for i, row in enumerate(rows)
        if row.worse and isinstance(row.known, Contrast) and row.known.kind in BROKEN
        for output in (TOTAL, _part(row.known))
    ]
    if not found:
        return torch.zeros(())
    values = out[[i for i, _ in found], [output for _, output in found]]
    wanted = torch.full_like(values, math.log1p(_BROKEN_POINTS))
    return _LOSSES["broken"] * functional.smooth_l1_loss(values, wanted, reduction="sum")


def _part(contrast: Contrast) -> int:
    """Accuracy or fluency, whichever a kind of damage is of."""
    meaning = contrast.kind in {*NEEDS_SOURCE, UNTRANSLATED} or changes_meaning(contrast.kind)
    return ACCURACY if meaning else FLUENCY


def _preferences_loss(units: Sequence[Unit], out: Tensor) -> Tensor:
    found: list[Preference] = []
    start = 0
    for unit in units:
        found += [p for pair in combinations(range(len(unit)), 2) for p in _preferences(unit, pair, start)]
        start += len(unit)
    if not found:
        return torch.zeros(())
    outputs = [p.output for p in found]
    difference = out[[p.worse for p in found], outputs] - out[[p.better for p in found], outputs]
    weights = torch.tensor([p.weight for p in found])
    return _LOSSES["pairs"] * (weights * functional.softplus(-_SHARPNESS * difference)).sum()


def _preferences(unit: Unit, pair: tuple[int, int], start: int) -> list[Preference]:
    """What is known of two rows of a unit."""
    i, j = start + pair[0], start + pair[1]
    first, second = unit[pair[0]].known, unit[pair[1]].known
    if isinstance(first, Contrast) and first.kind == MACHINE:
        return [Preference(j, i, MACHINE_MADE, 1.0)]
    if isinstance(first, Contrast):
        found = [Preference(j, i, SPOILT, 1.0)]
        return found if _part(first) == ACCURACY else [*found, Preference(j, i, FLUENCY, _CONTRAST_PART)]
    if isinstance(first, Judged) and isinstance(second, Judged):
        share = 2 / max(len(unit) - 1, 2) * (1.0 if first.raters > 1 else _ONE_RATER)
        found = [
            p for output in _MEASURES for p in _judged_preference((first, second), (i, j), output, share)
        ]
        return found + _machine_preference((first, second), (i, j), share)
    if isinstance(first, Assessed) and isinstance(second, Assessed):
        worse, better = (i, j) if first.value < second.value else (j, i)
        clear = abs(first.value - second.value) > _LEAST_DIFFERENCE
        return [Preference(worse, better, TOTAL, _ASSESSED_PAIRS)] if clear else []
    return []


def _machine_preference(known: tuple[Judged, Judged], at: tuple[int, int], share: float) -> list[Preference]:
    """That the translation by a machine looks more like one than the one by people."""
    first, second = (is_human(one.system) for one in known)
    if first == second:
        return []
    worse, better = at[::-1] if first else at
    return [Preference(worse, better, MACHINE_MADE, share)]


def _judged_preference(
    known: tuple[Judged, Judged], at: tuple[int, int], output: int, share: float
) -> list[Preference]:
    a, b = (_MEASURES[output](one) for one in known)
    if a == b:
        return []
    worse, better = at if a > b else at[::-1]
    clear = min(1.0, _LEAST_DIFFERENCE + abs(math.log1p(a) - math.log1p(b)))
    return [Preference(worse, better, output, clear * share * (1.0 if output == TOTAL else _PART_PAIRS))]


@dataclass(frozen=True)
class Settings:
    """How long to train, from which seed, on which device ("auto" is a GPU if there is one)."""

    steps: int = STEPS
    seed: int = SEED
    device: str = "auto"


def train(
    examples: Examples,
    chosen: Learnt,
    states: States,
    settings: Settings,
    checkpoints: Checkpoints,
    progress: Progress,
) -> Network:
    """The network after so many steps, on the CPU; it goes on from the last checkpoint."""
    torch.manual_seed(settings.seed)
    place = pick_device(settings.device)
    network = Network().to(place)
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=_DECAY)
    trainer = Trainer(states, _labels(chosen.judged, list(examples.numbers), states), place)
    batches = rounds(chosen, states, random.Random(settings.seed))  # noqa: S311 (no secret)
    network.train()
    first = checkpoints.restore(network, optimiser)
    # Which texts a batch has depends on the seed alone: those that were learnt from are passed over.
    for step, units in enumerate(islice(batches, first, settings.steps), first):
        loss = _learn(network, optimiser, trainer, units, _rate(step, settings.steps))
        if step % _SHOWN_EVERY == 0:
            progress(step, settings.steps, f"loss {loss.item():.3f}")
        checkpoints.save(step + 1, network, optimiser)
    return network.cpu().eval()


def _rate(step: int, steps: int) -> float:
    return RATE * min(1.0, step / _WARM_UP) * max(_LEAST_RATE, 1 - step / steps)


def _learn(
    network: Network, optimiser: torch.optim.Optimizer, trainer: Trainer, units: Sequence[Unit], rate: float
) -> Tensor:
    """One step; the loss before it."""
    for group in optimiser.param_groups:
        group["lr"] = rate
    # On the CPU, where it is the default anyway, naming it only costs time.
    with torch.device(trainer.device) if trainer.device.type != "cpu" else nullcontext():
        loss = trainer.loss(network, units)
    optimiser.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(network.parameters(), _CLIP)
    optimiser.step()
    return loss.detach()


def _labels(judged: Sequence[Judged], texts: Sequence[str], states: States) -> dict[int, Any]:
    found = {}
    for one in judged:
        ids = states.ids[states.starts[one.target] : states.starts[one.target + 1]].tolist()
        found[id(one)] = labels(texts[one.target], ids, one.marks)
    return {key: value for key, value in found.items() if value is not None}


def learnt(examples: Examples, leave_out: str | None) -> Learnt:
    """What is not held out, without one set."""
    contrasts = [
        c
        for c in (*examples.demetr, *examples.spoilt, *examples.machine)
        if not c.held_out and c.data != leave_out
    ]
    return Learnt(
        [one for one in examples.judged if not one.held_out and one.data != leave_out],
        [one for one in examples.assessed if not one.held_out],
        contrasts,
    )


def arrays_of(network: Network, states: States) -> dict[str, Any]:
    """What the numpy version needs, in half precision."""
    arrays = exported(network.state_dict()) | states.space.weights()
    return {name: np.ascontiguousarray(array, np.float16) for name, array in sorted(arrays.items())}


def save(arrays: dict[str, Any], about: dict[str, Any], path: Path) -> None:
    """Write the weight file; what it was made from is in its metadata."""
    joined = (
        b"".join(array.tobytes() for array in arrays.values()) + json.dumps(about, sort_keys=True).encode()
    )
    about = {**about, "digest": hashlib.sha256(joined).hexdigest()[:8]}
    write_tensors(arrays, about, path)


def make(
    data: Path,
    out: Path,
    folder: Path,
    settings: Settings,
    leave_out: str | None,
    checkpoints: Callable[[str], Checkpoints],
    progress: Progress,
) -> None:
    """Read, encode (states stay in ``folder``), train, and write the weights to the file ``out``.

    ``checkpoints`` gives those of a run, by what tells it from others.
    """
    examples = read(data)
    progress(0, settings.steps, "states")
    states = encode(list(examples.numbers), folder)
    chosen = learnt(examples, leave_out)
    kept = checkpoints(_run(examples, chosen, settings))
    arrays = arrays_of(train(examples, chosen, states, settings, kept, progress), states)
    about = {
        "data": "WMT20/WMT21 news (Google's MQM labels), WMT21 biomedical (Apache-2.0), MLQE-PE (CC0), "
        "half of DEMETR (MIT)",
        "judged": languages(chosen.judged),
        "left_out": leave_out,
        "licence": "Apache-2.0",
        "seed": settings.seed,
        "steps": settings.steps,
    }
    save(arrays, about, out)


def _run(examples: Examples, chosen: Learnt, settings: Settings) -> str:
    """A digest of what is learnt from and how; two runs of one digest give the same weights."""
    digest = hashlib.sha256(f"{settings.steps} {settings.seed}".encode())
    for text in examples.numbers:
        digest.update(text.encode("utf-8", "surrogatepass") + b"\0")
    digest.update(repr(chosen).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
