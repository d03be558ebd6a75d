"""What mtqe's own scorers and detectors say of every system: statistics of segments, and issues."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from mtqe.bench.testset import TestSet, Texts
from mtqe.data import Article, ArticleReport, Issue, Score, Segment
from mtqe.errors import ContractError
from mtqe.evaluate import Evaluator
from mtqe.models.language_id import identify
from mtqe.scale import DECAY_PER_100_WORDS, HINT_CONFIDENCE, score_to_penalty
from mtqe.text.words import count_words

# A component of scores that are pooled by the words of segments; see mtqe.pooling.
_PENALTY = "penalty_per_100_words"

# Characters that are enough to tell a language.
_SAMPLE = 20_000


@dataclass(frozen=True)
class Judged:
    """All segments of one system, in the order of the test set.

    ``statistics`` are those of each score: points and words where segments are weighted by words,
    else values and how many there are; ``weighted`` names the former.
    """

    statistics: Mapping[str, NDArray[np.float64]]
    weighted: frozenset[str]
    higher_is_better: Mapping[str, bool]
    values: Mapping[str, list[float | None]]
    issues: list[list[Issue]]
    segments: list[Segment]
    words: list[int]
    signature: str
    notes: tuple[str, ...]


def judge(test_set: TestSet, evaluator: Evaluator, workers: int = 1) -> dict[str, Judged]:
    """Every system judged. Documents are articles; without any, each segment is one by itself."""
    languages = _languages(test_set)
    articles = [article for name in test_set.systems for article in _articles(test_set, name, languages)]
    reports = iter(evaluator.evaluate(articles, workers))
    counts = len(articles) // len(test_set.systems)
    return {name: _judged([next(reports) for _ in range(counts)]) for name in test_set.systems}


def _languages(test_set: TestSet) -> tuple[str | None, str | None]:
    """Languages of source and target: detected once for all systems where not given."""
    target = next(iter(test_set.references or tuple(test_set.systems.values())))
    return (
        test_set.source_lang or _detected(test_set.sources),
        test_set.target_lang or _detected(target),
    )


def _detected(texts: Texts | None) -> str | None:
    guess = identify("\n".join(texts)[:_SAMPLE]) if texts else None
    return guess.language if guess else None


def _articles(test_set: TestSet, name: str, languages: tuple[str | None, str | None]) -> Iterator[Article]:
    ids = test_set.documents or tuple(str(number) for number in range(1, test_set.size + 1))
    for document, group in groupby(range(test_set.size), key=ids.__getitem__):
        yield _article(test_set, name, document, list(group), languages)


def _article(
    test_set: TestSet, name: str, document: str, rows: Sequence[int], languages: tuple[str | None, str | None]
) -> Article:
    segments, start = [], 0
    for index, row in enumerate(rows):
        target = test_set.systems[name][row]
        segments.append(
            Segment(
                index,
                index,
                (start, start + len(target)),
                target,
                source=test_set.sources[row] if test_set.sources else None,
                reference=test_set.references[0][row] if test_set.references else None,
                id=str(row + 1),
            )
        )
        start += len(target) + 1
    whole = "\n".join(segment.target for segment in segments)
    return Article(
        document,
        whole,
        source_lang=languages[0],
        target_lang=languages[1],
        system=name,
        segments=tuple(segments),
    )


def _judged(reports: Sequence[ArticleReport]) -> Judged:
    rows = [segment for report in reports for segment in report.segments]
    names = list(reports[0].scores)
    weighted = {
        name for name in names if any(_PENALTY in report.scores[name].components for report in reports)
    }
    columns = {name: [row.scores[name] for row in rows] for name in names}
    return Judged(
        statistics={
            name: np.array(
                [_pair(s, row.segment, name in weighted) for s, row in zip(columns[name], rows, strict=True)]
            )
            for name in names
        },
        weighted=frozenset(weighted),
        higher_is_better={name: _better(columns[name]) for name in names},
        values={name: [_checked(score, name) for score in columns[name]] for name in names},
        issues=[found for report in reports for found in _issues(report)],
        segments=[row.segment for row in rows],
        words=[count_words(row.segment.target) for row in rows],
        signature=reports[0].signature,
        notes=tuple(dict.fromkeys(note for report in reports for note in report.notes)),
    )


def _better(scores: Sequence[Score]) -> bool:
    return next((score.higher_is_better for score in scores if score.value is not None), True)


def _checked(score: Score, name: str) -> float | None:
    if score.value is not None and not math.isfinite(score.value):
        raise ContractError(f"the score {name!r} is {score.value} for a segment; a score is a number or null")
    return score.value


def _pair(score: Score, segment: Segment, weighted: bool) -> tuple[float, float]:
    value = _checked(score, "")
    if value is None:
        return 0.0, 0.0
    weight = float(max(count_words(segment.target), 1)) if weighted else 1.0
    return weight * (score_to_penalty(value) if weighted else value), weight


def weighted_scores(sums: NDArray[np.floating]) -> NDArray[np.floating]:
    """Scores, 0 to 100, of summed points and words; NaN where no word was judged."""
    found: NDArray[np.floating] = 100.0 * np.exp(-mean_scores(sums) / DECAY_PER_100_WORDS)
    return found


def mean_scores(sums: NDArray[np.floating]) -> NDArray[np.floating]:
    """Means of summed values and their number; NaN where there is none."""
    count = sums[..., 1]
    return np.where(count > 0, sums[..., 0] / np.where(count > 0, count, 1), np.nan)


def _issues(report: ArticleReport) -> list[list[Issue]]:
    """The issues of each segment that are more than hints."""
    found: list[list[Issue]] = [[] for _ in report.segments]
    for issue in report.issues:
        if issue.confidence >= HINT_CONFIDENCE and not report.article.segments[issue.segment].excluded:
            found[issue.segment].append(issue)
    return found
