"""Filters as functions of other tools: rows, columns and tables in, the same out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Any

from mtqe.data import Article
from mtqe.errors import InputError
from mtqe.filters.article_filter import ArticleFilter
from mtqe.filters.stages import Decision
from mtqe.filters.units import Caught
from mtqe.filters.work import ADDED
from mtqe.readers.base import ReadOptions
from mtqe.readers.records import FIELDS, Line, articles

Record = Mapping[str, Any]

_PANDAS, _POLARS = "pandas.DataFrame", "polars.DataFrame"
_ARROW = ("pyarrow.Table", "pyarrow.RecordBatch")
_READER = "pyarrow.RecordBatchReader"
_ACCEPTED = (
    "can't be filtered; give a pandas or polars DataFrame, a pyarrow Table, RecordBatch or "
    "(to kept) RecordBatchReader, a mapping of columns, or a list of records"
)
_HINTS = {"LazyFrame": ". Of a LazyFrame: collect() it, or frame.map_batches(keep.kept)"}


@dataclass(frozen=True)
class BatchFilter:
    """A filter for the functions that ``datasets``, ``datatrove``, Ray Data and data frames call.

    >>> from mtqe.filters import filter_of
    >>> keep = filter_of({"rules": [{"name": "length", "at_least": 3}]})
    >>> keep({"target": "Too short."})
    False

    Every record is an article by itself, with the fields that the readers know: ``target`` (or ``text``),
    ``source``, ``target_lang`` and so on. Its languages may be named here for records that name none.
    A record that is none is an ``InputError``.
    """

    filter: ArticleFilter
    source_lang: str | None = None
    target_lang: str | None = None
    column: str = field(default=ADDED)

    def __call__(self, record: Any) -> Any:
        """Whether a record is kept; of columns or a table (``batched=True``) a list of that."""
        rows = _batch(record)
        if rows is not None:
            return [decision.keep for decision in self.decide(rows)]
        return next(self.decide([record])).keep

    def decide(self, records: Iterable[Record]) -> Iterator[Decision]:
        """One decision for each record, in order."""
        return self.filter.decide(self._article(number, record) for number, record in enumerate(records, 1))

    def add(self, record: Any) -> dict[str, Any]:
        """What the filter says, as the new column "mtqe": for ``map``, with ``batched=True`` or without.

        The value is the same object as ``mtqe filter`` adds to a record.
        """
        rows = _batch(record)
        if rows is not None:
            return {self.column: [self.filter.added(decision) for decision in self.decide(rows)]}
        return {self.column: self.filter.added(next(self.decide([record])))}

    def kept(self, table: Any) -> Any:
        """The rows that are kept, as what they came in.

        That is a pandas or polars data frame, an Arrow table, record batch or reader of them, a mapping of
        columns, or a list of records; of anything else an ``InputError`` says so. A reader is read as the
        one that comes out is.
        """
        if _is_a(table, _READER):
            return _read_through(table, self.kept)
        if isinstance(table, Mapping):
            keep = self(table)
            if isinstance(keep, bool):
                raise InputError("a record by itself has no rows; keep(record) says whether it is kept")
            return {name: list(compress(column, keep)) for name, column in table.items()}
        if isinstance(table, Sequence) and not isinstance(table, str):
            return [row for row, decision in zip(table, self.decide(table), strict=True) if decision.keep]
        return _masked(table, [decision.keep for decision in self.decide(_records(table))])

    def _article(self, number: int, record: Record) -> Article:
        """A record as an article; rows of one article can't be known from one of them."""
        if not isinstance(record, Mapping):
            raise InputError(f"record {number}: is no mapping of fields but {type(record).__name__}")
        left_out = {self.column, *FIELDS["article"]}
        known = {name: v for name, v in record.items() if v is not None and name not in left_out}
        caught = Caught()
        options = ReadOptions(self.source_lang, self.target_lang, rejects=caught)
        line = Line("record", number, b"", "record")
        found = list(articles([line], lambda _: known, "record", options))
        if caught.entries:
            raise InputError(f"record {number}: {caught.entries[0]['error']}")
        return found[0]


def _batch(given: Any) -> Iterable[Record] | None:
    """The records of columns or of a table; None of a record."""
    if not isinstance(given, Mapping):
        return _records(given)
    return _rows(given) if _is_columns(given) else None


def _is_columns(record: Record) -> bool:
    """Whether a mapping has columns and not the values of one record."""
    first = next((record[name] for name in ("target", "text", "mt") if name in record), None)
    return hasattr(first, "__len__") and not isinstance(first, str)


def _rows(columns: Record) -> Iterator[dict[str, Any]]:
    for values in zip(*columns.values(), strict=True):
        yield dict(zip(columns, values, strict=True))


def _records(table: Any) -> list[dict[str, Any]]:
    """The rows of a table of any of the libraries."""
    if _is_a(table, *_ARROW):
        return list(table.to_pylist())
    if _is_a(table, _POLARS):
        return list(table.to_dicts())
    if _is_a(table, _PANDAS):
        return [{name: _value(v) for name, v in row.items()} for row in table.to_dict("records")]
    hint = _HINTS.get(type(table).__name__, "")
    raise InputError(f"{type(table).__name__}: {_ACCEPTED}{hint}")


def _is_a(table: Any, *names: str) -> bool:
    """Whether a value is of one of these types, or of one derived from them; none has to be installed."""
    return any(f"{cls.__module__.split('.')[0]}.{cls.__name__}" in names for cls in type(table).__mro__)


def _value(value: Any) -> Any:
    """A value of a data frame; what pandas has for a missing one is None."""
    return None if isinstance(value, float) and value != value else value


def _masked(table: Any, keep: list[bool]) -> Any:
    if _is_a(table, _PANDAS):
        return table[keep]
    return table.filter(_arrow(keep) if _is_a(table, *_ARROW) else keep)


def _read_through(reader: Any, kept: Callable[[Any], Any]) -> Any:
    """A reader of what is kept of each batch of another."""
    import pyarrow as pa

    return pa.RecordBatchReader.from_batches(reader.schema, map(kept, reader))


def _arrow(keep: list[bool]) -> Any:
    import pyarrow as pa

    return pa.array(keep, pa.bool_())
