"""Records to articles: field names, checks, and rows that belong together."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import orjson

from mtqe.data import Article, Segment
from mtqe.errors import InputError
from mtqe.readers.base import ReadOptions
from mtqe.readers.text import article_name
from mtqe.text.languages import is_language

# Our name of a field and what other formats call it.
_ALIASES = {
    "id": ("segment_id", "seg_id"),
    "article": ("doc_id", "document_id", "doc", "document"),
    "system": ("system_id",),
    "source": ("src",),
    "target": ("mt", "hypothesis", "hyp", "translation", "text"),
    "reference": ("ref",),
    "source_lang": ("src_lang", "source_language"),
    "target_lang": ("tgt_lang", "target_language", "lang", "language"),
}
FIELDS = {name: {name, *aliases} for name, aliases in _ALIASES.items()}
_NAMES = {alias: name for name, aliases in _ALIASES.items() for alias in aliases}

_SURROGATE = re.compile("[\ud800-\udfff]")
_SHOWN = 80

# Fields that we don't know are carried into the report, whose writer stops at 254 levels.
_DEEPEST = 200

# The same of whole numbers: what is larger is written as a number with a decimal point.
_LARGEST = 2**63

# What JSON calls the kinds of its values.
_KINDS = {dict: "object", list: "array", str: "text", bool: "truth value", int: "number", float: "number"}


class BadRecordError(Exception):
    """What is wrong with one record; file and line are added where it is caught."""


class Line(NamedTuple):
    """A record as it stands in its file: a line of it, or the so-and-so-many-th "record"."""

    file: str
    number: int
    raw: bytes
    unit: str = "line"

    def place(self) -> str:
        """Where the record stands, for messages."""
        return f"{self.file}:{self.number}" if self.unit == "line" else f"{self.file}: record {self.number}"


@dataclass(frozen=True, slots=True)
class _Row:
    """A checked record. ``article`` is None for a record that is an article by itself."""

    article: str | None
    id: str | None
    system: str | None
    target: str
    source: str | None
    reference: str | None
    source_lang: str | None
    target_lang: str | None
    meta: dict[str, Any]
    notes: tuple[str, ...]


Parse = Callable[[Line], dict[str, Any]]


def articles(lines: Iterable[Line], parse: Parse, file: str, options: ReadOptions) -> Iterator[Article]:
    """The articles of a file of records.

    A record that names an article ("article", "doc_id" ...) is a segment of it; the rows of an
    article stand together, those of several systems in any order among them. A record that
    names none is an article by itself.
    """
    groups: dict[str | None, list[_Row]] = {}
    current: str | None = None
    done: set[str] = set()
    for line in lines:
        row = _checked(line, parse, options, done)
        if row is None:
            continue
        if groups and row.article != current:
            yield from map(_joined, groups.values())
            done.add(current or "")
            groups = {}
        if row.article is None:
            yield _whole(row, "" if row.id else f"{article_name(file)}:{line.number}")
        else:
            current = row.article
            groups.setdefault(row.system, []).append(row)
    yield from map(_joined, groups.values())


def parse_json(line: Line) -> dict[str, Any]:
    """The record of a line of JSON; a BadRecordError if it is none."""
    try:
        loaded = load_json(line.raw.rstrip(b"\r\n"))
    except json.JSONDecodeError as error:
        raise BadRecordError(f"is not JSON: {error.msg} (column {error.colno})") from error
    except ValueError as error:
        raise BadRecordError(f"is not JSON: {error}") from error
    return as_record(loaded)


def as_record(loaded: Any) -> dict[str, Any]:
    """``loaded`` if it is a record; else a BadRecordError."""
    if isinstance(loaded, dict):
        return loaded
    hint = "; a file that is one array has the ending .json" if isinstance(loaded, list) else ""
    raise BadRecordError(f"is not a record, {{...}} with fields, but {_kind(loaded)}{hint}")


def load_json(raw: bytes) -> Any:
    """JSON as Python objects; ValueError if it is none. Lone surrogates are kept."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        text = utf8(raw)
        if "\\ud" not in text.lower():
            raise
    # orjson refuses half an emoji ("\ud83d"), which crawled pages are full of.
    try:
        return json.loads(text, parse_constant=_no_constant)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def utf8(raw: bytes) -> str:
    """The text of a record's bytes; ValueError with the place of the byte that is not UTF-8."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"byte {error.start} of it is not UTF-8; name the encoding of the file with --encoding"
        ) from error


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON value")


def _checked(line: Line, parse: Parse, options: ReadOptions, done: set[str]) -> _Row | None:
    """The row of a line; a bad one is an InputError, or None if bad ones are set aside."""
    try:
        row = _row(parse(line), options)
        if row.article in done:
            raise BadRecordError(f"article {row.article!r} was complete; its rows must stand together")
        return row
    except BadRecordError as error:
        if options.rejects is None:
            raise InputError(
                f"{line.place()}: {error}; mend it, or use --skip-bad to go on without it"
            ) from error
        raw = line.raw.decode("utf-8", errors="backslashreplace").rstrip("\r\n")
        options.rejects.add(line.file, line.number, str(error), raw)
        return None


def _row(record: dict[str, Any], options: ReadOptions) -> _Row:
    known: dict[str, Any] = {}
    meta: dict[str, Any] = {}
    for name, value in record.items():
        ours = _NAMES.get(name, name)
        # "target" counts before its other names, and the first of these before the rest.
        if ours in FIELDS and ours not in known and (ours == name or ours not in record):
            known[ours] = value
        else:
            meta[name] = value
    given = {name: _string(known.get(name), name) for name in FIELDS}
    notes = tuple(note for name, text in given.items() if (note := _surrogates(text, name)))
    texts = {name: None if text is None else _clean(text) for name, text in given.items()}
    target = texts["target"]
    if target is None:
        raise BadRecordError('lacks "target" (or "mt", "hypothesis", "translation", "text")')
    pair = _pair(record.get("lp"))
    return _Row(
        article=texts["article"],
        id=texts["id"],
        system=texts["system"],
        target=target,
        source=texts["source"],
        reference=texts["reference"],
        source_lang=_language(texts["source_lang"] or pair[0] or options.source_lang),
        target_lang=_language(texts["target_lang"] or pair[1] or options.target_lang),
        meta=carried(meta),
        notes=notes,
    )


def carried(value: Any, depth: int = 0) -> Any:
    """What a record carries beside our fields, as any JSON writer can write it."""
    if depth > _DEEPEST:
        raise BadRecordError(f"is nested too deeply: more than {_DEEPEST} levels")
    if isinstance(value, dict):
        return {_clean(name): carried(inner, depth + 1) for name, inner in value.items()}
    if isinstance(value, list):
        return [carried(inner, depth + 1) for inner in value]
    if isinstance(value, int) and abs(value) >= _LARGEST:
        return float(value)
    return _clean(value) if isinstance(value, str) else value


def _string(value: Any, name: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if name in ("id", "article", "system") and number:
        return str(value)
    raise BadRecordError(f'"{name}" must be text, not {_kind(value)}')


def _kind(value: Any) -> str:
    shown = json.dumps(value, ensure_ascii=True)
    return f"the {_KINDS[type(value)]} {shown[:_SHOWN]}{'...' if len(shown) > _SHOWN else ''}"


def _pair(lp: Any) -> tuple[str | None, str | None]:
    """Source and target language of a pair like "fr-en"."""
    source, _, target = lp.partition("-") if isinstance(lp, str) else ("", "", "")
    return (source, target) if source and target else (None, None)


def _language(tag: str | None) -> str | None:
    if tag is not None and not is_language(tag):
        raise BadRecordError(f"{tag!r} is not a BCP 47 language code, such as 'fr' or 'pt-BR'")
    return tag


def _surrogates(text: str | None, name: str) -> str | None:
    count = 0 if text is None or text.isascii() else len(_SURROGATE.findall(text))
    return f"{name}: lone surrogates, which are no characters, read as U+FFFD: {count}" if count else None


def _clean(text: str) -> str:
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def _whole(row: _Row, name: str) -> Article:
    return Article(
        id=row.id or name,
        target=row.target,
        source=row.source,
        reference=row.reference,
        target_lang=row.target_lang,
        source_lang=row.source_lang,
        system=row.system,
        notes=row.notes,
        meta=row.meta,
    )


def _joined(rows: list[_Row]) -> Article:
    """One article of segment records: their targets joined by newlines."""
    segments = []
    start = 0
    for index, row in enumerate(rows):
        span = (start, start + len(row.target))
        segment = Segment(index, index, span, row.target, row.source, reference=row.reference, id=row.id)
        segments.append(segment)
        start = span[1] + 1
    article = _whole(rows[0], "")
    return replace(
        article,
        id=rows[0].article or "",
        target="\n".join(row.target for row in rows),
        source=None,
        reference=None,
        segments=tuple(segments),
        notes=tuple(note for row in rows for note in row.notes),
    )
