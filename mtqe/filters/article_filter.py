"""Rules that are ready to judge articles, and what they say as plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from mtqe.data import Article, ArticleReport
from mtqe.evaluate import mode_of
from mtqe.filters.base import KEEP, Rule, is_compound, is_relative
from mtqe.filters.needs import QUALITY, joined
from mtqe.filters.stages import Decision, Stages
from mtqe.quality import PARTS
from mtqe.scorers.base import Whole

# What is added to a record under "mtqe": everything, the verdict with its reasons, nothing.
Add = Literal["all", "verdict", "nothing"]

_DIGITS = 4


@dataclass(frozen=True)
class ArticleFilter:
    """Keeps articles or drops them, and says why.

    >>> from mtqe.data import Article
    >>> from mtqe.evaluate import Evaluator
    >>> from mtqe.filters.rules.length import Length
    >>> keep = ArticleFilter(Stages((Length(at_least=3),), Evaluator((), ())))
    >>> [decision.reasons for decision in keep.decide([Article("a", "Too short.")])]
    [('2 words, less than 3',)]
    """

    stages: Stages
    add: Add = "all"

    def decide(self, articles: Iterable[Article]) -> Iterator[Decision]:
        """One decision for each article, in order."""
        return self.stages.decide(articles)

    @property
    def reads_nothing(self) -> bool:
        """Whether it keeps every article and has nothing to say of it."""
        return not self.stages.rules and self.add == "nothing"

    def added(self, decision: Decision) -> dict[str, Any]:
        """What the filter says of an article: the object that a record gets under "mtqe"."""
        verdict: dict[str, Any] = {"keep": decision.keep, "reasons": list(decision.reasons)}
        if self.add != "all":
            return verdict
        report = decision.report
        article = report.article
        errors = _errors(report)
        return verdict | {
            "scores": {name: _rounded(score.value) for name, score in sorted(report.scores.items())},
            **({"standard_errors": errors} if errors else {}),
            "issues": dict(sorted(Counter(issue.category for issue in report.issues).items())),
            "words": report.words,
            "target_lang": article.target_lang,
            "signature": self._signatures(article) + (self._sampled if errors else ""),
        }

    @property
    def _sampled(self) -> str:
        sampling = self.stages.sampling
        return "" if sampling is None else f"|sample:{sampling.segments} segments, seed {sampling.seed}"

    @cached_property
    def names(self) -> tuple[list[str], list[str], list[str]]:
        """The scores, the categories, and the scores with errors that ``added`` may have, in order."""
        if self.add != "all":
            return [], [], []
        evaluator = self.stages.evaluator
        needs = joined([self.stages.always, *(rule.needs() for rule in self.stages.rules)])
        parts = set(PARTS) if QUALITY in needs.scores else set()
        scores = {s.gives for s in evaluator.scorers if s.gives in needs.scores | parts}
        categories = {d.name for d in evaluator.detectors} if needs.categories or parts else set()
        scores |= needs.scores & {QUALITY}
        whole = {s.gives for s in evaluator.scorers if isinstance(s, Whole)}
        estimated = scores - whole if self.stages.sampling else set()
        return sorted(scores), sorted(categories), sorted(estimated)

    @cached_property
    def _signatures(self) -> Callable[[Article], str]:
        """The signature of an article's numbers; the same for all that are alike in these respects."""
        known: dict[tuple[Any, ...], str] = {}

        def signature(article: Article) -> str:
            key = (mode_of(article), article.source_lang, article.target_lang, article.detected)
            if key not in known:
                known[key] = self.stages.evaluator.signature(article, key[0])
            return known[key]

        return signature

    @property
    def sample(self) -> int:
        """How many articles the rules have to see before they can judge; mostly none."""
        return max((rule.sample for rule in _leaves(self.stages.rules) if is_relative(rule)), default=0)

    def fitted(self, sample: Iterable[Article]) -> ArticleFilter:
        """The same with the limits that a sample of the input gives to relative rules."""
        if not self.sample:
            return self
        values = self._values(sample)
        fit = _fitting(values)
        return replace(self, stages=replace(self.stages, rules=tuple(map(fit, self.stages.rules))))

    @property
    def relative_limits(self) -> list[float | None]:
        """The limits of the relative rules, in order."""
        return [rule.at_least for rule in _leaves(self.stages.rules) if is_relative(rule)]

    def with_limits(self, limits: Sequence[float | None]) -> ArticleFilter:
        """The same with these limits, as ``relative_limits`` gave them."""
        left = iter(limits)

        def fit(rule: Any) -> Any:
            if is_compound(rule):
                return rule.rebuilt([fit(part) for part in rule.rules])
            return rule.limited(next(left)) if is_relative(rule) else rule

        return replace(self, stages=replace(self.stages, rules=tuple(map(fit, self.stages.rules))))

    def _values(self, sample: Iterable[Article]) -> Mapping[Any, list[float]]:
        """For each relative rule the numbers of the articles that it would judge."""
        relative = [rule for rule in _leaves(self.stages.rules) if is_relative(rule)]
        others = [rule for rule in self.stages.rules if not any(is_relative(r) for r in _leaves([rule]))]
        open_rules = tuple(_opened(rule) for rule in self.stages.rules if rule not in others)
        stages = replace(self.stages, rules=(*others, *open_rules), every_rule=False)
        values: dict[Any, list[float]] = {rule: [] for rule in relative}
        for decision in stages.decide(sample):
            for rule in _active(self.stages.rules, decision):
                if decision.keep and is_relative(rule):
                    value = rule.measure(decision.report)
                    values[rule] += [] if value is None else [value]
        return values


@dataclass(frozen=True)
class _Open:
    """A relative rule that keeps everything: while its sample is drawn."""

    rule: Any
    name = "open"

    @property
    def label(self) -> str:
        return str(self.rule.label)

    def needs(self) -> Any:
        return self.rule.needs()

    def judge(self, report: Any) -> Any:
        return KEEP


def _opened(rule: Any) -> Any:
    if is_compound(rule):
        return rule.rebuilt([_opened(part) for part in rule.rules])
    return _Open(rule) if is_relative(rule) else rule


def _fitting(values: Mapping[Any, list[float]]) -> Callable[[Any], Any]:
    def fit(rule: Any) -> Any:
        if is_compound(rule):
            return rule.rebuilt([fit(part) for part in rule.rules])
        return rule.fitted(values[rule]) if is_relative(rule) else rule

    return fit


def _leaves(rules: Sequence[Rule]) -> Iterator[Any]:
    """The rules that are made of no others."""
    for rule in rules:
        if is_compound(rule):
            yield from _leaves(rule.rules)
        else:
            yield rule


def _active(rules: Sequence[Rule], decision: Decision) -> Iterator[Any]:
    """As ``_leaves``, of the rules that judge an article."""
    for rule in rules:
        if is_compound(rule):
            yield from _active(list(rule.active(decision.report)), decision)
        else:
            yield rule


def _errors(report: ArticleReport) -> dict[str, float | None]:
    """The standard errors of the scores that rest on a sample."""
    found = ((name, score.stats.get("standard_error")) for name, score in sorted(report.scores.items()))
    return {name: _rounded(error) for name, error in found if error is not None}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS) + 0.0
