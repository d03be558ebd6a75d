"""Fetching models, from a hub of this test's own on this machine."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save

COMMIT = "0123456789abcdef0123456789abcdef01234567"
LARGE = "model.safetensors"
FILES = {
    LARGE: save({"weights": np.arange(500_000, dtype=np.float32)}),
    "config.json": b'{"model_type": "bert"}',
    "README.md": b"---\nlicense: cc-by-nc-4.0\n---\n",
    "pytorch_model.bin": b"the same weights once more",
}
CHECKPOINT = {
    "hparams.yaml": b"class_identifier: regression_metric\npretrained_model: own/encoder\n",
    "checkpoints/model.ckpt": b"weights",
}
ENCODER = {"config.json": b"{}", "tokenizer.json": b"{}", LARGE: b"not wanted"}
MODELS = {"own/model": FILES, "own/comet": CHECKPOINT, "own/encoder": ENCODER}


def large_digest(name: str, data: bytes) -> str | None:
    """What the hub says of large files; small ones are named by git."""
    return hashlib.sha256(data).hexdigest() if name == LARGE else None


def git_digest(data: bytes) -> str:
    """The SHA-1 by which git names a file."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


@dataclass
class Hub:
    """A server that speaks as the hub does, and how it misbehaves."""

    gives: int | None = None  # so many bytes of the large file are all that it ever gives
    damages: bool = False
    refuses: str | None = None
    asked: list[tuple[str, str, str | None]] = field(default_factory=list)
    url: str = ""

    def answer(self, path: str) -> Any:
        """What the programming interface says of a model."""
        name = "/".join(path.removeprefix("/api/models/").split("/")[:2])
        entries = [self._entry(*file) for file in MODELS[name].items()]
        if "/tree/" in path:
            return entries
        files = [{"rfilename": entry["path"], **entry} for entry in entries]
        return {"id": name, "sha": COMMIT, "siblings": files, "private": False, "tags": []}

    def _entry(self, name: str, data: bytes) -> dict[str, Any]:
        size, digest = len(data), large_digest(name, data)
        entry: dict[str, Any] = {"type": "file", "path": name, "size": size, "oid": git_digest(data)}
        if digest:
            entry["lfs"] = {"oid": digest, "sha256": digest, "size": size, "pointerSize": 130}
        return entry


class Handler(BaseHTTPRequestHandler):
    """Answers in the name of ``server.hub``."""

    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._file(body=False)

    def do_GET(self) -> None:
        if not self.path.startswith("/api/"):
            self._file(body=True)
        elif not self._refused():
            self._send(json.dumps(self.hub.answer(self.path)).encode(), {"Content-Type": "application/json"})

    @property
    def hub(self) -> Hub:
        return self.server.hub  # type: ignore[attr-defined,no-any-return]

    def _refused(self) -> bool:
        if self.hub.refuses is None:
            return False
        self.send_response(403 if self.hub.refuses == "GatedRepo" else 404)
        self.send_header("X-Error-Code", self.hub.refuses)
        self.send_header("Content-Length", "0")
        self.end_headers()
        return True

    def _file(self, *, body: bool) -> None:
        model, name = self.path.lstrip("/").split(f"/resolve/{COMMIT}/")
        wanted = self.headers.get("Range")
        self.hub.asked.append((self.command, name, wanted))
        if self._refused():
            return
        data = original = MODELS[model][name]
        if self.hub.damages and name == LARGE:
            data = data[:-1] + b"?"
        start = int(wanted.removeprefix("bytes=").partition("-")[0]) if wanted else 0
        about = {"ETag": f'"{large_digest(name, original) or git_digest(original)}"', "X-Repo-Commit": COMMIT}
        if wanted:
            about["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        end = len(data) if self.hub.gives is None or name != LARGE else self.hub.gives
        self._send(data[start:], about, body=data[start:end] if body else b"", status=206 if wanted else 200)

    def _send(
        self, data: bytes, about: dict[str, str], *, body: bytes | None = None, status: int = 200
    ) -> None:
        self.send_response(status)
        for key, value in about.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data if body is None else body)
        self.close_connection = self.command == "GET" and body is not None and len(body) < len(data)

    def log_message(self, *_: object) -> None:
        """Nothing on standard error."""


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A hub that runs as long as a test."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.hub = found = Hub(url=f"http://127.0.0.1:{server.server_address[1]}")  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def mtqe(hub: Hub, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """``mtqe models`` in a process of its own: huggingface_hub reads its settings when it is imported."""
    others = ("HF_", "TRANSFORMERS_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(others)}
    environment |= {"no_proxy": "127.0.0.1"}
    environment |= {"HF_ENDPOINT": hub.url, "HF_HOME": str(home), "HF_HUB_DISABLE_XET": "1"}
    environment |= {"HF_HUB_DOWNLOAD_TIMEOUT": "2", "HF_HUB_DISABLE_TELEMETRY": "1"}
    command = [sys.executable, "-m", "mtqe", "models", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_a_model_is_fetched_and_verified_once(hub: Hub, tmp_path: Path) -> None:
    """Settings, card and safe weights come; a second time nothing does; every file is as on the hub."""
    first = mtqe(hub, tmp_path, "fetch", "own/model")
    assert (first.returncode, first.stderr) == (0, "")
    folder = Path(first.stdout.strip())
    assert sorted(path.name for path in folder.iterdir()) == ["README.md", "config.json", LARGE]
    assert (folder / LARGE).read_bytes() == FILES[LARGE]
    hub.asked.clear()
    assert mtqe(hub, tmp_path, "fetch", "own/model").stdout == first.stdout
    assert [asked for asked in hub.asked if asked[0] == "GET"] == []
    verified = mtqe(hub, tmp_path, "verify", "own/model")
    assert verified.returncode == 0
    assert verified.stdout.count("as on the hub") == 3
    assert "cc-by-nc-4.0, not for commercial use" in mtqe(hub, tmp_path, "show", "own/model").stdout


def test_a_comet_checkpoint_brings_its_encoders_vocabulary(hub: Hub, tmp_path: Path) -> None:
    """Named in its settings; without the encoder's weights, which are in the checkpoint."""
    fetched = mtqe(hub, tmp_path, "fetch", "own/comet")
    assert (fetched.returncode, fetched.stderr) == (0, "")
    encoder = tmp_path / "hub" / "models--own--encoder" / "snapshots" / COMMIT
    assert sorted(path.name for path in encoder.iterdir()) == ["config.json", "tokenizer.json"]


def test_what_broke_off_goes_on_where_it_was(hub: Hub, tmp_path: Path) -> None:
    """What arrived of some gigabytes is not fetched again, in the same run or the next."""
    hub.gives = 1_500_000
    broken = mtqe(hub, tmp_path, "fetch", "own/model")
    assert broken.returncode == 2
    assert "can't be fetched" in broken.stderr
    hub.gives = None
    hub.asked.clear()
    whole = mtqe(hub, tmp_path, "fetch", "own/model")
    assert whole.returncode == 0, whole.stderr
    assert (Path(whole.stdout.strip()) / LARGE).read_bytes() == FILES[LARGE]
    assert [asked for asked in hub.asked if asked[:2] == ("GET", LARGE)] == [("GET", LARGE, "bytes=1500000-")]


def test_a_file_that_arrives_damaged_is_not_kept(hub: Hub, tmp_path: Path) -> None:
    """One byte is enough, and the next try is whole."""
    hub.damages = True
    damaged = mtqe(hub, tmp_path, "fetch", "own/model")
    assert damaged.returncode == 2
    assert "model.safetensors arrived damaged and was deleted; fetch it again" in damaged.stderr
    hub.damages = False
    whole = mtqe(hub, tmp_path, "fetch", "own/model")
    assert whole.returncode == 0, whole.stderr
    assert (Path(whole.stdout.strip()) / LARGE).read_bytes() == FILES[LARGE]


@pytest.mark.parametrize(
    ("refusal", "name", "message"),
    [
        ("GatedRepo", "wmt22-cometkiwi-da", "is gated; accept its terms (cc-by-nc-sa-4.0) at https://"),
        ("RepoNotFound", "own/modle", "the hub has no own/modle, or you may not see it"),
    ],
)
def test_a_refusal_says_what_to_do(hub: Hub, tmp_path: Path, refusal: str, name: str, message: str) -> None:
    """Gated models have terms to accept, unknown ones another name."""
    hub.refuses = refusal
    refused = mtqe(hub, tmp_path, "fetch", name)
    assert refused.returncode == 2
    assert message in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_without_a_network_the_way_out_is_named(tmp_path: Path) -> None:
    """One line, no traceback."""
    offline = mtqe(Hub(url="http://127.0.0.1:9"), tmp_path, "fetch", "own/model")
    assert offline.returncode == 2
    assert "can't be fetched" in offline.stderr
    assert "copy the files of https://huggingface.co/own/model here" in offline.stderr
    assert offline.stderr.count("\n") == 1
