"""What an article has beside its target."""

from __future__ import annotations

from typing import Literal

from mtqe.data import Article


def has_side(article: Article, side: Literal["source", "reference"]) -> bool:
    """Whether an article has a source, or a reference: as a whole, or of any of its segments."""
    whole = getattr(article, side) is not None
    return whole or any(getattr(segment, side) is not None for segment in article.segments)
