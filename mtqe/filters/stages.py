"""Cheap first: each rule gets what it needs of a report, and only articles that are still kept go on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from mtqe.data import Article, ArticleReport, Issue, Mode, Score
from mtqe.evaluate import Evaluator, mode_of
from mtqe.filters.base import NOTHING, Needs, Rule, is_compound, is_early, is_measured
from mtqe.filters.needs import QUALITY, cost, joined
from mtqe.filters.sampling import Sample, Sampling, is_estimate, only
from mtqe.issues import issues_beside, set_aside
from mtqe.prepare import prepare, with_languages
from mtqe.quality import PARTS
from mtqe.scorers.base import Scorer, Whole
from mtqe.text.words import count_words

# Articles that are worked on together: models are faster with more, memory is smaller with fewer.
_BATCH = 64


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of an article, and why.

    ``rule`` is the label of the first rule, in order of cost, that drops it. ``report`` has no more than
    the rules needed up to there. ``numbers`` are those that rules with limits compared, by label.
    """

    keep: bool
    reasons: tuple[str, ...]
    rule: str | None
    report: ArticleReport
    numbers: dict[str, float | None] = field(default_factory=dict)


@dataclass
class _State:
    """An article and what has been worked out of it so far."""

    article: Article
    words: int
    prepared: Article | None = None  # with languages and segments
    judged: Article | None = None  # with the segments that are no part of it set aside
    excluding: list[Issue] = field(default_factory=list)  # for these issues
    issues: list[Issue] | None = None  # all of them
    shown: Sequence[Issue] = ()  # those that rules have asked for
    columns: dict[str, list[Score]] = field(default_factory=dict)
    pooled: dict[str, Score] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    rule: str | None = None
    mode: Mode | None = None
    numbers: dict[str, float | None] = field(default_factory=dict)
    sample: Sample | None = None
    whole: bool = False  # whether a sample was not enough


@dataclass(frozen=True, slots=True)
class Step:
    """A rule and what it needs; ``early`` is what it needs to be sure that it drops an article."""

    rule: Rule
    needs: Needs
    early: bool = False


@dataclass(frozen=True)
class Stages:
    """Rules, cheap ones first, and the evaluator that works out what they need.

    ``always`` is worked out of every article that is kept, for the output. With ``every_rule`` an
    article that one rule drops is still judged by the others, and all their reasons are given;
    what is kept is the same. ``sampling`` says how long articles are scored by a sample.
    """

    rules: tuple[Rule, ...]
    evaluator: Evaluator
    always: Needs = NOTHING
    every_rule: bool = False
    sampling: Sampling | None = None

    @cached_property
    def ordered(self) -> tuple[Rule, ...]:
        """The rules in order of cost; those of equal cost as they were given."""
        return tuple(sorted(self.rules, key=lambda rule: cost(rule.needs(), self._aside)))

    @cached_property
    def _aside(self) -> frozenset[str]:
        """Categories that say what is no part of an article: all that a rule on them needs to know."""
        return frozenset(detector.name for detector in self.evaluator.detectors if detector.excludes)

    def decide(self, articles: Iterable[Article]) -> Iterator[Decision]:
        """One decision for each article, in order."""
        states: list[_State] = []
        for article in articles:
            states.append(_State(article, count_words(article.target)))
            if len(states) == _BATCH:
                yield from self._decide(states)
                states = []
        yield from self._decide(states)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Rules in order of cost, and before some of them what makes them sure to drop."""
        whole = [Step(rule, rule.needs()) for rule in self.rules]
        early = [
            Step(rule, needs, early=True)
            for rule in self.rules
            if not self.every_rule and is_early(rule) and (needs := rule.early_needs()) is not None
        ]
        return tuple(sorted([*early, *whole], key=lambda step: cost(step.needs, self._aside)))

    def _decide(self, states: list[_State]) -> Iterator[Decision]:
        left = states
        for step in self.steps:
            self._work_out(left, step.needs)
            if step.early:
                for state in left:
                    self._judge_early(state, step)
            else:
                self._read_on(left, step.rule)
                for state in left:
                    self._judge(state, step.rule)
            left = left if self.every_rule else [state for state in left if state.rule is None]
        self._work_out([state for state in states if state.rule is None], self.always)
        return (self._decision(state) for state in states)

    def _read_on(self, states: Sequence[_State], rule: Rule) -> None:
        """Score the rest of those articles whose sample leaves the rule's verdict open."""
        sampling = self.sampling
        if sampling is None:
            return
        unsure = [s for s in states if not s.whole and sampling.leaves_open(rule, self._report(s))]
        names: set[str] = set()
        for state in unsure:
            state.whole = True
            estimates = [name for name, score in state.pooled.items() if is_estimate(score)]
            names.update(estimates)
            for name in estimates:
                state.pooled.pop(name)
                state.columns.pop(name, None)
        self._work_out(unsure, Needs(scores=frozenset(names)))

    def _judge(self, state: _State, rule: Rule) -> None:
        report = self._report(state)
        verdict = rule.judge(report)
        state.numbers.update(numbers(rule, report))
        if not verdict.keep:
            state.rule = state.rule or rule.label
            state.reasons.append(verdict.reason or rule.label)

    def _judge_early(self, state: _State, step: Step) -> None:
        """Drop what is sure to be dropped. An estimate is never sure."""
        report = self._report(state)
        scores = (report.scores[name] for name in step.needs.scores)
        if not is_early(step.rule) or any(map(is_estimate, scores)):
            return
        verdict = step.rule.judge_early(report)
        if not verdict.keep:
            state.rule = step.rule.label
            state.reasons.append(verdict.reason or step.rule.label)

    def _decision(self, state: _State) -> Decision:
        keep = state.rule is None
        return Decision(keep, tuple(state.reasons), state.rule, self._report(state), state.numbers)

    def _report(self, state: _State) -> ArticleReport:
        """As much of the report as there is: no segments, and no signature, which ``signed`` gives."""
        article = state.judged or state.prepared or state.article
        mode = state.mode or mode_of(article)
        state.mode = mode
        return ArticleReport(article, mode, state.pooled, (), tuple(state.shown), state.words, "")

    def _work_out(self, states: Sequence[_State], needs: Needs) -> None:
        if needs.languages:
            for state in states:
                state.article = with_languages(state.article) if state.prepared is None else state.article
        wanted = [name for name in needs.scores if name != QUALITY]
        quality = QUALITY in needs.scores
        scored = sorted({*wanted, *(self._parts if quality else ())}, key=_rank)
        if needs.categories:
            aside = needs.categories <= self._aside
            _each(states, self._show_aside if aside else self._find_issues)
        if quality:
            _each(states, self._find_issues)
        if scored:
            _each(states, self._set_aside)
        for name in scored:
            self._score(states, name)
        if quality:
            _each(states, self._pool_quality)

    @property
    def _parts(self) -> list[str]:
        return [scorer.gives for scorer in self.evaluator.scorers if scorer.gives in PARTS]

    def _prepare(self, state: _State) -> Article:
        if state.prepared is None:
            state.prepared = prepare(state.article, self.evaluator.vectors)
        return state.prepared

    def _set_aside(self, state: _State) -> None:
        if state.judged is None:
            state.judged, state.excluding = set_aside(self._prepare(state), self.evaluator.detectors)

    def _show_aside(self, state: _State) -> None:
        self._set_aside(state)
        if state.issues is None:
            state.shown = state.excluding

    def _find_issues(self, state: _State) -> None:
        if state.issues is None:
            self._set_aside(state)
            judged = state.judged or state.article
            state.issues = issues_beside(judged, self.evaluator.detectors, state.excluding)
            state.shown = state.issues

    def _score(self, states: Sequence[_State], name: str) -> None:
        """The columns of a score, of those states that lack it."""
        scorer = next(scorer for scorer in self.evaluator.scorers if scorer.gives == name)
        lacking = [state for state in states if name not in state.columns]
        articles = [self._shown(state, scorer) for state in lacking]
        for state, article, column in zip(lacking, articles, scorer.score(articles), strict=True):
            state.columns[name] = column
            state.pooled[name] = self._pooled(state, scorer, article, column)

    def _shown(self, state: _State, scorer: Scorer) -> Article:
        """What a scorer sees of an article: all of it, or the sample."""
        if state.sample is None and self.sampling and state.judged and not state.whole:
            state.sample = self.sampling.drawn(state.judged)
        if state.sample is None or state.whole or isinstance(scorer, Whole):
            return state.judged or state.article
        return state.sample.article

    def _pooled(self, state: _State, scorer: Scorer, article: Article, column: list[Score]) -> Score:
        if self.sampling is None or state.sample is None or article is not state.sample.article:
            return scorer.pool(article, column)
        return self.sampling.estimate(state.sample, lambda part, kept: scorer.pool(part, only(column, kept)))

    def _pool_quality(self, state: _State) -> None:
        if QUALITY in state.pooled:
            return
        scorers = [scorer for scorer in self.evaluator.scorers if scorer.gives in state.columns]
        sampled = {s.gives for s in scorers if s.gives in PARTS and _has_estimate(state, s.gives)}
        known = self._qualities(state, [scorer for scorer in scorers if scorer.gives not in sampled])
        quality = self.evaluator.quality.pool(state.judged or state.article, known)
        if sampled and self.sampling and state.sample:
            of_sample = self._qualities(state, scorers)
            pooling = self.evaluator.quality.pool
            quality = self.sampling.estimate_sum(state.sample, pooling, quality, known, of_sample)
        state.pooled = {QUALITY: quality, **state.pooled}

    def _qualities(self, state: _State, scorers: Sequence[Scorer]) -> list[Score]:
        columns = [(scorer, state.columns[scorer.gives]) for scorer in scorers]
        return self.evaluator.qualities(state.judged or state.article, state.issues or [], columns)


def _has_estimate(state: _State, name: str) -> bool:
    return is_estimate(state.pooled[name]) and state.pooled[name].value is not None


def _each(states: Sequence[_State], work: Callable[[_State], None]) -> None:
    for state in states:
        work(state)


def _rank(name: str) -> tuple[int, str]:
    """Scores in order of cost: fluency needs no sentence vectors."""
    return (PARTS.index(name) if name in PARTS else len(PARTS), name)


def numbers(rule: Rule, report: ArticleReport) -> Iterator[tuple[str, float | None]]:
    """Label and number of a rule with limits, and of those that a rule is made of."""
    if is_compound(rule):
        for part in rule.active(report):
            yield from numbers(part, report)
    elif is_measured(rule):
        yield rule.label, rule.measure(report)


def all_needs(rules: Iterable[Rule]) -> Needs:
    """What the rules of a run need, all together."""
    return joined(rule.needs() for rule in rules)
