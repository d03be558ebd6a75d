"""A limit on how much of an article is in another language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from mtqe.filters.base import rules
from mtqe.filters.marked import MarkedShare


@rules.register
@dataclass(frozen=True)
class ForeignShare(MarkedShare):
    """Keep articles of which at most this share of the characters, 0 to 1, is in another language.

    Characters count that lie in an ``untranslated`` or ``wrong_language`` issue of at least this
    ``confidence``, each once.
    """

    name: ClassVar[str] = "foreign_share"
    categories: ClassVar[tuple[str, ...]] = ("untranslated", "wrong_language")
    what: ClassVar[str] = "foreign share"
