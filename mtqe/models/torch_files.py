"""Files of torch's own format, read without running anything that is in them."""

from __future__ import annotations

import pickle
import warnings
from pathlib import Path
from typing import Any

import torch

from mtqe.errors import ModelError
from mtqe.models.hub_files import not_whole

# How a file of today's format begins, which can be mapped into memory, and one of before torch 1.6.
_ZIP, _PICKLE = b"PK", b"\x80"

_UNSAFE = (
    "holds more than weights and settings, which could run code, and is not loaded; save it anew with "
    "weights alone, where you trust it, or get a .safetensors file"
)


def read_torch_file(path: Path, place: str = "cpu") -> Any:
    """What ``torch.save`` put into a file: tensors, numbers, texts and collections of them.

    Weights come into memory where they are used, or never if ``place`` is "meta". A ``ModelError`` says what
    is wrong with a file that is damaged, is something else, or could run code.
    """
    try:
        problem = not_whole(path)
        if problem is None:
            return _loaded(path, place)
    except pickle.UnpicklingError:
        problem = _UNSAFE
    except (RuntimeError, OSError, EOFError, ValueError, KeyError) as error:
        problem = f"is damaged: {_sentence(error)}"
    raise ModelError(f"{path}: {problem}")


def _loaded(path: Path, place: str) -> Any:
    with path.open("rb") as file:
        begins = file.read(len(_ZIP))
    if not begins.startswith((_ZIP, _PICKLE)):
        raise ValueError("it is no file of weights")
    with warnings.catch_warnings(action="ignore"):  # of old formats, which load well
        return torch.load(path, map_location=place, weights_only=True, mmap=begins == _ZIP)


def _sentence(error: Exception) -> str:
    """The first sentence of what a library says; more of it is for programmers."""
    return str(error).split("\n")[0].split(". ")[0] or type(error).__name__
