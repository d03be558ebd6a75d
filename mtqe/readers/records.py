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


class BadRecordError(Exception):
    """What is wrong with one record; file and line are added where it is caught."""


class Line(NamedTuple):
    """A record as it stands in its file."""

    file: str
    number: int
    raw: bytes


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
            yield _whole(row, f"{article_name(file)}:{line.number}")
        else:
            current = row.article
            groups.setdefault(row.system, []).append(row)
    yield from map(_joined, groups.values())


def parse_json(line: Line) -> dict[str, Any]:
    """The record of a line of JSON; a BadRecordError if it is none."""
    try:
        loaded = load_json(line.raw)
    except ValueError as error:
        raise BadRecordError(f"is not JSON: {error}") from error
    if not isinstance(loaded, dict):
        raise BadRecordError(f"is not a record: {{...}} with fields, but {_kind(loaded)}")
    return loaded


def load_json(raw: bytes) -> Any:
    """JSON as Python objects; ValueError if it is none. Lone surrogates are kept."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        if b"\\ud" not in raw.lower():
            raise ValueError(str(error)) from error
    # orjson refuses half an emoji ("\ud83d"), which crawled pages are full of.
    try:
        return json.loads(raw.decode("utf-8"), parse_constant=_no_constant)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


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
                f"{line.file}:{line.number}: {error}; mend it, or use --skip-bad to go on without it"
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
    texts = {name: _string(known.get(name), name) for name in FIELDS}
    target = texts["target"]
    if target is None:
        raise BadRecordError('lacks "target" (or "mt", "hypothesis", "translation", "text")')
    pair = _pair(record.get("lp"))
    notes = tuple(
        note for name in ("target", "source", "reference") if (note := _surrogates(texts[name], name))
    )
    return _Row(
        article=texts["article"],
        id=texts["id"],
        system=texts["system"],
        target=_clean(target),
        source=_clean(texts["source"]) if texts["source"] is not None else None,
        reference=_clean(texts["reference"]) if texts["reference"] is not None else None,
        source_lang=_language(texts["source_lang"] or pair[0] or options.source_lang),
        target_lang=_language(texts["target_lang"] or pair[1] or options.target_lang),
        meta=meta,
        notes=notes,
    )


def _string(value: Any, name: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if name in ("id", "article", "system") and isinstance(value, int | float):
        return str(value)
    raise BadRecordError(f'"{name}" must be text, not {_kind(value)}')


def _kind(value: Any) -> str:
    shown = json.dumps(value, ensure_ascii=True)
    return f"{type(value).__name__} {shown[:_SHOWN]}"


def _pair(lp: Any) -> tuple[str | None, str | None]:
    """Source and target language of a pair like "fr-en"."""
    source, _, target = lp.partition("-") if isinstance(lp, str) else ("", "", "")
    return (source, target) if source and target else (None, None)


def _language(tag: str | None) -> str | None:
    if tag is not None and not is_language(tag):
        raise BadRecordError(f"{tag!r} is not a BCP 47 language code, such as 'fr' or 'pt-BR'")
    return tag


def _surrogates(text: str | None, name: str) -> str | None:
    count = len(_SURROGATE.findall(text)) if text else 0
    return f"{name}: {count} lone surrogates, which are no characters, read as U+FFFD" if count else None


def _clean(text: str) -> str:
    return _SURROGATE.sub("\ufffd", text)


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
