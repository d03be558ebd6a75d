"""mtqe itself as a metric: its scores, and the issues that it finds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from mtqe.bench.meta_sources.base import Measured, metric_sources
from mtqe.bench.meta_table import Cell, HumanTable
from mtqe.bench.spans import MarkedSpan
from mtqe.data import Article, ArticleReport, Segment
from mtqe.detectors.base import detectors
from mtqe.errors import ConfigError, InputError
from mtqe.evaluate import Evaluator, default_detectors, default_scorers
from mtqe.quality import Quality
from mtqe.runfiles import Spec, build
from mtqe.scorers.base import Scorer, scorers

_QUALITY, _BY_ITSELF = "quality", "reference_chrf"
_MAJOR = ("major", "critical")


@metric_sources.register
@dataclass(frozen=True)
class Own:
    """mtqe's scorers, its quality and its issues; ``score`` and ``detect`` choose them as in a report.

    ``with_reference`` shows scorers the references too. Each score is a metric, "quality" among
    them unless ``quality`` is false. Issues of a ``least_confidence`` are compared with what people
    marked.
    """

    name: ClassVar[str] = "mtqe"
    score: list[Spec] | None = None
    detect: list[Spec] | None = None
    quality: bool = True
    with_reference: bool = False
    least_confidence: float = 0.5
    workers: int = 1

    def measure(self, table: HumanTable) -> Measured:
        """A metric for each score of a report, and the spans of its issues."""
        if not table.targets:
            raise InputError(f"{table.ratings.name}: mtqe needs the translations, and this set has none")
        values: dict[str, dict[Cell, float]] = defaultdict(dict)
        spans: dict[Cell, list[MarkedSpan]] = {}
        signature = ""
        for report in self._evaluator().evaluate(_articles(table, self.with_reference), self.workers):
            signature = report.signature
            cells = [(report.article.system or "", segment.id or "") for segment in report.article.segments]
            _keep_scores(report, cells, values)
            spans.update(self._spans(report, cells))
        named = {name: table.column(found.items()) for name, found in values.items()}
        wanted = {name: scores for name, scores in named.items() if self.quality or name != _QUALITY}
        found_spans = {"mtqe issues": spans} if table.marked and self.detect != [] else {}
        return Measured(wanted, found_spans, dict.fromkeys(wanted, signature))

    def _evaluator(self) -> Evaluator:
        problems: list[str] = []
        own = _defaults() if self.score is None else build(scorers, self.score, "score", problems)
        found = (
            default_detectors() if self.detect is None else build(detectors, self.detect, "detect", problems)
        )
        if problems:
            raise ConfigError("mtqe: " + "; ".join(problems))
        return Evaluator(own, found, Quality())

    def _spans(self, report: ArticleReport, cells: list[Cell]) -> dict[Cell, list[MarkedSpan]]:
        found: dict[Cell, list[MarkedSpan]] = {cell: [] for cell in cells}
        for issue in report.issues:
            if issue.confidence >= self.least_confidence:
                start, end = report.article.segments[issue.segment].target_span
                span = (max(issue.start - start, 0), min(issue.end, end) - start)
                found[cells[issue.segment]].append(MarkedSpan(*span, issue.severity in _MAJOR))
        return found


def _defaults() -> tuple[Scorer, ...]:
    """The scorers of a report, but for chrF, which is a metric by itself here."""
    return tuple(scorer for scorer in default_scorers() if scorer.name != _BY_ITSELF)


def _keep_scores(report: ArticleReport, cells: list[Cell], values: dict[str, dict[Cell, float]]) -> None:
    for cell, segment in zip(cells, report.segments, strict=True):
        for name, score in segment.scores.items():
            found = values[name]  # there also if no segment has this score
            if score.value is not None:
                found[cell] = score.value if score.higher_is_better else -score.value


def _articles(table: HumanTable, with_reference: bool) -> Iterator[Article]:
    """What each system made of each article, whole; a segment of no article is one by itself."""
    whole: dict[Cell, list[str]] = defaultdict(list)
    for system in table.systems:
        for segment, article in zip(table.segments, table.articles, strict=True):
            if (system, segment) in table.targets:
                whole[system, article or segment].append(segment)
    for (system, article), segments in whole.items():
        yield _article(table, (system, article), segments, with_reference)


def _article(table: HumanTable, key: Cell, names: list[str], with_reference: bool) -> Article:
    segments: list[Segment] = []
    start = 0
    for index, name in enumerate(names):
        target, text = table.targets[key[0], name], table.text(name)
        span = (start, start + len(target))
        reference = text.reference if with_reference else None
        segments.append(Segment(index, index, span, target, text.source, reference=reference, id=name))
        start = span[1] + 1
    return Article(
        id=key[1],
        target="\n".join(segment.target for segment in segments),
        source_lang=table.ratings.source_lang,
        target_lang=table.ratings.target_lang,
        system=key[0],
        segments=tuple(segments),
    )
