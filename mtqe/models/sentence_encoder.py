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
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mtqe.errors import ModelError
from mtqe.models.batching import in_order
from mtqe.models.ngram import WEIGHTS
from mtqe.models.piece_rows import PieceRows
from mtqe.models.short_filter import STEP, ShortFilter, short_filter

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

# Whose spans a batch has, their pieces' states, and what each span adds to its text's vector.
_Read = tuple[list[int], list[Floats], Floats]

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

# What depends on a piece alone, side by side: its three projections; their products with the first
# layers, one for each place in an n-gram; sum and sum of squares of its embedding; what it adds to states.
_OWN = len(_ORDERS) * _CHANNELS
_SUMS = _OWN + _CHANNELS * sum(width for width, _ in _ORDERS)
_STATES = _SUMS + 2

# Pieces that go through the network together; beyond this arrays outgrow the processor's cache.
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


class _Laid(NamedTuple):
    """Spans in one row of places: whose they are, and which places count of each, after the first gap.

    ``numbers`` says of these places which of the different ``pieces`` they have, and ``at`` of all
    places, gaps at the ends included, which row of ``kept``; 0 is a gap's.
    """

    owners: list[int]
    counted: list[slice]
    pieces: Ints
    numbers: Ints
    kept: Floats
    at: Ints


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
    second: tuple[ShortFilter, ...]  # the second layers of n-grams

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
        nothing = np.zeros((DIMENSIONS + _OWN, 0), np.float32)
        known.update(zip(new, self._read(new, nothing)[2], strict=True))
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
        ids, states, vectors = self._read(texts, matrix)
        if len(self._remembered) + len(texts) > _REMEMBERED:
            self._remembered.clear()
        for text, vector in zip(texts, vectors, strict=True):
            self._remembered.setdefault(text, vector)
        return zip(ids, states, strict=True)

    def _read(self, texts: Sequence[str], matrix: Floats) -> tuple[list[Ints], list[Floats], Floats]:
        """Of each text its pieces' ids and their states, and the vectors of all."""
        ids = [self._ids(text) for text in texts]
        lengths = np.array([len(row) for row in ids], dtype=np.float32)[:, None]
        found: list[list[Floats]] = [[np.zeros((0, matrix.shape[1]), np.float32)] for _ in ids]
        vectors = np.zeros((len(texts), DIMENSIONS), np.float32)
        with _one_thread():
            for owners, states, added in self._read_batches(ids, matrix):
                np.add.at(vectors, owners, added)
                for owner, rows in zip(owners, states, strict=True):
                    found[owner].append(rows)
            for start in range(0, len(texts), _BUDGET):
                part = slice(start, start + _BUDGET)
                vectors[part] = self.head(vectors[part], lengths[part])
        return ids, list(map(np.concatenate, found)), vectors

    def _read_batches(self, ids: Sequence[Ints], matrix: Floats) -> Iterator[_Read]:
        """Batches in threads; but what pieces are by themselves in one, or rounding would be up to chance."""
        kept = PieceRows(partial(self._alone, matrix=matrix[:DIMENSIONS]), _STATES + matrix.shape[1])
        spans = (span for owner, row in enumerate(ids) for span in _spans(owner, row))
        batches = in_order(spans, lambda span: len(span.ids), _BUDGET)
        read = partial(self._batch, matrix=matrix[DIMENSIONS:], total=matrix.sum(axis=0))
        with ThreadPoolExecutor(_WORKERS) as pool:
            yield from _in_turn(pool, read, (_laid_out(batch, kept) for batch in batches))

    def _ids(self, text: str) -> Ints:
        """Piece ids between those for begin and end; none for a text of white space."""
        # A lone surrogate has no UTF-8: as bytes it becomes an unknown piece instead of an error.
        ids = self.pieces.encode(text.encode("utf-8", "surrogatepass"))
        around = [self.pieces.bos_id(), *ids, self.pieces.eos_id()] if ids else []
        return np.array(around, dtype=np.int64)

    def _alone(self, pieces: Ints, matrix: Floats) -> Floats:
        """What depends on a piece alone, a row for each: see ``_OWN``.

        A product with an n-gram is the sum of its pieces' products with parts of the matrix: those
        of the first layer are here.
        """
        w = self.weights
        embedded = self.table.vectors(pieces)
        # The three projections are normalised together, as in the original.
        own = _normalised(embedded @ w["proj"] + w["proj_b"], w["proj_ln_g"], w["proj_ln_b"])
        parts = zip(np.split(own, len(_ORDERS), axis=1), _ORDERS, strict=True)
        products = [part @ w[f"w1_{width}"] for part, (width, _) in parts]
        sums = np.stack([embedded.sum(axis=1), np.einsum("ij,ij->i", embedded, embedded)], axis=1)
        return np.concatenate([own, *products, sums, embedded @ matrix], axis=1)

    def _batch(self, laid: _Laid, matrix: Floats, total: Floats) -> _Read:
        """Whose spans these are, their pieces' states, and what each span adds to its text's vector."""
        features = self._features(laid)
        at = laid.at[_GAP:-_GAP]
        mean, scale = _moments(features, laid.kept[:, _SUMS:_STATES][at])
        states = features @ matrix
        states += laid.kept[:, _STATES:][at]
        states -= np.outer(mean, total)
        states *= scale[:, None]
        return laid.owners, [states[rows] for rows in laid.counted], self._summed(laid, features, mean, scale)

    def _summed(self, laid: _Laid, features: Floats, mean: Floats, scale: Floats) -> Floats:
        # Layer normalisation, of which gain and bias come after the sum (see ``_network``).
        shares, of_pieces = _shares(laid, scale)
        sums = np.concatenate([of_pieces @ self.table.vectors(laid.pieces), shares @ features], axis=1)
        return np.asarray((sums - (shares @ mean)[:, None]) @ self.weights["pool"])

    def _features(self, laid: _Laid) -> Floats:
        """Each place's three n-gram features, side by side."""
        features = np.empty((len(laid.at) - 2 * _GAP, len(_ORDERS) * _CHANNELS), np.float32)
        for order in range(len(_ORDERS)):
            self._grams(laid, order, features[:, order * _CHANNELS : (order + 1) * _CHANNELS])
        return features

    def _grams(self, laid: _Laid, order: int, out: Floats) -> None:
        """Two layers over n-grams, each added to what it was made of."""
        (width, left), kept, at = _ORDERS[order], laid.kept, laid.at
        count = len(out)
        x = kept[:, order * _CHANNELS : (order + 1) * _CHANNELS][at]
        first = np.tile(self.weights[f"b1_{width}"], (count, 1))
        begin = _OWN + _CHANNELS * sum(narrower for narrower, _ in _ORDERS[:order])
        for shift in range(width):
            columns = slice(begin + shift * _CHANNELS, begin + (shift + 1) * _CHANNELS)
            first += kept[:, columns][at[_GAP - left + shift :][:count]]
        x[_GAP:-_GAP] += np.maximum(first, 0, out=first)
        x[at == 0] = 0
        second = self.second[order](x[_GAP - left :][: count + width - 1])
        second += self.weights[f"b2_{width}"]
        np.add(x[_GAP:-_GAP], np.maximum(second, 0, out=second), out=out)

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
        weights = _network(stored)
        second = tuple(short_filter(weights.pop(f"w2_{width}"), width) for width, _ in _ORDERS)
        return SentenceEncoder(pieces, table, weights, second)
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
    for width, _ in _ORDERS:
        w[f"w1_{width}"] = np.concatenate(np.split(w[f"w1_{width}"], width), axis=1)
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


def _laid_out(batch: Sequence[Span], kept: PieceRows) -> _Laid:
    """All spans in one row of places with a gap before, between and behind them."""
    lengths = np.array([len(span.ids) for span in batch])
    starts = np.cumsum(lengths + _GAP) - lengths - _GAP
    pieces, numbers = np.unique(np.concatenate([span.ids for span in batch]), return_inverse=True)
    inner = -(-int((lengths + _GAP).sum() - _GAP) // STEP) * STEP
    places = np.full(inner + 2 * _GAP, len(pieces), dtype=np.int64)
    shifts = np.arange(1, len(batch) + 1) * _GAP
    places[np.arange(len(numbers)) + np.repeat(shifts, lengths)] = numbers
    counted = [slice(b + s.start, b + s.stop) for b, s in zip(starts.tolist(), batch, strict=True)]
    array, rows = kept.of(pieces)
    at = np.append(rows, 0)[places]
    return _Laid([span.owner for span in batch], counted, pieces, places[_GAP:-_GAP], array, at)


def _in_turn(
    pool: ThreadPoolExecutor, read: Callable[[_Laid], _Read], batches: Iterable[_Laid]
) -> Iterator[_Read]:
    """What ``pool.map`` gives, but with few batches laid out before their turn."""
    waiting: deque[Future[_Read]] = deque()
    for batch in batches:
        waiting.append(pool.submit(read, batch))
        if len(waiting) > _WORKERS:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _moments(features: Floats, sums: Floats) -> tuple[Floats, Floats]:
    """Mean of each row, and one by its deviation; embeddings have these sums, and sums of squares."""
    size = DIMENSIONS + features.shape[1]
    mean = (features.sum(axis=1) + sums[:, 0]) / size
    variance = (np.einsum("ij,ij->i", features, features) + sums[:, 1]) / size - mean * mean
    return mean, 1 / np.sqrt(variance + _EPSILON)


def _shares(laid: _Laid, weight: Floats) -> tuple[Floats, Floats]:
    """What each place, and each piece, adds to each span: its weight; gaps and surroundings nothing."""
    of_places = np.zeros((len(laid.counted), len(weight)), np.float32)
    of_pieces = np.zeros((len(laid.counted), len(laid.pieces)), np.float32)
    for row, at in enumerate(laid.counted):
        of_places[row, at] = weight[at]
        of_pieces[row] = np.bincount(laid.numbers[at], weight[at], len(laid.pieces))
    return of_places, of_pieces


def _normalised(x: Floats, gain: Floats, bias: Floats) -> Floats:
    """``x`` itself after layer normalisation (Ba et al., 2016)."""
    x -= x.mean(axis=1, keepdims=True)
    variance = np.einsum("ij,ij->i", x, x) / x.shape[1]
    x *= (1 / np.sqrt(variance + _EPSILON))[:, None]
    x *= gain
    x += bias
    return x
