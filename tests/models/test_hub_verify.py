"""What is wrong with a model's files is found without running them."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from mtqe.models.hub_verify import verify_model


class Evil:
    """Would make a file if it were unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (self.path,)  # type: ignore[return-value]


def problems(folder: Path) -> dict[str, str | None]:
    """What is wrong with each file."""
    return {check.name: check.problem for check in verify_model(folder)}


def test_sound_files_of_every_kind_pass(tmp_path: Path) -> None:
    """Safe weights, torch's own format, COMET's checkpoints, settings."""
    save_file({"w": np.zeros(3, np.float32)}, tmp_path / "model.safetensors")
    (tmp_path / "checkpoints").mkdir()
    state = {"state_dict": {"w": torch.zeros(3)}, "hyper_parameters": {"pool": "avg", "layers": [1, 2]}}
    torch.save(state, tmp_path / "checkpoints" / "model.ckpt")
    torch.save({"w": torch.zeros(3)}, tmp_path / "old.bin", _use_new_zipfile_serialization=False)
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    assert set(problems(tmp_path).values()) == {None}
    assert len(problems(tmp_path)) == 4


def test_a_file_with_code_is_named_and_not_run(tmp_path: Path) -> None:
    """A checkpoint from a stranger may hold anything."""
    torch.save({"state_dict": Evil(tmp_path / "ran")}, tmp_path / "model.ckpt")
    (tmp_path / "other.bin").write_bytes(pickle.dumps(Evil(tmp_path / "ran")))
    found = problems(tmp_path)
    assert "could run code, and is not loaded" in str(found["model.ckpt"])
    assert found["other.bin"]
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("model.safetensors", b"", "is empty"),
        ("model.safetensors", b"version https://git-lfs.github.com/spec/v1\noid", "pointer of Git LFS"),
        ("model.safetensors", b"\x08\0\0\0\0\0\0\0{}      more", "is damaged|holds no weights"),
        ("model.ckpt", b"PK\x03\x04 and then nothing", "is damaged"),
        ("config.json", b'{"a": ', "is not JSON"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    """Half a download, a clone without its large files, a full disk."""
    (tmp_path / name).write_bytes(data)
    assert any(part in str(problems(tmp_path)[name]) for part in message.split("|"))


def test_cut_off_weights_are_found(tmp_path: Path) -> None:
    """The head of a file says how long it is."""
    save_file({"w": np.zeros(1000, np.float32)}, tmp_path / "model.safetensors")
    data = (tmp_path / "model.safetensors").read_bytes()
    (tmp_path / "model.safetensors").write_bytes(data[:-100])
    assert "is damaged" in str(problems(tmp_path)["model.safetensors"])


def test_missing_weights_are_listed(tmp_path: Path) -> None:
    """A folder of settings alone is no model."""
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    assert problems(tmp_path) == {
        "config.json": None,
        "its weights (.safetensors, .bin, .ckpt)": "is missing",
    }
