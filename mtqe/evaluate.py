"""The loop: articles in, reports out, in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice
from typing import TYPE_CHECKING

from mtqe.data import Article, ArticleReport, Issue, Mode, Score, SegmentReport
from mtqe.detectors.base import Detector, Limited, detectors
from mtqe.errors import ConfigError, ContractError
from mtqe.issues import find_issues
from mtqe.prepare import prepare
from mtqe.quality import Quality
from mtqe.scorers.base import Licensed, ReadsAhead, Scorer, scorers
from mtqe.sides import has_side
from mtqe.signature import signature
from mtqe.text.words import count_words

if TYPE_CHECKING:
    from concurrent.futures import Future

    from mtqe.alignment import SentenceVectors

# Models are fastest with a few hundred sentences at a time; more only costs memory.
_BATCH_CHARACTERS = 100_000
_BATCH_ARTICLES = 32

# Batches that wait for a process: enough that none is idle, few enough that memory stays bounded.
_WAITING_PER_WORKER = 2


def default_scorers() -> tuple[Scorer, ...]:
    """One of every scorer that runs when a run names none."""
    return tuple(cls() for cls in scorers if cls.default)


def default_detectors() -> tuple[Detector, ...]:
    """One of every detector that runs when a run names none."""
    return tuple(cls() for cls in detectors if cls.default)


@dataclass(frozen=True)
class Evaluator:
    """Scorers, detectors and the quality that is made of what they find."""

    scorers: tuple[Scorer, ...] = field(default_factory=default_scorers)
    detectors: tuple[Detector, ...] = field(default_factory=default_detectors)
    quality: Quality = field(default_factory=Quality)

    def __post_init__(self) -> None:
        names = ["quality", *(scorer.gives for scorer in self.scorers)]
        for name in {name for name in names if names.count(name) > 1}:
            raise ConfigError(f"two scorers of one run give {name!r}; keep one of them")

    def evaluate(self, articles: Iterable[Article], workers: int = 1) -> Iterator[ArticleReport]:
        """One report for each article, in order; memory does not grow with their number.

        With more than one of ``workers``, as many processes each load the models and share the
        articles; reports are the same. Components must then be importable where they are defined.
        """
        if workers <= 1:
            return chain.from_iterable(map(self._evaluate, _batches(articles)))
        return self._evaluate_with(workers, _batches(articles))

    def _evaluate_with(self, workers: int, batches: Iterator[list[Article]]) -> Iterator[ArticleReport]:
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        waiting: deque[Future[list[ArticleReport]]] = deque()
        # New interpreters: a fork of a process with threads, as BLAS has, may hang.
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            try:
                for batch in batches:
                    waiting.append(pool.submit(self._evaluate, batch))
                    if len(waiting) > _WAITING_PER_WORKER * workers:
                        yield from waiting.popleft().result()
                while waiting:
                    yield from waiting.popleft().result()
            finally:
                pool.shutdown(wait=False, cancel_futures=True)

    def _evaluate(self, batch: Sequence[Article]) -> list[ArticleReport]:
        found = [find_issues(prepare(article, self.vectors), self.detectors) for article in batch]
        prepared = [article for article, _ in found]
        columns = [(scorer, _scores(scorer, prepared)) for scorer in self.scorers]
        return [
            self.report(article, issues, [(scorer, scores[index]) for scorer, scores in columns])
            for index, (article, issues) in enumerate(found)
        ]

    def report(
        self, article: Article, issues: list[Issue], columns: Sequence[tuple[Scorer, list[Score]]]
    ) -> ArticleReport:
        """The report of a prepared article from its issues and, of each scorer, its segments' scores."""
        rows = _rows(article, columns)
        qualities = self.qualities(article, issues, columns)
        segments = tuple(
            SegmentReport(segment, {"quality": quality, **row})
            for segment, quality, row in zip(article.segments, qualities, rows, strict=True)
        )
        mode = mode_of(article)
        return ArticleReport(
            article=article,
            mode=mode,
            scores={
                "quality": self.quality.pool(article, qualities),
                **{scorer.gives: scorer.pool(article, column) for scorer, column in columns},
            },
            segments=segments,
            issues=tuple(issues),
            words=count_words(article.target),
            signature=self.signature(article, mode),
            notes=(
                *article.notes,
                *self.quality.notes(article, mode),
                *self._limits(article),
                *self._terms(),
            ),
        )

    def qualities(
        self, article: Article, issues: list[Issue], columns: Sequence[tuple[Scorer, list[Score]]]
    ) -> list[Score]:
        """The quality of each segment of a prepared article."""
        by_segment: list[list[Issue]] = [[] for _ in article.segments]
        for issue in issues:
            by_segment[issue.segment].append(issue)
        found = zip(article.segments, _rows(article, columns), by_segment, strict=True)
        return [self.quality.score(segment, row, inside) for segment, row, inside in found]

    def _limits(self, article: Article) -> Iterator[str]:
        """What was not looked for, because the language is not known well enough."""
        unfit = [name for name, detector in self._limited if not detector.knows(article)]
        if unfit and article.segments:
            pair = (
                f"{article.source_lang}-{article.target_lang}" if article.source_lang else article.target_lang
            )
            yield f"not looked for in {pair or 'und'}: {', '.join(unfit)}"

    def _terms(self) -> Iterator[str]:
        """What the licences of the models forbid."""
        found = [part.terms() for part in self._licensed]
        yield from dict.fromkeys(note for note in found if note)

    # Known once: a look at all members of a protocol, for each article, takes longer than some detectors.
    @cached_property
    def _limited(self) -> list[tuple[str, Limited]]:
        return [(detector.name, detector) for detector in self.detectors if isinstance(detector, Limited)]

    @cached_property
    def _licensed(self) -> list[Licensed]:
        return [part for part in (*self.scorers, *self.detectors) if isinstance(part, Licensed)]

    @cached_property
    def vectors(self) -> SentenceVectors | None:
        """How to read sentences for their alignment so that a scorer need not read them again."""
        return next((s.read_ahead for s in self.scorers if isinstance(s, ReadsAhead)), None)

    def signature(self, article: Article, mode: Mode) -> str:
        """What made the numbers of an article's report, in one line."""
        components = {"score": self.scorers, "detect": self.detectors, "quality": [self.quality]}
        return signature(article, mode, components)


def mode_of(article: Article) -> Mode:
    """What there is to judge by: the target alone, with its source, or with a reference too."""
    if has_side(article, "reference"):
        return "reference"
    if has_side(article, "source"):
        return "source"
    return "target_only"


def _batches(articles: Iterable[Article]) -> Iterator[list[Article]]:
    articles = iter(articles)
    while batch := _batch(articles):
        yield batch


def _batch(articles: Iterator[Article]) -> list[Article]:
    batch: list[Article] = []
    characters = 0
    for article in islice(articles, _BATCH_ARTICLES):
        batch.append(article)
        characters += len(article.target)
        if characters > _BATCH_CHARACTERS:
            break
    return batch


def _rows(article: Article, columns: Sequence[tuple[Scorer, list[Score]]]) -> list[dict[str, Score]]:
    """Each segment's scores by name."""
    return [{s.gives: column[i] for s, column in columns} for i in range(len(article.segments))]


def _scores(scorer: Scorer, articles: Sequence[Article]) -> list[list[Score]]:
    scores = scorer.score(articles)
    expected = [len(article.segments) for article in articles]
    if [len(column) for column in scores] != expected:
        raise ContractError(f"scorer {scorer.name} gave not one score for each segment")
    return scores
