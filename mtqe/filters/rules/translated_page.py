"""Pages that a translation plug-in has made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from mtqe.data import ArticleReport
from mtqe.filters.base import KEEP, Needs, Verdict, rules

# Where the readers of pages put what they found.
MARKERS = "translation_markers"


@rules.register
@dataclass(frozen=True)
class TranslatedPage:
    """Drop pages whose HTML shows that a translation plug-in made them.

    Readers of pages list such markers in ``meta.translation_markers`` (``mtqe/readers/markers.py``). Only
    those say something that are there because *this* page is a translation ("translated: ..."); with
    ``plugin`` also those of a plug-in that the site has, on whatever page.
    """

    plugin: bool = False

    name: ClassVar[str] = "translated_page"

    @property
    def label(self) -> str:
        """``no page of a translation plug-in``."""
        return "no page of a translation plug-in"

    def needs(self) -> Needs:
        """What the record carries."""
        return Needs()

    def judge(self, report: ArticleReport) -> Verdict:
        """Keep pages without such a marker."""
        markers = report.article.meta.get(MARKERS)
        found = [str(marker) for marker in markers] if isinstance(markers, Sequence) else []
        signs = found if self.plugin else [marker for marker in found if marker.startswith("translated")]
        return Verdict(False, f"page of a translation plug-in ({signs[0]})") if signs else KEEP
