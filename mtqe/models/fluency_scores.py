"""Fluency of an article's segments by a model of their language, as scores."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from mtqe.data import Article, Score, Segment
from mtqe.models.fluency import FluencyModel
from mtqe.scale import penalty_to_score
from mtqe.text.languages import base_language
from mtqe.text.letter_case import begins_small
from mtqe.text.words import count_words

# MQM points of a sentence that begins with a small letter: so much more than others of its source
# such translations have on average (WMT20 and WMT21, 50 sources).
_SMALL_LETTER_POINTS = 1.0


def article_scores(
    article: Article, load: Callable[[str], FluencyModel | None], lacking: str = "no fluency model"
) -> list[Score]:
    """One score for each segment, by the model that ``load`` gives of the target's language.

    Where it gives none, the scores' note says that there is what is ``lacking`` for the language.
    """
    language = base_language(article.target_lang) if article.target_lang else None
    model = load(language) if language else None
    if model is None:
        note = f"{lacking} for {language!r}" if language else "the language is not known"
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
