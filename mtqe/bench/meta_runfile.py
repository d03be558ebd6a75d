"""The run file of a meta-evaluation: human judgements, metrics, statistics, where the report goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from mtqe.bench.human.base import HumanReader, human_readers
from mtqe.bench.meta import MetaOptions, MetaReport, Units, meta_evaluate
from mtqe.bench.meta_record import record_of
from mtqe.bench.meta_sources.base import Measured, MetricSource, metric_sources
from mtqe.bench.meta_statistics import DEFAULT_STATISTICS, STATISTICS
from mtqe.bench.meta_table import HumanTable, Matrix, table_of, without_missing
from mtqe.bench.meta_write import WRITERS
from mtqe.bench.spans import MarkedSpan
from mtqe.errors import ConfigError, InputError
from mtqe.registry import nearest
from mtqe.runfiles import Section, Spec, build, listed, load_yaml, validate
from mtqe.writers.atomic import open_output

# What a file's ending tells about its format.
_READERS = {".jsonl": "ratings", ".csv": "da", ".tsv": "mqm"}


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _statistic(name: str) -> str:
    if name not in STATISTICS:
        raise ValueError(f"no statistic is called {name!r}.{nearest(name, STATISTICS).rstrip('.')}")
    return name


def _writable(path: Path) -> Path:
    if str(path) != "-" and path.suffix not in WRITERS:
        raise ValueError(f"the ending of '{path}' tells no format; known: {', '.join(sorted(WRITERS))}")
    return path


Outputs = Annotated[list[Annotated[Path, AfterValidator(_writable)]], BeforeValidator(_as_list)]


class SignificanceSection(Section):
    """How sure differences are: rounds of the permutation tests and of intervals, 0 for none.

    ``units`` are what intervals draw anew: segments, or source articles whole. ``correction`` is of
    the p-values of all pairs of metrics together; ``alpha`` is what they are told apart at.
    """

    permutations: int = Field(default=1000, ge=0)
    resamples: int = Field(default=200, ge=0)
    units: Units = "segments"
    correction: Literal["holm", "benjamini-hochberg", "none"] = "holm"
    alpha: float = Field(default=0.05, gt=0, lt=1)
    seed: int = Field(default=12345, ge=0)


class MetaFile(Section):
    """The sections of a run file of ``task: benchmark`` that has a section ``human``.

    ``human`` is a file of a known ending, or a format with its options. ``leave_out`` holds patterns
    of systems that metrics are not judged on, such as ``Human-*``. ``missing`` says what happens to
    translations that a metric gave no score: "refuse" leaves its statistics null, "leave_out" leaves
    these translations out for all metrics.
    """

    task: Literal["benchmark"] = "benchmark"
    human: str | dict[str, Any]
    metrics: list[Spec] = Field(min_length=1)
    leave_out: Annotated[list[str], BeforeValidator(_as_list)] = Field(default=[])
    missing: Literal["refuse", "leave_out"] = "refuse"
    statistics: list[Annotated[str, AfterValidator(_statistic)]] = Field(
        default=list(DEFAULT_STATISTICS), min_length=1
    )
    significance: SignificanceSection = SignificanceSection()
    floors: bool = True
    output: Outputs = Field(default=[])


@dataclass(frozen=True)
class MetaRun:
    """A run file turned into objects that are ready to work."""

    file: MetaFile
    reader: HumanReader
    sources: tuple[MetricSource, ...]


def load_meta(path: Path, options: Mapping[str, Any] | None = None) -> MetaRun:
    """The meta-evaluation that ``path`` describes, with ``options`` in place of its sections of these names.

    A ConfigError lists every problem of the file.
    """
    sections = {**load_yaml(path), **(options or {})}
    problems: list[str] = []
    if find_spec("scipy") is None:
        problems.append("human: judging metrics needs scipy; pip install 'mtqe[benchmark]'")
    file = validate(MetaFile, sections, problems)
    reader = human_reader(sections.get("human"), problems)
    metrics = sections.get("metrics")
    sources = build(metric_sources, metrics if isinstance(metrics, list) else [], "metrics", problems)
    if problems or file is None or reader is None:
        raise ConfigError(listed(str(path), problems))
    return MetaRun(file, reader, sources)


def run_meta(run: MetaRun) -> MetaReport:
    """The report of a run."""
    table = table_of(run.reader.read(), run.file.leave_out)
    measured = _measured(run, table)
    notes = [note for one in measured for note in one.notes]
    scores = _scores(measured)
    if run.file.missing == "leave_out":
        table, note = without_missing(table, scores)
        notes += [note] if note else []
    chosen = run.file.significance
    return meta_evaluate(
        table,
        scores,
        MetaOptions(
            run.file.statistics,
            chosen.permutations,
            chosen.resamples,
            chosen.units,
            chosen.alpha,
            chosen.seed,
            run.file.floors,
            chosen.correction,
        ),
        _spans(measured),
        {name: line for one in measured for name, line in one.signatures.items()},
        notes,
        [file for one in measured for file in one.files],
    )


def write_meta(report: MetaReport, outputs: list[Path], echo: Callable[[str], None]) -> None:
    """The report in every format that was asked for; as text to ``echo`` if none was, and for "-"."""
    record = record_of(report)
    for path in outputs or [Path("-")]:
        if str(path) == "-":
            echo(WRITERS[".txt"](record))
            continue
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
        with open_output(path) as stream:
            stream.write(WRITERS[path.suffix](record))


def human_reader(section: Any, problems: list[str]) -> HumanReader | None:
    """The reader of a file of a known ending, or of a format with options; problems are added."""
    spec: Any = section
    if isinstance(section, str):
        name = section.lower().removesuffix(".gz").removesuffix(".zst")
        found = next((reader for suffix, reader in _READERS.items() if name.endswith(suffix)), None)
        if found is None:
            known = ", ".join(human_readers.names())
            problems.append(f"human: the ending of {section!r} tells no format; name one of {known}")
            return None
        spec = {"name": found, "path": section}
    built = build(human_readers, [spec], "human", problems) if spec is not None else ()
    return built[0] if built else None


def _measured(run: MetaRun, table: HumanTable) -> list[Measured]:
    return [source.measure(table) for source in run.sources]


def _scores(measured: list[Measured]) -> dict[str, Matrix]:
    found: dict[str, Matrix] = {}
    for one in measured:
        for name, scores in one.scores.items():
            if name in found:
                raise InputError(f"two metrics are called {name!r}; give one of them a 'label:'")
            found[name] = scores
    return found


def _spans(measured: list[Measured]) -> dict[str, Mapping[tuple[str, str], Any]]:
    found: dict[str, Mapping[tuple[str, str], list[MarkedSpan]]] = {}
    for one in measured:
        found.update({name: {c: list(s) for c, s in spans.items()} for name, spans in one.spans.items()})
    return found
