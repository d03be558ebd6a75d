"""Token states of many texts, encoded once, and annotators' marks as labels of tokens."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from unicodedata import normalize

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from mtqe.models.sentence_encoder import load_encoder
from mtqe.training.quality_examples import Marks

Floats = NDArray[np.float32]

# Directions of the states that are kept: 97 % of their variance.
KEPT = 256

# Pieces of a text that are learnt from; 1 % of the texts are longer.
LONGEST = 160

# Width of the encoder's states.
_WIDTH = 1280

# Texts whose states the directions are found from.
_SAMPLE = 1500
_TEXTS_AT_ONCE = 500
_ROWS_AT_ONCE = 8192

# Width of the vectors of meaning, of the encoder's vectors, and of the layer between.
MEANING = 96
SENTENCE = 512
_HIDDEN = 256

# Pieces that the imitation is fitted to, and how.
_IMITATED = 220_000
_IMITATION_STEPS = 12_000
_IMITATION_BATCH = 1024
_IMITATION_RATE = 2e-3

# How far small directions are stretched, from 0 (not at all) to 1 (all alike).
_STRETCH = 0.7


@dataclass(frozen=True)
class Space:
    """From the encoder's states to those that are learnt from, and on to meanings and sentences.

    States are (normalised features - ``mean``) times ``matrix``; ``back`` undoes that. ``layers``
    are the weights and biases of the network that imitates what the encoder would give for a
    piece as a sentence of its own.
    """

    mean: Floats
    matrix: Floats
    back: Floats
    layers: tuple[Floats, Floats, Floats, Floats]

    def meanings(self, states: Floats) -> Floats:
        """Vectors of length 1 that pieces have in common with their translations."""
        w1, b1, w2, b2 = self.layers
        return _normalised(np.maximum(states @ w1 + b1, 0) @ w2 + b2)

    def pool(self) -> tuple[Floats, Floats]:
        """Matrix and bias from states to what the encoder sums over a sentence."""
        matrix = load_encoder().weights["pool"]
        return self.back.T @ matrix, self.mean @ matrix

    def weights(self) -> dict[str, Floats]:
        """Arrays for the numpy version of the network."""
        names = ("mean1.w", "mean1.b", "mean2.w", "mean2.b")
        pool, bias = self.pool()
        entry = {"states.w": self.matrix, "states.b": -self.mean @ self.matrix}
        return {**entry, **dict(zip(names, self.layers, strict=True)), "pool.w": pool, "pool.b": bias}


@dataclass(frozen=True)
class States:
    """Ids, states and meanings of all pieces of all texts, one text after the other from ``starts``."""

    starts: NDArray[np.int64]
    ids: NDArray[np.int32]
    states: NDArray[np.float16]
    meanings: NDArray[np.float16]
    sentences: NDArray[np.float16]
    space: Space
    characters: NDArray[np.int64]
    rarity: Floats

    def size(self, text: int) -> int:
        """How many pieces a text has."""
        return int(self.starts[text + 1] - self.starts[text])


def encode(texts: Sequence[str], folder: Path) -> States:
    """States of the texts; kept in ``folder``, where the next run finds them."""
    digest = hashlib.sha256("\n".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:12]
    path = folder / f"states-{digest}.npz"
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        _write(texts, path)
    stored = np.load(path)
    mean, matrix, back = (stored[name] for name in ("mean", "matrix", "back"))
    states = np.load(path.with_suffix(".npy"))
    space = Space(mean, matrix, back, imitated(states, mean, back))
    return States(
        stored["starts"],
        stored["ids"],
        states,
        np.concatenate([space.meanings(part).astype(np.float16) for part in _parts(states)]),
        _sentences(states, stored["starts"], space),
        space,
        np.array([len(text) for text in texts]),
        _rarity(),
    )


def _write(texts: Sequence[str], path: Path) -> None:
    mean, matrix, back = _directions(texts)
    encoder = load_encoder()
    sizes = [min(len(encoder._ids(text)), LONGEST) for text in texts]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    states: Any = np.lib.format.open_memmap(
        path.with_suffix(".npy"), "w+", np.float16, (int(starts[-1]), KEPT)
    )
    ids = np.zeros(int(starts[-1]), np.int32)
    for i, (row, found) in enumerate(_encoded(texts, matrix)):
        at = slice(int(starts[i]), int(starts[i + 1]))
        ids[at], states[at] = row[:LONGEST], found[:LONGEST] - mean @ matrix
    states.flush()
    # Written last and renamed: a file of that name says that both are whole.
    part = path.with_suffix(".part.npz")
    np.savez(part, starts=starts, ids=ids, mean=mean, matrix=matrix, back=back)
    part.replace(path)


def _encoded(texts: Sequence[str], matrix: Floats) -> Iterator[tuple[Any, Floats]]:
    for start in range(0, len(texts), _TEXTS_AT_ONCE):
        yield from load_encoder().states(texts[start : start + _TEXTS_AT_ONCE], matrix)


def _directions(texts: Sequence[str]) -> tuple[Floats, Floats, Floats]:
    """Mean and main directions of the states, small ones stretched; and the way back."""
    sample = random.Random(1).sample(list(texts), min(_SAMPLE, len(texts)))  # noqa: S311 (no secret)
    features = np.concatenate([rows for _, rows in _encoded(sample, np.eye(_WIDTH, dtype=np.float32))])
    values, vectors = np.linalg.eigh(np.cov(features.T))
    values, vectors = values[::-1][:KEPT], vectors[:, ::-1][:, :KEPT]
    scale = values ** (-_STRETCH / 2)
    scale /= np.sqrt(np.mean(values * scale * scale))
    mean, matrix, back = (
        np.asarray(x, np.float32) for x in (features.mean(axis=0), vectors * scale, vectors / scale)
    )
    return mean, matrix, back


def imitated(
    states: NDArray[np.float16], mean: Floats, back: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Layers that give main directions of the vector of a piece as a sentence of its own."""
    rng = np.random.default_rng(1)
    inputs = states[np.sort(rng.choice(len(states), min(_IMITATED, len(states)), replace=False))].astype(
        np.float32
    )
    encoder = load_encoder()
    sums = (inputs @ back.T + mean) @ encoder.weights["pool"]
    one = np.ones((len(sums), 1), np.float32)
    vectors = np.concatenate([encoder.head(part, one[: len(part)]) for part in _parts(sums)])
    _, directions = np.linalg.eigh(vectors.T @ vectors)
    return _fitted(inputs, vectors @ directions[:, ::-1][:, :MEANING])


def _fitted(inputs: Floats, wanted: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """The layers after so many steps."""
    torch.manual_seed(1)
    net = nn.Sequential(nn.Linear(KEPT, _HIDDEN), nn.ReLU(), nn.Linear(_HIDDEN, MEANING))
    optimiser = torch.optim.Adam(net.parameters())
    x, y = torch.from_numpy(inputs), torch.from_numpy(np.ascontiguousarray(wanted))
    for step in range(_IMITATION_STEPS):
        optimiser.param_groups[0]["lr"] = _IMITATION_RATE * (1 - step / _IMITATION_STEPS)
        at = torch.randint(0, len(x), (_IMITATION_BATCH,))
        loss = ((net(x[at]) - y[at]) ** 2).sum(1).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    w1, b1, w2, b2 = (p.detach().numpy() for p in net.parameters())
    return np.ascontiguousarray(w1.T), b1, np.ascontiguousarray(w2.T), b2


def _sentences(states: NDArray[np.float16], starts: NDArray[np.int64], space: Space) -> NDArray[np.float16]:
    """The encoder's vectors of the texts, as far as the states that are kept give them."""
    pool, bias = space.pool()
    found = []
    for first in range(0, len(starts) - 1, _TEXTS_AT_ONCE):
        bounds = starts[first : first + _TEXTS_AT_ONCE + 1]
        rows = states[bounds[0] : bounds[-1]].astype(np.float32)
        sums = np.stack([rows[a:b].sum(0) for a, b in pairwise((bounds - bounds[0]).tolist())])
        sizes = np.diff(bounds)[:, None].astype(np.float32)
        found.append(load_encoder().head(sums @ pool + sizes * bias, sizes).astype(np.float16))
    return np.concatenate(found)


def _parts(x: NDArray[Any]) -> Iterator[Floats]:
    for start in range(0, len(x), _ROWS_AT_ONCE):
        yield x[start : start + _ROWS_AT_ONCE].astype(np.float32)


def _normalised(x: Floats) -> Floats:
    return np.asarray(x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-5))


def _rarity() -> Floats:
    pieces = load_encoder().pieces
    scores = pieces.get_score(list(range(pieces.get_piece_size())))
    return np.asarray(np.array(scores) / 10 + 1, np.float32)


def labels(text: str, ids: Sequence[int], marks: Sequence[Marks]) -> Floats | None:
    """For each piece the share of annotators who marked it, and who marked it as more than minor."""
    if not marks:
        return None
    places = np.array(_places(text, ids))
    found = np.zeros((len(ids), 2), np.float32)
    for one in marks:
        marked = np.zeros((len(ids), 2), bool)
        for start, end, serious in one.spans:
            inside = (places[:, 0] < end) & (places[:, 1] > start)
            marked |= inside[:, None] & np.array([True, serious])
        found += marked
    return np.asarray(found / len(marks), np.float32)


def _places(text: str, ids: Sequence[int]) -> list[tuple[int, int]]:
    """Where each piece stands in the text, as the tokenizer normalises it (NFKC, no spaces)."""
    pieces = load_encoder().pieces
    letters = [i for i, letter in enumerate(text) for c in normalize("NFKC", letter) if not c.isspace()]
    special = {pieces.bos_id(), pieces.eos_id()}
    at, places = 0, []
    for number in ids:
        piece = "" if number in special else pieces.id_to_piece(int(number)).replace("\u2581", "").strip()
        size = min(1 if number == pieces.unk_id() else len(piece), len(letters) - at)
        places.append((letters[at], letters[at + size - 1] + 1) if size > 0 else (0, 0))
        at += max(size, 0)
    return places
