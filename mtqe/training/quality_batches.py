"""Batches for the quality network: units of translations that are compared with one another."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch

from mtqe.models.quality_net import FACTS, MARKS
from mtqe.training.quality_examples import MACHINE, Assessed, Contrast, Judged, groups
from mtqe.training.quality_states import KEPT, MEANING, SENTENCE, States
from mtqe.training.quality_torch import Batch
from mtqe.training.spoil import NEEDS_SOURCE

# Translations of one source that meet in a batch, and how often their source is left out.
_TOGETHER = 6
_WITHOUT_SOURCE = 0.3

# Shares of the contrasts, and numbers of the assessments, that one round uses.
_SPOILT_SHARE = 1 / 4
_DEMETR_SHARE = 1 / 2
_ASSESSED = 6000
_ASSESSED_TOGETHER = 4

# Places of a batch, empty ones included.
_PLACES = 2200


class Row(NamedTuple):
    """A translation to judge; what is known of it; and whether it is the worse of a contrast."""

    source: int | None
    target: int
    known: Judged | Assessed | Contrast
    worse: bool = False


Unit = list[Row]


@dataclass(frozen=True)
class Learnt:
    """What is learnt from."""

    judged: Sequence[Judged]
    assessed: Sequence[Assessed]
    contrasts: Sequence[Contrast]


def rounds(learnt: Learnt, states: States, rng: random.Random) -> Iterator[list[Unit]]:
    """Batches without end, round after round."""
    while True:
        yield from _batches(list(_units(learnt, rng)), states, rng)


def _units(learnt: Learnt, rng: random.Random) -> Iterator[Unit]:
    for group in groups(learnt.judged):
        chosen = rng.sample(group, min(_TOGETHER, len(group)))
        source = chosen[0].source if rng.random() > _WITHOUT_SOURCE else None
        yield [Row(source, one.target, one) for one in chosen]
    for contrast in learnt.contrasts:
        share = (
            1.0 if contrast.kind == MACHINE else _DEMETR_SHARE if contrast.data == "demetr" else _SPOILT_SHARE
        )
        if rng.random() < share:
            hidden = contrast.kind not in NEEDS_SOURCE and rng.random() < _WITHOUT_SOURCE
            source = None if hidden else contrast.source
            yield [Row(source, contrast.good, contrast), Row(source, contrast.bad, contrast, True)]
    yield from _assessed_units(learnt.assessed, rng)


def _assessed_units(assessed: Sequence[Assessed], rng: random.Random) -> Iterator[Unit]:
    by_languages: dict[str, list[Assessed]] = defaultdict(list)
    for one in rng.sample(assessed, min(_ASSESSED, len(assessed))):
        by_languages[one.languages].append(one)
    for found in by_languages.values():
        for start in range(0, len(found), _ASSESSED_TOGETHER):
            hidden = rng.random() < _WITHOUT_SOURCE
            some = found[start : start + _ASSESSED_TOGETHER]
            yield [Row(None if hidden else one.source, one.target, one) for one in some]


def _batches(units: list[Unit], states: States, rng: random.Random) -> Iterator[list[Unit]]:
    """Units of about one length together, in random order."""
    lengths = [max(_length(row, states) for row in unit) for unit in units]
    keys = [length * math.exp(rng.gauss(0, 0.12)) for length in lengths]
    batches: list[list[Unit]] = [[]]
    longest = rows = 0
    for i in sorted(range(len(units)), key=keys.__getitem__):
        longest, rows = max(longest, lengths[i]), rows + len(units[i])
        if batches[-1] and longest * rows > _PLACES:
            batches.append([])
            longest, rows = lengths[i], len(units[i])
        batches[-1].append(units[i])
    rng.shuffle(batches)
    yield from batches


def _length(row: Row, states: States) -> int:
    return max(states.size(row.target), 0 if row.source is None else states.size(row.source))


def inputs(rows: Sequence[Row], states: States) -> Batch:
    """What the network takes."""
    size = max(states.size(row.target) for row in rows)
    other = max((states.size(row.source) for row in rows if row.source is not None), default=1)
    targets, here = _empty(len(rows), size)
    sources, there = _empty(len(rows), other)
    facts = np.zeros((len(rows), FACTS), np.float32)
    sentences = np.zeros((2, len(rows), SENTENCE), np.float32)
    there[:, 0] = True
    for i, row in enumerate(rows):
        _fill(targets[i], here[i], row.target, row.source, states)
        _doubled(targets[i], row.target, states)
        facts[i, 0] = math.log(states.size(row.target)) / 2 - 1.5
        sentences[0, i] = states.sentences[row.target]
        if row.source is not None:
            _fill(sources[i], there[i], row.source, row.target, states)
            ratio = (states.characters[row.target] + 10) / (states.characters[row.source] + 10)
            facts[i, 1:] = math.log(ratio), 1, math.log(states.size(row.source)) / 2 - 1.5
            sentences[1, i] = states.sentences[row.source]
    return Batch(*(torch.from_numpy(x) for x in (targets, here, sources, there, facts, *sentences)))


Array = np.ndarray  # of any kind: torch takes it from here


def _empty(rows: int, size: int) -> tuple[Array, Array]:
    return np.zeros((rows, size, KEPT + MEANING + MARKS), np.float32), np.zeros((rows, size), bool)


def _fill(x: Array, there: Array, text: int, other: int | None, states: States) -> None:
    ids, at = _ids(text, states), slice(states.starts[text], states.starts[text + 1])
    x[: len(ids), :KEPT] = states.states[at]
    x[: len(ids), KEPT:-MARKS] = states.meanings[at]
    x[: len(ids), -3] = states.rarity[ids]
    there[: len(ids)] = True
    if other is not None:
        x[: len(ids), -2] = np.isin(ids, _ids(other, states))


def _doubled(x: Array, text: int, states: States) -> None:
    ids = _ids(text, states)
    x[2 : len(ids), -1] = ids[2:] == ids[1:-1]


def _ids(text: int, states: States) -> Array:
    return states.ids[states.starts[text] : states.starts[text + 1]]
