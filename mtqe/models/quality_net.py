"""What annotators of MQM would count in a translation, by a small network over token states.

The shipped sentence encoder reads source and target. Its states before pooling say what each
piece is in its surroundings; the vectors that it would give to each piece as a sentence of its
own say what it means in any language (here by a small network that imitates it). So each piece
finds what it translates, and is compared with it. The source may be missing: then the target is
judged alone. In numpy, over weights that ``mtqe.training.quality`` makes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mtqe.errors import ModelError
from mtqe.models.batching import in_order
from mtqe.models.ngram import WEIGHTS
from mtqe.models.sentence_encoder import SentenceEncoder, load_encoder

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

# What the network gives, in its order: log(1 + points per 100 words) of all errors, of accuracy
# and of fluency; log-odds that there is no error; a direct assessment, as a z-score; log-odds that
# the translation was spoilt on purpose, as by another number or the loss of a half; and log-odds
# that a machine made it.
OUTPUTS = ("total", "accuracy", "fluency", "clean", "assessment", "spoilt", "machine")

WIDTH = 128
HEADS = 4

# What each piece has beside states: how rare it is, whether it is copied, whether it is doubled.
MARKS = 3
# And, where there is a source, how alike its best match there is, and whether that is a match.
SIGNS = ("rarity", "copied", "doubled", "alike", "matched")
FACTS = 4
STATISTICS = 9

# A piece whose best match is less alike than this has none.
NO_MATCH = 0.4


class _Near(NamedTuple):
    """Factors that bring inputs near 1, as the network was trained with them."""

    match: float = 0.8
    marks: float = 4.0
    apart: float = 3.0
    product: float = 20.0
    difference: float = 10.0
    spread: float = 1e-4


NEAR = _Near()

# Pieces of a target that are read at once: a paragraph. A longer text is read in parts, and its
# source in as many.
WINDOW = 400

# Pieces that go through the network together; beyond this arrays outgrow the processor's cache.
_BUDGET = 2000

# Pieces that are remembered: 85 MB, the sentences of a batch of articles and of their sources.
_REMEMBERED = 60_000

# Characters of a piece, about, in languages with spaces.
_CHARACTERS = 4

_EPSILON = 1e-5


class Text(NamedTuple):
    """A text or a part of one: its pieces, their states and meanings, and its characters."""

    ids: Ints
    states: Floats
    meanings: Floats
    characters: int


class Window(NamedTuple):
    """What is read together; ``source`` is None if there is none."""

    owner: int
    target: Text
    source: Text | None


class Marks(NamedTuple):
    """What the network says of a target, and of its pieces; those for begin and end are among them.

    ``outputs`` are those of ``OUTPUTS``. ``pieces`` has two columns: log-odds that annotators mark a
    piece, and that they mark it as more than minor. ``signs`` has ``SIGNS`` of each piece.
    """

    outputs: Floats
    pieces: Floats
    signs: Floats


@dataclass(frozen=True)
class QualityNet:
    """The network; ``read_quality_net`` makes one."""

    encoder: SentenceEncoder
    weights: dict[str, Floats]
    about: dict[str, Any]

    def judge(self, pairs: Sequence[tuple[str, str | None]]) -> Floats:
        """A row of ``OUTPUTS`` for each target and source; neither may be white space alone."""
        total = np.zeros((len(pairs), len(OUTPUTS)), np.float32)
        pieces = np.zeros((len(pairs), 1), np.float32)
        for batch in _batches(self._cut(pairs)):
            sizes = np.array([[len(window.target.ids)] for window in batch], np.float32)
            owners = [window.owner for window in batch]
            np.add.at(total, owners, self._outputs(batch) * sizes)
            np.add.at(pieces, owners, sizes)
        return np.asarray(total / np.maximum(pieces, 1))

    def marks(self, pairs: Sequence[tuple[str, str | None]]) -> list[Marks]:
        """What ``judge`` says of each target, and what it is made of; neither text may be white space."""
        found: list[list[Marks]] = [[] for _ in pairs]
        for batch in _batches(self._cut(pairs)):
            for window, marks in zip(batch, self._window_marks(batch), strict=True):
                found[window.owner].append(marks)
        return [_joined(parts) for parts in found]

    def _window_marks(self, batch: Sequence[Window]) -> Iterator[Marks]:
        outputs, pieces, best = self._read_batch(batch)
        targets, sources = [w.target for w in batch], [w.source for w in batch]
        signs = self._marks(0, targets, sources, [alike for alike, _ in best])
        cuts = np.cumsum([len(target.ids) for target in targets])[:-1]
        yield from map(Marks, outputs, np.split(pieces, cuts), np.split(signs, cuts))

    def _cut(self, pairs: Sequence[tuple[str, str | None]]) -> list[Window]:
        known = self._texts(list(dict.fromkeys(text for pair in pairs for text in pair if text is not None)))
        return [
            window
            for i, (target, source) in enumerate(pairs)
            for window in _windows(i, known[target], known[source] if source is not None else None)
        ]

    def vectors(self, texts: Sequence[str]) -> Floats:
        """The encoder's vectors of texts, a row for each; they will be judged, so they are read now."""
        self._texts(list(dict.fromkeys(texts)))
        return self.encoder.encode(texts)

    def _texts(self, texts: Sequence[str]) -> dict[str, Text]:
        """Each read once; those of late are remembered, since scorers ask for the same sentences."""
        known = self._remembered
        found = {text: known[text] for text in texts if text in known}
        new = [text for text in texts if text not in found]
        self._make_room(sum(map(len, new)) // _CHARACTERS)
        read = list(self.encoder.states(new, self.weights["states.w"]))
        for _, states in read:
            states += self.weights["states.b"]
        meanings = self._meanings([states for _, states in read])
        for text, (ids, states), meaning in zip(new, read, meanings, strict=True):
            found[text] = Text(ids, states, meaning, len(text))
        known.update(found)
        self._make_room(0)
        return found

    def _make_room(self, pieces: int) -> None:
        """Forget the oldest texts until so many pieces more can be remembered."""
        known = self._remembered
        over = sum(len(text.ids) for text in known.values()) + pieces - _REMEMBERED
        while over > 0 and known:
            over -= len(known.pop(next(iter(known))).ids)

    @cached_property
    def _remembered(self) -> dict[str, Text]:
        return {}

    def _meanings(self, states: Sequence[Floats]) -> Iterator[Floats]:
        """Vectors of length 1 that pieces have in common with their translations, for each text."""
        for batch in in_order(states, len, _BUDGET):
            x = self._linear("mean2", np.maximum(self._linear("mean1", np.concatenate(batch)), 0))
            x /= np.maximum(np.linalg.norm(x, axis=1, keepdims=True), _EPSILON)
            yield from np.split(x, np.cumsum([len(rows) for rows in batch])[:-1])

    def _sentences(self, texts: Sequence[Text | None]) -> Floats:
        """The encoder's vectors of the texts; zeros where there is none."""
        sums = np.stack([t.states.sum(0) if t else self._nothing for t in texts])
        sizes = np.array([[len(t.ids) if t else 0.0] for t in texts], np.float32)
        vectors = self.encoder.head(sums @ self.weights["pool.w"] + sizes * self.weights["pool.b"], sizes)
        return np.asarray(vectors * (sizes > 0))

    @property
    def _nothing(self) -> Floats:
        return np.zeros(self.weights["pool.w"].shape[0], np.float32)

    def _outputs(self, batch: Sequence[Window]) -> Floats:
        return self._read_batch(batch)[0]

    def _read_batch(self, batch: Sequence[Window]) -> tuple[Floats, Floats, list[tuple[Floats, Floats]]]:
        """Outputs of each, marks of all their pieces, and how alike best matches are on either side."""
        targets, sources = [w.target for w in batch], [w.source for w in batch]
        sizes = [len(t.ids) for t in targets]
        others = [len(s.ids) if s else 1 for s in sources]
        alike = [t.meanings @ s.meanings.T if s else None for t, s in zip(targets, sources, strict=True)]
        best = [_best(a, n) for a, n in zip(alike, sizes, strict=True)]
        h = self._entry(0, targets, sources, [b[0] for b in best])
        y = self._source_entry(targets, sources, [b[1] for b in best])
        far = [_distance(*shape) for shape in zip(sizes, others, strict=True)]
        seen = self._read((h, sizes), (y, others), targets, sources, alike, far)
        turned = [a.T if a is not None else None for a in alike]
        back = self._read((y, others), (h, sizes), sources, targets, turned, [d.T for d in far])
        pieces = self._linear("tok", seen)
        marks = np.asarray(1 / (1 + np.exp(-pieces)), np.float32)
        vectors = self._sentences([*targets, *sources])
        summaries = self._summaries(vectors[: len(batch)], vectors[len(batch) :], sources)
        facts = np.concatenate([[_facts(w) for w in batch], _statistics(best)], axis=1)
        ends = [_mean(marks, sizes) * NEAR.marks, summaries[2]]
        parts = [*_pooled(seen, sizes), *_pooled(back, others), *summaries[:2], facts, *ends]
        z = np.maximum(self._linear("seg", np.concatenate(parts, axis=1).astype(np.float32)), 0)
        outputs = self._linear("out", z + np.maximum(self._linear("seg2", z), 0))[:, : len(OUTPUTS)]
        return outputs, pieces, best

    def _summaries(
        self, u: Floats, v: Floats, sources: Sequence[Text | None]
    ) -> tuple[Floats, Floats, Floats]:
        """What the sentences' vectors say: the target's, both, and how alike they are."""
        has = np.array([[float(s is not None)] for s in sources], np.float32)
        pair = np.concatenate([u * v * NEAR.product, np.abs(u - v) * NEAR.difference * has], axis=1)
        alike = np.einsum("ij,ij->i", u, v)[:, None]
        own = self._norm("ug", self._linear("u", u * NEAR.product))
        return own, self._norm("uvg", self._linear("uv", pair)) * has, alike

    def _entry(
        self, side: int, texts: Sequence[Text], others: Sequence[Text | None], best: Sequence[Floats]
    ) -> Floats:
        """Pieces of one side as the network takes them in."""
        columns = [np.concatenate([t.states for t in texts]), np.concatenate([t.meanings for t in texts])]
        x = np.concatenate([*columns, self._marks(side, texts, others, best)], axis=1)
        return self._norm(f"ln.{side}", self._linear("inp", x) + self.weights["side"][side])

    def _source_entry(
        self, targets: Sequence[Text], sources: Sequence[Text | None], best: Sequence[Floats]
    ) -> Floats:
        """The same for sources; one learnt row stands for a source that is missing."""
        given = [i for i, source in enumerate(sources) if source is not None]
        rows = np.array([len(s.ids) if s else 1 for s in sources])
        y = np.tile(self.weights["none"], (int(rows.sum()), 1))
        if given:
            there = [s for s in sources if s is not None]
            entry = self._entry(1, there, [targets[i] for i in given], [best[i] for i in given])
            y[np.repeat([s is not None for s in sources], rows)] = entry
        return y

    def _marks(
        self, side: int, texts: Sequence[Text], others: Sequence[Text | None], best: Sequence[Floats]
    ) -> Floats:
        """``SIGNS`` of all texts' pieces; a source's are never said to be doubled."""
        ids = np.concatenate([text.ids for text in texts])
        rarity = np.array(self.encoder.pieces.get_score(ids.tolist()), np.float32) / 10 + 1
        copied = [x for pair in zip(texts, others, strict=True) for x in _copied(*pair)]
        doubled = np.zeros(len(ids))
        if side == 0:
            doubled[1:] = ids[1:] == ids[:-1]
            starts = np.cumsum([0, *(len(text.ids) for text in texts[:-1])])
            doubled[np.concatenate([starts, starts + 1]).clip(max=len(ids) - 1)] = 0
        alike = np.concatenate(best)
        return np.stack([rarity, copied, doubled, alike, alike > NEAR.match], axis=1).astype(np.float32)

    def _read(
        self,
        own: tuple[Floats, Sequence[int]],
        other: tuple[Floats, Sequence[int]],
        texts: Sequence[Text | None],
        others: Sequence[Text | None],
        alike: Sequence[Floats | None],
        far: Sequence[Floats],
    ) -> Floats:
        """Each row with what the other side has in its place."""
        values = self._linear("v", other[0])
        gain, slope = (self.weights[name][:, None, None] for name in ("gain", "slope"))
        seen = np.empty_like(own[0])
        apart = np.zeros((len(seen), self.weights["dv.w"].shape[0]), np.float32)
        a = b = 0
        for i, (rows, there) in enumerate(zip(own[1], other[1], strict=True)):
            match, text, counterpart = alike[i], texts[i], others[i]
            v = values[b : b + there].reshape(there, HEADS, -1).transpose(1, 0, 2)
            if match is None or text is None or counterpart is None:
                share = np.full((HEADS, rows, there), 1 / there, np.float32)
            else:
                share = _softmax(match * gain - slope * far[i])
                found = share[0] @ counterpart.meanings
                apart[a : a + rows] = np.concatenate([text.meanings - found, text.meanings * found], axis=1)
            seen[a : a + rows] = (share @ v).transpose(1, 0, 2).reshape(rows, -1)
            a, b = a + rows, b + there
        x = own[0] + self._linear("o", seen) + self._linear("dv", apart * np.float32(NEAR.apart))
        x = self._norm("ln.2", x)
        return self._norm("ln.3", x + self._linear("b", np.maximum(self._linear("a", x), 0)))

    def _linear(self, name: str, x: Floats) -> Floats:
        y = x @ self.weights[f"{name}.w"]
        y += self.weights[f"{name}.b"]
        return y

    def _norm(self, name: str, x: Floats) -> Floats:
        x = x - x.mean(axis=1, keepdims=True)
        x /= np.sqrt(np.einsum("ij,ij->i", x, x) / x.shape[1] + _EPSILON)[:, None]
        x *= self.weights[f"{name}.w"]
        x += self.weights[f"{name}.b"]
        return x


def _windows(owner: int, target: Text, source: Text | None) -> Iterator[Window]:
    """The whole, or parts of equal size with the parts of the source that lie as far along."""
    count = -(-max(len(target.ids), len(source.ids) if source else 0) // WINDOW)
    for part in range(count):
        here, there = _part(target, part, count), _part(source, part, count) if source else None
        if len(here.ids) and (there is None or len(there.ids)):
            yield Window(owner, here, there)


def _part(text: Text, part: int, count: int) -> Text:
    at = slice(part * len(text.ids) // count, (part + 1) * len(text.ids) // count)
    return Text(text.ids[at], text.states[at], text.meanings[at], text.characters)


def _batches(windows: Sequence[Window]) -> Iterator[list[Window]]:
    """Neighbours that together have no more pieces than is good for speed."""
    return in_order(windows, lambda window: len(window.target.ids), _BUDGET)


def _best(alike: Floats | None, size: int) -> tuple[Floats, Floats]:
    """How alike each piece's best match is, on either side."""
    if alike is None:
        return np.zeros(size, np.float32), np.zeros(1, np.float32)
    return alike.max(axis=1), alike.max(axis=0)


def _distance(rows: int, others: int) -> Floats:
    """How far apart pieces of target and source lie, as shares of their texts."""
    here, there = (np.arange(n, dtype=np.float32) / n for n in (rows, others))
    return np.abs(here[:, None] - there[None])


def _joined(windows: Sequence[Marks]) -> Marks:
    """Those of a whole target from its parts; a part counts for as much as it has pieces."""
    sizes = [len(part.pieces) for part in windows]
    outputs = np.average([part.outputs for part in windows], axis=0, weights=sizes)
    pieces, signs = (np.concatenate([part[i] for part in windows]) for i in (1, 2))
    return Marks(np.asarray(outputs, np.float32), pieces, signs)


def _facts(window: Window) -> list[float]:
    """Lengths, and whether there is a source."""
    target, source = window.target, window.source
    size = float(np.log(len(target.ids)) / 2 - 1.5)
    if source is None:
        return [size, 0.0, 0.0, 0.0]
    ratio = float(np.log((target.characters + 10) / (source.characters + 10)))
    return [size, ratio, 1.0, float(np.log(len(source.ids)) / 2 - 1.5)]


def _copied(text: Text, other: Text | None) -> list[bool]:
    """Which pieces stand in the other text too."""
    there = set(other.ids.tolist()) if other else set()
    return [piece in there for piece in text.ids.tolist()]


def _statistics(best: Sequence[tuple[Floats, Floats]]) -> Floats:
    """Of either side mean and least of the best matches, and the share of pieces without one."""
    columns: list[Floats] = []
    for side in zip(*best, strict=True):
        x, sizes = np.concatenate(side), [len(one) for one in side]
        starts = np.cumsum([0, *sizes[:-1]])
        columns += [_mean(x, sizes), np.minimum.reduceat(x, starts), _mean(x < NO_MATCH, sizes)]
    known = [bool(ours.any()) for ours, _ in best]
    return np.stack(columns, axis=1) * np.array(known, np.float32)[:, None]


def _softmax(x: Floats) -> Floats:
    x = np.exp(x - x.max(axis=2, keepdims=True))
    return np.asarray(x / x.sum(axis=2, keepdims=True))


def _mean(x: Floats | NDArray[np.bool_], sizes: Sequence[int]) -> Floats:
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    counts = np.array(sizes, np.float32).reshape(-1, *[1] * (x.ndim - 1))
    return np.asarray(np.add.reduceat(x, starts, axis=0, dtype=np.float32) / counts, np.float32)


def _pooled(x: Floats, sizes: Sequence[int]) -> tuple[Floats, Floats, Floats]:
    """Mean, maximum and deviation of each window's rows."""
    mean = _mean(x, sizes)
    spread = np.sqrt(_mean((x - np.repeat(mean, sizes, axis=0)) ** 2, sizes) + np.float32(NEAR.spread))
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    return mean, np.maximum.reduceat(x, starts, axis=0), spread


@cache
def load_quality_net() -> QualityNet:
    """The network that ships with the package."""
    return read_quality_net(WEIGHTS / "quality_net.safetensors")


def read_quality_net(path: Path) -> QualityNet:
    """A network by its file; ``ModelError`` if that is missing or damaged."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as stored:
            weights = {n: stored.get_tensor(n).astype(np.float32) for n in stored.keys()}  # noqa: SIM118
            about = json.loads(stored.metadata()["about"])
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{path}: is missing or damaged ({error}); train it again") from error
    return QualityNet(load_encoder(), weights, about)
