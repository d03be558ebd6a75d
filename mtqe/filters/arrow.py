"""Tables as chunks: Arrow streams of some rows each, and the rows of them that are kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mtqe.errors import InputError
from mtqe.readers.parquet import check_columns, need_pyarrow, open_parquet
from mtqe.readers.records import FIELDS

# Rows and bytes of a chunk.
_ROWS = 256
_BYTES = 1 << 22

# The column that a filter adds.
COLUMN = "mtqe"

_ARTICLE = sorted(FIELDS["article"])


def parquet_payloads(file: str) -> Iterator[tuple[int, bytes]]:
    """Number of the first row, from 1, and an Arrow stream, for each chunk of a Parquet file."""
    pyarrow = need_pyarrow(file)
    if not Path(file).exists():
        raise InputError(f"{file}: can't be read: No such file or directory")
    parquet = open_parquet(file, file)
    try:
        yield from payloads(parquet.iter_batches(_ROWS), file)
    except (pyarrow.ArrowInvalid, OSError) as error:
        first = str(error).split("\n")[0]
        raise InputError(f"{file}: is damaged: {first}; fetch or write it anew") from error


def payloads(batches: Iterator[Any], file: str) -> Iterator[tuple[int, bytes]]:
    """The same of record batches. Rows of one article, which stand together, are not parted."""
    pyarrow = need_pyarrow(file)
    first = 1
    held: list[Any] = []
    for batch in batches:
        check_columns(batch.schema.names, file)
        for part in _small(batch):
            if held and not _goes_on(held[-1], part):
                yield first, packed(pyarrow.Table.from_batches(held))
                first += sum(other.num_rows for other in held)
                held = []
            held.append(part)
    if held:
        yield first, packed(pyarrow.Table.from_batches(held))


def _small(batch: Any) -> Iterator[Any]:
    """A batch in parts of at most so many bytes; a row is never cut."""
    if batch.num_rows <= 1 or batch.nbytes <= _BYTES:
        if batch.num_rows:
            yield batch
        return
    half = batch.num_rows // 2
    yield from _small(batch.slice(0, half))
    yield from _small(batch.slice(half))


def _goes_on(before: Any, after: Any) -> bool:
    """Whether the last row and the first are of one article."""
    names = [name for name in _ARTICLE if name in before.schema.names and name in after.schema.names]
    ends = [(before[name][-1].as_py(), after[name][0].as_py()) for name in names]
    known = [pair for pair in ends if pair[0] is not None]
    return bool(known) and known[0][0] == known[0][1]


def packed(table: Any) -> bytes:
    """A table as a payload."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue().to_pybytes())


def unpacked(payload: bytes) -> Any:
    """The table of a payload."""
    import pyarrow as pa

    return pa.ipc.open_stream(payload).read_all()


def taken(table: Any, rows: Sequence[int]) -> bytes:
    """Some rows of a table, as a payload."""
    import pyarrow as pa

    return packed(table.take(pa.array(rows, pa.int64())))


def with_added(
    table: Any, added: Sequence[Any], scores: Sequence[str], issues: Sequence[str], errors: Sequence[str] = ()
) -> Any:
    """A table with the column "mtqe": a struct of the same fields in every row.

    ``scores``, ``issues`` and ``errors`` (scores with standard errors) are the names that there may be;
    without any their fields are left out, for Parquet has no empty structs.
    """
    import pyarrow as pa

    fields = [("keep", pa.bool_()), ("reasons", pa.list_(pa.string()))]
    whole = any("words" in entry for entry in added) or bool(scores or issues)
    if whole:
        fields += [("scores", pa.struct([(name, pa.float64()) for name in scores]))] if scores else []
        error_type = pa.struct([(name, pa.float64()) for name in errors])
        fields += [("standard_errors", error_type)] if errors else []
        fields += [("issues", pa.struct([(name, pa.int64()) for name in issues]))] if issues else []
        fields += [("words", pa.int64()), ("target_lang", pa.string()), ("signature", pa.string())]
    column = pa.array(list(added), type=pa.struct(fields))
    names = table.schema.names
    if COLUMN in names:
        return table.set_column(names.index(COLUMN), COLUMN, column)
    return table.append_column(COLUMN, column)
