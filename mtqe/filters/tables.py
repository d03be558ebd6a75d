"""Records as rows of a table. Types come of the values, and those of all shards have to fit together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mtqe.errors import InputError
from mtqe.readers.parquet import need_pyarrow
from mtqe.readers.records import carried

# A field that is null or absent so far may get any type; whole numbers may become others; texts stay texts.
_PROMOTE = "permissive"


def from_records(records: Sequence[dict[str, Any]], file: str) -> Any:
    """The table of records: fields in order of their first appearance, null where one lacks them.

    An ``InputError`` for a field whose values no column can hold together. What JSON writers can't write
    is as readers carry it: lone surrogates are U+FFFD, numbers beyond 64 bits have a decimal point.
    """
    pyarrow = need_pyarrow(file)
    names = dict.fromkeys(name for record in records for name in record)
    columns = {name: _column([record.get(name) for record in records], name, file) for name in names}
    return pyarrow.table(columns)


def _column(values: list[Any], name: str, file: str) -> Any:
    import pyarrow as pa

    try:
        try:
            return pa.array(values)
        except (OverflowError, UnicodeEncodeError):
            return pa.array(carried(values))
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise InputError(
            f"{file}: the field {name!r} has values of several kinds, which no column of a table holds; "
            "write .jsonl, or mend it"
        ) from error


def concatenated(tables: Sequence[Any], path: Path) -> Any:
    """Tables one after the other, with the columns of all."""
    import pyarrow as pa

    try:
        return pa.concat_tables(tables, promote_options=_PROMOTE)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise _differ(path, error) from error


def unified(schemas: Sequence[Any], path: Path) -> Any:
    """The schema that holds the rows of all."""
    import pyarrow as pa

    try:
        return pa.unify_schemas(list(schemas), promote_options=_PROMOTE)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise _differ(path, error) from error


def fitted(table: Any, schema: Any, path: Path) -> Any:
    """A table with this schema, of which its own is a part."""
    return table if table.schema.equals(schema) else concatenated([schema.empty_table(), table], path)


def _differ(path: Path, error: Exception) -> InputError:
    first = str(error).split("\n")[0]
    return InputError(
        f"{path}: its rows come of records with different kinds of values in a field: {first}; write .jsonl"
    )
