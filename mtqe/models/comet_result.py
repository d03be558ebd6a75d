"""What goes into a COMET model and what comes out, whatever its family."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

from mtqe.models.comet_spans import ErrorSpan
from mtqe.models.comet_text import Tokens
from mtqe.models.engine import Engine

Side = Literal["target", "source", "reference"]

# The tokens of a row by their side; "target" is always there.
Sides = Mapping[Side, Tokens]


class Judged(NamedTuple):
    """A score, the scores that it is made of by name, and the spans that the model takes for wrong."""

    score: float
    parts: Mapping[str, float] = {}
    spans: tuple[ErrorSpan, ...] = ()


class Model(Protocol):
    """A family of models: what it reads, how much, and what it makes of it."""

    @property
    def engine(self) -> Engine:
        """What reads its inputs."""
        ...

    @property
    def has_spans(self) -> bool:
        """Whether it marks what is wrong in a target."""
        ...

    @property
    def spans_are_free(self) -> bool:
        """Whether it does the same without being asked for spans."""
        ...

    def reads(self, given: Iterable[Side]) -> tuple[Side, ...]:
        """Which of the sides beside the target it reads of those given; none if it needs others."""
        ...

    def needs(self) -> str:
        """What it needs beside a target, in words."""
        ...

    def fits(self, lengths: Sequence[int]) -> bool:
        """Whether it reads a target and its counterparts of so many tokens without cutting any."""
        ...

    def judge(self, rows: Sequence[Sides], spans: bool) -> list[Judged]:
        """One result for each row, in order; spans are for the models that have some."""
        ...


class Row(NamedTuple):
    """A target and what it is compared with. ``context`` are rows before it in its text, oldest first."""

    target: str
    source: str | None = None
    reference: str | None = None
    context: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a model says of a row.

    ``windows`` is how many parts it was read in, ``tokens`` how many tokens of all sides were read.
    """

    score: float
    parts: Mapping[str, float] = field(default_factory=dict)
    spans: tuple[ErrorSpan, ...] = ()
    windows: int = 1
    tokens: int = 0
