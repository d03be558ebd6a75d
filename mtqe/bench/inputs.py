"""The test set of a run file: what its reader gives, and the plain files that complete it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from glob import glob
from pathlib import Path

from mtqe.bench.runfile import Benchmark, BenchmarkFile
from mtqe.bench.testset import TestSet, Texts, checked
from mtqe.bench.testsets.base import read_beside, read_lines
from mtqe.bench.testsets.jsonl import Jsonl
from mtqe.errors import InputError
from mtqe.registry import nearest


def load_test_set(benchmark: Benchmark) -> TestSet:
    """The test set, with every side as long as the others; an ``InputError`` says what does not fit."""
    file = benchmark.file
    base = benchmark.reader.read() if benchmark.reader is not None else TestSet({})
    size, beside = _measure(base, file)
    systems = _systems(base, file, size, beside)
    sides = [path for path in (file.source, *file.reference, file.documents) if path is not None]
    documents, domains = _documents(base, file, size, beside)
    test_set = replace(
        base,
        systems=systems,
        sources=base.sources if file.source is None else read_beside(file.source, size, beside),
        references=(*base.references, *(read_beside(path, size, beside) for path in file.reference)),
        documents=documents,
        domains=domains,
        source_lang=file.source_lang or base.source_lang,
        target_lang=file.target_lang or base.target_lang,
        files=tuple(dict.fromkeys((*base.files, *map(str, (*sides, *_paths(file)))))),
    )
    return checked(test_set, benchmark.name)


def _measure(base: TestSet, file: BenchmarkFile) -> tuple[int, Path]:
    """How many segments there are, by the first side that says so, and which side that is."""
    if base.size:
        return base.size, Path(base.files[0])
    first = next(iter((*filter(None, (file.source, *file.reference)), *_paths(file))), None)
    if first is None:
        raise InputError("systems: no file matches any of the patterns")
    return len(read_lines(first)), first


def _systems(base: TestSet, file: BenchmarkFile, size: int, beside: Path) -> dict[str, Texts]:
    """Those of the test set, or the ones of it that are named, and those in files."""
    named = file.systems if isinstance(file.systems, list) else []
    chosen = [name for name in named if name in base.systems]
    systems = {name: base.systems[name] for name in chosen or base.systems}
    for name, path in _files(file, base):
        if name in systems:
            raise InputError(f"{path}: a system is called {name!r} already; name them under 'systems:'")
        systems[name] = _targets(path, base, size, beside)
    return systems


def _targets(path: Path, base: TestSet, size: int, beside: Path) -> Texts:
    """A system's translations: a line each, or records that name the segments of the test set."""
    if base.ids is None or not path.name.removesuffix(".gz").endswith(".jsonl"):
        return read_beside(path, size, beside)
    known = dict(Jsonl(path).named())
    lacking = next((name for name in base.ids if name not in known), None)
    if lacking is not None:
        raise InputError(f"{path}: lacks a record of segment {lacking!r}, which {beside} has")
    return tuple(known[name] for name in base.ids)


def _files(file: BenchmarkFile, base: TestSet) -> Iterator[tuple[str, Path]]:
    """Names and files of systems."""
    if isinstance(file.systems, dict):
        yield from file.systems.items()
        return
    for pattern in file.systems:
        found = _matching(pattern)
        if not found and pattern not in base.systems:
            raise InputError(f"systems: no file matches {pattern!r}{_hint(pattern, base.systems)}")
        yield from ((_name(path), Path(path)) for path in found)


def _matching(pattern: str) -> list[str]:
    return sorted(glob(pattern))  # noqa: PTH207  # patterns of paths may be absolute


def _hint(pattern: str, systems: Iterable[str]) -> str:
    names = list(systems)
    return f", and no system of the test set is called so.{nearest(pattern, names)}" if names else ""


def _name(path: str) -> str:
    name = Path(path).name.removesuffix(".gz").removesuffix(".zst")
    return name.rsplit(".", 1)[0] or name


def _paths(file: BenchmarkFile) -> list[Path]:
    if isinstance(file.systems, dict):
        return list(file.systems.values())
    return [Path(path) for pattern in file.systems for path in _matching(pattern)]


def _documents(
    base: TestSet, file: BenchmarkFile, size: int, beside: Path
) -> tuple[Texts | None, Texts | None]:
    """Document and domain of each segment: a line is a document, or a domain, a tab and a document."""
    if file.documents is None:
        return base.documents, base.domains
    cells = [line.split("\t") for line in read_beside(file.documents, size, beside)]
    if all(len(cell) > 1 for cell in cells):
        return tuple(cell[1] for cell in cells), tuple(cell[0] for cell in cells)
    return tuple(cell[0] for cell in cells), base.domains
