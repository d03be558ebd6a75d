"""The probability that people wrote or translated the article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from mtqe.data import Article, Score, Segment
from mtqe.models.machine import LEAST_WORDS, load_machine, machine_revision
from mtqe.models.style import load_style
from mtqe.scorers.base import scorers
from mtqe.text.languages import base_language
from mtqe.text.words import count_words

_WHOLE = "judged for the article as a whole"


@scorers.register
@dataclass(frozen=True)
class HumanWritten:
    """Probability that people wrote or translated the article, 0 to 100 (percent), higher is better.

    From the target alone: n-grams of function words and of the shapes of the others, learnt from
    people's and machines' translations of the same documents and from originals, so that topics
    and outlets say nothing. It takes people and machines for equally likely before it reads. One
    article in a hundred by people is below the component ``alarm``. Null for segments, for texts of
    fewer than 50 words, and for languages other than English.
    """

    name: ClassVar[str] = "human_written"
    gives: ClassVar[str] = "human_written"
    default: ClassVar[bool] = True
    whole_article: ClassVar[bool] = True

    @property
    def revision(self) -> str:
        """A digest of the weights."""
        return machine_revision()

    def score(self, articles: Sequence[Article]) -> list[list[Score]]:
        """Null for each segment: its own style says too little."""
        return [[Score(None, s.excluded or _WHOLE) for s in article.segments] for article in articles]

    def pool(self, article: Article, scores: Sequence[Score]) -> Score:
        """The probability, from all sentences that are scored."""
        language = base_language(article.target_lang or "und")
        style, machine = load_style(language), load_machine(language)
        if style is None or machine is None:
            return Score(None, f"no model of machines' style for {language!r}")
        texts = [segment.target for segment in article.segments if _is_judged(segment)]
        words = [count_words(text) for text in texts]
        if sum(words) < LEAST_WORDS:
            return Score(None, f"fewer than {LEAST_WORDS} words")
        probability = machine.probability(style.log_odds(texts).tolist(), words)
        return Score(100 * (1 - probability), components={"alarm": Score(100 * (1 - machine.alarm))})


def _is_judged(segment: Segment) -> bool:
    return segment.excluded is None and any(map(str.isalpha, segment.target))
