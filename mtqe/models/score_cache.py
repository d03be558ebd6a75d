"""Scores kept on disk, so that the same text under the same model is computed once.

A key is a digest of everything that a score depends on: the model and a digest of its weights, the
version of the code that runs it, the precision, the options, and every text with its length
before it, so that no two different inputs read the same. A row carries a checksum: what is
damaged counts as absent.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import astuple, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from mtqe.errors import InputError

# A text is what a score is made of: source, target, reference; None where there is none.
Texts = tuple[str | None, ...]
Value = TypeVar("Value")

# Another process may be writing; a batch of scores is written in well under a second.
_PATIENCE_SECONDS = 30.0

# SQLite takes no more than some hundred values in one question.
_QUESTION = 500

_TABLE = "CREATE TABLE IF NOT EXISTS scores (key BLOB PRIMARY KEY, value TEXT, checksum BLOB)"
_INSERT = "INSERT OR REPLACE INTO scores VALUES (?, ?, ?)"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Identity:
    """What scores depend on beside the texts; two that are equal give equal scores.

    ``weights`` is a digest of the model's files (``mtqe.models.hub.digest``), ``engine`` the
    version of the code that runs it, to be raised whenever its numbers change.
    """

    model: str
    weights: str
    engine: str
    precision: str = "fp32"
    options: Mapping[str, str] = field(default_factory=dict)

    def key(self, texts: Texts) -> bytes:
        """32 bytes that differ wherever the model, an option or a text does."""
        *fixed, options = astuple(self)
        pairs = [part for pair in sorted(options.items()) for part in pair]
        digest = hashlib.sha256()
        for group in (fixed, pairs, texts):
            digest.update(b"%d;" % len(group))
            for text in group:
                digest.update(_framed(text))
        return digest.digest()


def _framed(text: str | None) -> bytes:
    """A text with its length before it; None differs from every text."""
    if text is None:
        return b"-;"
    data = text.encode("utf-8", "surrogatepass")
    return b"%d:%s;" % (len(data), data)


def default_place() -> Path:
    """The usual file: in ``$MTQE_CACHE``, or where the user's caches are."""
    folder = os.environ.get("MTQE_CACHE")
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return (Path(folder) if folder else Path(caches) / "mtqe") / "scores.sqlite3"


def remembered(
    place: Path | None,
    identity: Identity,
    texts: Sequence[Texts],
    compute: Callable[[Sequence[Texts]], Iterable[Value]],
) -> list[Value]:
    """One value for each of ``texts``: from the file at ``place``, or computed and then kept there.

    ``compute`` gets the different texts that are not known, in order, and gives one value for
    each, of what JSON can hold. Without a ``place`` nothing is kept.
    """
    if place is None:
        return list(compute(texts))
    cache = ScoreCache(place)
    keys = [identity.key(item) for item in texts]
    known = cache.get(keys)
    missing = {key: item for key, item in zip(keys, texts, strict=True) if key not in known}
    if missing:
        new = dict(zip(missing, compute(list(missing.values())), strict=True))
        _keep(cache, new)
        known |= new
    return [known[key] for key in keys]


def _keep(cache: ScoreCache, values: Mapping[bytes, Any]) -> None:
    """Scores that took hours are given out even if the disk has become full."""
    try:
        cache.put(values)
    except InputError as error:
        _log.warning("%s; these scores are not kept", error)


@dataclass(frozen=True)
class ScoreCache:
    """A file of scores by key, which several threads and processes may use at once.

    A file that is no database any more is set aside as ``NAME.damaged`` and begun anew, with a
    warning in the log. An ``InputError`` says that the place can't be written to.
    """

    path: Path

    def get(self, keys: Iterable[bytes]) -> dict[bytes, Any]:
        """The values of those keys that are known and undamaged."""
        rows = self._run(partial(_rows, list(dict.fromkeys(keys))))
        return {key: json.loads(value) for key, value, checksum in rows if checksum == _checksum(key, value)}

    def put(self, values: Mapping[bytes, Any]) -> None:
        """Keep values under their keys; damaged ones are replaced."""
        rows = [(key, text, _checksum(key, text)) for key, text in _as_json(values)]
        self._run(lambda database: database.executemany(_INSERT, rows))

    def _run(self, action: Callable[[sqlite3.Connection], Value]) -> Value:
        """What ``action`` gives; tried once more, on a new file, where the file proves damaged."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            try:
                return self._tried(action)
            except sqlite3.OperationalError:
                raise  # locked, full or read-only: the file itself is sound
            except sqlite3.DatabaseError as error:
                self._set_aside(error)
                return self._tried(action)
        except (OSError, sqlite3.Error) as error:
            raise InputError(f"{self.path}: can't be used as a cache of scores: {error}") from error

    def _tried(self, action: Callable[[sqlite3.Connection], Value]) -> Value:
        # A connection of its own for each use: they can't be shared by threads or processes.
        with closing(sqlite3.connect(self.path, timeout=_PATIENCE_SECONDS)) as database, database:
            database.execute(_TABLE)
            return action(database)

    def _set_aside(self, error: sqlite3.DatabaseError) -> None:
        aside = self.path.with_name(self.path.name + ".damaged")
        _log.warning("%s: is damaged (%s); set aside as %s and begun anew", self.path, error, aside.name)
        self.path.replace(aside)
        self.path.with_name(self.path.name + "-journal").unlink(missing_ok=True)


def _rows(keys: Sequence[bytes], database: sqlite3.Connection) -> list[tuple[bytes, str, bytes]]:
    return [row for part in _parts(keys) for row in database.execute(_question(part), part)]


def _question(keys: Sequence[bytes]) -> str:
    # Only question marks are put together, never text.
    return f"SELECT key, value, checksum FROM scores WHERE key IN ({','.join('?' * len(keys))})"  # noqa: S608


def _parts(keys: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    return (keys[start : start + _QUESTION] for start in range(0, len(keys), _QUESTION))


def _as_json(values: Mapping[bytes, Any]) -> Iterator[tuple[bytes, str]]:
    # A float's shortest form reads back as the same float.
    return ((key, json.dumps(value, sort_keys=True, allow_nan=False)) for key, value in values.items())


def _checksum(key: bytes, value: str) -> bytes:
    return hashlib.sha256(key + value.encode("utf-8")).digest()[:8]
