"""What a rule is: it looks at the report of an article and says keep or drop, with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol, TypeGuard

from mtqe.data import ArticleReport
from mtqe.registry import Registry

# What becomes of an article of which a rule can't say anything.
Null = Literal["keep", "drop"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Keep an article or not; ``reason`` says why not, for people to read."""

    keep: bool
    reason: str | None = None


KEEP = Verdict(True)


@dataclass(frozen=True, slots=True)
class Needs:
    """What of a report a rule looks at, so that nothing else is worked out for it.

    ``categories`` are issues' categories, and ``ANY_CATEGORY`` stands for all of them.
    """

    languages: bool = False
    categories: frozenset[str] = frozenset()
    scores: frozenset[str] = frozenset()


ANY_CATEGORY = "*"
NOTHING = Needs()


class Rule(Protocol):
    """Decides about one article.

    A rule is a frozen dataclass: its fields are its options. It must not look at more of the
    report than it ``needs``: rules of small needs run first, on reports that have no more yet.
    The article's text, meta and number of words are always there.
    """

    name: ClassVar[str]

    @property
    def label(self) -> str:
        """What it asks of an article, in a few words: "quality at least 40"."""
        ...

    def needs(self) -> Needs:
        """What of the report it looks at."""
        ...

    def judge(self, report: ArticleReport) -> Verdict:
        """Keep or drop, with the reason."""
        ...


class Measured(Protocol):
    """A rule that compares one number of a report with limits.

    ``edges`` divide the numbers into the bars of a histogram, ``at_least`` and ``at_most`` are
    the limits, or None.
    """

    edges: ClassVar[tuple[float, ...]]

    @property
    def label(self) -> str:
        """What it asks of an article, in a few words."""
        ...

    def measure(self, report: ArticleReport) -> float | None:
        """The number; None if there is none."""
        ...

    def limits(self) -> tuple[float | None, float | None]:
        """The least and the most that an article may have."""
        ...


class Early(Rule, Protocol):
    """A rule that may be sure to drop an article before it has all that it needs."""

    def early_needs(self) -> Needs | None:
        """What that takes; None if there is no such case."""
        ...

    def judge_early(self, report: ArticleReport) -> Verdict:
        """Drop what is dropped whatever the rest of the report says. Keep means that this is not known."""
        ...


class Compound(Protocol):
    """A rule that is made of others."""

    @property
    def rules(self) -> tuple[Any, ...]:
        """All of them."""
        ...

    def active(self, report: ArticleReport) -> Sequence[Any]:
        """Those that judge this article."""
        ...

    def rebuilt(self, rules: Sequence[Any]) -> Any:
        """The same with other rules in the places of its own."""
        ...


class Relative(Protocol):
    """A rule whose limit comes of a sample of the input; None until then."""

    sample: int
    at_least: float | None

    def measure(self, report: ArticleReport) -> float | None:
        """The number that the limit is for."""
        ...

    def fitted(self, values: Sequence[float]) -> Any:
        """The rule with the limit that these numbers of the sample give."""
        ...

    def limited(self, at_least: float | None) -> Any:
        """The rule with this limit."""
        ...


# By a method that only they have: a look at all members of a protocol takes longer than most rules.
def is_measured(rule: Any) -> TypeGuard[Measured]:
    """Whether a rule compares a number with limits."""
    return hasattr(rule, "edges")


def is_early(rule: Any) -> TypeGuard[Early]:
    """Whether a rule may be sure before it has all that it needs."""
    return hasattr(rule, "judge_early")


def is_compound(rule: Any) -> TypeGuard[Compound]:
    """Whether a rule is made of others."""
    return hasattr(rule, "rebuilt")


def is_relative(rule: Any) -> TypeGuard[Relative]:
    """Whether a rule's limit comes of a sample."""
    return hasattr(rule, "fitted")


rules: Registry[Rule] = Registry("rule", "mtqe.filters.rules")
