"""Records that make a test set: a segment of a system each, or a segment with all its systems."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mtqe.bench.testset import TestSet, Texts
from mtqe.errors import InputError
from mtqe.readers.records import FIELDS

# Our name of a field and what else it is called; WMT's own names since 2024 are among them.
_MORE = {"source": {"src_text"}, "reference": {"ref_text", "refA"}, "domain": {"domain"}}
_NAMES = {
    alias: name
    for name, aliases in {**FIELDS, "domain": {"domain"}}.items()
    for alias in aliases | _MORE.get(name, set())
}
_SYSTEMS = ("tgt_text", "systems", "translations", "hypotheses")
_REFERENCES = ("refs", "references")

# WMT's document names are made of pair, domain, document and segment.
_WMT_PARTS = "_#_"

Record = tuple[int, Mapping[str, Any]]


@dataclass
class _Row:
    """What is known of one segment."""

    place: str
    source: str | None = None
    references: tuple[str, ...] = ()
    document: str | None = None
    domain: str | None = None
    targets: dict[str, str] = field(default_factory=dict)
    id: str | None = None


def test_set_of(records: Iterable[Record], file: str) -> TestSet:
    """The test set of numbered records; an ``InputError`` names file and line of what does not fit."""
    rows: dict[Any, _Row] = {}
    langs: tuple[str | None, str | None] = (None, None)
    order: dict[str, int] = {}
    for number, record in records:
        place = f"{file}:{number}"
        known = _known(record)
        langs = (
            langs[0] or _text(known, "source_lang", place),
            langs[1] or _text(known, "target_lang", place),
        )
        if "target" not in known or any(isinstance(record.get(name), Mapping) for name in _SYSTEMS):
            rows[number] = _whole(record, known, place)
        else:
            _add(rows, known, order, place)
    if not rows:
        raise InputError(f"{file}: no record in there")
    return _joined(list(rows.values()), file, langs)


def _known(record: Mapping[str, Any]) -> dict[str, Any]:
    known: dict[str, Any] = {}
    for name, value in record.items():
        ours = _NAMES.get(name, name)
        if value is not None and (ours == name or ours not in record):
            known.setdefault(ours, value)
    pair = str(known.get("lp", "")).partition("-")
    return {**({"source_lang": pair[0], "target_lang": pair[2]} if pair[2] else {}), **known}


def _text(known: Mapping[str, Any], name: str, place: str) -> str | None:
    value = known.get(name)
    if value is None or isinstance(value, str):
        return value
    if name in ("article", "id", "system") and isinstance(value, int | float):
        return str(value)
    raise InputError(f'{place}: "{name}" must be text, not {type(value).__name__}')


def _add(rows: dict[Any, _Row], known: Mapping[str, Any], order: dict[str, int], place: str) -> None:
    """Add a record of one system to the segment that it is of: by its names, or else by its order."""
    system = _text(known, "system", place) or "system"
    target = _text(known, "target", place) or ""
    key: Any = (_text(known, "article", place), _text(known, "id", place))
    if key[1] is None:
        key = order[system] = order.get(system, -1) + 1
    row = rows.setdefault(key, _Row(place))
    if row.targets.setdefault(system, target) != target:
        raise InputError(f"{place}: system {system!r} has another target for this segment in {row.place}")
    row.source = row.source if row.source is not None else _text(known, "source", place)
    reference = _text(known, "reference", place)
    row.references = row.references or (() if reference is None else (reference,))
    row.document, row.domain = row.document or _text(known, "article", place), row.domain or _domain(known)


def _whole(record: Mapping[str, Any], known: Mapping[str, Any], place: str) -> _Row:
    targets: Mapping[str, Any] = next(
        (record[name] for name in _SYSTEMS if isinstance(record.get(name), Mapping)), {}
    )
    if not targets and "source" not in known:
        raise InputError(f'{place}: lacks "target" (or "mt", "hypothesis", "translation", "text")')
    references = next((record[name] for name in _REFERENCES if record.get(name)), ())
    found = _references(references) or ((known["reference"],) if "reference" in known else ())
    # WMT lists its references among the systems.
    among = {name: text for name, text in targets.items() if not found and name.startswith("ref")}
    systems = {str(name): str(text) for name, text in targets.items() if name not in among}
    document = _text(known, "article", place)
    return _Row(
        place,
        _text(known, "source", place),
        tuple(map(str, found or among.values())),
        _without_segment(document),
        _domain(known) or _domain_of(document),
        systems,
        document,
    )


def _references(section: Any) -> Texts:
    """References as a text, a list, or a mapping of names to texts or to {"ref": text}."""
    values = section.values() if isinstance(section, Mapping) else section
    values = [section] if isinstance(section, str) else list(values)
    return tuple(str(value["ref"]) if isinstance(value, Mapping) else str(value) for value in values)


def _domain(known: Mapping[str, Any]) -> str | None:
    return str(known["domain"]) if "domain" in known else None


def _domain_of(document: str | None) -> str | None:
    parts = (document or "").split(_WMT_PARTS)
    return parts[1] if len(parts) > 2 else None


def _without_segment(document: str | None) -> str | None:
    parts = (document or "").split(_WMT_PARTS)
    return _WMT_PARTS.join(parts[:3]) if len(parts) > 2 else document


def _joined(rows: Sequence[_Row], file: str, langs: tuple[str | None, str | None]) -> TestSet:
    systems = list(dict.fromkeys(name for row in rows for name in row.targets))
    for row in rows:
        missing = next((name for name in systems if name not in row.targets), None)
        if missing is not None:
            raise InputError(f"{row.place}: system {missing!r} has no target for this segment, others have")
    rows = _by_document(rows)
    return TestSet(
        systems={name: tuple(row.targets[name].rstrip() for row in rows) for name in systems},
        sources=_column([row.source for row in rows]),
        references=_all_references(rows),
        documents=_column([row.document for row in rows]),
        domains=_column([row.domain for row in rows]),
        ids=_column([row.id for row in rows]),
        source_lang=langs[0],
        target_lang=langs[1],
        files=(file,),
    )


def _by_document(rows: Sequence[_Row]) -> list[_Row]:
    """Rows in their order, those of a document together."""
    places = {document: n for n, document in enumerate(dict.fromkeys(row.document for row in rows))}
    return sorted(rows, key=lambda row: places[row.document])


def _column(values: Sequence[str | None]) -> Texts | None:
    """A column if every segment has it."""
    known = tuple(value.rstrip() for value in values if value is not None)
    return known if len(known) == len(values) else None


def _all_references(rows: Sequence[_Row]) -> tuple[Texts, ...]:
    """As many references as every segment has."""
    count = min(len(row.references) for row in rows)
    return tuple(tuple(row.references[n].rstrip() for row in rows) for n in range(count))
