"""The engine for many machines, on a cluster of three nodes on this one. Needs ``mtqe[ray]``."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mtqe.filters import ray_engine
from mtqe.filters.run import filter_files
from mtqe.filters.run_file import filter_run

from .engine import record, write_lines

ray = pytest.importorskip("ray")
cluster_utils = pytest.importorskip("ray.cluster_utils")

# Ray leaves sockets and files to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore")

RULES = [{"name": "length", "at_least": 5}, {"name": "issues", "category": "repetition", "at_most": 100}]


@pytest.fixture
def cluster() -> Iterator[Any]:
    """A head that does no work, and two nodes of one core each."""
    found = cluster_utils.Cluster(initialize_head=True, head_node_args={"num_cpus": 0})
    for _ in range(2):
        found.add_node(num_cpus=1)
    ray.init(address=found.address, log_to_driver=False, logging_level="error")
    yield found
    ray.shutdown()
    found.shutdown()


def hashes(folder: Path) -> dict[str, str]:
    """Every file of a run but its manifest, which says where it wrote."""
    files = (path for path in folder.iterdir() if not path.name.endswith("manifest.json"))
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def filtered(source: Path, folder: Path, engine: str, progress: Any = iter) -> dict[str, str]:
    """The files of a run with an engine."""
    loaded = {
        "input": {"paths": [str(source)]},
        "output": {"path": str(folder / "out.jsonl"), "rejected": str(folder / "no.jsonl")},
        "rules": RULES,
        "engine": engine,
        "workers": 2,
    }
    filter_files(filter_run(loaded), progress=progress)
    return hashes(folder)


def test_three_nodes_write_what_one_process_writes_though_one_dies(
    tmp_path: Path, cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the middle of the run; nothing is lost, nothing is there twice."""
    monkeypatch.setattr("mtqe.filters.lines._BLOCK", 10_000)
    source = write_lines(tmp_path / "in.jsonl", *(record(n) for n in range(3000)), "nonsense")
    wanted = filtered(source, tmp_path / "local", "local")
    assert len(wanted) == 5
    assert filtered(source, tmp_path / "ray", "ray") == wanted

    lost: list[str] = []
    real = ray_engine._Actors._lost
    monkeypatch.setattr(
        ray_engine._Actors,
        "_lost",
        lambda self, piece, queue, why: (lost.append(why), real(self, piece, queue, why)),
    )

    def killing(results: Any) -> Any:
        for number, result in enumerate(results):
            if number == 5:
                cluster.remove_node(list(cluster.worker_nodes)[-1], allow_graceful=False)
            yield result

    assert filtered(source, tmp_path / "killed", "ray", killing) == wanted
    assert lost
