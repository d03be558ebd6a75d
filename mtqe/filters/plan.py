"""A run before it begins: its files found, its outputs checked, its rules ready."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson

from mtqe.errors import InputError
from mtqe.filters.article_filter import ArticleFilter
from mtqe.filters.chunks import ReadSettings, expand, read_chunks
from mtqe.filters.lines import BLOCK, COPIED_BLOCK
from mtqe.filters.outputs import Output, check, output_of
from mtqe.filters.run_file import FilterRun
from mtqe.filters.sample import sample_articles
from mtqe.filters.source import Source
from mtqe.filters.units import Sides
from mtqe.filters.work import Result, Work, run_here
from mtqe.readers.files import STANDARD_INPUT
from mtqe.signature import installed

Results = Iterator[tuple[int, Result]]
Progress = Callable[[Results], Results]

# Sections and options of a run file that don't change what comes out.
_NO_MATTER = ("engine", "workers", "ray_address", "ray_cpus", "ray_gpus", "task", "output")


@dataclass
class Outcome:
    """What a run came to: its counts, and where things went."""

    counts: dict[str, Any] = field(default_factory=dict)
    rejects: Path | None = None
    summary: Path | None = None
    resumed: int = 0


@dataclass(frozen=True)
class Plan:
    """A run with its files found, its outputs checked and its rules ready."""

    run: FilterRun
    files: list[str]
    outputs: tuple[Output, ...]
    filter: ArticleFilter

    @property
    def settings(self) -> ReadSettings:
        """How the input is read."""
        section = self.run.file.input
        block = COPIED_BLOCK if self.filter.reads_nothing else BLOCK
        return ReadSettings(section.format, section.encoding, section.longest_record, block)

    @property
    def work(self) -> Work:
        """What is done with a chunk."""
        section = self.run.file.input
        sides = Sides(section.source_lang, section.target_lang, section.encoding, section.longest)
        kinds = {output.name: output.kind for output in self.outputs}
        return Work(self.filter, sides, kinds.get("kept", "jsonl"), kinds.get("rejected"))


def planned(run: FilterRun) -> Plan:
    """The run with its files and outputs; an ``InputError`` for those that can't be."""
    section = run.file.output
    files = expand(run.file.input.paths)
    if not files:
        raise InputError("no input; name files, folders, globs, or - for standard input")
    like = _like(files)
    outputs = [output_of("kept", section.path, like)] if section.path is not None else []
    if section.rejected is not None:
        outputs.append(output_of("rejected", section.rejected, "jsonl" if like == "parquet" else like))
    if section.rejects is not None or outputs[:1]:
        path = section.rejects or beside(outputs[0], "rejects.jsonl")
        outputs.append(Output("rejects", path, "jsonl", folder=False))
    for output in outputs:
        check(output)
    _keep_inputs(files, outputs)
    return Plan(run, files, tuple(outputs), run.filter)


def _like(files: Sequence[str]) -> str:
    """How parts in a folder are written: as the first input is."""
    name = files[0].lower()
    if name.endswith(".parquet") or Path(files[0]).is_dir() or name.startswith("hf:"):
        return "parquet"
    return "jsonl" + next((ending for ending in (".gz", ".zst") if name.endswith(ending)), "")


def beside(output: Output, ending: str) -> Path:
    """A file that goes with an output: in its folder, or beside it under its name."""
    if output.folder:
        return output.path / ending
    name = output.path.name
    for suffix in (".gz", ".zst", ".jsonl", ".ndjson", ".parquet"):
        name = name.removesuffix(suffix)
    return output.path.with_name(f"{name}.{ending}")


def _keep_inputs(files: Sequence[str], outputs: Iterable[Output]) -> None:
    read = {Path(file).resolve() for file in files if file != STANDARD_INPUT}
    for output in outputs:
        path = output.path.resolve()
        if path in read or (output.folder and any(path in file.parents for file in read)):
            raise InputError(f"{output.path}: the run reads it and would overwrite it; name another place")


def fitted(plan: Plan) -> Plan:
    """The run with the limits of relative rules, from a sample of the input."""
    if not plan.filter.sample:
        return plan
    if STANDARD_INPUT in plan.files:
        raise InputError("a rule needs a sample of the input first; give files instead of standard input")
    chunks = read_chunks(plan.files, plan.settings)
    articles = sample_articles(chunks, plan.work.sides, plan.filter.sample)
    return replace(plan, filter=plan.filter.fitted(articles))


def results_of(plan: Plan, chunks: Source) -> Results:
    """What becomes of the chunks, worked out where the run file says."""
    file = plan.run.file
    if file.engine == "ray":
        from mtqe.filters.ray_engine import Resources, run_on_ray

        resources = Resources(file.workers, file.ray_cpus, file.ray_gpus)
        return run_on_ray(plan.work, chunks, resources, file.ray_address)
    if plan.filter.reads_nothing:
        return run_here(plan.work, chunks)
    from mtqe.filters.pool import run_in_processes

    return run_in_processes(plan.work, chunks, file.workers or os.cpu_count() or 1)


def described_run(plan: Plan) -> dict[str, Any]:
    """What must be the same for a run to be resumed."""
    options = {name: value for name, value in plan.run.loaded.items() if name not in _NO_MATTER}
    output = plan.run.file.output
    return {
        "version of mtqe": installed("mtqe"),
        "inputs": plan.files,
        "outputs": {o.name: [str(o.path), o.kind] for o in plan.outputs},
        "rules": [rule.label for rule in plan.filter.stages.rules],
        "options": _hash(orjson.dumps([options, output.add, output.shard_megabytes], default=str)),
    }


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def parts_of(result: Result) -> dict[str, list[bytes]]:
    """What a result adds to each output."""
    bad = b"".join(orjson.dumps(entry, option=orjson.OPT_SORT_KEYS) + b"\n" for entry in result.bad)
    return {"kept": result.kept, "rejected": result.rejected, "rejects": [bad] if bad else []}
