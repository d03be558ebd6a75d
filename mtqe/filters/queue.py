"""Chunks that are being judged, in order, and what is done with one that nothing survives."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from mtqe.filters.chunks import Chunk
from mtqe.filters.work import Result, Work, joined

# Chunks that are being judged or wait for one before them: enough that no process is idle while a slow
# chunk is at the head of the queue, few enough that memory stays bounded.
WAITING_PER_WORKER = 4

# A chunk that a process died of is tried once more as it is: the machine may have run out of memory.
TRIES = 2


@dataclass
class Piece:
    """A chunk, or a part of one that a process died of."""

    chunk: Chunk
    tries: int = 0
    result: Result | None = None


@dataclass
class Queue:
    """Chunks in order of the input, each as its pieces."""

    order: deque[list[Piece]] = field(default_factory=deque)
    todo: deque[Piece] = field(default_factory=deque)

    def add(self, chunk: Chunk) -> None:
        """Put a chunk at the end."""
        piece = Piece(chunk)
        self.order.append([piece])
        self.todo.append(piece)

    def fill(self, chunks: Iterator[Chunk], most: int) -> bool:
        """Take chunks until ``most`` are under way; whether there may be more."""
        while len(self.order) < most:
            chunk = next(chunks, None)
            if chunk is None:
                return False
            self.add(chunk)
        return True

    def again(self, piece: Piece, work: Work, why: str) -> None:
        """A piece failed: try it once more, then in halves; a single article is set aside."""
        if piece.tries < TRIES:
            self.todo.appendleft(piece)
            return
        halves = work.split(piece.chunk)
        if len(halves) > 1:
            self._halve(piece, halves)
        else:
            piece.result = work.set_aside(piece.chunk, why)

    def _halve(self, piece: Piece, halves: list[Chunk]) -> None:
        """Put two pieces in the place of one, to be tried next."""
        new = [Piece(chunk, tries=TRIES - 1) for chunk in halves]
        pieces = next(pieces for pieces in self.order if any(p is piece for p in pieces))
        at = next(index for index, other in enumerate(pieces) if other is piece)
        pieces[at : at + 1] = new
        self.todo.extendleft(reversed(new))

    def done(self) -> Iterator[tuple[Chunk, Result]]:
        """The first chunks, as long as all their pieces have results."""
        while self.order and all(piece.result is not None for piece in self.order[0]):
            pieces = self.order.popleft()
            results = [piece.result for piece in pieces if piece.result is not None]
            yield pieces[0].chunk, results[0] if len(results) == 1 else joined(results)
