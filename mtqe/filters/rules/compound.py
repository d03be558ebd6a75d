"""Rules made of rules: all of them, or any of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from mtqe.data import ArticleReport
from mtqe.filters.base import KEEP, Needs, Verdict, rules
from mtqe.filters.needs import joined


@rules.register
@dataclass(frozen=True)
class All:
    """Keep articles that every rule of ``of`` keeps."""

    of: tuple[Any, ...]

    name: ClassVar[str] = "all"

    @property
    def label(self) -> str:
        """Its rules' labels."""
        return " and ".join(rule.label for rule in self.of)

    @property
    def rules(self) -> tuple[Any, ...]:
        """All of them."""
        return self.of

    def active(self, report: ArticleReport) -> Sequence[Any]:
        """All of them."""
        return self.of

    def rebuilt(self, rules: Sequence[Any]) -> All:
        """The same of other rules."""
        return replace(self, of=tuple(rules))

    def needs(self) -> Needs:
        """What any of them needs."""
        return joined(rule.needs() for rule in self.of)

    def judge(self, report: ArticleReport) -> Verdict:
        """The first verdict that drops."""
        verdicts = (rule.judge(report) for rule in self.of)
        return next((verdict for verdict in verdicts if not verdict.keep), KEEP)


@rules.register
@dataclass(frozen=True)
class Any_:  # noqa: N801  # "any" in a run file; Any is a type
    """Keep articles that at least one rule of ``of`` keeps."""

    of: tuple[Any, ...]

    name: ClassVar[str] = "any"

    @property
    def label(self) -> str:
        """Its rules' labels."""
        return " or ".join(rule.label for rule in self.of)

    @property
    def rules(self) -> tuple[Any, ...]:
        """All of them."""
        return self.of

    def active(self, report: ArticleReport) -> Sequence[Any]:
        """All of them."""
        return self.of

    def rebuilt(self, rules: Sequence[Any]) -> Any_:
        """The same of other rules."""
        return replace(self, of=tuple(rules))

    def needs(self) -> Needs:
        """What any of them needs."""
        return joined(rule.needs() for rule in self.of)

    def judge(self, report: ArticleReport) -> Verdict:
        """Keep, or all their reasons."""
        verdicts = [rule.judge(report) for rule in self.of]
        if not verdicts or any(verdict.keep for verdict in verdicts):
            return KEEP
        return Verdict(False, " and ".join(verdict.reason or "" for verdict in verdicts))
