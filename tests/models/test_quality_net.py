"""The quality network: what its outputs do not depend on, and that files are checked."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mtqe.errors import ModelError
from mtqe.models import quality_net as module
from mtqe.models.piece_places import places_of
from mtqe.models.quality_net import OUTPUTS, SIGNS, QualityNet, read_quality_net
from mtqe.models.sentence_encoder import load_encoder

PAIRS: list[tuple[str, str | None]] = [
    ("The mayor opened the bridge.", "Der Bürgermeister eröffnete die Brücke."),
    ("The mayor opened the bridge.", None),
    ("It rained all day, and nobody came.", "Es regnete den ganzen Tag, und niemand kam."),
    ("Yes.", "Ja."),
]


_LINEAR = {
    "a": (128, 256),
    "b": (256, 128),
    "dv": (192, 128),
    "inp": (357, 128),
    "mean1": (256, 256),
    "mean2": (256, 96),
    "o": (128, 128),
    "out": (128, len(OUTPUTS)),
    "pool": (256, 512),
    "seg": (909, 128),
    "seg2": (128, 128),
    "states": (1280, 256),
    "tok": (128, 2),
    "u": (512, 64),
    "uv": (1024, 64),
    "v": (128, 128),
}
_NORMS = {"ln.0": 128, "ln.1": 128, "ln.2": 128, "ln.3": 128, "ug": 64, "uvg": 64}


def net() -> QualityNet:
    """A network that has learnt nothing."""
    rng = np.random.default_rng(1)
    weights = {"gain": np.ones(4), "slope": np.ones(4), "none": rng.normal(size=128)}
    weights["side"] = rng.normal(size=(2, 128))
    for name, (rows, columns) in _LINEAR.items():
        weights[f"{name}.w"] = rng.normal(size=(rows, columns)) / rows**0.5
        weights[f"{name}.b"] = np.zeros(columns)
    for name, size in _NORMS.items():
        weights |= {f"{name}.w": np.ones(size), f"{name}.b": np.zeros(size)}
    return QualityNet(load_encoder(), {k: np.asarray(v, np.float32) for k, v in weights.items()}, {})


NET = net()


def test_a_pair_alone_has_the_outputs_that_it_has_among_others() -> None:
    """Batches are for speed alone."""
    together = NET.judge(PAIRS)
    alone = np.concatenate([replace(NET).judge([pair]) for pair in PAIRS])
    assert together.shape == (len(PAIRS), len(OUTPUTS))
    assert together == pytest.approx(alone, abs=1e-4)


def test_the_same_pairs_give_the_same_bytes() -> None:
    """No order of threads shows."""
    first, second = (replace(NET).judge(PAIRS * 50).tobytes() for _ in range(2))
    assert first == second


def test_marks_are_those_of_each_piece_and_their_outputs_the_judgement() -> None:
    """Spans and scores come from one reading, for a text that is read in parts too."""
    pairs = [*PAIRS, ("many words and no full stop " * 300, "viele Wörter " * 10)]
    found = NET.marks(pairs)
    assert np.stack([one.outputs for one in found]) == pytest.approx(NET.judge(pairs), abs=1e-4)
    for (target, _), one in zip(pairs, found, strict=True):
        size = len(places_of(NET.encoder.pieces, target)) + 2
        assert one.pieces.shape == (size, 2)
        assert one.signs.shape == (size, len(SIGNS))


def test_time_is_linear_in_length() -> None:
    """A text without an end is read in parts."""
    started = time.perf_counter()
    found = NET.judge([("many words and no full stop " * 20_000, "viele Wörter und kein Punkt " * 10)])
    assert np.isfinite(found).all()
    assert time.perf_counter() - started < 60


def test_states_and_vectors_of_a_text_come_from_one_reading() -> None:
    """The vectors that come out on the way are those of ``encode``; long texts are no exception."""
    texts = ["The mayor opened the bridge.", "words without end " * 900]
    encoder = load_encoder()
    forget = replace(encoder)
    matrix = np.eye(1280, 4, dtype=np.float32)
    sizes = [(len(ids), states.shape) for ids, states in forget.states(texts, matrix)]
    assert all(shape == (size, 4) for size, shape in sizes)
    assert forget.encode(texts) == pytest.approx(replace(encoder).encode(texts), abs=1e-5)


def test_forgetting_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts that were read ahead may be more than are remembered."""
    expected = replace(NET).judge(PAIRS)
    monkeypatch.setattr(module, "_REMEMBERED", 40)
    forgetful = replace(NET)
    vectors = forgetful.vectors([text for pair in PAIRS for text in pair if text is not None])
    assert vectors.shape == (2 * len(PAIRS) - 1, 512)
    assert forgetful.judge(PAIRS) == pytest.approx(expected, abs=1e-4)
    assert 20 < sum(len(text.ids) for text in forgetful._remembered.values()) <= 40


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    """And what to do."""
    with pytest.raises(ModelError, match="train it again"):
        read_quality_net(tmp_path / "none.safetensors")
