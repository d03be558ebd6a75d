"""A test set: segments, their references and documents, and what each system made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import ClassVar

from mtqe.errors import InputError

Texts = tuple[str, ...]


@dataclass(frozen=True)
class TestSet:
    """Any number of systems over the same segments; every sequence has one entry a segment.

    ``documents`` and ``domains`` name the document and the domain of each segment, where they are
    known; the segments of a document stand together. ``ids`` are the names that files of systems
    call segments by, if they do. ``files`` are the files that were read.
    """

    __test__: ClassVar[bool] = False  # pytest takes it for a class of tests

    systems: Mapping[str, Texts]
    sources: Texts | None = None
    references: tuple[Texts, ...] = ()
    documents: Texts | None = None
    domains: Texts | None = None
    ids: Texts | None = None
    source_lang: str | None = None
    target_lang: str | None = None
    files: Texts = ()
    notes: Texts = field(default=())

    @property
    def size(self) -> int:
        """How many segments there are."""
        sides = [*self.systems.values(), *self.references, *([self.sources] if self.sources else [])]
        return len(sides[0]) if sides else 0


def checked(test_set: TestSet, name: str) -> TestSet:
    """``test_set`` if it can be benchmarked, with notes on empty lines; else an ``InputError``."""
    if not test_set.systems:
        raise InputError(f"{name}: no system in there; name one under 'systems:'")
    if not test_set.size:
        raise InputError(f"{name}: is empty; a test set needs segments")
    _same_length(test_set, name)
    _together(test_set.documents, name)
    return replace(test_set, notes=(*test_set.notes, *_empty_lines(test_set)))


def _same_length(test_set: TestSet, name: str) -> None:
    sides: dict[str, Sequence[str] | None] = {
        "sources": test_set.sources,
        "documents": test_set.documents,
        "domains": test_set.domains,
        **{f"reference {n}": texts for n, texts in enumerate(test_set.references, 1)},
        **{f"system {system}": texts for system, texts in test_set.systems.items()},
    }
    lengths = {side: len(texts) for side, texts in sides.items() if texts is not None}
    if len(set(lengths.values())) > 1:
        counts = ", ".join(f"{side} {count}" for side, count in lengths.items())
        raise InputError(f"{name}: not the same number of segments: {counts}")


def _together(documents: Sequence[str] | None, name: str) -> None:
    seen: set[str] = set()
    start = 0
    for document, group in groupby(documents or ()):
        if document in seen:
            raise InputError(
                f"{name}: segment {start + 1}: document {document!r} was complete; "
                "its segments must stand together"
            )
        seen.add(document)
        start += len(list(group))


def _empty_lines(test_set: TestSet) -> Iterable[str]:
    sides = {
        "source": test_set.sources or (),
        **{f"reference {n}": texts for n, texts in enumerate(test_set.references, 1)},
        **{f"system {name}": texts for name, texts in test_set.systems.items()},
    }
    for side, texts in sides.items():
        empty = [number for number, text in enumerate(texts, 1) if not text.strip()]
        if empty:
            yield f"{side}: {len(empty)} empty of {len(texts)}, the first is segment {empty[0]}"
