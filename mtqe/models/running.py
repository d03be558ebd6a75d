"""Where a model runs, how exactly, and how much at once, on mtqe's own engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Precision = Literal["fp32", "bf16", "int8"]


@dataclass(frozen=True)
class Running:
    """``devices`` are used instead of ``device``, each but the first by a process of its own.

    ``batch_tokens`` is how many tokens are read at once, and so what memory is bounded by. ``threads`` is 0
    for one per core. Other numbers below 1 are refused (``ValueError``).
    """

    precision: Precision = "fp32"
    device: str = "auto"
    devices: tuple[str, ...] = ()
    batch_tokens: int = 2048
    threads: int = 0

    def __post_init__(self) -> None:
        if self.batch_tokens < 1:
            raise ValueError(f"batch_tokens should be 1 or more, and not {self.batch_tokens}")
        if self.threads < 0:
            raise ValueError(f"threads should be 0, for one per core, or more, and not {self.threads}")


USUAL = Running()
