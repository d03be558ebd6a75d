"""What a run was made of, so that it can be made again: inputs, weights, versions, options, seed."""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Any

from mtqe.bench.runfile import Benchmark
from mtqe.bench.testset import TestSet

# Packages whose version may show in a number.
_PACKAGES = ("mtqe", "numpy", "rapidfuzz", "sacrebleu", "sentencepiece", "py3langid", "wordfreq")

# What says where the report goes and how fast it is made, not what is in it.
_NO_MATTER = {"output", "workers", "task"}

_BLOCK = 1 << 20


def manifest(benchmark: Benchmark, test_set: TestSet) -> dict[str, Any]:
    """Hashes (SHA-256), versions and options; ``machine`` is apart from what decides the result."""
    return {
        "inputs": {path: file_digest(Path(path)) for path in test_set.files if Path(path).is_file()},
        "weights": dict(_weights()) if benchmark.judges else {},
        "versions": {name: found for name in _PACKAGES if (found := _version(name)) is not None},
        "options": benchmark.file.model_dump(mode="json", exclude=_NO_MATTER, exclude_defaults=True),
        "seed": benchmark.file.significance.seed,
        "machine": {
            "system": platform.system(),
            "processor": platform.machine(),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
        },
    }


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def test_set_digest(test_set: TestSet) -> str:
    """SHA-256 of what all systems share: sources, references and documents."""
    digest = hashlib.sha256()
    for side in (test_set.sources, *test_set.references, test_set.documents):
        digest.update(b"\x1d")
        for text in side or ():
            digest.update(text.encode("utf-8", errors="surrogatepass") + b"\n")
    return digest.hexdigest()


def _weights() -> Iterable[tuple[str, str]]:
    folder = Path(str(files("mtqe.models"))) / "weights"
    for path in sorted(folder.iterdir()):
        if path.suffix != ".md" and path.is_file():
            yield path.name, file_digest(path)


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
