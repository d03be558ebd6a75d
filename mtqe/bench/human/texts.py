"""Sources, references and systems' outputs from a folder as WMT and mt-metrics-eval lay it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mtqe.bench.human.base import Text
from mtqe.bench.testsets.mt_metrics_eval import MtMetricsEval
from mtqe.errors import InputError

_MISSING = "[No translation supplied]"


@dataclass(frozen=True)
class FolderTexts:
    """The texts of a language pair; segments are numbered from 1, as lines are."""

    folder: Path
    pair: str
    by_segment: Mapping[str, Text]
    outputs: Mapping[str, tuple[str | None, ...]]
    articles: tuple[str | None, ...]
    domains: tuple[str | None, ...]
    files: tuple[str, ...]

    def target(self, system: str, segment: str, place: str) -> str | None:
        """A system's translation of a segment; an ``InputError`` if there is no such system or line."""
        if system not in self.outputs:
            raise InputError(f"{place}: no output of the system {system!r} in {self.folder}/system-outputs")
        lines = self.outputs[system]
        if not 0 < int(segment) <= len(lines):
            raise InputError(f"{place}: segment {segment} is not in {self.folder}, which has {len(lines)}")
        return lines[int(segment) - 1]


def texts_of(folder: Path, pair: str | None) -> FolderTexts:
    """The texts of a language pair, the only one of the folder if none is named."""
    pair = pair or _only_pair(folder)
    found = MtMetricsEval(folder, pair).read()
    nothing = (None,) * found.size
    sources = found.sources or nothing
    reference = found.references[0] if found.references else nothing
    return FolderTexts(
        folder,
        pair,
        {str(n): Text(*both) for n, both in enumerate(zip(sources, reference, strict=True), 1)},
        {
            system: tuple(None if line == _MISSING else line for line in lines)
            for system, lines in found.systems.items()
        },
        found.documents or nothing,
        found.domains or nothing,
        found.files,
    )


def _only_pair(folder: Path) -> str:
    pairs = sorted(path.stem for path in folder.glob("sources/*.txt"))
    if len(pairs) != 1:
        known = f"it has {', '.join(pairs)}" if pairs else "it has no sources/*.txt"
        raise InputError(f"{folder}: name its pair, such as en-de; {known}")
    return pairs[0]
