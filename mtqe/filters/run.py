"""A filter run from its files to its outputs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from mtqe.errors import InputError
from mtqe.filters.journal import Journal, same_run
from mtqe.filters.outputs import writing
from mtqe.filters.plan import (
    Outcome,
    Plan,
    Progress,
    beside,
    described_run,
    fitted,
    planned,
)
from mtqe.filters.run_file import FilterRun
from mtqe.filters.shards import Shards
from mtqe.filters.stream import to_standard_output


def filter_files(run: FilterRun, *, resume: bool = False, progress: Progress = iter) -> Outcome:
    """Read, judge and write as ``run`` says; ``progress`` sees every chunk's result pass.

    Raises ``InputError`` for input that can't be read and output that can't be written. What was done
    until then is kept, and ``resume`` goes on from there.
    """
    plan = planned(run)
    if run.file.output.path is None:
        if resume:
            raise InputError("standard output can't be resumed; name an output file or folder with -o")
        return to_standard_output(fitted(plan), progress)
    return _to_shards(plan, resume, progress)


def _to_shards(plan: Plan, resume: bool, progress: Progress) -> Outcome:
    kept = plan.outputs[0]
    folder = beside(kept, "parts") if not kept.folder else kept.path / ".parts"
    journal = Journal(folder)
    manifest = beside(kept, "manifest.json")
    description = described_run(plan)
    if resume and not journal.exists and manifest.exists():
        return _finished_before(manifest, description, plan)
    plan = _begun(plan, journal, resume, description)
    shards = Shards(plan, journal)
    shards.write(progress)
    return shards.finish(manifest, description)


def _begun(plan: Plan, journal: Journal, resume: bool, description: dict[str, Any]) -> Plan:
    """The run with its rules fitted, newly begun or as far as it was."""
    if journal.exists and not resume:
        raise InputError(
            f"{journal.folder}: a run began there and did not end; go on with it with --resume, "
            "or remove that folder"
        )
    if journal.exists:
        begun = journal.run()
        same_run(description, begun["run"], journal.folder)
        return replace(plan, filter=plan.filter.with_limits(begun["limits"]))
    for output in plan.outputs:
        if output.folder and output.path.is_dir() and any(_visible(output.path)):
            raise InputError(f"{output.path}: is not empty; name another folder, or remove what is in it")
    plan = fitted(plan)
    with writing(journal.folder):
        journal.start({"run": description, "limits": plan.filter.relative_limits})
    return plan


def _finished_before(manifest: Path, description: dict[str, Any], plan: Plan) -> Outcome:
    found = orjson.loads(manifest.read_bytes())
    same_run(description, found["run"], manifest)
    rejects = next(o.path for o in plan.outputs if o.name == "rejects")
    return Outcome(found["counts"], rejects if found["counts"]["bad"] else None)


def _visible(folder: Path) -> Iterator[Path]:
    return (path for path in folder.iterdir() if not path.name.startswith("."))
