"""Whether a model's files are whole, safe to load, and what the hub has: file by file."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mtqe.errors import ConfigError, ModelError
from mtqe.models.hub_fetch import matches_checksum
from mtqe.models.hub_files import WEIGHTS, missing_files, not_whole


@dataclass(frozen=True)
class FileCheck:
    """A file of a model: its size in bytes, what was found, and what is wrong with it (None: nothing)."""

    name: str
    size: int
    found: str
    problem: str | None = None


def verify_model(folder: Path) -> list[FileCheck]:
    """A check of every file of a model's folder, by name; files that are missing come last.

    Each file is read: compared with its checksum where the hub's cache keeps one, and opened as it
    would be for use, by loaders that run no code of the file.
    """
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not _hidden(path, folder)]
    missing = [FileCheck(name, 0, "", "is missing") for name in missing_files(folder)]
    return [_check(path, path.relative_to(folder).as_posix()) for path in files] + missing


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _check(path: Path, name: str) -> FileCheck:
    size = path.stat().st_size
    matches = matches_checksum(path)
    found = "as on the hub" if matches else "readable"
    problem = "differs from its checksum; fetch it again" if matches is False else _problem(path)
    if path.suffix == ".py":
        found = "code, which mtqe does not run"
    return FileCheck(name, size, found, problem)


def _problem(path: Path) -> str | None:
    openers: dict[str, Callable[[Path], str | None]] = {".safetensors": _safetensors, ".json": _json}
    openers |= dict.fromkeys(WEIGHTS[1:], _pickled)
    return not_whole(path) or (openers[path.suffix](path) if path.suffix in openers else None)


def _json(path: Path) -> str | None:
    try:
        json.loads(path.read_bytes())
    except ValueError as error:
        return f"is not JSON: {error}"
    return None


def _safetensors(path: Path) -> str | None:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as stored:
            return None if list(stored.keys()) else "holds no weights"
    except (SafetensorError, OSError) as error:
        return f"is damaged: {error}"


def _pickled(path: Path) -> str | None:
    """What is wrong with a file of torch's own format, loaded without running anything of it."""
    try:
        from mtqe.models.torch_files import read_torch_file
    except ImportError as error:
        raise ConfigError(f"{path}: checking it needs torch: pip install 'mtqe[models]'") from error
    try:
        read_torch_file(path, "meta")
    except ModelError as error:
        return str(error).removeprefix(f"{path}: ")
    return None
