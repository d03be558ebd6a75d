"""The articles in a chunk, and the records that each of them is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from mtqe.data import Article
from mtqe.errors import InputError
from mtqe.filters import arrow, pages
from mtqe.filters.chunks import Chunk
from mtqe.filters.lines import SHOWN
from mtqe.readers.base import ReadOptions, Rejects
from mtqe.readers.parquet import row_json
from mtqe.readers.records import FIELDS, BadRecordError, Line, articles, parse_json, utf8

_ARTICLE = sorted(FIELDS["article"])
_SYSTEM = sorted(FIELDS["system"])


@dataclass(frozen=True, slots=True)
class Row:
    """A record as it stands in its file, and read; ``error`` says why it could not be."""

    number: int
    raw: bytes
    record: dict[str, Any] | None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """Rows that are judged together, and the articles that they are; ``owner`` has each row's, or None."""

    rows: tuple[int, ...]
    articles: tuple[Article, ...]
    owner: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Sides:
    """What the run file says of all articles. ``longest`` is in characters of all texts of one."""

    source_lang: str | None = None
    target_lang: str | None = None
    encoding: str | None = None
    longest: int = 1_000_000


_NOWHERE = Path()


class Caught(Rejects):
    """Bad records in memory."""

    def __init__(self) -> None:
        super().__init__(_NOWHERE)
        self.entries: list[dict[str, Any]] = []

    def add(self, file: str, line: int, error: str, record: str) -> None:
        """One entry more; of a long record only the beginning."""
        self.entries.append({"file": file, "line": line, "error": error, "record": record[:SHOWN]})


def rows_of(chunk: Chunk) -> list[Row]:
    """The records of a chunk, read; a page becomes one when it is an article."""
    if chunk.kind == "arrow":
        rows = arrow.unpacked(chunk.payload).to_pylist()
        return [Row(chunk.first + n, b"", row) for n, row in enumerate(rows)]
    numbered = enumerate(chunk.payload.split(b"\n"), chunk.first)
    read = _from_columns if chunk.header else _from_json
    return [read(number, raw, chunk) for number, raw in numbered if raw.strip()]


def _from_json(number: int, raw: bytes, chunk: Chunk) -> Row:
    try:
        return Row(number, raw, parse_json(Line(chunk.file, number, raw)))
    except BadRecordError as error:
        return Row(number, raw, None, str(error))


def _from_columns(number: int, raw: bytes, chunk: Chunk) -> Row:
    """A line of a TSV, as the JSON that it is written as."""
    try:
        cells = utf8(raw).rstrip("\r").split("\t")
    except ValueError as error:
        return Row(number, raw, None, str(error))
    if len(cells) != len(chunk.header):
        return Row(number, raw, None, f"columns: {len(cells)} here, {len(chunk.header)} in the first line")
    record = dict(zip(chunk.header, cells, strict=True))
    return Row(number, orjson.dumps(record), record)


def units_of(chunk: Chunk, rows: Sequence[Row], sides: Sides, bad: list[dict[str, Any]]) -> Iterator[Unit]:
    """The units of a chunk's rows, in order; what can't be judged goes to ``bad``."""
    for group in _groups(rows):
        yield _unit(chunk, rows, group, sides, bad)


def _groups(rows: Sequence[Row]) -> Iterator[list[int]]:
    """Rows of one article that stand together; a row that names none is by itself."""
    group: list[int] = []
    name: Any = None
    for index, row in enumerate(rows):
        own = _named(row.record, _ARTICLE)
        if group and (own is None or own != name):
            yield group
            group = []
        group.append(index)
        name = own
    if group:
        yield group


def _named(record: dict[str, Any] | None, names: Sequence[str]) -> Any:
    if record is None:
        return None
    return next((str(record[name]) for name in names if record.get(name) is not None), None)


def _unit(
    chunk: Chunk, rows: Sequence[Row], group: list[int], sides: Sides, bad: list[dict[str, Any]]
) -> Unit:
    caught = Caught()
    options = ReadOptions(sides.source_lang, sides.target_lang, rejects=caught)
    by_number = {rows[index].number: rows[index] for index in group}

    def parse(line: Line) -> dict[str, Any]:
        row = by_number[line.number]
        if row.record is None:
            raise BadRecordError(row.error or "is not a record")
        return row.record

    lines = (Line(chunk.file, rows[index].number, rows[index].raw) for index in group)
    found = list(articles(lines, parse, chunk.file, options))
    bad += [_entry(by_number[entry["line"]], entry) for entry in caught.entries]
    refused = {entry["line"] for entry in caught.entries}
    good = [index for index in group if rows[index].number not in refused]
    long = _length(found)
    if long > sides.longest:
        error = f"the article has {long:,} characters, more than {sides.longest:,}; see longest"
        bad += [entry_of(chunk.file, rows[index], error) for index in good]
        return Unit(tuple(group), (), (None,) * len(group))
    systems = [article.system for article in found]
    owner = (systems.index(_named(rows[i].record, _SYSTEM)) if i in good else None for i in group)
    return Unit(tuple(group), tuple(found), tuple(owner))


def _length(found: Sequence[Article]) -> int:
    whole = (len(a.target) + len(a.source or "") + len(a.reference or "") for a in found)
    parts = (len(s.source or "") + len(s.reference or "") for a in found for s in a.segments)
    return sum(whole) + sum(parts)


def entry_of(file: str, row: Row, error: str) -> dict[str, Any]:
    """A record as an entry of the rejects file."""
    return _entry(row, {"file": file, "line": row.number, "error": error})


def _entry(row: Row, entry: dict[str, Any]) -> dict[str, Any]:
    raw = row.raw or row_json(row.record or {})
    shown = raw[:SHOWN].decode("utf-8", errors="backslashreplace").rstrip("\r\n")
    return entry | {"record": shown} | ({"bytes": len(raw)} if len(raw) > SHOWN else {})


def page_units(chunk: Chunk, sides: Sides, bad: list[dict[str, Any]]) -> tuple[list[Row], list[Unit]]:
    """The articles of a chunk of pages as records, each a unit; pages without a text go to ``bad``."""
    options = ReadOptions(sides.source_lang, sides.target_lang, sides.encoding)
    rows: list[Row] = []
    units: list[Unit] = []
    for number, page in enumerate(pages.unpacked(chunk.payload), chunk.first):
        row = Row(number, b"", {"id": page.url or chunk.file, "bytes": len(page.content)})
        try:
            article = pages.article_of(page, chunk.file, chunk.header[0], options)
        except InputError as error:
            bad.append(entry_of(chunk.file, row, str(error)))
            continue
        if _length([article]) > sides.longest:
            error_ = f"the article has {_length([article]):,} characters, more than {sides.longest:,}"
            bad.append(entry_of(chunk.file, row, error_))
            continue
        record = pages.record_of(article)
        units.append(Unit((len(rows),), (article,), (0,)))
        rows.append(Row(number, orjson.dumps(record), record))
    return rows, units
