"""The best share of the articles, by a score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator

from mtqe.data import ArticleReport
from mtqe.errors import ConfigError
from mtqe.filters import limits
from mtqe.filters.base import Needs, Null, Verdict, rules


def _share(value: Any) -> Any:
    """``80 %``, ``best 80 %`` or 0.8 as 0.8."""
    if not isinstance(value, str) or not value.strip().endswith("%"):
        return value
    return float(value.strip().removeprefix("best").removesuffix("%")) / 100


@rules.register
@dataclass(frozen=True)
class Best:
    """Keep the share ``keep`` ("80 %", or 0.8) of the articles that are best by ``score``.

    The limit is the percentile of ``sample`` articles drawn evenly from the whole input before the
    run, which therefore must be files and no pipe. The share kept is as exact as such a sample: 80 %
    by 2,000 articles is 80 ± 1.8 % (95 %). ``null`` decides about articles without the score.
    """

    score: str
    keep: Annotated[float, BeforeValidator(_share)]
    sample: int = 2000
    null: Null = "keep"
    at_least: float | None = None

    name: ClassVar[str] = "best"
    edges: ClassVar[tuple[float, ...]] = tuple(float(edge) for edge in range(0, 101, 5))

    def __post_init__(self) -> None:
        if not 0 < self.keep < 1:
            raise ValueError(f"keep is a share, such as 0.8 or '80 %', not {self.keep!r}")
        if self.sample < 1:
            raise ValueError(f"sample is a number of articles, not {self.sample}")

    @property
    def label(self) -> str:
        """``best 80 % by quality``, with the limit once it is known."""
        known = "" if self.at_least is None else f" (at least {self.at_least:g})"
        return f"best {100 * self.keep:g} % by {self.score}{known}"

    def needs(self) -> Needs:
        """That score."""
        return Needs(scores=frozenset((self.score,)))

    def measure(self, report: ArticleReport) -> float | None:
        """The article's score, 0 to 100."""
        return report.scores[self.score].value

    def limits(self) -> tuple[float | None, float | None]:
        """The percentile, and no most."""
        return self.at_least, None

    def fitted(self, values: Sequence[float]) -> Best:
        """With the percentile of ``values`` as its limit; as it is without any."""
        if not values:
            return self.limited(0.0)
        ordered = sorted(values)
        return self.limited(round(ordered[-max(round(self.keep * len(ordered)), 1)], 4))

    def limited(self, at_least: float | None) -> Best:
        """With this limit."""
        return replace(self, at_least=at_least)

    def judge(self, report: ArticleReport) -> Verdict:
        """Keep what is at or above the percentile."""
        if self.at_least is None:
            raise ConfigError("the rule 'best' needs a sample of the input; call ArticleFilter.fitted first")
        value = self.measure(report)
        if value is None:
            return limits.unknown(self.null, self.score, report.scores[self.score].note)
        return limits.compared(value, self.at_least, None, self.score)
