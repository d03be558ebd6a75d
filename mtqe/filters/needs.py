"""What rules need, taken together, and what that costs."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from mtqe.filters.base import Needs
from mtqe.quality import PARTS

QUALITY = "quality"

# Milliseconds for an article of 1,200 characters, on one core (benchmarks/filter.py --only costs):
# detecting a language, sentences and what is no part of the article, the other detectors, scores of
# n-grams and style, sentence vectors. They only order the rules.
_LANGUAGES, _ASIDE, _DETECTORS, _OTHER_SCORE = 0.3, 0.6, 2.5, 10.0
_SCORES = {PARTS[0]: 1.2, "human_written": 0.3}


def joined(needs: Iterable[Needs]) -> Needs:
    """All that any of them needs."""
    found = list(needs)
    return Needs(
        languages=any(one.languages for one in found),
        categories=frozenset[str]().union(*(one.categories for one in found)),
        scores=frozenset[str]().union(*(one.scores for one in found)),
    )


def cost(needs: Needs, aside: Collection[str] = ()) -> float:
    """About how long it takes to get what is needed: rules of small cost run first.

    ``aside`` are the categories of detectors that say what is no part of the article, and run first.
    """
    quality = QUALITY in needs.scores
    scores = needs.scores - {QUALITY} | (set(PARTS) if quality else set())
    return (
        _LANGUAGES * needs.languages
        + _ASIDE * (bool(needs.categories) or bool(scores))
        + _DETECTORS * (quality or not needs.categories <= set(aside))
        + sum(_SCORES.get(name, _OTHER_SCORE) for name in scores)
    )
