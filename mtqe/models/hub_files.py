"""What a model's folder holds: weights, settings, vocabulary; what it lacks; its digest."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path, PurePosixPath

from mtqe.errors import ModelError

# Suffixes of files that hold weights, the safe one first.
WEIGHTS = (".safetensors", ".bin", ".ckpt", ".pt", ".pth")

# What a model's numbers depend on beside its weights: settings and vocabularies.
SETTINGS = (".json", ".yaml", ".yml", ".model", ".txt", ".spm", ".bpe", ".tiktoken")
_ABOUT = (".", "LICENSE", "README")

# What training leaves behind beside the weights.
_TRAINING = ("training_args", "optimizer", "scheduler", "rng_state", "scaler")

# What a clone without Git LFS has in place of a large file.
_POINTER = b"version https://git-lfs"

_SHA256 = re.compile(r"[0-9a-f]{64}")
_DIGEST_LENGTH = 12


def pick_weights(names: Iterable[str]) -> list[str]:
    """Those of a model's files that hold weights; of each folder in one format, the safest there is."""
    by_folder: dict[PurePosixPath, list[PurePosixPath]] = {}
    for path in map(PurePosixPath, names):
        if path.suffix in WEIGHTS and not path.name.startswith(_TRAINING):
            by_folder.setdefault(path.parent, []).append(path)
    return sorted(str(path) for paths in by_folder.values() for path in _safest(paths))


def _safest(paths: Sequence[PurePosixPath]) -> list[PurePosixPath]:
    suffix = min((path.suffix for path in paths), key=WEIGHTS.index)
    return [path for path in paths if path.suffix == suffix]


def weight_files(folder: Path) -> list[Path]:
    """A model's files of weights, sorted; COMET's are in ``checkpoints``."""
    return [folder / name for name in pick_weights(_names(folder))]


def _names(folder: Path) -> list[str]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    names = (path.relative_to(folder).as_posix() for path in paths)
    return sorted(name for name in names if not name.startswith("."))


def missing_files(folder: Path, weights: bool = True) -> list[str]:
    """Names of files that a model's folder should have and lacks, such as a part of the weights."""
    if not weights:
        return [] if any(folder.iterdir()) else ["every file"]
    present = {path.name for path in weight_files(folder) if path.parent.name in (folder.name, "checkpoints")}
    listed = {name for path in folder.glob("*.index.json") for name in _listed(path)}
    if not present:
        return sorted(listed) or [f"its weights ({', '.join(WEIGHTS[:3])})"]
    kinds = {Path(name).suffix for name in present}
    return sorted(name for name in listed - present if Path(name).suffix in kinds)


def _listed(index: Path) -> set[str]:
    """The files that an index of weights in several parts names."""
    try:
        return set(json.loads(index.read_bytes()).get("weight_map", {}).values())
    except (ValueError, AttributeError) as error:
        raise ModelError(f"{index}: is damaged ({error}); fetch it again") from error


def not_whole(path: Path) -> str | None:
    """What is wrong with a file that has nothing in it, or stands for another; None if it has something."""
    with path.open("rb") as file:
        begins = file.read(len(_POINTER))
    if not begins:
        return "is empty; fetch it again"
    return "is a pointer of Git LFS, not the file itself; run: git lfs pull" if begins == _POINTER else None


def digest(place: Path) -> str:
    """Twelve hexadecimal digits that differ wherever weights, settings or vocabulary do.

    ``place`` is a model's folder, or the one file that holds all of it. The same for the same files,
    wherever they lie. In the hub's cache a large file's name is the
    digest of what was fetched, and is believed; ``mtqe models verify`` reads the file itself.
    """
    if place.is_file():
        return file_digest(place)[:_DIGEST_LENGTH]
    found = hashlib.sha256()
    for name, path in model_files(place):
        found.update(f"{name}\n{file_digest(path)}\n".encode())
    return found.hexdigest()[:_DIGEST_LENGTH]


def model_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Names in the folder, and paths, of the files that scores depend on; sorted by name."""
    names = _names(folder)
    weights = set(pick_weights(names))
    for name in names:
        path = folder / name
        if name in weights or (path.suffix in SETTINGS and not path.name.startswith(_ABOUT)):
            yield name, path


def file_digest(path: Path) -> str:
    """The SHA-256 of a file's content, in hexadecimal; taken from its name in the hub's cache."""
    real = path.resolve()
    if real.parent.name == "blobs" and _SHA256.fullmatch(real.name):
        return real.name
    stat = real.stat()
    return _read_digest(real, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)


@cache
def _read_digest(path: Path, *_state: int) -> str:
    """Read once in a process, as long as nobody touches the file."""
    return read_digest(path)


def read_digest(path: Path, kind: str = "sha256") -> str:
    """The digest of what is in a file now."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, kind).hexdigest()
