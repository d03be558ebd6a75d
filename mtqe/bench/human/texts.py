"""Sources, references and systems' outputs from a folder as WMT and mt-metrics-eval lay it out.

``sources/PAIR.txt``, ``references/PAIR.NAME.txt``, ``system-outputs/PAIR/SYSTEM.txt`` and
``documents/PAIR.docs`` ("domain document" on each line), where PAIR is "en-de".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mtqe.bench.human.base import Text, lines_of
from mtqe.errors import InputError

_MISSING = "[No translation supplied]"


@dataclass(frozen=True)
class Texts:
    """The texts of a folder; segments are numbered from 1, as lines are."""

    folder: Path
    by_segment: Mapping[str, Text]
    outputs: Mapping[str, tuple[str | None, ...]]
    articles: tuple[str, ...]  # of each segment, with its domain
    domains: tuple[str, ...]
    files: tuple[str, ...]

    def target(self, system: str, segment: str, place: str) -> str | None:
        """A system's translation of a segment; an ``InputError`` if there is no such system or line."""
        if system not in self.outputs:
            raise InputError(f"{place}: no output of the system {system!r} in {self.folder}/system-outputs")
        lines = self.outputs[system]
        if not 0 < int(segment) <= len(lines):
            raise InputError(f"{place}: segment {segment} is not in {self.folder}, which has {len(lines)}")
        return lines[int(segment) - 1]


def texts_of(folder: Path, pair: str | None) -> Texts:
    """The texts of a language pair, the only one of the folder if none is named."""
    pair = pair or _only_pair(folder)
    source = folder / "sources" / f"{pair}.txt"
    sources = _lines(source, None)
    references = _beside(folder, f"references/{pair}.*.txt", len(sources), source)
    outputs = _beside(folder, f"system-outputs/{pair}/*.txt", len(sources), source)
    documents = folder / "documents" / f"{pair}.docs"
    docs = [_document(line, place) for line, place in _placed(documents)] if documents.exists() else []
    if docs and len(docs) != len(sources):
        raise InputError(f"{documents}: {len(docs)} lines, but {len(sources)} in {source}")
    reference = next(iter(references.values()), (None,) * len(sources))
    return Texts(
        folder,
        {str(n): Text(*both) for n, both in enumerate(zip(sources, reference, strict=True), 1)},
        {path.stem: lines for path, lines in outputs.items()},
        tuple(document for _, document in docs),
        tuple(domain for domain, _ in docs),
        (str(source), *map(str, references), *map(str, outputs)),
    )


def _only_pair(folder: Path) -> str:
    pairs = sorted(path.stem for path in folder.glob("sources/*.txt"))
    if len(pairs) != 1:
        known = f"it has {', '.join(pairs)}" if pairs else "it has no sources/*.txt"
        raise InputError(f"{folder}: name its language_pair, such as en-de; {known}")
    return pairs[0]


def _beside(folder: Path, pattern: str, expected: int, source: Path) -> dict[Path, tuple[str | None, ...]]:
    """The files of a pattern, by name; each must have as many lines as the sources."""
    return {path: _lines(path, (expected, source)) for path in sorted(folder.glob(pattern))}


def _lines(path: Path, expected: tuple[int, Path] | None) -> tuple[str | None, ...]:
    lines = tuple(None if line == _MISSING else line for line, _ in _placed(path))
    if expected and len(lines) != expected[0]:
        raise InputError(f"{path}: {len(lines)} lines, but {expected[0]} in {expected[1]}")
    return lines


def _placed(path: Path) -> list[tuple[str, str]]:
    return [(line, place) for place, line in lines_of(path)]


def _document(line: str, place: str) -> tuple[str, str]:
    parts = line.split()
    if len(parts) < 2:
        raise InputError(f"{place}: must be a domain and a document, with a space or tab between")
    return parts[0], parts[1]
