"""What every readable format shows of a benchmark: headings, rows and sentences, worked out once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

Record = Mapping[str, Any]

# Categories of issues that have a column; the others are in the JSON report.
MOST_CATEGORIES = 6


def heading(record: Record) -> str:
    """``6 systems, fr → en, 1,418 segments in 117 documents, ranked by BLEU``."""
    about = record["test_set"]
    parts = [_count(len(record["systems"]), "system")]
    if about["target_lang"]:
        parts.append(f"{about['source_lang'] or '?'} → {about['target_lang']}")
    documents = f" in {_count(about['documents'], 'document')}" if about["documents"] else ""
    parts.append(_count(about["segments"], "segment") + documents)
    return ", ".join([*parts, f"ranked by {title(record, record['rank_by'])}"])


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def title(record: Record, name: str) -> str:
    """What a column is called by people."""
    return next(str(column["title"]) for column in record["columns"] if column["name"] == name)


def arrow(column: Record) -> str:
    """Whether higher or lower is better."""
    return "↑" if column["higher_is_better"] else "↓"


def score(cell: Record) -> str:
    """``34.2 ±0.8``: the score and half of its 95 % interval."""
    value = cell["value"]
    if value is None:
        return "–"
    if cell["low"] is None:
        return f"{value:.1f}"
    return f"{value:.1f} ±{(cell['high'] - cell['low']) / 2:.1f}"


def categories(record: Record) -> list[str]:
    """The most frequent categories of issues, over all systems together."""
    sums: dict[str, float] = {}
    for system in record["systems"]:
        for name, rate in system["issues"].items():
            sums[name] = sums.get(name, 0.0) + rate
    return sorted(sums, key=lambda name: (-sums[name], name))


def table(record: Record) -> list[list[str]]:
    """The leaderboard: a row of headings, then one for each system."""
    shown = categories(record)[:MOST_CATEGORIES]
    judged = [system for system in record["systems"] if system["words"] is not None]
    heads = ["#", "cluster", "system", *(f"{c['title']} {arrow(c)}" for c in record["columns"])]
    rows = [[*heads, *(["issues/1,000 words"] if judged else []), *shown]]
    for system in record["systems"]:
        cluster = system["scores"][record["rank_by"]]["cluster"]
        rates = [f"{sum(system['issues'].values()):.1f}"] if judged else []
        rows.append(
            [
                "–" if system["rank"] is None else str(system["rank"]),
                "–" if cluster is None else str(cluster),
                system["name"],
                *(score(system["scores"][column["name"]]) for column in record["columns"]),
                *rates,
                *(f"{system['issues'].get(name, 0.0):.1f}" for name in shown),
            ]
        )
    return rows


def how_tested(record: Record) -> str:
    """How intervals, tests and clusters were made, in a sentence."""
    options = record["significance"]
    methods = {"bootstrap": "paired bootstrap", "randomization": "paired approximate randomisation"}
    correction = {"holm": "Holm", "benjamini-hochberg": "Benjamini-Hochberg", "none": "none"}
    drawn = f"{options['resamples']:,} resamples of {options['unit']}s, seed {options['seed']}"
    return (
        "±: half of the 95 % interval. Clusters: systems of one are not told apart "
        f"at p < {options['alpha']:g} ({methods[options['method']]}, {drawn}, "
        f"correction {correction[options['correction']]})."
    )


def neighbours(record: Record) -> list[str]:
    """Each system beside the next one of the leaderboard: difference, p-value, what people would say."""
    pairs = {frozenset((p["first"], p["second"])): p for p in record["pairs"][record["rank_by"]]}
    ranked = [system["name"] for system in record["systems"] if system["rank"] is not None]
    lines = []
    for above, below in pairwise(ranked):
        pair = pairs.get(frozenset((above, below)))
        if pair is not None and pair["difference"] is not None:
            lines.append(f"{above} and {below}: {verdict(record, pair)}")
    return lines


def verdict(record: Record, pair: Record) -> str:
    """``1.9 BLEU apart, p = 0.003; people agree in 76 % of such cases``."""
    name = title(record, record["rank_by"])
    p = pair["p_corrected"]
    sure = "not tested" if p is None else "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
    people = pair["human_agreement"]
    agreed = "" if people is None else f"; people agree in {people:.0f} % of such cases (Kocmi et al., 2024)"
    return f"{abs(pair['difference']):.2f} {name} apart, {sure}{agreed}"


def signatures(record: Record) -> list[str]:
    """How each number was made; columns that share a line together."""
    lines: dict[str, list[str]] = {}
    for column in record["columns"]:
        lines.setdefault(column["signature"], []).append(column["title"])
    return [f"{', '.join(names)}: {line}" for line, names in lines.items()]


def changes(record: Record) -> list[str]:
    """What an earlier run had, in words; none without one."""
    against = record["against"]
    if against is None:
        return []
    lines = [] if against["same_test_set"] else ["the earlier run had another test set: scores don't compare"]
    lines += [f"{name}: not in this run" for name in against["missing"]]
    lines += [f"{name}: new" for name in against["new"]]
    return lines + [_change(record, change) for change in against["changes"]]


def _change(record: Record, change: Record) -> str:
    gain = change["gain"]
    word = "same" if gain == 0 else ("better" if gain > 0 else "worse") + f" by {abs(gain):.2f}"
    other = "" if change["same_signature"] else ", made in another way"
    name = title(record, change["column"])
    return f"{change['system']}: {name} {change['before']:.2f} → {change['after']:.2f}, {word}{other}"


def rows_with_head(rows: Sequence[Sequence[str]]) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """Headings, and the rows under them."""
    return rows[0], rows[1:]
