"""The recipe of a calibration of quality to scores of one's own."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

from mtqe.bench.human.base import HumanReader
from mtqe.bench.meta_runfile import human_reader
from mtqe.errors import ConfigError
from mtqe.models.quality_calibration import FORMAT
from mtqe.runfiles import Spec
from mtqe.training.own_scores import Worth, check, fit, worth
from mtqe.training.own_scores_read import Ends, Scored, read_scored
from mtqe.training.recipes.base import Need, Progress, recipes


@recipes.register
@dataclass(frozen=True)
class Calibration:
    """mtqe's quality on the scale of people's scores of your own texts (``mtqe.training.own_scores``).

    ``human`` names files of scores as ``mtqe benchmark`` takes them, one or a list. ``scale`` is the
    worst and the best score, where they are not 0 and 100 or points of MQM. ``score`` and ``detect``
    choose scorers and detectors as in a report: a calibration fits those that it was made with.
    """

    name: ClassVar[str] = "calibration"
    needs: ClassVar[tuple[Need, ...]] = ()
    practical: ClassVar[frozenset[str]] = frozenset({"file"})
    begins_with: ClassVar[tuple[str, ...]] = ()
    human: str | dict[str, Any] | list[Spec]
    scale: Ends | None = None
    score: list[Spec] | None = None
    detect: list[Spec] | None = None
    seed: int = 1
    file: str = "calibration.json"

    def __post_init__(self) -> None:
        self._readers()
        if self.scale is not None and self.scale[0] == self.scale[1]:
            raise ConfigError("scale: the worst and the best score are the same")
        if Path(self.file).name != self.file or not self.file.endswith(".json"):
            raise ConfigError(f"file: {self.file!r} must be the name of a .json file; 'out' is its folder")

    def make(self, out: Path, progress: Progress) -> str | None:
        """The one file, and what it is worth."""
        progress(0, 2, "judging translations")
        scored = read_scored(self._readers(), self.scale, self.score, self.detect)
        check(scored)
        progress(1, 2, "fitting")
        found = worth(scored, self.seed)
        stored = {
            "format": FORMAT,
            "knots": fit(scored.quality, scored.score),
            "about": {**_about(scored), "figures": asdict(found)},
        }
        (out / self.file).write_text(json.dumps(stored, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        return _said(scored, found)

    def _readers(self) -> list[HumanReader]:
        problems: list[str] = []
        specs = self.human if isinstance(self.human, list) else [self.human]
        readers = [human_reader(spec, problems) for spec in specs]
        if problems or not readers:
            raise ConfigError("; ".join(problems) or "human: names no file of scores")
        return [reader for reader in readers if reader is not None]


def _about(scored: Scored) -> dict[str, Any]:
    return {
        "rows": len(scored.score),
        "articles": len(set(scored.articles.tolist())),
        "left_out": scored.left_out,
        "units": list(scored.units),
        "source_lang": scored.source_lang,
        "target_lang": scored.target_lang,
        "mode": scored.mode,
    }


def _said(scored: Scored, found: Worth) -> str:
    """What came of it, for people."""
    about = _about(scored)
    pair = f"{scored.source_lang or 'und'}-{scored.target_lang or 'und'}"
    lines = [
        f"{about['rows']:,} translations in {about['articles']:,} articles, {pair}, {', '.join(scored.units)}"
        + (f"; {scored.left_out:,} left out, without a quality" if scored.left_out else ""),
        "on documents not fitted on (points of 100):  before   after   a constant",
        _row("  mean difference from people's scores", found.mean_difference),
        _row("  of tenths by expected score", found.reliability),
        _pairs(found),
    ]
    if not found.is_better:
        lines.append(
            "no better than the mean of the scores: more of them are needed, or mtqe can't see what they say"
        )
    return "\n".join(lines)


def _row(label: str, values: dict[str, float]) -> str:
    return f"{label:<44}" + "".join(f"{values[name]:>8.1f}" for name in ("before", "after", "constant"))


def _pairs(found: Worth) -> str:
    before, after = found.pairwise["before"], found.pairwise["after"]
    if before is None or after is None:
        return "  no source has translations that people order"
    return f"{'  pairs of one source in order':<44}{before:>8.3f}{after:>8.3f}   of {found.pairs:,}"
