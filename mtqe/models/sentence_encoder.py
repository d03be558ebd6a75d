"""Sentence vectors that are near for translations of one another, in sixteen languages.

Google's multilingual Universal Sentence Encoder, version 3 (Yang et al., 2019): SentencePiece
embeddings, three convolutions over n-grams of 2, 3 and 5 pieces, their sum over the sentence,
and a small residual network. Here in numpy, over weights that ship with the package
(``weights/sentence_encoder.md``).
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mtqe.errors import ModelError
from mtqe.models.ngram import WEIGHTS

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

DIMENSIONS = 512
LANGUAGES = frozenset(
    ["ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"]
)

# N-gram widths, and how many pieces to the left of its own each looks at.
_ORDERS = ((2, 0), (3, 1), (5, 2))
_LEFT, _RIGHT = 2, 2
_CHANNELS = 256
_EPSILON = 1e-12

# Pieces that go through the network together: more gain no speed and cost memory.
_BUDGET = 512

# Vectors that are kept: 20 MB, the sentences of some hundred articles.
_REMEMBERED = 10_000

# A product of this size is best done by one thread; several of them run side by side.
_WORKERS = min(os.cpu_count() or 1, 4)

# The network sums over the sentence, so it has no longest input; but memory has. Longer texts
# are encoded in windows of this many pieces, whose vectors are averaged by their length.
_WINDOW = 512


@dataclass(frozen=True)
class SentenceEncoder:
    """The model; ``load_encoder`` makes one."""

    pieces: Any
    table: NDArray[np.uint8]  # embeddings in 6 bits, shape (17 parts, 7530, 512): piece i is in part i % 17
    weights: dict[str, Floats]

    def encode(self, texts: Sequence[str]) -> Floats:
        """Vectors of length 1, shape (n, 512), in the order of ``texts``.

        A text's vector does not depend on its company; equal texts are encoded once. A text
        without characters has the zero vector.
        """
        known = self._remembered
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if len(known) + len(new) > _REMEMBERED:
            known.clear()
            new = list(dict.fromkeys(texts))
        known.update(zip(new, self._encode(new), strict=True))
        return np.stack([known[text] for text in texts]) if texts else np.zeros((0, DIMENSIONS), np.float32)

    @cached_property
    def _remembered(self) -> dict[str, Floats]:
        """Vectors of late: alignment and scoring ask for the same sentences."""
        return {}

    def _encode(self, texts: Sequence[str]) -> Floats:
        windows = [window for text in texts for window in self._windows(text)]
        with _one_thread(), ThreadPoolExecutor(_WORKERS) as pool:
            parts = list(pool.map(self._forward, _batches([ids for ids, _ in windows])))
        vectors = np.concatenate(parts) if parts else np.zeros((0, DIMENSIONS), np.float32)
        counts = [share for _, share in windows]
        return _averaged(vectors, counts)

    def _windows(self, text: str) -> list[tuple[list[int], tuple[bool, int]]]:
        """Ids of each window, whether it is a text's first, and its length."""
        begin, end = self.pieces.bos_id(), self.pieces.eos_id()
        ids = self.pieces.encode(text) or [self.pieces.unk_id()]
        starts = range(0, len(ids), _WINDOW)
        length = 0 if not text.strip() else 1
        return [
            ([begin, *ids[s : s + _WINDOW], end], (s == 0, length * len(ids[s : s + _WINDOW])))
            for s in starts
        ]

    def _forward(self, batch: Sequence[Sequence[int]]) -> Floats:
        lengths = np.array([len(ids) for ids in batch], dtype=np.int64)
        ids = np.concatenate([np.asarray(b, dtype=np.int64) for b in batch])
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        features = self._features(ids, _neighbours(starts, lengths))
        w = self.weights
        total = np.add.reduceat(_normalised(features, w["ln_g"], w["ln_b"]), starts, axis=0)
        sizes = lengths.astype(np.float32)[:, None]
        pooled = (total @ w["cnn_W"] + sizes * w["cnn_b"]) / np.sqrt(sizes)
        return self._head(pooled.astype(np.float32))

    def _features(self, ids: Ints, neighbours: Ints) -> Floats:
        """Each piece's embedding and its three n-gram features, side by side."""
        w = self.weights
        row, part = np.divmod(ids, len(w["scale"]))
        embedded = self.table[part, row].astype(np.float32) * w["scale"][part, None] + w["lo"][part, None]
        # The three projections are normalised together, as in the original.
        joint = (embedded @ w["proj"] + w["proj_b"]).astype(np.float32)
        projected = _normalised(joint, w["proj_ln_g"], w["proj_ln_b"])
        columns = [embedded]
        for order, (width, left) in enumerate(_ORDERS):
            window = neighbours[:, _LEFT - left : _LEFT - left + width]
            x = projected[:, order * _CHANNELS : (order + 1) * _CHANNELS]
            for layer in ("1", "2"):
                x = x + np.maximum(_gather(x, window) @ w[f"w{layer}_{width}"] + w[f"b{layer}_{width}"], 0)
            columns.append(x)
        return np.concatenate(columns, axis=1)

    def _head(self, x: Floats) -> Floats:
        w = self.weights
        hidden = np.maximum(x @ w["p1"] + np.maximum(x @ w["d0"], 0) @ w["d1"], 0)
        out = np.tanh(hidden @ w["p3"] + np.maximum(hidden @ w["d2"], 0) @ w["d3"])
        return np.asarray(out / np.linalg.norm(out, axis=1, keepdims=True), dtype=np.float32)


@cache
def encoder_revision(folder: Path = WEIGHTS) -> str:
    """A digest of the weights, for signatures; read from the file's head alone."""
    from safetensors import SafetensorError, safe_open

    path = folder / "sentence_encoder.safetensors"
    try:
        with safe_open(path, framework="numpy") as stored:
            return str(json.loads(stored.metadata()["about"])["digest"])
    except (OSError, SafetensorError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: is missing or damaged ({error}); install mtqe again") from error


@cache
def load_encoder(folder: Path = WEIGHTS) -> SentenceEncoder:
    """The encoder that ships with the package; ``ModelError`` if its files are missing or damaged."""
    import sentencepiece
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    path = folder / "sentence_encoder.safetensors"
    try:
        stored = load_file(path)
        rows = zlib.decompress(stored["table_zlib"].tobytes())
        pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / "sentence_encoder.model"))
    except (OSError, SafetensorError, KeyError, zlib.error) as error:
        raise ModelError(f"{path}: is missing or damaged ({error}); install mtqe again") from error
    parts = np.frombuffer(rows, dtype=np.uint8).reshape(len(stored["scale"]), -1, DIMENSIONS)
    return SentenceEncoder(pieces, parts, _network(stored))


def _network(stored: dict[str, NDArray[Any]]) -> dict[str, Floats]:
    """The network's weights: each matrix is stored as bytes that point into its few values."""
    weights = {name: array for name, array in stored.items() if not name.startswith(("table_", "values_"))}
    return {
        name: stored[f"values_{name}"][array] if f"values_{name}" in stored else array
        for name, array in weights.items()
    }


def _one_thread() -> Any:
    """BLAS with one thread: on products this small more threads wait for one another."""
    from threadpoolctl import threadpool_limits

    return threadpool_limits(limits=1, user_api="blas")


def _batches(windows: Sequence[Sequence[int]]) -> Iterator[list[Sequence[int]]]:
    batch: list[Sequence[int]] = []
    size = 0
    for ids in windows:
        if batch and size + len(ids) > _BUDGET:
            yield batch
            batch, size = [], 0
        batch.append(ids)
        size += len(ids)
    if batch:
        yield batch


def _averaged(vectors: Floats, counts: Sequence[tuple[bool, int]]) -> Floats:
    """One vector for each text from those of its windows, by their lengths."""
    if not counts:
        return vectors
    firsts = np.flatnonzero([first for first, _ in counts])
    weighted = vectors * np.array([length for _, length in counts], dtype=np.float32)[:, None]
    total = np.add.reduceat(weighted, firsts, axis=0)
    norms = np.linalg.norm(total, axis=1, keepdims=True)
    return np.asarray(np.divide(total, norms, out=np.zeros_like(total), where=norms > 0), dtype=np.float32)


def _neighbours(starts: Ints, lengths: Ints) -> Ints:
    """For each piece the places around it; those beyond its text point behind the last piece."""
    total = int(lengths.sum())
    places = np.arange(total)[:, None] + np.arange(-_LEFT, _RIGHT + 1)
    first = np.repeat(starts, lengths)[:, None]
    last = np.repeat(starts + lengths, lengths)[:, None]
    return np.where((places >= first) & (places < last), places, total)


def _gather(x: Floats, window: Ints) -> Floats:
    padded = np.concatenate([x, np.zeros((1, _CHANNELS), np.float32)])
    return padded[window].reshape(len(x), -1)


def _normalised(x: Floats, gain: Floats, bias: Floats) -> Floats:
    """Layer normalisation (Ba et al., 2016)."""
    centred = x - x.mean(axis=1, keepdims=True)
    variance = np.einsum("ij,ij->i", centred, centred) / x.shape[1]
    return np.asarray(centred / np.sqrt(variance + _EPSILON)[:, None] * gain + bias, dtype=np.float32)
