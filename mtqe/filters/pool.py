"""Chunks shared out to processes, whose results come back in order; a process that dies is survived."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import Any

from mtqe.errors import MtqeError
from mtqe.filters.chunks import Chunk
from mtqe.filters.collector import collecting_rarely
from mtqe.filters.queue import TRIES, WAITING_PER_WORKER, Piece, Queue
from mtqe.filters.work import Result, Work


@dataclass
class _Process:
    """A process, its end of the pipe, and what it works on."""

    process: Any
    pipe: Connection
    ready: bool = False
    piece: Piece | None = None


def run_in_processes(work: Work, chunks: Iterator[Chunk], workers: int) -> Iterator[tuple[int, Result]]:
    """Index and result of each chunk, in order.

    Each of ``workers`` processes loads the models once. A chunk whose process dies is tried once more,
    then in halves; the one record that is left in the end is set aside as bad, with the reason.
    """
    pool = Pool(work, workers)
    try:
        yield from pool.results(chunks)
    finally:
        pool.stop()


class Pool:
    """Processes that stay until they are stopped; they start when there is work for them."""

    def __init__(self, work: Work, workers: int) -> None:
        self._work = work
        self._workers = workers
        self._processes: list[_Process] = []
        # New interpreters: a fork of a process with threads, as BLAS has, may hang.
        self._context = get_context("spawn")

    def results(self, chunks: Iterator[Chunk]) -> Iterator[tuple[int, Result]]:
        """Index and result of each chunk, in order."""
        queue = Queue()
        while queue.fill(chunks, WAITING_PER_WORKER * self._workers) or queue.order:
            self._hand_out(queue)
            self._collect(queue)
            yield from ((chunk.index, result) for chunk, result in queue.done())

    def _hand_out(self, queue: Queue) -> None:
        """Give every idle process a piece; new processes come as there is work for them."""
        while queue.todo:
            idle = next((process for process in self._processes if process.piece is None), None)
            if idle is None and len(self._processes) < self._workers:
                idle = self._start()
            if idle is None:
                return
            idle.piece = queue.todo.popleft()
            try:
                idle.pipe.send(idle.piece.chunk)
            except OSError:
                return  # it died; collect sees to it

    def _collect(self, queue: Queue) -> None:
        """Wait for a process to answer or to die."""
        waiting = [process for process in self._processes if process.piece is not None]
        if not waiting:
            return
        found = set(wait([w for process in waiting for w in (process.pipe, process.process.sentinel)]))
        for process in waiting:
            if process.pipe in found:
                self._answer(process, queue)
            elif process.process.sentinel in found:
                self._died(process, queue)

    def stop(self) -> None:
        """End all processes."""
        for process in self._processes:
            process.pipe.close()
            process.process.terminate()
        for process in self._processes:
            process.process.join()

    def _start(self) -> _Process:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_serve, args=(theirs, self._work), daemon=True)
        process.start()
        theirs.close()
        self._processes.append(_Process(process, ours))
        return self._processes[-1]

    def _answer(self, process: _Process, queue: Queue) -> None:
        try:
            answer = process.pipe.recv()
        except (EOFError, OSError):
            self._died(process, queue)
            return
        if answer is None:
            process.ready = True
        elif isinstance(answer, Result):
            _working_on(process).result = answer
            process.piece = None
        elif isinstance(answer, MtqeError):
            raise answer
        else:
            piece = _working_on(process)
            process.piece = None
            piece.tries = TRIES
            queue.again(piece, self._work, f"judging it failed: {answer}")

    def _died(self, process: _Process, queue: Queue) -> None:
        process.process.join()
        process.pipe.close()
        self._processes.remove(process)
        if not process.ready:
            code = process.process.exitcode
            raise MtqeError(f"a worker process ended before it began to work (exit code {code})")
        if process.piece is not None:
            process.piece.tries += 1
            queue.again(process.piece, self._work, f"its process died, {_cause(process.process.exitcode)}")


def _working_on(process: _Process) -> Piece:
    """What a process works on."""
    if process.piece is None:
        raise MtqeError("a worker process answered though nobody asked it")
    return process.piece


def _cause(code: int | None) -> str:
    if code is not None and code < 0:
        hint = ": out of memory?" if -code == signal.SIGKILL else ""
        return f"killed by signal {-code}{hint}"
    return f"with exit code {code}"


def _serve(pipe: Connection, work: Work) -> None:
    """What a process does: answer chunks until the pipe is closed."""
    # Ctrl-C is for the process that started this one, which ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        pipe.send(None)
        with collecting_rarely():
            while True:
                pipe.send(answered(work, pipe.recv()))
    except (EOFError, OSError):
        return


def answered(work: Work, chunk: Chunk) -> Result | MtqeError | str:
    """A chunk's result, an error that ends the run, or in words what went wrong with this chunk."""
    try:
        return work(chunk)
    except MtqeError as error:
        return error
    except Exception as error:  # one article must not end a run of millions; the rejects file says it
        return f"{type(error).__name__}: {error}"
