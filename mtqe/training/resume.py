"""Checkpoints of a training, so that one that was interrupted ends as if it had not been."""

from __future__ import annotations

import os
import pickle
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from mtqe.errors import ConfigError, InputError

_FORMAT = 1


@dataclass(frozen=True)
class Checkpoints:
    """Network, optimiser and random numbers of a run in one file, every so many steps.

    ``run`` tells this run from others: with the file of another one it does not go on. Without a
    ``path`` nothing is kept.
    """

    path: Path | None
    run: str
    every: int = 500

    def restore(self, network: nn.Module, optimiser: torch.optim.Optimizer) -> int:
        """Set both as they were, and random numbers too; how many steps are done. 0 without a file.

        Raises ``ConfigError`` if the file is another run's or damaged.
        """
        if self.path is None or not self.path.exists():
            return 0
        stored = self._read(self.path)
        network.load_state_dict(stored["network"])
        optimiser.load_state_dict(stored["optimiser"])
        torch.set_rng_state(stored["random"])
        if stored["random_cuda"] and torch.cuda.is_available():
            torch.cuda.set_rng_state_all(stored["random_cuda"])
        return int(stored["step"])

    def save(self, step: int, network: nn.Module, optimiser: torch.optim.Optimizer) -> None:
        """Keep them after ``step`` steps, if it is time; the file is replaced whole or not at all."""
        if self.path is None or step % self.every:
            return
        stored = {
            "format": _FORMAT,
            "run": self.run,
            "step": step,
            "network": network.state_dict(),
            "optimiser": optimiser.state_dict(),
            "random": torch.get_rng_state(),
            "random_cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        }
        try:
            _replace(self.path, stored)
        except OSError as error:
            raise InputError(f"{self.path}: the checkpoint can't be written: {error.strerror}") from error

    def _read(self, path: Path) -> dict[str, Any]:
        try:
            # Nothing but tensors and plain data: a checkpoint can't run code.
            stored = torch.load(path, map_location="cpu", weights_only=True)
        except (OSError, RuntimeError, EOFError, ValueError, pickle.UnpicklingError) as error:
            raise ConfigError(
                f"{path}: is no checkpoint that can be read; remove it to begin anew"
            ) from error
        if not isinstance(stored, dict) or stored.get("format") != _FORMAT:
            raise ConfigError(f"{path}: is no checkpoint of this version of mtqe; remove it to begin anew")
        if stored["run"] != self.run:
            raise ConfigError(
                f"{path}: is the checkpoint of another run, of other data or settings; "
                "remove it, or name another 'checkpoint'"
            )
        return stored


def _replace(path: Path, stored: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(".part", f".{path.name[:50]}.", path.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            torch.save(stored, stream)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
