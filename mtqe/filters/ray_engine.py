"""Chunks shared out to the actors of a Ray cluster, which hold the models; results come back in order."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mtqe.errors import InputError, MtqeError
from mtqe.filters.chunks import Chunk
from mtqe.filters.pool import answered
from mtqe.filters.queue import TRIES, WAITING_PER_WORKER, Piece, Queue
from mtqe.filters.work import Result, Work

# Seconds after which it is looked at whether a node came or went.
_PATIENCE = 10.0

# What Ray says of an actor that nothing is wrong with but its node.
_NODE_DIED = ("its node has died", "node was terminated", "is temporarily unavailable")

# A piece that has seen so many nodes die is looked at as if it were its fault.
_MOST_MOVES = 5


def run_on_ray(
    work: Work, chunks: Iterator[Chunk], workers: int | None, address: str | None, gpus: float = 0
) -> Iterator[tuple[int, Result]]:
    """Index and result of each chunk, in order: those of the local engine.

    ``workers`` actors, as many as the cluster has cores if not given, each load the models once, on a
    core and ``gpus`` of its own. A chunk whose actor or node dies is judged by another; one that kills
    actors is taken apart as by the local engine. ``address`` names a cluster; without one a cluster of
    this machine is made for the run. Chunks are read and results are written by this process.
    """
    with _cluster(address) as ray:
        actors = _Actors(ray, work, workers, gpus)
        queue = Queue()
        while queue.fill(chunks, WAITING_PER_WORKER * max(actors.wanted(), 1)) or queue.order:
            actors.hand_out(queue)
            actors.collect(queue)
            yield from ((chunk.index, result) for chunk, result in queue.done())


@contextmanager
def _cluster(address: str | None) -> Iterator[Any]:
    """The package, connected; an ``InputError`` if it is absent or the cluster does not answer."""
    try:
        import ray
    except ImportError as error:
        raise InputError("--engine ray needs the package ray: pip install 'mtqe[ray]'") from error
    ours = not ray.is_initialized()
    if ours:
        options: dict[str, Any] = {} if address else {"include_dashboard": False}
        try:
            ray.init(address=address or "local", log_to_driver=False, logging_level=logging.ERROR, **options)
        except (ConnectionError, RuntimeError, ValueError) as error:
            raise InputError(f"no Ray cluster answers at {address}: {error}") from error
    try:
        yield ray
    finally:
        if ours:
            ray.shutdown()


class _Judge:
    """An actor: work that stays where it is."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def judge(self, chunk: Chunk) -> Result | MtqeError | str:
        """A chunk's result, or what went wrong."""
        return answered(self._work, chunk)


class _Actors:
    def __init__(self, ray: Any, work: Work, workers: int | None, gpus: float) -> None:
        self._ray = ray
        self._work = work
        self._workers = workers
        self._gpus = gpus
        self._class = ray.remote(num_cpus=1, num_gpus=gpus)(_Judge)
        # Work is sent once, not with every actor.
        self._shared = ray.put(work)
        self._idle: list[Any] = []
        self._busy: dict[Any, tuple[Piece, Any]] = {}

    def wanted(self) -> int:
        """How many actors the cluster has room for now, or was asked for."""
        found = self._ray.cluster_resources()
        room = int(found.get("CPU", 0))
        if self._gpus:
            room = min(room, int(found.get("GPU", 0) / self._gpus))
        return room if self._workers is None else min(room, self._workers)

    def hand_out(self, queue: Queue) -> None:
        """Give every idle actor a piece; new actors come as there is work and room for them."""
        wanted = self.wanted()
        while queue.todo:
            if not self._idle and len(self._busy) < wanted:
                self._idle.append(self._class.remote(self._shared))
            if not self._idle:
                return
            actor, piece = self._idle.pop(), queue.todo.popleft()
            self._busy[actor.judge.remote(piece.chunk)] = (piece, actor)

    def collect(self, queue: Queue) -> None:
        """Wait for an answer, for a while."""
        if not self._busy:
            return
        done, _ = self._ray.wait(list(self._busy), num_returns=1, timeout=_PATIENCE)
        for reference in done:
            piece, actor = self._busy.pop(reference)
            try:
                answer = self._ray.get(reference)
            except self._ray.exceptions.RayError as error:
                self._lost(piece, queue, str(error))
                continue
            self._idle.append(actor)
            self._take(piece, answer, queue)

    def _take(self, piece: Piece, answer: Result | MtqeError | str, queue: Queue) -> None:
        if isinstance(answer, MtqeError):
            raise answer
        if isinstance(answer, Result):
            piece.result = answer
            return
        piece.tries = TRIES
        queue.again(piece, self._work, f"judging it failed: {answer}")

    def _lost(self, piece: Piece, queue: Queue, why: str) -> None:
        """An actor is gone: with its node, which is no fault of the piece, or alone."""
        if any(words in why for words in _NODE_DIED) and piece.moves < _MOST_MOVES:
            piece.moves += 1
        else:
            piece.tries += 1
        queue.again(piece, self._work, "its process died")
