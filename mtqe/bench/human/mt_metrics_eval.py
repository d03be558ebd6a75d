"""The folders of mt-metrics-eval: documents, sources, references, system outputs, human scores."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from mtqe.bench.human.base import (
    HumanRatings,
    MarkedError,
    Rating,
    human_readers,
    lines_of,
    not_empty,
    number,
)
from mtqe.bench.human.texts import FolderTexts, texts_of
from mtqe.bench.human.weights import Weights, points, with_defaults
from mtqe.errors import InputError


@human_readers.register
@dataclass(frozen=True)
class MtMetricsEval:
    """A test set in the layout of mt-metrics-eval, such as ``mt-metrics-eval-v2/wmt23``.

    ``scores`` is the name of the human scores ("mqm", "da-sqm", "esa"): of the file
    ``human-scores/PAIR.mqm.seg.score``. ``ratings`` is that of marked errors beside it
    ("mqm.merged": ``human-scores/PAIR.mqm.merged.seg.rating``); they make the scores if no scores are
    named.
    """

    name: ClassVar[str] = "mt_metrics_eval"
    path: Path
    pair: str | None = None
    scores: str | None = None
    ratings: str | None = None
    weights: dict[str, float] | None = None

    def read(self) -> HumanRatings:
        """One rating for each system and segment that has a score or a rating."""
        texts = texts_of(self.path, self.pair)
        pair = texts.pair
        scored = self._scores(texts, pair)
        marked = self._marked(texts, pair)
        if not scored and not marked:
            raise InputError(f"{self.path}: name its 'scores', one of {', '.join(_named(self.path, pair))}")
        ratings = list(_joined(scored, marked, texts, with_defaults(self.weights)))
        languages = pair.split("-")
        return HumanRatings(
            f"{self.path.name} {pair}",
            not_empty(ratings, self.path),
            self.scores or "MQM points, negated",
            texts.by_segment,
            tuple(texts.by_segment),
            languages[0],
            languages[-1],
            (*texts.files, *self._files(pair)),
        )

    def _files(self, pair: str) -> list[str]:
        named = ((self.scores, "score"), (self.ratings, "rating"))
        return [str(self.path / "human-scores" / f"{pair}.{n}.seg.{kind}") for n, kind in named if n]

    def _scores(self, texts: FolderTexts, pair: str) -> dict[str, list[float | None]]:
        if self.scores is None:
            return {}
        path = self.path / "human-scores" / f"{pair}.{self.scores}.seg.score"
        return block_scores(path, len(texts.by_segment))

    def _marked(self, texts: FolderTexts, pair: str) -> dict[str, list[tuple[str, str, str] | None]]:
        """Place, rating and rater by system and segment, unread."""
        if self.ratings is None:
            return {}
        path = self.path / "human-scores" / f"{pair}.{self.ratings}.seg.rating"
        found: dict[str, list[tuple[str, str, str] | None]] = defaultdict(list)
        for place, line in lines_of(path):
            system, rating, *rater = line.split("\t")
            is_rated = rating.strip() != "None"
            found[system].append((place, rating, rater[0] if rater else self.ratings) if is_rated else None)
        _check_blocks(found, len(texts.by_segment), path)
        return found


def block_scores(path: Path, segments: int) -> dict[str, list[float | None]]:
    """Scores by system of a file with ``SYSTEM SCORE`` on each line, a block of all segments a system."""
    found: dict[str, list[float | None]] = defaultdict(list)
    for place, line in lines_of(path):
        parts = line.split()
        if len(parts) != 2:
            raise InputError(f"{place}: must be a system and a score, with a space or tab between")
        found[parts[0]].append(number(parts[1], place, "the score"))
    _check_blocks(found, segments, path)
    return found


def _check_blocks(found: dict[str, Any], segments: int, path: Path) -> None:
    for system, block in found.items():
        if len(block) != segments:
            raise InputError(
                f"{path}: {len(block)} lines of {system}, but the test set has {segments} segments"
            )


def _named(folder: Path, pair: str) -> list[str]:
    names = [path.name for path in sorted(folder.glob(f"human-scores/{pair}.*.seg.score"))]
    return [name.removeprefix(f"{pair}.").removesuffix(".seg.score") for name in names] or [
        "(there are none)"
    ]


def _joined(
    scored: dict[str, list[float | None]],
    marked: dict[str, list[tuple[str, str, str] | None]],
    texts: FolderTexts,
    weights: Weights,
) -> Iterator[Rating]:
    for system in dict.fromkeys([*scored, *marked]):
        blanks: Sequence[None] = [None] * len(texts.by_segment)
        rows = zip(texts.by_segment, scored.get(system, blanks), marked.get(system, blanks), strict=True)
        for index, (segment, score, rating) in enumerate(rows):
            if score is not None or rating is not None:
                article, domain = texts.articles[index], texts.domains[index]
                target = texts.outputs[system][index] if system in texts.outputs else None
                errors, total = _errors(rating, target, weights) if rating else (None, None)
                own = score if scored else total
                rater = rating[2] if rating else None
                yield Rating(system, segment, own, article, rater, errors, target, domain)


def _errors(
    rating: tuple[str, str, str], target: str | None, weights: Weights
) -> tuple[tuple[MarkedError, ...], float]:
    """What was marked, and its points, negated."""
    place, text, _ = rating
    try:
        loaded: Any = json.loads(text)
        errors = tuple(marked_error(error, target) for error in loaded["errors"])
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{place}: is no rating: needs JSON with 'errors', each with start and end"
        ) from error
    return errors, -sum(points(error, weights, place) for error in errors)


def marked_error(error: dict[str, Any], target: str | None) -> MarkedError:
    """An error as mt-metrics-eval stores it; one in the source has no place in the target."""
    severity, category = str(error.get("severity") or ""), str(error.get("category") or "")
    start, end = int(error["start"]), int(error["end"])
    if error.get("is_source_error") or (target is not None and not 0 <= start <= end <= len(target)):
        return MarkedError(severity.lower(), category)
    return MarkedError(severity.lower(), category, start, end, (target or "")[start:end])
