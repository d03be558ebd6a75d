"""How often Python looks for objects that only refer to one another, while articles are judged."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# Objects made and not yet freed before it looks again. What is made for an article is freed without it,
# and models are many objects to look through: as often as usual (700) takes a fifth of the time.
_OBJECTS = 50_000


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Look rarely inside of the block, and as before after it. It holds for the whole process."""
    usual = gc.get_threshold()
    gc.set_threshold(_OBJECTS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
