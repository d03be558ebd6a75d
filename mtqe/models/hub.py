"""Models by name or path: where they lie on this machine, what is known of them, their licence.

A name is one of ``tables/models.yaml`` ("wmt22-comet-da"), a model of the Hugging Face hub
("owner/name"; "@revision" behind a name asks for another than the newest), or a path. Nothing is
fetched unless it is asked for: by ``mtqe models fetch NAME``, or with ``MTQE_FETCH=1`` whenever
something is missing. Files lie in the cache that huggingface_hub uses too.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from mtqe.errors import ConfigError, ModelError
from mtqe.models.hub_files import WEIGHTS, digest, missing_files
from mtqe.models.hub_table import KnownModel, known_model, known_models

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")
_IN_CACHE = re.compile(r"models--([^/]+?)--([^/]+)")

# A file that holds all of a model: settings, vocabulary and weights.
_WHOLE = ".gguf"

# The head of a model's card, and the licence in it.
_HEAD = re.compile(r"\s*---\n(.*?)\n---", re.DOTALL)
_LICENCE = re.compile(r"^license:\s*[\"']?([\w.+-]+)", re.MULTILINE)

# Licences that allow commercial use.
_FREE = frozenset(
    ["apache-2.0", "mit", "bsd-3-clause", "bsd-2-clause", "cc-by-4.0", "cc-by-sa-4.0", "cc0-1.0"]
)


@dataclass(frozen=True)
class Licence:
    """What a model may be used for; ``commercial`` is None where nobody says."""

    name: str
    commercial: bool | None


def resolve(name_or_path: str | Path, *, weights: bool = True, fetch: bool | None = None) -> Path:
    """The folder of a model on this machine.

    A path may name the folder or a file of weights in it (or in its ``checkpoints``). With
    ``weights`` false, a folder of settings and vocabulary is enough. What is not here is fetched
    if ``fetch`` is true, or not given and ``$MTQE_FETCH`` is 1; else a ``ModelError`` says how to
    get it. A ``ConfigError`` says that no such model or path is known.
    """
    path = Path(name_or_path).expanduser()
    if path.exists():
        return _complete(_folder(path), "copy what is missing into it", weights)
    name = str(name_or_path)
    folder = cached_folder(*hub_name(name))
    if _may_fetch(fetch) and (folder is None or missing_files(folder, weights)):
        from mtqe.models.hub_fetch import fetch_model

        return fetch_model(name, weights=weights)
    if folder is None:
        raise ModelError(_not_here(name))
    return _complete(folder, f"run: mtqe models fetch {name}", weights)


def whole_file(name_or_path: str | Path) -> Path | None:
    """The path, if it is that of a file that holds all of a model (GGUF); else None."""
    path = Path(name_or_path).expanduser()
    return path if path.suffix == _WHOLE and path.is_file() else None


def hub_name(name: str) -> tuple[str, str]:
    """The hub's "owner/name" of a name, and the revision ("main" unless given).

    Raises ``ConfigError`` for what is neither a known name nor of that form.
    """
    plain, _, revision = name.partition("@")
    known = known_model(plain)
    if known is not None:
        return known.hub, revision or "main"
    if _HUB_ID.fullmatch(plain):
        return plain, revision or "main"
    if "/" in name or "\\" in name or name.startswith((".", "~")):
        raise ConfigError(f"{name}: there is no such file or folder")
    close = get_close_matches(plain, list(known_models()), n=1)
    hint = f"did you mean {close[0]!r}?" if close else "mtqe models lists the known ones,"
    raise ConfigError(f"no model is called {name!r}; {hint} others go by 'owner/name' or their path")


def cached_folder(hub_id: str, revision: str = "main") -> Path | None:
    """Where the hub's cache holds a model at a revision; None if it does not."""
    folder = cache_root() / f"models--{hub_id.replace('/', '--')}"
    reference = folder / "refs" / revision
    commit = reference.read_text(encoding="utf-8").strip() if reference.is_file() else revision
    snapshot = folder / "snapshots" / commit
    return snapshot if snapshot.is_dir() else None


def cache_root() -> Path:
    """The folder in which huggingface_hub keeps models."""
    given = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE")
    if given:
        return Path(os.path.expandvars(given)).expanduser()
    caches = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    home = os.environ.get("HF_HOME") or f"{caches}/huggingface"
    return Path(os.path.expandvars(home)).expanduser() / "hub"


def revision(name_or_path: str | Path) -> str:
    """A model's digest for signatures, with the licence behind it if that forbids commercial use.

    Looked up once in a process, as a model is loaded once.
    """
    return _revision(str(name_or_path), cache_root())


@cache
def _revision(name: str, _root: Path) -> str:
    licence = licence_of(name)
    terms = f"/{licence.name}/non-commercial" if licence.commercial is False else ""
    return digest(whole_file(name) or resolve(name)) + terms


def terms(name_or_path: str | Path) -> str | None:
    """A note for reports where a model's licence forbids commercial use; None where it does not."""
    licence = licence_of(name_or_path)
    if licence.commercial is not False:
        return None
    return f"{shown_name(name_or_path)}: licence {licence.name}, not for commercial use"


def licence_of(name_or_path: str | Path) -> Licence:
    """A model's licence: as the table of known models says, or the card in its folder."""
    known = find_known(name_or_path)
    if known is not None:
        return Licence(known.licence, known.commercial)
    whole = whole_file(name_or_path)
    try:
        folder = whole.parent if whole else resolve(name_or_path, weights=False, fetch=False)
        return _licence_on_card(folder / "README.md")
    except ModelError:
        return Licence("unknown", None)


def find_known(name_or_path: str | Path) -> KnownModel | None:
    """What the table says of a model: by its name, or by where it lies in the hub's cache."""
    name = str(name_or_path)
    found = _IN_CACHE.search(name)
    return known_model(f"{found[1]}/{found[2]}" if found else name.partition("@")[0])


def shown_name(name_or_path: str | Path) -> str:
    """A model's name as people say it: without the folders above it."""
    known = find_known(name_or_path)
    return known.name if known else Path(name_or_path).name


def _licence_on_card(card: Path) -> Licence:
    text = card.read_text(encoding="utf-8", errors="replace") if card.is_file() else ""
    head = _HEAD.match(text)
    found = _LICENCE.search(head[1]) if head else None
    if found is None:
        return Licence("unknown", None)
    name = found[1].lower()
    if {"nc", "noncommercial"} & set(re.split(r"[-_.]", name)):
        return Licence(name, False)
    return Licence(name, True if name in _FREE else None)


def _folder(path: Path) -> Path:
    """The folder that a path names, itself or by a file of weights."""
    if path.is_dir():
        return path
    if path.suffix not in WEIGHTS:
        raise ConfigError(f"{path}: is neither a folder nor a file of weights ({', '.join(WEIGHTS)})")
    return path.parent.parent if path.parent.name == "checkpoints" else path.parent


def _complete(folder: Path, remedy: str, weights: bool) -> Path:
    missing = missing_files(folder, weights)
    if missing:
        raise ModelError(f"{folder}: lacks {', '.join(missing)}; {remedy}")
    return folder


def _may_fetch(fetch: bool | None) -> bool:
    return os.environ.get("MTQE_FETCH") == "1" if fetch is None else fetch


def _not_here(name: str) -> str:
    hub_id, _ = hub_name(name)
    return (
        f"{name}: is not on this machine (looked in {cache_root()}); run: mtqe models fetch {name}; "
        f"or copy the files of https://huggingface.co/{hub_id} here and give the folder's path instead"
    )
