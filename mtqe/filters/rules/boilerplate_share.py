"""A limit on how much of an article is the page's own text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from mtqe.filters.base import rules
from mtqe.filters.marked import MarkedShare


@rules.register
@dataclass(frozen=True)
class BoilerplateShare(MarkedShare):
    """Keep articles of which at most this share of the characters, 0 to 1, is the page's own text.

    Menus, comment forms, related articles: what the detector ``boilerplate`` marks with at least this
    ``confidence``. It is not scored, so a page of nothing else passes every limit on scores.
    """

    name: ClassVar[str] = "boilerplate_share"
    categories: ClassVar[tuple[str, ...]] = ("boilerplate",)
    what: ClassVar[str] = "boilerplate share"
