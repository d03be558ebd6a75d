"""Filters: rules over reports, and the engines that run them over many articles.

``load_filter`` makes one of a run file, ``filter_of`` of a mapping with the same sections. Both give a
``BatchFilter``, which the functions of other tools take; ``filter_files`` does what ``mtqe filter`` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mtqe.filters.batches import BatchFilter

__all__ = ["filter_of", "load_filter"]


def load_filter(path: Path | str) -> BatchFilter:
    """The filter of a run file; a ``ConfigError`` lists every problem of the file."""
    from mtqe.filters.batches import BatchFilter
    from mtqe.filters.run_file import load_filter_run

    run = load_filter_run(Path(path))
    return BatchFilter(run.filter, run.file.input.source_lang, run.file.input.target_lang)


def filter_of(sections: Mapping[str, Any]) -> BatchFilter:
    """The filter of a run file's sections, such as ``{"rules": [...]}``."""
    from mtqe.filters.batches import BatchFilter
    from mtqe.filters.run_file import filter_run

    run = filter_run(dict(sections))
    return BatchFilter(run.filter, run.file.input.source_lang, run.file.input.target_lang)
