"""Datasets of the Hugging Face library: saved to a folder, or streamed by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mtqe.errors import InputError
from mtqe.readers.parquet import need_pyarrow

# "hf:owner/name", "hf:owner/name@split".
PREFIX = "hf:"

_ROWS = 512


def is_saved_dataset(folder: Path) -> bool:
    """Whether ``Dataset.save_to_disk`` made a folder."""
    return (folder / "state.json").is_file() and (folder / "dataset_info.json").is_file()


def dataset_batches(name: str) -> Iterator[Any]:
    """The rows of a dataset as Arrow record batches, in order.

    ``name`` is a folder of ``save_to_disk``, or ``hf:owner/name@split``, which is streamed and needs
    ``mtqe[datasets]``; without a split it is "train". Raises ``InputError``.
    """
    if name.startswith(PREFIX):
        return _streamed(*_named(name))
    return _saved(Path(name))


def _named(name: str) -> tuple[str, str]:
    path, _, split = name.removeprefix(PREFIX).partition("@")
    return path, split or "train"


def _saved(folder: Path) -> Iterator[Any]:
    """The Arrow files that ``state.json`` names."""
    import json

    pyarrow = need_pyarrow(str(folder))
    try:
        state = json.loads((folder / "state.json").read_text(encoding="utf-8"))
        for entry in state["_data_files"]:
            with pyarrow.memory_map(str(folder / entry["filename"])) as source:
                for batch in pyarrow.ipc.open_stream(source):
                    yield from _sliced(batch)
    except (OSError, KeyError, ValueError, pyarrow.ArrowInvalid) as error:
        raise InputError(f"{folder}: is a dataset that can't be read: {error}") from error


def _sliced(batch: Any) -> Iterator[Any]:
    for start in range(0, batch.num_rows, _ROWS):
        yield batch.slice(start, _ROWS)


def _streamed(path: str, split: str) -> Iterator[Any]:
    name = f"{PREFIX}{path}@{split}"
    try:
        import datasets
    except ImportError as error:
        raise InputError(f"{name}: needs the package datasets: pip install 'mtqe[datasets]'") from error
    try:
        stream = datasets.load_dataset(path, split=split, streaming=True).with_format("arrow")
        for table in stream.iter(batch_size=_ROWS):
            yield from table.combine_chunks().to_batches()
    except (OSError, ValueError, RuntimeError) as error:
        first = str(error).split("\n")[0]
        raise InputError(f"{name}: can't be read: {first}") from error
