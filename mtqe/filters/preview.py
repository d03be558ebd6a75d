"""What each rule would drop, from a sample, before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from mtqe.errors import InputError
from mtqe.filters import tally
from mtqe.filters.base import Measured, Rule
from mtqe.filters.chunks import read_chunks
from mtqe.filters.plan import Plan, planned
from mtqe.filters.run_file import FilterRun
from mtqe.filters.sample import sample_articles
from mtqe.filters.stages import Decision, numbers
from mtqe.filters.summary import outside, percent, span
from mtqe.readers.files import STANDARD_INPUT
from mtqe.writers.view import one_line

_BAR = 40
_EXAMPLES = 3
_WIDTH = 100

# Otsu (1979): the share of the variance that two groups explain. Of a uniform distribution it is 0.75,
# of a normal one 0.64: more is two groups.
_TWO_GROUPS = 0.75

# Tukey (1977): beyond so many interquartile ranges from the quartiles is far out.
_FENCE = 1.5

_SHARES = (0.01, 0.05, 0.1, 0.2)


class Suggestion(NamedTuple):
    """A limit, why, and which share of the sample it would drop."""

    limit: float
    why: str
    share: float


def preview(run: FilterRun, size: int) -> str:
    """For each rule: how many of ``size`` articles it drops, alone and first; numbers; a suggested limit."""
    plan = planned(run)
    if STANDARD_INPUT in plan.files:
        raise InputError(
            "a preview draws a sample from the whole input; give files instead of standard input"
        )
    articles = sample_articles(read_chunks(plan.files, plan.settings), plan.work.sides, size)
    if not articles:
        raise InputError(f"{', '.join(plan.files)}: no article in there")
    keep = plan.filter.fitted(articles)
    stages = replace(keep.stages, every_rule=True)
    return "\n".join(_lines(stages.ordered, list(stages.decide(articles)), plan)) + "\n"


def _lines(rules: Sequence[Rule], decisions: Sequence[Decision], plan: Plan) -> Iterator[str]:
    kept = sum(decision.keep for decision in decisions)
    yield f"{len(decisions)} articles of {', '.join(plan.files[:3])}{' ...' if len(plan.files) > 3 else ''}"
    yield f"kept: {kept} ({percent(kept, len(decisions))})"
    for rule in rules:
        yield ""
        yield from _rule(rule, decisions)


def _rule(rule: Rule, decisions: Sequence[Decision]) -> Iterator[str]:
    verdicts = [(decision, rule.judge(decision.report)) for decision in decisions]
    dropped = [(decision, verdict) for decision, verdict in verdicts if not verdict.keep]
    first = sum(decision.rule == rule.label for decision in decisions)
    share = percent(len(dropped), len(decisions))
    yield f"{rule.label}: drops {len(dropped)} ({share}), {first} of them first"
    for decision, verdict in dropped[:_EXAMPLES]:
        text = one_line(decision.report.article.target[: 2 * _WIDTH])
        yield f"  - {one_line(decision.report.article.id)}: {one_line(verdict.reason or '')}"
        yield f"      {text[:_WIDTH]}{'…' if len(text) > _WIDTH else ''}"
    found = tally.measured([rule])
    for label, measured in found.items():
        values = [value for d in decisions for name, value in numbers(rule, d.report) if name == label]
        yield from _numbers(label if len(found) > 1 else "", measured, values)


def _numbers(label: str, rule: Measured, values: Sequence[float | None]) -> Iterator[str]:
    known = sorted(value for value in values if value is not None)
    if label:
        yield f"  {label}:"
    if len(known) < len(values):
        yield f"  without a number: {len(values) - len(known)}"
    if not known:
        return
    yield from _histogram(rule, known)
    below = rule.limits()[0] is not None
    shares = (f"{limit_of(known, share, below):.4g} would drop {100 * share:g} %" for share in _SHARES)
    yield f"  limits: {', '.join(shares)}"
    found = suggested(known, below)
    if found is None:
        yield "  no limit suggests itself: nothing is far out"
    else:
        side = "at_least" if below else "at_most"
        yield f"  suggested: {side} {found.limit:.4g}, {found.why}; it would drop {100 * found.share:.1f} %"


def _histogram(rule: Measured, values: Sequence[float]) -> Iterator[str]:
    counts: Mapping[str, Any] = tally.histogram(rule)
    for value in values:
        tally.count(counts, value)
    bars, edges = counts["counts"], counts["edges"]
    used = [index for index, count in enumerate(bars) if count]
    labels = [span(edges, index) for index in range(len(bars))]
    width = max(len(labels[index]) for index in range(used[0], used[-1] + 1))
    for index in range(used[0], used[-1] + 1):
        bar = "█" * round(_BAR * bars[index] / max(bars))
        out = " dropped" if outside(edges, index, *rule.limits()) and bars[index] else ""
        yield f"  {labels[index]:>{width}} {bar or ('▏' if bars[index] else '')} {bars[index]}{out}"


def limit_of(ordered: Sequence[float], share: float, below: bool) -> float:
    """The limit that would drop about this share of the numbers, from the low end or the high one."""
    index = min(round(share * len(ordered)), len(ordered) - 1)
    return ordered[index] if below else ordered[len(ordered) - 1 - index]


def suggested(ordered: Sequence[float], below: bool) -> Suggestion | None:
    """The limit that parts two groups, or else what is far out; None where nothing is."""
    split, explained = otsu(ordered)
    if explained > _TWO_GROUPS:
        return Suggestion(split, "between two groups (Otsu)", _share(ordered, split, below))
    low, high = (ordered[round(q * (len(ordered) - 1))] for q in (0.25, 0.75))
    fence = low - _FENCE * (high - low) if below else high + _FENCE * (high - low)
    share = _share(ordered, fence, below)
    return Suggestion(fence, "far out (Tukey's fence)", share) if share > 0 else None


def _share(values: Sequence[float], limit: float, below: bool) -> float:
    return sum(value < limit if below else value > limit for value in values) / len(values)


def otsu(ordered: Sequence[float]) -> tuple[float, float]:
    """The number between the two groups that explain most variance, and the share that they explain."""
    total, count = sum(ordered), len(ordered)
    mean = total / count
    variance = sum((value - mean) ** 2 for value in ordered)
    best, at, low = 0.0, 0, 0.0
    for index in range(1, count):
        low += ordered[index - 1]
        # Equal numbers are in one group.
        if ordered[index] == ordered[index - 1]:
            continue
        between = index * (count - index) / count * (low / index - (total - low) / (count - index)) ** 2
        if between > best:
            best, at = between, index
    if at == 0 or variance == 0:
        return ordered[0], 0.0
    return (ordered[at - 1] + ordered[at]) / 2, best / variance
