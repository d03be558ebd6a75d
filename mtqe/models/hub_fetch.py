"""Fetch models from the Hugging Face hub: resumed where it broke off, checked when it is whole."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import yaml

from mtqe.errors import ConfigError, ModelError
from mtqe.models.hub import cached_folder, find_known, hub_name
from mtqe.models.hub_files import SETTINGS, missing_files, pick_weights, read_digest
from mtqe.models.hub_resume import fetch_large

_SITE = "https://huggingface.co"
_HUB_NAME = re.compile(r"(?:[A-Za-z0-9][\w.-]*/)?[A-Za-z0-9][\w.-]*")
_GIT_SHA1 = re.compile(r"[0-9a-f]{40}")

# Exports of the same weights for other programs.
_FOREIGN = ("onnx/*", "openvino/*", "*.msgpack", "*.h5", "*.ot", "*.gguf", "original/*")

# From what size on it is worth going on where it broke off, and what only the hub's own client gets.
_LARGE = 1 << 20
_TOO_LARGE = 50_000_000_000

_CARDS = ("README.md", "LICENSE*")


def fetch_model(name: str, *, weights: bool = True, progress: bool = False) -> Path:
    """The folder of a model, after what is missing of it was fetched.

    Of weights in several formats the safe one is taken. Settings and vocabulary of the models that
    it is built on come too. Every file is compared with the hub's checksum; a damaged one is
    deleted, and a ``ModelError`` says so. Errors say what to do about gated models and no network.
    With ``progress`` the library shows bars on standard error.
    """
    hub_id, revision = hub_name(name)
    with _explained(name, hub_id):
        folder = _fetched(hub_id, revision, weights, progress)
    _check(folder, name)
    missing = missing_files(folder, weights)
    if missing:
        raise ModelError(f"{name}: the hub's {hub_id} lacks {', '.join(missing)}")
    known = find_known(name)
    for companion in dict.fromkeys([*(known.companions if known else ()), *_encoder_of(folder)]):
        if cached_folder(companion) is None:
            fetch_model(companion, weights=False, progress=progress)
    return folder


def _encoder_of(folder: Path) -> Iterator[str]:
    """The hub id of the model whose settings and vocabulary a COMET checkpoint needs, as it says itself."""
    path = folder / "hparams.yaml"
    try:
        settings = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except (yaml.YAMLError, UnicodeDecodeError):
        return  # whoever loads it says so
    name = settings.get("pretrained_model") if isinstance(settings, dict) else None
    if isinstance(name, str) and _HUB_NAME.fullmatch(name):
        # The hub's oldest models had no owner.
        yield name if "/" in name else f"FacebookAI/{name}"


def _fetched(hub_id: str, revision: str, weights: bool, progress: bool) -> Path:
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.utils.tqdm import disable_progress_bars, enable_progress_bars

    (enable_progress_bars if progress else disable_progress_bars)()
    about = HfApi().model_info(hub_id, revision=revision, files_metadata=True)
    chosen = wanted([file.rfilename for file in about.siblings or ()], weights)
    for file in about.siblings or ():
        if file.rfilename in chosen and file.lfs and _LARGE < file.lfs.size < _TOO_LARGE:
            fetch_large(hub_id, str(about.sha), file.rfilename, file.lfs.sha256, file.lfs.size)
    return Path(snapshot_download(hub_id, revision=revision, allow_patterns=chosen))


def wanted(names: Sequence[str], weights: bool = True) -> list[str]:
    """Which files of a model are worth fetching: settings, vocabulary, card, one format of weights."""
    own = [name for name in names if not any(fnmatch(name, pattern) for pattern in _FOREIGN)]
    chosen = [n for n in own if n.endswith(SETTINGS) or any(fnmatch(n, card) for card in _CARDS)]
    return sorted([*chosen, *pick_weights(own)] if weights else chosen)


def _check(folder: Path, name: str) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and matches_checksum(path) is False:
            path.resolve().unlink()
            path.unlink(missing_ok=True)
            raise ModelError(f"{name}: {path.name} arrived damaged and was deleted; fetch it again")


def matches_checksum(path: Path) -> bool | None:
    """Whether a file of the hub's cache is what its name there says; None for files elsewhere.

    Large files are named by their SHA-256, small ones by the SHA-1 that git gives them.
    """
    real = path.resolve()
    if real.parent.name != "blobs":
        return None
    if _GIT_SHA1.fullmatch(real.name):
        return _git_digest(real) == real.name
    return read_digest(real) == real.name


def _git_digest(path: Path) -> str:
    data = path.read_bytes()
    return hashlib.sha1(b"blob %d\x00" % len(data) + data, usedforsecurity=False).hexdigest()


@contextmanager
def _explained(name: str, hub_id: str) -> Iterator[None]:
    """The library's errors as ours, with the way out."""
    errors = _errors()
    try:
        yield
    except errors.GatedRepoError as error:
        raise ModelError(_gated(name, hub_id)) from error
    except errors.RevisionNotFoundError as error:
        raise ConfigError(f"{name}: the hub's {hub_id} has no such revision") from error
    except errors.RepositoryNotFoundError as error:
        raise ConfigError(
            f"{name}: the hub has no {hub_id}, or you may not see it (hf auth login, or HF_TOKEN)"
        ) from error
    except (OSError, errors.HfHubHTTPError, errors.LocalEntryNotFoundError, *_network_errors()) as error:
        reason = " ".join(str(error).split())
        raise ModelError(
            f"{name}: can't be fetched ({reason}); try again (it goes on where it broke off), set HF_ENDPOINT"
            f" to a mirror, or copy the files of {_SITE}/{hub_id} here and give their folder's path"
        ) from error


def _errors() -> Any:
    try:
        from huggingface_hub import errors
    except ImportError as error:
        raise ConfigError("fetching models needs huggingface-hub: pip install 'mtqe[models]'") from error
    return errors


def _network_errors() -> tuple[type[Exception], ...]:
    """What the library's own client raises, of whichever of its generations."""
    clients = (sys.modules.get(module) for module in ("httpx", "httpx2", "requests"))
    kinds = (getattr(client, name, None) for client in clients for name in ("HTTPError", "RequestException"))
    return tuple(kind for kind in kinds if isinstance(kind, type))


def _gated(name: str, hub_id: str) -> str:
    known = find_known(name)
    licence = f" ({known.licence})" if known else ""
    return (
        f"{name}: is gated; accept its terms{licence} at {_SITE}/{hub_id} while logged in there, then run "
        f"'hf auth login' or set HF_TOKEN here, and: mtqe models fetch {name}"
    )
