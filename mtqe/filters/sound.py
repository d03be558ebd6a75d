"""Whether records that nobody judges are sound, at the speed of parsing them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from operator import itemgetter
from typing import Any

import orjson

from mtqe.readers.records import FIELDS
from mtqe.text.languages import is_language

Records = Sequence[dict[str, Any]]

_NONE: type = type(None)
_TEXT: set[type] = {str, _NONE}
_KINDS: dict[str, set[type]] = {
    **{alias: _TEXT for ours in FIELDS for alias in FIELDS[ours]},
    **{alias: {str, int, float, _NONE} for ours in ("id", "article", "system") for alias in FIELDS[ours]},
    **{alias: {str} for alias in FIELDS["target"]},
}
_LANGUAGES = FIELDS["source_lang"] | FIELDS["target_lang"]


def sound_records(payload: bytes, longest: int) -> int | None:
    """How many records the lines are, if each is surely one that a reader takes; None if that is not sure.

    Looked at is what readers look at: the JSON, that there is a target, the kinds of all fields that have
    a meaning, language codes, and that no text is of more than ``longest`` characters. Records with
    anything nested in them are not sure here, and neither are blank lines.
    """
    if len(payload) > longest or not payload.endswith(b"\n"):
        return None
    records = _parsed(payload)
    if records is None:
        return None
    shapes = set(map(tuple, records))
    named = all(FIELDS["target"].intersection(shape) and "lp" not in shape for shape in shapes)
    names = _KINDS.keys() & chain.from_iterable(shapes)
    return len(records) if named and _fit(records, names, len(shapes) == 1) else None


def _parsed(payload: bytes) -> Records | None:
    """The flat records of lines that are one each.

    All are parsed at once, each line as a list of its own: a record that goes on in the next line, which
    a plain join would mend, is then none, since only a list inside of it could bring the brackets back.
    """
    wrapped = payload.replace(b"\n", b"],\n[")
    lines = (len(wrapped) - len(payload)) // 3
    try:
        found = orjson.loads(b"".join((b"[[", memoryview(wrapped)[:-3], b"]")))
    except orjson.JSONDecodeError:
        return None
    if len(found) != lines or set(map(type, found)) != {list} or set(map(len, found)) != {1}:
        return None
    records = list(chain.from_iterable(found))
    if set(map(type, records)) != {dict}:
        return None
    kinds = set(map(type, chain.from_iterable(map(dict.values, records))))
    return None if kinds & {dict, list} else records


def _fit(records: Records, names: set[str], alike: bool) -> bool:
    """Whether the values of these fields are what they may be."""
    for name in names:
        values = map(itemgetter(name), records) if alike else (r[name] for r in records if name in r)
        if name in _LANGUAGES:
            if not all(tag is None or (type(tag) is str and is_language(tag)) for tag in set(values)):
                return False
        elif set(map(type, values)) - _KINDS[name]:
            return False
    return True
