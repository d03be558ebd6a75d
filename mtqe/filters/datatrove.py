"""A filter block for datatrove pipelines. Needs ``datatrove``."""

from __future__ import annotations

from typing import Any

from mtqe.filters.batches import BatchFilter

try:
    from datatrove.pipeline.filters.base_filter import BaseFilter
except ImportError as error:
    raise ImportError("mtqe.filters.datatrove needs the package datatrove: pip install datatrove") from error


class MtqeFilter(BaseFilter):  # type: ignore[misc]  # datatrove has no types
    """Keep the documents that a ``BatchFilter`` keeps; what it says is in their ``metadata["mtqe"]``.

    A document's text is the target; its metadata may have the other fields (``source``, ``target_lang``).
    Dropped documents go to ``exclusion_writer``, with the reason.
    """

    name = "mtqe"
    type = "filter"

    def __init__(self, keep: BatchFilter, exclusion_writer: Any = None, batch_size: int = 64) -> None:
        super().__init__(exclusion_writer, batch_size=batch_size)
        self.keep = keep

    def filter(self, doc: Any) -> Any:
        """True, or False and the reason."""
        return self.filter_batch([doc])[0]

    def filter_batch(self, batch: list[Any]) -> list[Any]:
        """For each document True, or False and the reason."""
        records = [{**document.metadata, "id": document.id, "target": document.text} for document in batch]
        found: list[Any] = []
        for document, decision in zip(batch, self.keep.decide(records), strict=True):
            document.metadata["mtqe"] = self.keep.filter.added(decision)
            found.append(True if decision.keep else (False, decision.rule or "mtqe"))
        return found
