"""What a benchmark comes to: one record, which every format shows and later runs are compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Report:
    """The record of a run as it stands in the JSON report: see docs/benchmark-format.md."""

    record: Mapping[str, Any]
