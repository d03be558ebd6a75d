"""Sentence vectors that are near for translations of one another, in fifteen languages.

Google's multilingual Universal Sentence Encoder, version 3 (Yang et al., 2019): SentencePiece
embeddings, three convolutions over n-grams of 2, 3 and 5 pieces, their sum over the sentence,
and a small residual network. Here in numpy, over weights that ship with the package
(``weights/sentence_encoder.md``).
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, cached_property, partial, reduce
from operator import iadd
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
    ["de", "en", "es", "fr", "it", "nl", "pl", "pt", "tr", "ru", "ar", "th", "zh", "ja", "ko"]
)

# N-gram widths, and how many pieces to the left of its own each looks at.
_ORDERS = ((2, 0), (3, 1), (5, 2))
_CHANNELS = 256
_EPSILON = 1e-12

# The widest n-gram looks this far to either side: so many empty places keep texts apart.
_GAP = 2

# Two layers of n-grams: what a piece becomes depends on this many pieces around it.
_REACH = 2 * _GAP

# Pieces that go through the network together. The more, the more of them are the same and are
# computed once; beyond this the arrays outgrow the processor's cache, and it is slower again.
_BUDGET = 1024

# Vectors that are kept: 20 MB, the sentences of some hundred articles.
_REMEMBERED = 10_000

# A product of this size is best done by one thread; several of them run side by side.
_WORKERS = min(os.cpu_count() or 1, 4)

# Rows of the embedding table that are packed together: 4 KB, a page of memory.
BLOCK = 8


@dataclass(frozen=True)
class Span:
    """Pieces of one text: all, or for a long text a stretch of them with its surroundings.

    Only ``ids[start:stop]`` count; the others are there for the n-grams of these.
    """

    owner: int
    ids: Ints
    start: int
    stop: int


@dataclass(frozen=True)
class PieceTable:
    """Embeddings in 6 bits that stay packed in the file until a piece is asked for.

    The table has several parts, each with a scale of its own; piece i is in part i modulo their
    number.
    """

    packed: Any  # a safetensors slice: bytes are read when it is indexed
    offsets: Ints
    height: int
    scale: Floats
    low: Floats
    unpacked: dict[int, bytes]

    def vectors(self, pieces: Ints) -> Floats:
        """Their embeddings, shape (n, 512); ``ModelError`` if the file is damaged there."""
        numbers = pieces.tolist()
        for piece in numbers:
            if piece not in self.unpacked:
                self.unpacked[piece] = self._row(piece)
        joined = b"".join(map(self.unpacked.__getitem__, numbers))
        rows = np.frombuffer(joined, dtype=np.uint8).reshape(-1, DIMENSIONS)
        part = pieces % len(self.scale)
        return rows * self.scale[part, None] + self.low[part, None]

    def _row(self, piece: int) -> bytes:
        row, part = divmod(piece, len(self.scale))
        block, place = divmod(part * self.height + row, BLOCK)
        begin, end = self.offsets[block : block + 2].tolist()
        try:
            rows = zlib.decompress(self.packed[begin:end])
        except zlib.error as error:
            raise ModelError(f"sentence encoder: damaged weights ({error}); install mtqe again") from error
        return rows[place * DIMENSIONS : (place + 1) * DIMENSIONS]


@dataclass(frozen=True)
class SentenceEncoder:
    """The model; ``load_encoder`` makes one."""

    pieces: Any
    table: PieceTable
    weights: dict[str, Floats]

    def encode(self, texts: Sequence[str]) -> Floats:
        """Vectors of length 1, shape (n, 512), in the order of ``texts``.

        A text's vector does not depend on its company (but for rounding in the seventh digit);
        equal texts are encoded once. No text is cut: a long one is summed piece by piece. A
        text without anything but white space has the zero vector.
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

    def states(self, texts: Sequence[str], matrix: Floats) -> Iterator[tuple[Ints, Floats]]:
        """For each text its pieces' ids, those for begin and end included, and their states.

        A state is what the network knows of a piece in its surroundings before the sum over the
        sentence, normalised (Ba et al., 2016) and times ``matrix``, of 1280 rows. The texts'
        vectors come out on the way, and are remembered.
        """
        ids = [self._ids(text) for text in texts]
        lengths = np.array([len(row) for row in ids], dtype=np.float32)
        found: list[list[Floats]] = [[np.zeros((0, matrix.shape[1]), np.float32)] for _ in ids]
        sums = np.zeros((len(texts), DIMENSIONS), np.float32)
        project = partial(self._projected, matrix=matrix, total=matrix.sum(axis=0))
        batches = _batches(span for owner, row in enumerate(ids) for span in _spans(owner, row))
        with _one_thread(), ThreadPoolExecutor(_WORKERS) as pool:
            for owners, states, added in pool.map(project, batches):
                np.add.at(sums, owners, added)
                for owner, rows in zip(owners, states, strict=True):
                    found[owner].append(rows)
            self._remember(texts, self.head(sums, lengths[:, None]))
        return zip(ids, map(np.concatenate, found), strict=True)

    def _projected(
        self, batch: Sequence[Span], matrix: Floats, total: Floats
    ) -> tuple[list[int], list[Floats], Floats]:
        """Whose spans these are, the normalised features of each times the matrix, and their sums."""
        starts, places, pieces = _laid_out(batch)
        embedded = self.table.vectors(pieces)
        features = self._features(places, embedded)
        mean, scale = _moments(features)
        # A piece's own part is the same wherever it stands.
        own = _with_empty(embedded @ matrix[:DIMENSIONS])[places[_GAP:-_GAP]]
        states = own + features[:, DIMENSIONS:] @ matrix[DIMENSIONS:]
        states = (states - np.outer(mean, total)) * scale[:, None]
        rows = [states[b + s.start : b + s.stop] for b, s in zip(starts.tolist(), batch, strict=True)]
        return [span.owner for span in batch], rows, self._summed(batch, starts, features, mean, scale)

    def _remember(self, texts: Sequence[str], vectors: Floats) -> None:
        if len(self._remembered) + len(texts) > _REMEMBERED:
            self._remembered.clear()
        for text, vector in zip(texts, vectors, strict=True):
            self._remembered.setdefault(text, vector)

    def _encode(self, texts: Sequence[str]) -> Floats:
        ids = [self._ids(text) for text in texts]
        lengths = np.array([len(row) for row in ids], dtype=np.float32)
        vectors = np.zeros((len(texts), DIMENSIONS), np.float32)
        batches = _batches(span for owner, row in enumerate(ids) for span in _spans(owner, row))
        with _one_thread(), ThreadPoolExecutor(_WORKERS) as pool:
            for owners, sums in pool.map(self._sums, batches):
                np.add.at(vectors, owners, sums)
            for start in range(0, len(texts), _BUDGET):
                rows = slice(start, start + _BUDGET)
                vectors[rows] = self.head(vectors[rows], lengths[rows, None])
        return vectors

    def _ids(self, text: str) -> Ints:
        """Piece ids between those for begin and end; none for a text of white space."""
        # A lone surrogate has no UTF-8: as bytes it becomes an unknown piece instead of an error.
        ids = self.pieces.encode(text.encode("utf-8", "surrogatepass"))
        around = [self.pieces.bos_id(), *ids, self.pieces.eos_id()] if ids else []
        return np.array(around, dtype=np.int64)

    def _sums(self, batch: Sequence[Span]) -> tuple[list[int], Floats]:
        """Whose spans these are, and of each the sum of its pieces' normalised features."""
        starts, places, pieces = _laid_out(batch)
        features = self._features(places, self.table.vectors(pieces))
        return [span.owner for span in batch], self._summed(batch, starts, features, *_moments(features))

    def _summed(
        self, batch: Sequence[Span], starts: Ints, features: Floats, mean: Floats, scale: Floats
    ) -> Floats:
        # Layer normalisation, of which gain and bias come after the sum (see ``_network``).
        shares = _shares(batch, starts, scale)
        sums = shares @ features - (shares @ mean)[:, None]
        return np.asarray(sums @ self.weights["pool"])

    def _features(self, places: Ints, embedded: Floats) -> Floats:
        """Each place's embedding and its three n-gram features, side by side."""
        w = self.weights
        # The three projections are normalised together, as in the original.
        projected = _normalised(embedded @ w["proj"] + w["proj_b"], w["proj_ln_g"], w["proj_ln_b"])
        columns = [_with_empty(embedded)[places[_GAP:-_GAP]]]
        for order in range(len(_ORDERS)):
            own = _with_empty(projected[:, order * _CHANNELS : (order + 1) * _CHANNELS])
            columns.append(self._grams(own, places, order))
        return np.concatenate(columns, axis=1)

    def _grams(self, own: Floats, places: Ints, order: int) -> Floats:
        """Two layers over n-grams, each added to what it was made of.

        A product with an n-gram is the sum of its pieces' products with parts of the matrix. So
        those of the first layer are computed once for each different piece.
        """
        width, left = _ORDERS[order]
        w1, b1, w2, b2 = (self.weights[f"{name}_{width}"] for name in ("w1", "b1", "w2", "b2"))
        count = len(places) - 2 * _GAP
        windows = [slice(_GAP - left + shift, _GAP - left + shift + count) for shift in range(width)]
        x = own[places]
        parts = zip(windows, np.split(w1, width), strict=True)
        x[_GAP:-_GAP] += _rectified(reduce(iadd, ((own @ part)[places[at]] for at, part in parts)), b1)
        x[places == len(own) - 1] = 0
        parts = zip(windows, np.split(w2, width), strict=True)
        return x[_GAP:-_GAP] + _rectified(reduce(iadd, (x[at] @ part for at, part in parts)), b2)

    def head(self, sums: Floats, lengths: Floats) -> Floats:
        """Vectors of length 1 of sums over so many pieces."""
        w = self.weights
        x = (sums + lengths * w["pool_b"]) / np.sqrt(np.maximum(lengths, 1))
        hidden = np.maximum(x @ w["p1"] + np.maximum(x @ w["d0"], 0) @ w["d1"], 0)
        out = np.tanh(hidden @ w["p3"] + np.maximum(hidden @ w["d2"], 0) @ w["d3"])
        norms = np.linalg.norm(out, axis=1, keepdims=True)
        return np.asarray(out / np.maximum(norms, _EPSILON), dtype=np.float32)


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
    from safetensors import SafetensorError, safe_open

    path = folder / "sentence_encoder.safetensors"
    try:
        file: Any = safe_open(path, framework="numpy")
        stored = {name: file.get_tensor(name) for name in file.keys() if name != "table"}  # noqa: SIM118
        table = _table(file.get_slice("table"), stored)
        pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / "sentence_encoder.model"))
        return SentenceEncoder(pieces, table, _network(stored))
    except (OSError, SafetensorError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: is missing or damaged ({error}); install mtqe again") from error


def _table(packed: Any, stored: dict[str, NDArray[Any]]) -> PieceTable:
    sizes, scale, low = stored.pop("table_sizes"), stored.pop("scale"), stored.pop("lo")
    offsets = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
    return PieceTable(packed, offsets, int(stored.pop("table_height")[0]), scale, low, {})


def _network(stored: dict[str, NDArray[Any]]) -> dict[str, Floats]:
    """The network's weights: each matrix is stored as bytes that point into its few values.

    The gain and the bias of the last normalisation are joined with the matrix that follows the
    sum, since sum and products change places freely.
    """
    w = {
        name: stored[f"values_{name}"][array] if f"values_{name}" in stored else array
        for name, array in stored.items()
        if not name.startswith("values_")
    }
    matrix, bias = w.pop("cnn_W"), w.pop("cnn_b")
    return w | {"pool_b": w.pop("ln_b") @ matrix + bias, "pool": w.pop("ln_g")[:, None] * matrix}


@cache
def _blas() -> Any:
    """Numpy's libraries, looked for once."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def _one_thread() -> Any:
    """BLAS with one thread: on products this small more threads wait for one another."""
    return _blas().limit(limits=1, user_api="blas")


def _spans(owner: int, ids: Ints) -> Iterator[Span]:
    """The network sums over a text, so it has no longest input; but memory has."""
    for begin in range(0, len(ids), _BUDGET):
        end = min(begin + _BUDGET, len(ids))
        left = max(0, begin - _REACH)
        yield Span(owner, ids[left : end + _REACH], begin - left, end - left)


def _batches(spans: Iterable[Span]) -> Iterator[list[Span]]:
    batch: list[Span] = []
    size = 0
    for span in spans:
        if batch and size + len(span.ids) > _BUDGET:
            yield batch
            batch, size = [], 0
        batch.append(span)
        size += len(span.ids)
    if batch:
        yield batch


def _laid_out(batch: Sequence[Span]) -> tuple[Ints, Ints, Ints]:
    """All spans in one row with a gap before, between and behind them.

    Where each starts, not counting the first gap; for every place of the row the number of its
    piece, one past the last for a gap; and the different pieces.
    """
    lengths = np.array([len(span.ids) for span in batch])
    starts = np.cumsum(lengths + _GAP) - lengths - _GAP
    pieces, numbers = np.unique(np.concatenate([span.ids for span in batch]), return_inverse=True)
    places = np.full(int((lengths + _GAP).sum()) + _GAP, len(pieces), dtype=np.int64)
    shifts = np.arange(1, len(batch) + 1) * _GAP
    places[np.arange(len(numbers)) + np.repeat(shifts, lengths)] = numbers
    return starts, places, pieces


def _moments(features: Floats) -> tuple[Floats, Floats]:
    """Mean of each row, and one by its deviation."""
    mean = features.mean(axis=1)
    variance = np.einsum("ij,ij->i", features, features) / features.shape[1] - mean * mean
    return mean, 1 / np.sqrt(variance + _EPSILON)


def _shares(batch: Sequence[Span], starts: Ints, weight: Floats) -> Floats:
    """What each place adds to each span: its weight, or 0 for others' places, gaps and surroundings."""
    shares = np.zeros((len(batch), len(weight)), np.float32)
    for row, (span, start) in enumerate(zip(batch, starts.tolist(), strict=True)):
        counted = slice(start + span.start, start + span.stop)
        shares[row, counted] = weight[counted]
    return shares


def _with_empty(x: Floats) -> Floats:
    """With a row of zeros behind the last, for gaps."""
    return np.concatenate([x, np.zeros((1, x.shape[1]), np.float32)])


def _rectified(x: Floats, bias: Floats) -> Floats:
    """``x`` itself, with the bias added and without what is below 0 then."""
    x += bias
    return np.maximum(x, 0, out=x)


def _normalised(x: Floats, gain: Floats, bias: Floats) -> Floats:
    """``x`` itself after layer normalisation (Ba et al., 2016)."""
    x -= x.mean(axis=1, keepdims=True)
    variance = np.einsum("ij,ij->i", x, x) / x.shape[1]
    x *= (1 / np.sqrt(variance + _EPSILON))[:, None]
    x *= gain
    x += bias
    return x
