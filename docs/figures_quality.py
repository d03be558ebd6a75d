"""The part of docs/figures.md on mtqe's own models, and the README's table of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from figures_shared import ROOT, load, row, table_head, value
from yaml import safe_load

Results = Mapping[str, Any]

MEASURES = ("in order", "acc_eq", "Pearson", "Spearman", "SPA", "worst quarter", "error-free")
RATES = ("Pearson per 100 words", "Spearman per 100 words")

# The lines of a table; others come last.
ORDER = (
    "quality, source + target",
    "quality, target alone",
    "quality, source + target + reference",
    "expected points, source + target",
    "adequacy, source + target",
    "fluency, target alone",
    "chrf",
    "bleu",
)

# Of the README: sets, and judges with their headings.
SHOWN = ("en-de mqm20", "en-de mqm21news", "zh-en mqm20", "zh-en mqm21news", "en-es bio21", "en-ru mqm21news")
JUDGES = {
    "quality, source + target": "in order: source + target",
    "quality, target alone": "target alone",
    "quality, source + target + reference": "with reference",
    "length": "length",
    "chrf": "chrF",
}


def quality() -> Iterator[str]:
    """Reports against people's judgements, beside floors and string metrics; then peers, as published."""
    results = load("benchmarks/results/quality.json")
    yield "## Models against people (`benchmarks/quality.py`)"
    yield ""
    yield "Reports as users get them, on documents held out of training; nothing was trained on TED talks and WMT21 en-ru."
    yield "In order: of two translations of one source, the one with fewer MQM points scores better (ties of points left"
    yield "out; 0.5 is a coin). acc_eq: the same with ties, at each metric's best threshold. Pearson and Spearman with a"
    yield "segment's MQM points, as WMT states them, and with points per 100 words, which are no larger for being long."
    yield "SPA: soft pairwise accuracy of systems. Worst quarter: AUC of telling the worst quarter of translated articles by"
    yield "points per 100 characters. Error-free: AUC of telling segments without points. chrF and BLEU see the reference;"
    yield "below them what knows nothing of a translation. In brackets the 95 % interval over documents; where there are few"
    yield "documents, it is a guess, and where there is one there is none. Expected points are quality's points of the whole segment."
    yield ""
    for name, found in results.get("mqm", {}).items():
        yield from _set(name, found)
    yield from _reliability(results.get("mqm", {}))
    yield from _demetr(results.get("demetr", {}))
    yield from _assessments(results.get("mlqe", {}))
    yield from _others(results)
    yield from _peers()


def _set(name: str, found: Results) -> Iterator[str]:
    yield f"### {name}"
    yield ""
    counted = (f"{found[what]:,} {what}" for what in ("translations", "segments", "systems", "documents"))
    yield ", ".join(counted) + "." + "".join(f" Note: {note}." for note in found["notes"])
    yield ""
    yield from table_head("judge", *MEASURES, *RATES)
    for judge in sorted(found["judges"], key=_place):
        figures = found["judges"][judge]
        yield row(judge, *(value(figures.get(measure)) for measure in (*MEASURES, *RATES)))
    yield ""


def _place(judge: str) -> tuple[int, str]:
    """Own scores first, then metrics with a reference, then what knows nothing."""
    known = [*ORDER, judge]
    return known.index(judge), judge


def _reliability(sets: Results) -> Iterator[str]:
    """What the calibration promises, and what annotators counted."""
    for kind, about in {
        "points per 100 words": "MQM points per 100 words that quality stands for, beside the source",
        "free of errors": "the probability that a segment is free of errors, and the share that is",
    }.items():
        yield f"### Reliability: {kind}"
        yield ""
        yield f"Tenths of segments by {about}: expected / counted, and the 95 % interval of the latter over documents."
        yield ""
        yield from table_head("pair and set", *(f"tenth {number}" for number in range(1, 11)))
        for name, found in sets.items():
            yield row(name, *map(_tenth, found["reliability"][kind]))
        yield ""


def _tenth(found: Results) -> str:
    digits = 2 if found["expected"] <= 1 else 1
    expected, counted, *ends = (
        f"{number:.{digits}f}" for number in (found["expected"], found["counted"], *(found["interval"] or ()))
    )
    return f"{expected} / {counted}" + (f" ({ends[0]}–{ends[1]})" if ends else "")


def _demetr(judges: Results) -> Iterator[str]:
    yield "### DEMETR, by what was done to a translation"
    yield ""
    yield "The share of spoilt translations below the good one, of sentences that no model has seen; DEMETR's references"
    yield "count as spoilt ones, as published. There are few contrasts of each kind."
    yield ""
    judges = {judge: judges[judge] for judge in sorted(judges, key=_place)}
    yield from table_head("kind or pair", "contrasts", *judges)
    ours = judges.get("quality, source + target", {"kinds": {}, "pairs": {}, "all": None})
    if ours["all"]:
        yield row("**all**", ours["all"]["count"], *(value(found["all"]) for found in judges.values()))
    for group in ("kinds", "pairs"):
        for kind, own in ours[group].items():
            yield row(
                kind.replace("_", " "),
                own["count"],
                *(found[group][kind]["value"] for found in judges.values()),
            )
    yield ""


def _assessments(pairs: Results) -> Iterator[str]:
    yield "### MLQE-PE's direct assessments"
    yield ""
    yield "Pearson's correlation of scores from 0 to 100, on held-out documents. Where the source's language is none of the"
    yield "vectors', quality is fluency and issues alone."
    yield ""
    judges = sorted({judge for found in pairs.values() for judge in found["judges"]}, key=_place)
    yield from table_head("pair", "segments", *judges)
    for pair, found in pairs.items():
        cells = (value(found["judges"].get(judge, {}).get("Pearson")) for judge in judges)
        yield row(pair, found["translations"], *cells)
    yield ""


def _others(results: Results) -> Iterator[str]:
    yield "### Whole articles, and speed"
    yield ""
    yield "Annotated English articles with the target alone: AUC of people's above machines', and Spearman's correlation"
    yield "with a reader's quality among machines'."
    yield ""
    yield from table_head("score", "people above machines", "Spearman among machines'")
    articles = results.get("articles", {})
    for name, found in articles.items():
        yield row(f"`{name}`", value(found["people above machines"]), value(found["Spearman"]))
    yield ""
    alarm = articles.get("human_written", {})
    if alarm:
        people, machines = (alarm[f"{who} below the alarm"] for who in ("people's", "machines'"))
        yield f"Below the alarm of `human_written` are {people:.1%} of people's articles and {machines:.1%} of machines'."
    second = results.get("speed", {}).get("segments a second")
    yield f"{second} segments of 25 words with their source a second of CPU time on one core, whole reports."
    yield ""


def _peers() -> Iterator[str]:
    yield "### Peers, as published"
    yield ""
    yield "None of this was measured here, and the sets are others than above: what is alike is the measure. Each table has"
    yield "its source, and floors on the same set where the source has them (`benchmarks/peers.yaml`)."
    yield ""
    for part in safe_load((ROOT / "benchmarks" / "peers.yaml").read_text(encoding="utf-8")):
        yield f"{part['set']}. Source: {part['source']}."
        yield ""
        yield from table_head("metric", "sees", *part["measures"], texts=2)
        for metric in part["metrics"]:
            yield row(metric["name"], metric["sees"], *metric["values"])
        yield ""


def quality_table() -> Iterator[str]:
    """The README's table: order within a source and worst articles, beside floors and chrF."""
    results = load("benchmarks/results/quality.json").get("mqm", {})
    yield from table_head("pair and set", *JUDGES.values(), "worst quarter, AUC")
    for name in SHOWN:
        if name in results:
            judges = results[name]["judges"]
            orders = (judges[judge]["in order"]["value"] for judge in JUDGES)
            yield row(name, *orders, judges["quality, source + target"]["worst quarter"]["value"])
