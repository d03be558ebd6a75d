"""Results as shards that survive whatever ends the run, put together at the end."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from mtqe.errors import InputError
from mtqe.filters import tally
from mtqe.filters.chunks import Chunk
from mtqe.filters.growing import Growing
from mtqe.filters.journal import Journal, write_durably
from mtqe.filters.outputs import Output, Part, Sink, writing
from mtqe.filters.parts import Parts
from mtqe.filters.plan import (
    Outcome,
    Plan,
    Progress,
    beside,
    parts_of,
    results_of,
)
from mtqe.filters.source import Note, Source
from mtqe.filters.summary import write_summary
from mtqe.filters.work import Result

# What the manifest says of a run; distributions and examples are in the summary.
_COUNTED = ("bad", "dropped", "kept", "languages", "records_dropped", "records_kept", "rules", "words")


class Shards:
    """Writes results as shards, and puts them together at the end."""

    def __init__(self, plan: Plan, journal: Journal) -> None:
        self._plan = plan
        self._journal = journal
        self._seen: dict[int, tuple[int, bytes]] = {}  # size and hash of chunks under way
        self._inputs: dict[str, Any] = {file: hashlib.sha256() for file in plan.files}
        self._size = int(plan.run.file.output.shard_megabytes * 1_000_000)
        self._done = journal.shards()
        self._sinks = {output.name: _sink(output, journal.folder) for output in plan.outputs}
        self.resumed = 0

    def write(self, progress: Progress) -> None:
        """Judge what is not judged yet."""
        chunks = Source(self._plan.files, self._plan.settings, self._note)
        self._skip(chunks)
        self._begin()
        try:
            for index, result in progress(results_of(self._plan, chunks)):
                self._take(index, result)
            if self._chunks:
                self._end()
        finally:
            for sink in self._sinks.values():
                sink.close()

    def _note(self, index: int, note: Note) -> None:
        self._inputs[note.file].update(note.digest)
        self._seen[index] = (note.size, note.digest)

    def _skip(self, chunks: Iterator[Chunk]) -> None:
        """Pass over what is done, which must be what it was; parts that are gone are made anew."""
        whole = min(sink.whole(self._parts(name)) for name, sink in self._sinks.items())
        del self._done[whole:]
        self._journal.trim(whole)
        self.resumed = whole
        for name, sink in self._sinks.items():
            sink.restore(self._parts(name))
        for entry in self._done:
            digest = hashlib.sha256()
            for _ in range(entry["chunks"]):
                chunk = next(chunks, None)
                digest.update(self._seen.pop(chunk.index)[1] if chunk is not None else b"")
            if digest.hexdigest() != entry["input"]:
                raise InputError(
                    f"{self._journal.folder}: the input is not what it was when the run began; "
                    "remove that folder and start anew"
                )

    def _parts(self, name: str) -> list[Part]:
        """What the shards are of an output."""
        return [entry["parts"].get(name) for entry in self._done]

    def _begin(self) -> None:
        self._chunks = 0
        self._bytes = 0
        self._input = hashlib.sha256()
        self._counts: list[dict[str, Any]] = []

    def _take(self, index: int, result: Result) -> None:
        size, digest = self._seen.pop(index)
        self._chunks += 1
        self._bytes += size
        self._input.update(digest)
        self._counts.append(result.tally)
        for name, parts in parts_of(result).items():
            if name in self._sinks:
                self._sinks[name].write(parts)
        if self._bytes >= self._size:
            self._end()

    def _end(self) -> None:
        """Write a shard and say so; a kill before the last step leaves nothing that counts."""
        number = len(self._done)
        ended = {name: sink.end_shard(number) for name, sink in self._sinks.items()}
        parts = {name: part for name, part in ended.items() if part is not None}
        counts = tally.merge(self._counts)
        entry = {
            "shard": number,
            "chunks": self._chunks,
            "input": self._input.hexdigest(),
            "parts": parts,
            "counts": counts,
        }
        with writing(self._journal.folder):
            self._journal.add(entry)
        self._done.append(entry)
        self._begin()

    def finish(self, manifest: Path, description: dict[str, Any]) -> Outcome:
        """Put the parts together, sum up, and remove what was only needed on the way."""
        outputs = {output.name: self._finished(output) for output in self._plan.outputs}
        counts = tally.merge([entry["counts"] for entry in self._done])
        rules = [rule.label for rule in self._plan.filter.stages.ordered]
        content = {
            "run": description,
            "rules": rules,
            # Of the hashes of their chunks: equal inputs have equal ones.
            "inputs": [{"path": file, "digest": h.hexdigest()} for file, h in self._inputs.items()],
            "outputs": outputs,
            "counts": {name: counts[name] for name in _COUNTED},
        }
        kept = self._plan.outputs[0]
        summary = None
        if self._plan.run.file.output.summary:
            summary = beside(kept, "summary.html")
            with writing(summary):
                write_summary(counts, rules, self._plan.files, beside(kept, "summary.json"), summary)
        with writing(manifest):
            pretty = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2
            write_durably(manifest, orjson.dumps(content, option=pretty) + b"\n")
        _remove(self._journal.folder)
        rejects = next(o.path for o in self._plan.outputs if o.name == "rejects")
        return Outcome(counts, rejects if counts["bad"] else None, summary, self.resumed)

    def _finished(self, output: Output) -> list[dict[str, Any]]:
        """An output's files. There is none of bad records if there are none."""
        parts = self._parts(output.name)
        if output.name == "rejects" and not any(parts):
            output.path.unlink(missing_ok=True)
            return []
        return self._sinks[output.name].finish(parts)


def _sink(output: Output, work: Path) -> Sink:
    """What writes an output: lines follow one another in its file, tables have to be put together."""
    apart = output.folder or output.kind == "parquet"
    return Parts(output, work) if apart else Growing(output, work)


def _remove(folder: Path) -> None:
    """Remove a run's folder so that a kill in between does not leave half a run."""
    old = folder.with_name(f".{folder.name.lstrip('.')}.old")
    shutil.rmtree(old, ignore_errors=True)
    folder.rename(old)
    shutil.rmtree(old, ignore_errors=True)
