"""A large file of the hub, fetched into the hub's cache from where an earlier try broke off.

Newer versions of huggingface_hub begin a broken file anew in every process. What is put here under
the name that the library looks for, it takes as it is.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mtqe.errors import ModelError
from mtqe.models.hub import cache_root
from mtqe.models.hub_files import read_digest

_BLOCK = 1 << 20
_TIMEOUT_SECONDS = 30.0

# Tries in a row that bring nothing before it is the network's fault.
_PATIENCE = 3


def fetch_large(hub_id: str, commit: str, name: str, sha256: str, size: int) -> None:
    """Bring a file into the hub's cache, under its digest; nothing is done if it is there.

    What arrived of it is kept when it breaks off. Raises ``ModelError`` if what arrived is not what
    the hub promised (nothing of it is kept then), and whatever the network raises.
    """
    blob = cache_root() / f"models--{hub_id.replace('/', '--')}" / "blobs" / sha256
    if blob.exists():
        return
    from huggingface_hub.utils._fixes import WeakFileLock

    blob.parent.mkdir(parents=True, exist_ok=True)
    part = blob.with_name(f"{sha256}.part")
    with WeakFileLock(part.with_suffix(".lock")):
        if not blob.exists():
            _fetch_part(hub_id, commit, name, part, size)
            if read_digest(part) != sha256:
                part.unlink()
                raise ModelError(f"{hub_id}: {name} arrived damaged and was deleted; fetch it again")
            part.replace(blob)
    part.with_suffix(".lock").unlink(missing_ok=True)


def _fetch_part(hub_id: str, commit: str, name: str, part: Path, size: int) -> None:
    from huggingface_hub.utils.tqdm import tqdm

    failures = 0
    bar_of: Any = tqdm  # without types of its own
    with bar_of(total=size, unit="B", unit_scale=True, desc=name) as bar:
        while (have := _size(part)) < size:
            bar.n = have
            error = _tried(hub_id, commit, name, part, bar)
            failures = 0 if _size(part) > have else failures + 1
            if isinstance(error, urllib.error.HTTPError) or failures >= _PATIENCE:
                raise error or ConnectionError(f"{name} breaks off at byte {have} of {size}")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _tried(hub_id: str, commit: str, name: str, part: Path, bar: Any) -> Exception | None:
    """Fetch more of a file, and give the error by which that ended; a short answer is none."""
    have = _size(part)
    try:
        _append(_request(hub_id, commit, name, have), part, have, bar)
    except (OSError, HTTPException) as error:
        return error
    return None


def _request(hub_id: str, commit: str, name: str, start: int) -> urllib.request.Request:
    """A request for a file from a byte on; the user's token goes to the hub alone."""
    from huggingface_hub import get_hf_file_metadata, hf_hub_url
    from huggingface_hub.utils._headers import build_hf_headers

    url = hf_hub_url(hub_id, name, revision=commit)
    location = get_hf_file_metadata(url).location
    same = urlsplit(location).netloc == urlsplit(url).netloc
    headers = dict(build_hf_headers()) if same else {"User-Agent": "mtqe"}
    if start:
        headers["Range"] = f"bytes={start}-"
    if not location.startswith(("https://", "http://")):
        raise ModelError(f"{hub_id}: the hub points to {location}, which is no place on the web")
    return urllib.request.Request(location, headers=headers)  # noqa: S310 -- looked at above


def _append(request: urllib.request.Request, part: Path, start: int, bar: Any) -> None:
    """Add what comes to what is there; begin anew where the server gives the whole file."""
    with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 -- see above
        goes_on = start and answer.status == 206
        with part.open("ab" if goes_on else "wb") as file:
            while block := answer.read(_BLOCK):
                file.write(block)
                bar.update(len(block))
