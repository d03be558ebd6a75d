"""What a weight file was made from, kept in its metadata so that it can be made again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from fnmatch import fnmatchcase
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from mtqe.errors import InputError

# The licences of what is read, by the names of files in the data folder. Of the views, trainings
# take only the rows of these sets (``mtqe.training.calibration.licensed``).
LICENCES = (
    ("spans/mqm2?*", "Apache-2.0"),
    ("spans/bio21*", "Apache-2.0"),
    ("views/*", "Apache-2.0"),
    ("da/mlqe_da*", "CC0-1.0"),
    ("contrastive/ced_critical_errors*", "CC0-1.0"),
    ("contrastive/demetr*", "MIT"),
    ("spa.tsv", "CC-BY-2.0-FR"),
    ("ukr.tsv", "CC-BY-2.0-FR"),
    ("common-voice.*.txt", "CC0-1.0"),
    ("sp.model", "Apache-2.0"),
    ("weights.npz", "Apache-2.0"),
)

# Packages whose version may show in a weight.
_PACKAGES = ("numpy", "scikit-learn", "torch")

_STAMPED = (".json", ".safetensors")
_READABLE = 0o644

_READ: ContextVar[dict[Path, None] | None] = ContextVar("_READ", default=None)


@contextmanager
def files_read() -> Iterator[dict[Path, None]]:
    """The files that ``note_read`` is told of inside the block, in the order of their first use."""
    read: dict[Path, None] = {}
    token = _READ.set(read)
    try:
        yield read
    finally:
        _READ.reset(token)


def note_read(path: Path) -> None:
    """Say that a file is about to be read; an ``InputError`` if it is not there."""
    if not path.is_file():
        raise InputError(f"{path}: no such file; name the folder that holds it in the run file")
    read = _READ.get()
    if read is not None:
        read[path] = None


def made_from(config: Mapping[str, Any], files: Sequence[Path], folder: Path | None) -> dict[str, Any]:
    """The record of a training: its settings, the SHA-256 and licence of each file, versions.

    Files are named as in ``folder``; a licence is null where it is the user's to know.
    """
    return {
        "config": dict(config),
        "data": {_name(path, folder): _described(path, folder) for path in sorted(files)},
        "versions": {name: found for name in ("mtqe", *_PACKAGES) if (found := _version(name))},
    }


def _described(path: Path, folder: Path | None) -> dict[str, str | None]:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    name = _name(path, folder)
    licence = next((found for pattern, found in LICENCES if fnmatchcase(name, pattern)), None)
    return {"licence": licence, "sha256": digest}


def _name(path: Path, folder: Path | None) -> str:
    inside = folder is not None and path.resolve().is_relative_to(folder.resolve())
    return path.resolve().relative_to(folder.resolve()).as_posix() if inside and folder else path.name


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def made_before(path: Path) -> dict[str, Any]:
    """What a weight file says that it was made from, by recipe; nothing if it does not say."""
    if not path.is_file() or path.suffix not in _STAMPED:
        return {}
    found = _about(path).get("made", {})
    return dict(found) if isinstance(found, dict) else {}


def write_json(stored: Mapping[str, Any], path: Path) -> None:
    """Write a weight file of numbers, with the digest of all the rest as ``digest``."""
    rest = {name: value for name, value in stored.items() if name != "digest"}
    digest = hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()[:8]
    text = json.dumps({**rest, "digest": digest}, indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")


def write_tensors(arrays: Mapping[str, Any], about: Mapping[str, Any], path: Path) -> None:
    """Write a weight file of arrays, readable to all, with ``about`` in its metadata."""
    save_file(dict(arrays), path, metadata={"about": json.dumps(about, sort_keys=True)})
    path.chmod(_READABLE)


def stamp(path: Path, made: Mapping[str, Any]) -> None:
    """Add ``made`` to what a weight file says of itself; files of other kinds stay as they are."""
    if path.suffix == ".safetensors":
        _stamp_tensors(path, made)
    elif path.suffix == ".json":
        stored = json.loads(path.read_text(encoding="utf-8"))
        stored["about"] = {**stored.get("about", {}), "made": made}
        path.write_text(json.dumps(stored, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _about(path: Path) -> dict[str, Any]:
    if path.suffix == ".json":
        about = json.loads(path.read_text(encoding="utf-8")).get("about", {})
    else:
        with safe_open(path, "numpy") as stored:
            about = json.loads((stored.metadata() or {}).get("about", "{}"))
    return about if isinstance(about, dict) else {}


def _stamp_tensors(path: Path, made: Mapping[str, Any]) -> None:
    about = {**_about(path), "made": made}
    arrays = load_file(path)
    write_tensors(arrays, about, path)
