"""Quality by a language model that is asked for the errors of a translation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from mtqe.data import Article, Score, Segment
from mtqe.models.judge import JudgeOptions, load_judge
from mtqe.models.judge_answers import Verdict
from mtqe.models.judge_pairs import pair_of, why_not
from mtqe.models.judge_prompts import ENGINE
from mtqe.pooling import pool, pool_mean
from mtqe.scale import SEVERITY_POINTS, penalty_to_score
from mtqe.scorers.base import scorers
from mtqe.text.words import count_words


@scorers.register
@dataclass(frozen=True)
class QualityJudge(JudgeOptions):
    """What a language model makes of each segment and its source, 0 to 100, higher is better.

    The model behind any OpenAI-compatible address is asked for errors with severities, as in GEMBA-MQM
    (Kocmi and Federmann, 2023): their MQM points per 100 words are the score, as points always are here.
    With ``prompt: esa`` it then gives a score of its own (GEMBA-ESA, WMT24). Neither is calibrated
    against people. A segment without an answer is null and says why; within a budget (``max_requests``,
    ``max_tokens``, ``max_cost``) those behind its end are. Texts are sent to ``url``; answers are kept in
    ``cache``, if that is given. The detector ``judge_errors`` shows the errors, and shares the answers.
    """

    name: ClassVar[str] = "quality_judge"
    gives: ClassVar[str] = "judge"
    default: ClassVar[bool] = False

    @property
    def revision(self) -> str:
        """The version of the prompts."""
        return ENGINE.rpartition(" ")[2]

    def score(self, articles: Sequence[Article]) -> list[list[Score]]:
        """One score for each segment of each article."""
        places = ((article, segment) for article in articles for segment in article.segments)
        pairs = [pair_of(article, segment) for article, segment in places if not why_not(article, segment)]
        verdicts = iter(load_judge(self).judge(pairs))
        return [list(self._scores(article, verdicts)) for article in articles]

    def pool(self, article: Article, scores: Sequence[Score]) -> Score:
        """MQM points per 100 words over the whole article; with ``prompt: esa`` the mean over its words."""
        pooled = pool if self.prompt == "mqm" else pool_mean
        return pooled(article.segments, scores)

    def _scores(self, article: Article, verdicts: Iterator[Verdict]) -> Iterator[Score]:
        for segment in article.segments:
            why = why_not(article, segment)
            yield Score(None, why) if why else _score(segment, next(verdicts))


def _score(segment: Segment, verdict: Verdict) -> Score:
    if verdict.failure is not None:
        return Score(None, verdict.failure)
    penalty = 100.0 * verdict.points / max(count_words(segment.target), 1)
    counts: Counter[str] = Counter(error.severity for error in verdict.errors)
    return Score(
        penalty_to_score(penalty) if verdict.score is None else verdict.score,
        components={"judge_penalty": Score(penalty, range=(0.0, None), higher_is_better=False)},
        stats={severity: float(counts[severity]) for severity in SEVERITY_POINTS},
    )
