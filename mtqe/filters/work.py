"""What a process does with a chunk: read it, judge its articles, write what is kept and what is not."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from mtqe.filters import arrow, tables, tally
from mtqe.filters.article_filter import ArticleFilter
from mtqe.filters.chunks import Chunk
from mtqe.filters.collector import collecting_rarely
from mtqe.filters.sound import sound_records
from mtqe.filters.stages import Decision
from mtqe.filters.units import Row, Sides, Unit, entry_of, page_units, rows_of, units_of
from mtqe.readers.parquet import row_json

# The field that a filter adds to a record.
ADDED = "mtqe"

# Outputs of a record a line.
_LINES = ("jsonl", "jsonl.gz", "jsonl.zst")

# As gzip does when nobody says otherwise would take three times as long for a tenth less.
_GZIP_LEVEL = 4


@dataclass
class Result:
    """What became of a chunk: parts of the outputs, as bytes, and what to count."""

    kept: list[bytes] = field(default_factory=list)
    rejected: list[bytes] = field(default_factory=list)
    bad: list[dict[str, Any]] = field(default_factory=list)
    tally: dict[str, Any] = field(default_factory=dict)


def joined(results: Sequence[Result]) -> Result:
    """The results of a chunk's parts as that of the chunk."""
    whole = Result(tally=tally.merge([result.tally for result in results]))
    for result in results:
        whole.kept += result.kept
        whole.rejected += result.rejected
        whole.bad += result.bad
    return whole


@dataclass(frozen=True)
class Work:
    """Judges chunks. ``kept`` and ``rejected`` say how these outputs are written.

    An output is "jsonl", "jsonl.gz", "jsonl.zst", "parquet", or None if nobody wants it.
    """

    filter: ArticleFilter
    sides: Sides
    kept: str | None
    rejected: str | None

    def __call__(self, chunk: Chunk) -> Result:
        """The result of a chunk; the same whoever works it out."""
        if self.filter.reads_nothing and chunk.kind == "lines" and not chunk.header and self.kept in _LINES:
            return self._passed(chunk, self.kept)
        bad = list(chunk.bad)
        rows, units = self._read(chunk, bad)
        articles = [article for unit in units for article in unit.articles]
        decisions = list(self.filter.decide(articles))
        verdicts = list(_by_row(units, decisions))
        counts = self._counted(decisions)
        kept = [(row, decision) for row, decision in verdicts if decision.keep]
        rejected = [(row, decision) for row, decision in verdicts if not decision.keep]
        counts.records_kept, counts.records_dropped, counts.bad = len(kept), len(rejected), len(bad)
        bad.sort(key=lambda entry: int(entry["line"]))
        return Result(
            self._written(chunk, rows, kept, self.kept, self.filter),
            self._written(chunk, rows, rejected, self.rejected, _saying_why(self.filter)),
            bad,
            counts.record(),
        )

    def split(self, chunk: Chunk) -> list[Chunk]:
        """A chunk in two halves, between units; itself alone if it is one unit."""
        if chunk.kind == "pages":
            return _halved_pages(chunk)
        rows = rows_of(chunk)
        units = list(units_of(chunk, rows, self.sides, []))
        if len(units) < 2:
            return [chunk]
        middle = units[len(units) // 2].rows[0]
        return [_part(chunk, rows, 0, middle), _part(replace(chunk, bad=()), rows, middle, len(rows))]

    def set_aside(self, chunk: Chunk, why: str) -> Result:
        """The result of a chunk that can't be judged: all its records are bad."""
        rows = [Row(chunk.first, b"", {})] if chunk.kind == "pages" else rows_of(chunk)
        bad = [*chunk.bad, *(entry_of(chunk.file, row, why) for row in rows)]
        return Result(bad=bad, tally=tally.Tally(bad=len(bad)).record())

    def _read(self, chunk: Chunk, bad: list[dict[str, Any]]) -> tuple[list[Row], list[Unit]]:
        if chunk.kind == "pages":
            return page_units(chunk, self.sides, bad)
        rows = rows_of(chunk)
        return rows, list(units_of(chunk, rows, self.sides, bad))

    def _counted(self, decisions: Sequence[Decision]) -> tally.Tally:
        counts = tally.Tally()
        limits = tally.measured(self.filter.stages.rules)
        for decision in decisions:
            tally.add(counts, decision, limits)
        return counts

    def _passed(self, chunk: Chunk, output: str) -> Result:
        """Records that nobody judges: only whether they are sound is looked at, and bytes are copied."""
        count = sound_records(chunk.payload, self.sides.longest)
        if count is not None:
            counts = tally.Tally(kept=count, records_kept=count, bad=len(chunk.bad))
            return Result([compressed(chunk.payload, output)], [], list(chunk.bad), counts.record())
        good = []
        bad = list(chunk.bad)
        for number, raw in enumerate(chunk.payload.split(b"\n"), chunk.first):
            if not raw.strip():
                continue
            sound = sound_records(raw + b"\n", self.sides.longest) is not None
            found = [] if sound else self._faults(chunk, number, raw)
            bad += found
            good += [] if found else [raw]
        counts = tally.Tally(kept=len(good), records_kept=len(good), bad=len(bad))
        payload = b"".join(raw + b"\n" for raw in good)
        return Result([compressed(payload, output)] if good else [], [], bad, counts.record())

    def _faults(self, chunk: Chunk, number: int, raw: bytes) -> list[dict[str, Any]]:
        """What is wrong with a record, as entries of the rejects file; nothing if it is in other words."""
        found: list[dict[str, Any]] = []
        one = replace(chunk, first=number, payload=raw)
        list(units_of(one, rows_of(one), self.sides, found))
        return found

    def _written(
        self,
        chunk: Chunk,
        rows: Sequence[Row],
        chosen: Sequence[tuple[int, Decision]],
        output: str | None,
        filter: ArticleFilter,
    ) -> list[bytes]:
        if output is None or not (chosen or (output == "parquet" and chunk.kind == "arrow")):
            return []  # a table without rows still has its columns
        if output == "parquet":
            return [self._table(chunk, rows, chosen, filter)]
        lines = b"".join(_line(rows[row], decision, filter) for row, decision in chosen)
        return [compressed(lines, output)]

    def _table(
        self,
        chunk: Chunk,
        rows: Sequence[Row],
        chosen: Sequence[tuple[int, Decision]],
        filter: ArticleFilter,
    ) -> bytes:
        if chunk.kind == "arrow":
            table = arrow.unpacked(chunk.payload)
            taken = arrow.unpacked(arrow.taken(table, [row for row, _ in chosen]))
        else:
            taken = tables.from_records([rows[row].record or {} for row, _ in chosen], chunk.file)
        if filter.add == "nothing":
            return arrow.packed(taken)
        added = [filter.added(decision) for _, decision in chosen]
        return arrow.packed(arrow.with_added(taken, added, *filter.names))


def run_here(work: Work, chunks: Iterator[Chunk]) -> Iterator[tuple[int, Result]]:
    """The results of chunks, worked out in this process."""
    with collecting_rarely():
        for chunk in chunks:
            yield chunk.index, work(chunk)


def compressed(data: bytes, output: str) -> bytes:
    """Bytes as the output has them; parts that are compressed one by one make one file."""
    if output.endswith(".gz"):
        return gzip.compress(data, _GZIP_LEVEL, mtime=0)
    if output.endswith(".zst"):
        import zstandard

        return bytes(zstandard.ZstdCompressor().compress(data))
    return data


def _saying_why(filter: ArticleFilter) -> ArticleFilter:
    """Rejected articles have their reasons, whatever is added to others."""
    return replace(filter, add="verdict") if filter.add == "nothing" else filter


def _by_row(units: Sequence[Unit], decisions: Sequence[Decision]) -> Iterator[tuple[int, Decision]]:
    """Each row that is a part of an article, with what becomes of that."""
    start = 0
    for unit in units:
        for row, owner in zip(unit.rows, unit.owner, strict=True):
            if owner is not None:
                yield row, decisions[start + owner]
        start += len(unit.articles)


def _line(row: Row, decision: Decision, filter: ArticleFilter) -> bytes:
    """A record as it stood in its file, with what the filter says of it in front of the last brace."""
    raw = row.raw or row_json(row.record or {})
    if filter.add == "nothing":
        return raw + b"\n"
    added = filter.added(decision)
    if row.record is not None and ADDED in row.record:
        return row_json(row.record | {ADDED: added}) + b"\n"
    end = raw.rindex(b"}")
    return raw[:end] + b',"mtqe":' + orjson.dumps(added) + raw[end:] + b"\n"


def _part(chunk: Chunk, rows: Sequence[Row], start: int, stop: int) -> Chunk:
    if chunk.kind == "arrow":
        payload = arrow.taken(arrow.unpacked(chunk.payload), range(start, stop))
        return replace(chunk, first=chunk.first + start, payload=payload)
    # Blank lines have no row; those of a part keep their numbers all the same.
    first = chunk.first if start == 0 else rows[start].number
    last = rows[stop].number if stop < len(rows) else None
    lines = chunk.payload.split(b"\n")[first - chunk.first : None if last is None else last - chunk.first]
    return replace(chunk, first=first, payload=b"\n".join(lines))


def _halved_pages(chunk: Chunk) -> list[Chunk]:
    import pickle

    from mtqe.filters import pages

    found = pages.unpacked(chunk.payload)
    if len(found) < 2:
        return [chunk]
    middle = len(found) // 2
    halves = ((0, found[:middle]), (middle, found[middle:]))
    return [
        replace(chunk, first=chunk.first + start, payload=pickle.dumps(part), bad=() if start else chunk.bad)
        for start, part in halves
    ]
