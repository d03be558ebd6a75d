"""What a run came to, in numbers that can be added up."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from mtqe.filters.base import Measured, Rule, is_compound, is_measured
from mtqe.filters.stages import Decision

# Hosts beyond so many different ones are counted together.
_HOSTS = 1000
_OTHERS = "(others)"

# Articles at each side of a limit that the summary shows, and articles for each rule.
_BORDER = 4
_EXAMPLES = 3
_SHOWN = 220

# Most addresses; taking others apart takes longer than reading a record.
_ADDRESS = re.compile(r"https?://([A-Za-z0-9.-]+)(?:[/?#]|$)", re.A)


@dataclass
class Tally:
    """Counts of a part of a run. Everything in it is plain data, so that it can be kept in a journal."""

    kept: int = 0
    dropped: int = 0
    records_kept: int = 0
    records_dropped: int = 0
    bad: int = 0
    words: int = 0
    rules: dict[str, int] = field(default_factory=dict)
    languages: dict[str, list[int]] = field(default_factory=dict)
    hosts: dict[str, list[int]] = field(default_factory=dict)
    numbers: dict[str, Any] = field(default_factory=dict)
    examples: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    border: dict[str, dict[str, list[list[Any]]]] = field(default_factory=dict)

    def record(self) -> dict[str, Any]:
        """As JSON, of which the tally's own lists and mappings are parts."""
        return dict(vars(self))


def measured(rules: Sequence[Rule]) -> dict[str, Measured]:
    """The rules that compare a number with a limit, by their label."""
    found: dict[str, Measured] = {}
    for rule in rules:
        if is_compound(rule):
            found |= measured(rule.rules)
        elif is_measured(rule):
            found[rule.label] = rule
    return found


def add(tally: Tally, decision: Decision, limits: Mapping[str, Measured]) -> None:
    """Count one article."""
    report = decision.report
    article = report.article
    side = 0 if decision.keep else 1
    tally.kept += decision.keep
    tally.dropped += not decision.keep
    tally.words += report.words
    tally.languages.setdefault(article.target_lang or "und", [0, 0])[side] += 1
    host = host_of(article.meta, article.id)
    if host:
        _capped(tally.hosts, host)[side] += 1
    if decision.rule is not None:
        tally.rules[decision.rule] = tally.rules.get(decision.rule, 0) + 1
        examples = tally.examples.setdefault(decision.rule, [])
        if len(examples) < _EXAMPLES:
            examples.append(example(decision))
    for label, value in decision.numbers.items():
        _number(tally, decision, limits[label], label, value)


def histogram(rule: Measured) -> dict[str, Any]:
    """The counts of a rule's numbers between its edges, still 0; "null" counts articles without one."""
    edges = list(rule.edges)
    return {"edges": edges, "limits": list(rule.limits()), "counts": [0] * len(edges), "null": 0}


def count(histogram: Mapping[str, Any], value: float) -> None:
    """Count a number in the bar that it belongs to; the last bar has no end."""
    counts = histogram["counts"]
    counts[min(max(bisect_right(histogram["edges"], value) - 1, 0), len(counts) - 1)] += 1


def _number(tally: Tally, decision: Decision, rule: Measured, label: str, value: float | None) -> None:
    found = tally.numbers.setdefault(label, histogram(rule))
    if value is None:
        found["null"] += 1
        return
    count(found, value)
    at_least, at_most = rule.limits()
    distances = [abs(value - limit) for limit in (at_least, at_most) if limit is not None]
    if distances:
        outside = (at_least is not None and value < at_least) or (at_most is not None and value > at_most)
        border = tally.border.setdefault(label, {}).setdefault("dropped" if outside else "kept", [])
        if len(border) < _BORDER or min(distances) < border[-1][0]:
            border.append([min(distances), value, example(decision)])
            border.sort(key=lambda entry: entry[0])
            del border[_BORDER:]


def example(decision: Decision) -> dict[str, Any]:
    """An article for people to look at."""
    article = decision.report.article
    text = " ".join(article.target[: 4 * _SHOWN].split())
    shown = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return {"id": article.id, "text": shown, "reasons": list(decision.reasons)}


def merge(tallies: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The tallies of parts, in order, as that of the whole."""
    whole: dict[str, Any] = Tally().record()
    for tally in tallies:
        for name in ("kept", "dropped", "records_kept", "records_dropped", "bad", "words"):
            whole[name] += tally[name]
        for label, dropped in tally["rules"].items():
            whole["rules"][label] = whole["rules"].get(label, 0) + dropped
        for lang, counts in tally["languages"].items():
            _plus(whole["languages"].setdefault(lang, [0, 0]), counts)
        for host, counts in tally["hosts"].items():
            _plus(_capped(whole["hosts"], host), counts)
        _merge_numbers(whole, tally)
    return whole


def _merge_numbers(whole: dict[str, Any], tally: Mapping[str, Any]) -> None:
    for label, histogram in tally["numbers"].items():
        known = whole["numbers"].setdefault(
            label, {**histogram, "counts": [0] * len(histogram["counts"]), "null": 0}
        )
        known["null"] += histogram["null"]
        _plus(known["counts"], histogram["counts"])
    for label, examples in tally["examples"].items():
        whole["examples"][label] = (whole["examples"].get(label, []) + examples)[:_EXAMPLES]
    for label, sides in tally["border"].items():
        for side, entries in sides.items():
            known = whole["border"].setdefault(label, {}).get(side, [])
            joined = sorted([*known, *entries], key=lambda entry: entry[0])
            whole["border"][label][side] = joined[:_BORDER]


def _plus(counts: list[int], more: Sequence[int]) -> None:
    for index, count in enumerate(more):
        counts[index] += count


def _capped(hosts: dict[str, list[int]], host: str) -> list[int]:
    return hosts.setdefault(host if host in hosts or len(hosts) < _HOSTS else _OTHERS, [0, 0])


def host_of(meta: Mapping[str, Any], name: str) -> str | None:
    """The host that an article is from, where its record says so or its id is an address."""
    for field_ in ("host", "domain"):
        if isinstance(meta.get(field_), str):
            return str(meta[field_])
    url = str(meta["url"] if isinstance(meta.get("url"), str) else name)
    usual = _ADDRESS.match(url)
    if usual:
        return usual[1].lower()
    try:
        return urlsplit(url).hostname if "://" in url else None
    except ValueError:
        return None
