"""mT5 checkpoints of transformers, read one tensor at a time, without running what strangers wrote."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from mtqe.errors import ModelError
from mtqe.models.hub_files import not_whole
from mtqe.models.torch_files import read_torch_file

# The safe format first. Beside either an index may name the parts of a large checkpoint.
_FILES = ("model.safetensors", "pytorch_model.bin")


@dataclass(frozen=True)
class Checkpoint:
    """A folder with ``config.json`` and weights; ``ModelError`` for what is missing or damaged in it."""

    folder: Path
    device: torch.device

    @cached_property
    def config(self) -> Mapping[str, Any]:
        """What ``config.json`` says."""
        path = self.folder / "config.json"
        try:
            return dict(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise ModelError(f"{path}: is missing or damaged ({_line(error)})") from error

    def __getitem__(self, name: str) -> Tensor:
        """A tensor in fp32, on the device."""
        return self.stored(name).float().to(self.device)

    def stored(self, name: str) -> Tensor:
        """A tensor as it is stored; torch's own format is read only where the tensor is used."""
        tensor: Tensor = self._rows(name)[:]
        return tensor

    def row(self, name: str, number: int) -> Tensor:
        """One row of a matrix in fp32; the others are not read."""
        rows = self._rows(name)[number : number + 1]
        if not len(rows):
            raise ModelError(f"{self.folder}: {name} has no row {number}; it is no model of MetricX")
        row: Tensor = rows[0].float().to(self.device)
        return row

    def blocks(self, side: str) -> int:
        """How many layers the weights of "encoder" or "decoder" have."""
        start = f"{side}.block."
        numbers = {int(name.split(".")[2]) for name in self._parts if name.startswith(start)}
        return max(numbers, default=-1) + 1

    def _rows(self, name: str) -> Any:
        """Something that reads rows of a tensor when it is indexed."""
        if name not in self._parts:
            raise ModelError(f"{self.folder}: lacks the weights {name!r}; it is no model of MetricX")
        part = self._parts[name]
        return part[name] if isinstance(part, dict) else part.get_slice(name)

    @cached_property
    def _parts(self) -> dict[str, Any]:
        """The opened file that holds each tensor."""
        found: dict[str, Any] = {}
        for path in self._paths():
            part = _opened(path)
            found |= dict.fromkeys(part.keys(), part)
        return found

    def _paths(self) -> list[Path]:
        for name in _FILES:
            index = self.folder / f"{name}.index.json"
            if index.is_file():
                return _listed(index)
            if (self.folder / name).is_file():
                return [self.folder / name]
        raise ModelError(f"{self.folder}: has neither {' nor '.join(_FILES)}")


def _listed(index: Path) -> list[Path]:
    try:
        names = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise ModelError(f"{index}: is damaged ({_line(error)})") from error
    return [index.parent / Path(name).name for name in sorted(names)]


def _opened(path: Path) -> Any:
    """The tensors of a file by name."""
    try:
        if path.suffix != ".safetensors":
            return dict(read_torch_file(path))
        if problem := not_whole(path):
            raise ModelError(f"{path}: {problem}")
        return safe_open(path, framework="pt")
    except (OSError, SafetensorError, ValueError, TypeError) as error:
        raise ModelError(f"{path}: is missing or damaged ({_line(error)})") from error


def _line(error: Exception) -> str:
    return str(error).split("\n")[0]
