"""The engine for many machines, on a cluster of three nodes on this one. Needs ``mtqe[ray]``."""

from __future__ import annotations

import hashlib
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mtqe.errors import InputError
from mtqe.filters import ray_engine
from mtqe.filters.run import filter_files
from mtqe.filters.run_file import filter_run

from .engine import record, write_lines

# Ray leaves sockets and files to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore")

RULES = [{"name": "length", "at_least": 5}, {"name": "issues", "category": "repetition", "at_most": 100}]


@pytest.fixture
def cluster() -> Iterator[Any]:
    """A head that does no work, and two nodes of one core each."""
    ray = pytest.importorskip("ray")
    cluster_utils = pytest.importorskip("ray.cluster_utils")
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


def filtered(source: Path, folder: Path, engine: str, progress: Any = iter, **more: Any) -> dict[str, str]:
    """The files of a run with an engine."""
    loaded = {
        "input": {"paths": [str(source)]},
        "output": {"path": str(folder / "out.jsonl"), "rejected": str(folder / "no.jsonl.gz")},
        "rules": RULES,
        "engine": engine,
    }
    loaded["output"]["shard_megabytes"] = 0.2
    filter_files(filter_run(loaded), progress=progress, **more)
    return hashes(folder)


class StoppedError(Exception):
    """A run that is ended from outside."""


def stopping(results: Any) -> Iterator[Any]:
    """A run that ends after three chunks."""
    for number, result in enumerate(results):
        if number == 3:
            raise StoppedError
        yield result


def at_work(cluster: Any) -> Any:
    """A node with an actor that judges."""
    from ray._private.state import actors

    found = (a["Address"]["NodeID"] for a in actors().values() if a["State"] == "ALIVE")
    nodes = {node.node_id: node for node in cluster.worker_nodes}
    return next(nodes[name] for name in found if name in nodes)


def test_three_nodes_write_what_one_process_writes_though_one_dies(
    tmp_path: Path, cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the middle of the run, which was stopped and resumed; nothing is lost, nothing is there twice."""
    source = tmp_path / "in"
    source.mkdir()
    # Chunks that take no time, and two that take seconds, in which the node dies.
    padded = (record(n) | {"padding": "x" * 10_000} for n in range(150))
    write_lines(source / "1.jsonl", *padded, "nonsense")
    write_lines(source / "2.jsonl", record(1))
    write_lines(source / "3.jsonl", *(record(n) for n in range(5000)))
    wanted = filtered(source, tmp_path / "local", "local")
    assert len(wanted) == 5

    begun: list[Any] = []
    execution = ray_engine._execution
    monkeypatch.setattr(ray_engine, "_execution", lambda *given: (begun.append(given), execution(*given))[1])

    def killing(results: Any) -> Iterator[Any]:
        for number, result in enumerate(results):
            if number == 0:
                cluster.remove_node(at_work(cluster), allow_graceful=False)
            yield result

    with pytest.raises(StoppedError):
        filtered(source, tmp_path / "ray", "ray", stopping)
    assert filtered(source, tmp_path / "ray", "ray", killing, resume=True) == wanted
    assert len(begun) >= 3


def test_a_cluster_that_does_not_answer_is_named() -> None:
    """At once, where Ray would try for minutes."""
    for address in ("127.0.0.1:1", "ray://127.0.0.1:1"):
        with pytest.raises(InputError, match=f"no Ray cluster answers at {address}: .*refused"):
            ray_engine._check_answers(address)
    ray_engine._check_answers("auto")


def test_standard_input_has_to_be_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that would read it is another; said before a cluster is started."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    with pytest.raises(InputError, match="reads files; write standard input to one"):
        filtered(Path("-"), tmp_path, "ray")
