"""The run file of a report: what is read, how it is judged, where the report goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from mtqe.detectors.base import detectors
from mtqe.errors import ConfigError
from mtqe.evaluate import Evaluator, default_detectors, default_scorers
from mtqe.quality import Quality
from mtqe.runfiles import (
    InputFormat,
    Language,
    OutputFormat,
    OutputPath,
    Section,
    Spec,
    build,
    listed,
    load_yaml,
    options_of,
    validate,
)
from mtqe.scorers.base import scorers

# Every score is from 0 to 100.
Gate = Annotated[float, Field(ge=0, le=100)]


class InputSection(Section):
    """What is read. Paths are relative to the working directory, as on a command line."""

    paths: list[Path] = Field(min_length=1)
    source: Path | None = None
    reference: Path | None = None
    source_lang: Language | None = None
    target_lang: Language | None = None
    format: InputFormat | None = None
    encoding: str | None = None
    skip_bad: bool = False
    rejects: Path = Path("rejects.jsonl")


class OutputSection(Section):
    """Where reports go: a file or folder (standard output if not given), and in which format."""

    path: OutputPath | None = None
    format: OutputFormat | None = None


class RunFile(Section):
    """The sections of a run file; ``score`` and ``detect`` name the defaults when left out.

    ``workers`` is the number of processes that share the articles.
    """

    task: Literal["report"] = "report"
    input: InputSection
    output: OutputSection = OutputSection()
    score: list[Spec] | None = None
    detect: list[Spec] | None = None
    quality: dict[str, Any] = Field(default_factory=dict)
    fail_below: dict[str, Gate] = Field(default_factory=dict)
    workers: int = Field(default=1, ge=1)


@dataclass(frozen=True)
class Run:
    """A run file turned into objects that are ready to work."""

    file: RunFile
    evaluator: Evaluator


def load_run(path: Path) -> Run:
    """The run that ``path`` describes; a ConfigError lists every problem of the file."""
    return _run(load_yaml(path), str(path))


def run_from_options(**sections: Any) -> Run:
    """The run of a command line's options, given as the sections of a run file."""
    return _run({name: value for name, value in sections.items() if value is not None}, None)


def _run(sections: dict[str, Any], name: str | None) -> Run:
    problems: list[str] = []
    file = validate(RunFile, sections, problems)
    evaluator = evaluator_of(sections, problems)
    if file is not None and evaluator is not None:
        problems += _unknown_gates(file, evaluator)
    if problems or file is None or evaluator is None:
        raise ConfigError(listed(name, problems))
    return Run(file, evaluator)


def _unknown_gates(file: RunFile, evaluator: Evaluator) -> list[str]:
    given = ["quality", *(scorer.gives for scorer in evaluator.scorers)]
    return [
        f"fail_below: no score is called {name!r}; this run has {', '.join(given)}"
        for name in file.fail_below
        if name not in given
    ]


def evaluator_of(loaded: Mapping[str, Any], problems: list[str]) -> Evaluator | None:
    """The evaluator of the sections ``score``, ``detect`` and ``quality``; defaults where left out."""
    score, detect, quality = (loaded.get(name) for name in ("score", "detect", "quality"))
    built_scorers = build(scorers, score, "score", problems) if isinstance(score, list) else default_scorers()
    built_detectors = (
        build(detectors, detect, "detect", problems) if isinstance(detect, list) else default_detectors()
    )
    options = quality if isinstance(quality, dict) else {}
    built_quality = options_of(Quality, options, "quality", problems)
    if problems or built_quality is None:
        return None
    try:
        return Evaluator(built_scorers, built_detectors, built_quality)
    except ConfigError as error:
        problems.append(str(error))
        return None
