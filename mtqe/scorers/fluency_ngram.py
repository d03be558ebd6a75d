"""Fluency by the language models that ship with the package, n-grams first of all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from mtqe.data import Article, Score, Segment
from mtqe.models.fluency import FluencyModel, load_fluency, weights_revision
from mtqe.pooling import pool
from mtqe.scale import penalty_to_score
from mtqe.scorers.base import scorers
from mtqe.text.languages import base_language
from mtqe.text.letter_case import begins_small
from mtqe.text.words import count_words

# MQM points of a sentence that begins with a small letter: so much more than others of its source
# such translations have on average (WMT20 and WMT21, 50 sources).
_SMALL_LETTER_POINTS = 1.0


@scorers.register
@dataclass(frozen=True)
class FluencyNgram:
    """Fluency of each segment from the target alone, 0 to 100, higher is better.

    A word trigram model (of characters for Chinese) says how expected each word is; hinges
    fitted to MQM judgements of WMT20 and WMT21 turn that into fluency points per 100 words. It
    sees word order, doubled and foreign words, and not meaning: modern systems' fluent
    mistakes escape it. In German, style and the quality network are heard as well; in English, how
    probably a machine translated the whole article. A small letter at a sentence's beginning is
    counted as one minor error. Null for languages without a model (see ``mtqe/models/weights``).
    """

    name: ClassVar[str] = "fluency_ngram"
    gives: ClassVar[str] = "fluency"
    default: ClassVar[bool] = True
    whole_article: ClassVar[bool] = True  # for its style; and a sample's error takes as long

    @property
    def revision(self) -> str:
        """A digest of the weight files."""
        return weights_revision()

    def score(self, articles: Sequence[Article]) -> list[list[Score]]:
        """One score for each segment of each article."""
        return [_article_scores(article) for article in articles]

    def pool(self, article: Article, scores: Sequence[Score]) -> Score:
        """Points per 100 words over the whole article, as a score."""
        return pool(article.segments, scores)


def _article_scores(article: Article) -> list[Score]:
    language = base_language(article.target_lang) if article.target_lang else None
    model = load_fluency(language) if language else None
    if model is None:
        note = f"no fluency model for {language!r}" if language else "the language is not known"
        return [Score(None, segment.excluded or note) for segment in article.segments]
    scores = _judged(model, [segment.target for segment in article.segments if not _why_not(segment)])
    return [Score(None, why) if (why := _why_not(s)) else next(scores) for s in article.segments]


def _judged(model: FluencyModel, texts: Sequence[str]) -> Iterator[Score]:
    """Scores of an article's sentences; what its style says of the whole counts for each."""
    found, words = list(model.judge(texts)), [count_words(text) for text in texts]
    probability = model.by_machine([features for _, features in found], words)
    expected = model.machine.points * probability if model.machine and probability is not None else 0.0
    small = [_small_letter(*each) for each in zip(texts, [None, *texts], words, strict=False)]
    for (penalty, features), extra in zip(found, small, strict=True):
        yield _score(penalty + expected + extra, expected, {**features, "small_letter_points": extra})


def _small_letter(text: str, before: str | None, words: int) -> float:
    return 100 * _SMALL_LETTER_POINTS / words if begins_small(text, before) else 0.0


def _why_not(segment: Segment) -> str | None:
    if segment.excluded:
        return segment.excluded
    return None if any(map(str.isalpha, segment.target)) else "no words in it"


def _score(penalty: float, machine_points: float, features: Mapping[str, float]) -> Score:
    components = {
        "fluency_penalty": Score(penalty, range=(0.0, None), higher_is_better=False),
        "machine_points": Score(machine_points, range=(0.0, None), higher_is_better=False),
        **{n: Score(v, range=(None, None), higher_is_better=False) for n, v in features.items()},
    }
    return Score(penalty_to_score(penalty), components=components)
