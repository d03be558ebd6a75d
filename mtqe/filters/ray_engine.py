"""A run on Ray Data: files are its rows, a task reads them as chunks, actors that hold the models judge."""

from __future__ import annotations

import logging
import pickle
import socket
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

from mtqe.errors import InputError, MtqeError
from mtqe.filters.chunks import Chunk, ReadSettings, read_chunks
from mtqe.filters.pool import Pool
from mtqe.filters.source import Note, Source, note_of
from mtqe.filters.work import Result, Work
from mtqe.readers.files import STANDARD_INPUT

# A run that fails so many times without one chunk more goes on failing. It takes a cluster up to half a
# minute to see that a node is gone, and until then work may be sent there; hence the seconds between.
_MOST_FAILURES = 10
_PAUSE = 5.0

# Seconds in which a cluster has to answer.
_PATIENCE = 10.0

# Tasks that read, one after another; each takes a run of the files.
_MOST_READS = 1000


@dataclass(frozen=True)
class Resources:
    """What actors get: how many there are at most, cores and GPUs of each. None: what there is room for."""

    workers: int | None = None
    cpus: float = 1
    gpus: float = 0


def run_on_ray(
    work: Work, source: Source, resources: Resources, address: str | None
) -> Iterator[tuple[int, Result]]:
    """Index and result of each chunk, in order: those of the local engine.

    Files are read where this process runs, and results come back to it. ``address`` names a cluster;
    without one a cluster of this machine is made for the run. When a node or an actor dies, Ray Data's
    execution ends, and one on what is left of the cluster goes on behind the last result: an actor that
    waits for a node to come back would keep the run waiting. What kills the process that judges does not
    kill the actor, which treats it as the local engine does.
    """
    if STANDARD_INPUT in source.files:
        raise InputError("the engine ray reads files; write standard input to one, or use --engine local")
    with _cluster(address) as ray:
        failures = 0
        while failures < _MOST_FAILURES:
            try:
                for note, result in _execution(ray, work, source, resources):
                    failures = 0
                    yield source.took(note), result
                return
            except ray.exceptions.RayTaskError:
                raise  # a task that ran and failed: it would again
            except ray.exceptions.RayError as error:
                failures += 1
                problem = error
                time.sleep(_PAUSE)
        raise MtqeError(
            f"the Ray cluster failed {failures} times at the same place: {_first_line(problem)}; "
            "when that is mended, go on with --resume"
        ) from problem


@contextmanager
def _cluster(address: str | None) -> Iterator[Any]:
    """The package, connected; an ``InputError`` if it is absent or the cluster does not answer."""
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise InputError("--engine ray needs the package ray: pip install 'mtqe[ray]'") from error
    ours = not ray.is_initialized()
    if ours:
        _check_answers(address)
        options: dict[str, Any] = {} if address else {"include_dashboard": False}
        try:
            ray.init(address=address or "local", log_to_driver=False, logging_level=logging.ERROR, **options)
        except (ConnectionError, RuntimeError, ValueError) as error:
            raise InputError(f"no Ray cluster answers at {address}: {_first_line(error)}") from error
    try:
        yield ray
    finally:
        if ours:
            ray.shutdown()


def _check_answers(address: str | None) -> None:
    """An ``InputError`` if nobody listens at ``host:port``; Ray itself goes on trying for minutes."""
    host, _, port = (address or "").removeprefix("ray://").rpartition(":")
    if not (host and port.isdecimal()):
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_PATIENCE).close()
    except (OSError, OverflowError) as error:
        raise InputError(f"no Ray cluster answers at {address}: {error}") from error


def _execution(ray: Any, work: Work, source: Source, resources: Resources) -> Iterator[tuple[Note, Result]]:
    """Note and result of each chunk that is left, until something dies."""
    with _settings(ray):
        dataset = _dataset(ray, work, source, resources)
        for row in dataset.iter_rows():
            answer = pickle.loads(row["answer"])  # noqa: S301  # it is our own, from our actors
            if isinstance(answer, MtqeError):
                raise answer
            yield answer


def _dataset(ray: Any, work: Work, source: Source, resources: Resources) -> Any:
    rows = [{"file": file, "passed": passed} for file, passed in source.left]
    files = ray.data.from_items(rows, override_num_blocks=min(len(rows), _MOST_READS))
    here = {"ray.io/node-id": ray.get_runtime_context().get_node_id()}
    room = _room(ray, resources)
    with warnings.catch_warnings():
        # Of max_restarts, which has no other place yet.
        warnings.simplefilter("ignore")
        chunks = files.map_batches(
            _read,
            fn_kwargs={"settings": source.settings},
            compute=ray.data.TaskPoolStrategy(1),
            num_cpus=0,
            label_selector=here,
        )
        return chunks.map_batches(
            _Judge,
            fn_constructor_args=(work,),
            batch_size=1,
            batch_format="pyarrow",
            compute=ray.data.ActorPoolStrategy(min_size=1, max_size=resources.workers, initial_size=room),
            num_cpus=resources.cpus,
            num_gpus=resources.gpus,
            max_restarts=0,
        )


def _room(ray: Any, resources: Resources) -> int:
    """How many actors the cluster has room for now, at least 1 and at most what was asked for."""
    found = ray.cluster_resources()
    wanted = {"CPU": resources.cpus, "GPU": resources.gpus}
    room = min((int(found.get(name, 0) / each) for name, each in wanted.items() if each), default=1)
    return max(min(room, resources.workers or room), 1)


@contextmanager
def _settings(ray: Any) -> Iterator[None]:
    """Ray Data as a run needs it: results in order, a chunk to a block, nothing said on the way."""
    context = ray.data.DataContext.get_current().copy()
    context.execution_options.preserve_order = True
    context.target_max_block_size = 1
    context.enable_progress_bars = False
    logger = logging.getLogger("ray.data")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with ray.data.DataContext.current(context):
            yield
    finally:
        logger.setLevel(level)


def _read(files: Any, settings: ReadSettings) -> Iterator[Any]:
    """The chunks of files, a row each, without those that were taken; then what ended the reading, if so."""
    for file, passed in zip(files["file"], files["passed"], strict=True):
        try:
            for chunk in islice(read_chunks([str(file)], settings), int(passed), None):
                yield _row("chunk", chunk)
        except MtqeError as error:
            yield _row("chunk", error)


class _Judge:
    """An actor: a process that holds the models, and starts anew when it dies."""

    def __init__(self, work: Work) -> None:
        self._pool = Pool(work, 1)

    def __call__(self, rows: Any) -> Any:
        """What becomes of the one chunk of a batch: note and result, or the error that ends the run."""
        chunk: Chunk | MtqeError = pickle.loads(rows["chunk"][0].as_py())  # noqa: S301  # from ``_read``
        return _row("answer", chunk if isinstance(chunk, MtqeError) else self._judged(chunk))

    def _judged(self, chunk: Chunk) -> tuple[Note, Result] | MtqeError:
        try:
            _, result = next(self._pool.results(iter([chunk])))
        except MtqeError as error:
            return error
        return note_of(chunk), result


def _row(name: str, value: Any) -> Any:
    import pyarrow as pa

    return pa.table({name: pa.array([pickle.dumps(value)], pa.large_binary())})


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0]
