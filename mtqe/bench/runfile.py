"""The run file of a benchmark: systems over one test set, how they are judged, where the report goes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BeforeValidator, Field

from mtqe.bench.metrics.base import Metric, metrics
from mtqe.bench.testsets.base import TestSetReader, test_set_readers
from mtqe.bench.writers.base import bench_writers
from mtqe.config import evaluator_of
from mtqe.errors import ConfigError
from mtqe.evaluate import Evaluator, default_scorers
from mtqe.runfiles import Language, Section, Spec, build, listed, load_yaml, validate

# Without a section "metrics", these are what the field reports.
DEFAULT_METRICS: tuple[Spec, ...] = ("bleu", "chrf", "ter")

# How many times as many resamples as are needed for any pair to be significant.
_ROOM = 5

# A metric's own numbers against the reference come from "metrics", over the whole test set.
_ONLY_FOR_ARTICLES = "reference_chrf"


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


Paths = Annotated[list[Path], BeforeValidator(_as_list)]


class SignificanceSection(Section):
    """How differences between systems are tested.

    ``method``: paired bootstrap (Koehn, 2004) or approximate randomisation (Riezler and Maxwell,
    2005). ``resamples``: by default 1,000 or 10,000, as in sacrebleu, or more where that is too few
    for so many pairs. ``unit``: what is resampled.
    ``correction``: of the p-values of all pairs together. ``alpha``: below it a difference counts.
    """

    method: Literal["bootstrap", "randomization"] = "bootstrap"
    resamples: int | None = Field(default=None, ge=1)
    unit: Literal["segment", "document"] = "segment"
    correction: Literal["holm", "benjamini-hochberg", "none"] = "holm"
    alpha: float = Field(default=0.05, gt=0, lt=1)
    seed: int = Field(default=12345, ge=1)

    def count(self, systems: int) -> int:
        """Resamples; by default enough for the smallest p-value to count among all pairs."""
        default = 1_000 if self.method == "bootstrap" else 10_000
        return self.resamples or max(default, _ROOM * self.fewest(systems))

    def fewest(self, systems: int) -> int:
        """With fewer resamples no pair of so many systems could be significant after the correction."""
        pairs = systems * (systems - 1) // 2 if self.correction != "none" else 1
        return math.ceil(pairs / self.alpha)


class BenchmarkFile(Section):
    """The sections of a run file of ``task: benchmark``. Paths are relative to the working directory.

    ``test_set`` is a file or folder of a known format, or its reader with options; ``source``,
    ``reference``, ``documents`` and ``systems`` are plain files with a segment a line, which
    complete it. ``against`` is the JSON report of an earlier run; ``fail_if_worse`` is how many points
    a system may lose against it before the exit code is 1, for all scores or for each by name.
    """

    task: Literal["benchmark"]
    test_set: str | dict[str, Any] | None = None
    source: Path | None = None
    reference: Paths = Field(default=[], validation_alias=AliasChoices("reference", "references"))
    documents: Path | None = None
    systems: dict[str, Path] | list[str] = Field(default_factory=dict)
    source_lang: Language | None = None
    target_lang: Language | None = None
    metrics: list[Spec] | None = None
    score: list[Spec] | None = None
    detect: list[Spec] | None = None
    quality: dict[str, Any] = Field(default_factory=dict)
    significance: SignificanceSection = SignificanceSection()
    rank_by: str | None = None
    output: Paths = Field(default=[])
    against: Path | None = None
    fail_if_worse: float | dict[str, float] | None = None
    workers: int = Field(default=1, ge=1)


@dataclass(frozen=True)
class Benchmark:
    """A run file turned into objects that are ready to work."""

    file: BenchmarkFile
    name: str
    reader: TestSetReader | None
    metrics: tuple[Metric, ...]
    evaluator: Evaluator

    @property
    def judges(self) -> bool:
        """Whether scorers or detectors of mtqe run at all."""
        return bool(self.evaluator.scorers or self.evaluator.detectors)


def load_benchmark(path: Path, options: Mapping[str, Any] | None = None) -> Benchmark:
    """The benchmark that ``path`` describes, with ``options`` in place of its sections of these names.

    A ConfigError lists every problem of the file.
    """
    sections = {**load_yaml(path), **(options or {})}
    problems: list[str] = []
    file = validate(BenchmarkFile, sections, problems)
    reader = _reader(sections.get("test_set"), problems)
    built = build(metrics, _specs(sections.get("metrics")), "metrics", problems)
    evaluator = _evaluator(sections, problems)
    if file is not None:
        problems += _contradictions(file)
    if problems or file is None or evaluator is None:
        raise ConfigError(listed(str(path), problems))
    return Benchmark(file, str(path), reader, built, evaluator)


def _specs(section: Any) -> list[Spec]:
    return section if isinstance(section, list) else list(DEFAULT_METRICS)


def _evaluator(sections: Mapping[str, Any], problems: list[str]) -> Evaluator | None:
    """As in a report, but without the score that the metrics give better."""
    if isinstance(sections.get("score"), list):
        return evaluator_of(sections, problems)
    names: list[Spec] = [scorer.name for scorer in default_scorers() if scorer.name != _ONLY_FOR_ARTICLES]
    return evaluator_of({**sections, "score": names}, problems)


def _reader(section: Any, problems: list[str]) -> TestSetReader | None:
    if section is None:
        return None
    spec = section if isinstance(section, dict) else _by_path(str(section))
    if spec is None:
        known = ", ".join(test_set_readers.names())
        problems.append(f"test_set: the ending of {section!r} tells no format; name one of {known}")
        return None
    built = build(test_set_readers, [spec], "test_set", problems)
    return built[0] if built else None


def _by_path(path: str) -> Spec | None:
    """The reader and its path that a file's ending stands for."""
    name = path.lower().removesuffix(".gz").removesuffix(".zst")
    found = next((cls.name for cls in test_set_readers if name.endswith(cls.suffixes)), None)
    return {"name": found, "path": path} if found else None


def _contradictions(file: BenchmarkFile) -> list[str]:
    problems = []
    if file.test_set is None and not file.systems:
        problems.append("systems: none named, and no 'test_set' with some; write 'systems: {name: file}'")
    if file.test_set is not None and file.source is not None:
        problems.append("source: the test_set has the sources; leave one of the two out")
    if file.fail_if_worse is not None and file.against is None:
        problems.append("fail_if_worse: needs 'against:', the JSON report of an earlier run")
    known = {suffix for cls in bench_writers for suffix in cls.suffixes}
    problems += [
        f"output: the ending of '{path}' tells no format; known: {', '.join(sorted(known))}"
        for path in file.output
        if str(path) != "-" and path.suffix not in known
    ]
    return problems
