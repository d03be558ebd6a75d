"""Write docs/figures.md from what the benchmarks measured: python docs/figures.py."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from figures_quality import quality, quality_table
from figures_shared import ROOT, load, row, table_head, value
from figures_spans import spans

# Pairs of languages with fewer judged segments are not shown.
_LEAST_SEGMENTS = 300


def detectors() -> Iterator[str]:
    """What detectors find and flag in vain."""
    figures = load("mtqe/figures.json")
    yield "## Detectors (`benchmarks/detectors.py`)"
    yield ""
    yield "Human texts are news, encyclopedia and abstracts, written or translated by people, of the half of the documents"
    yield "that is kept out of tuning; flags in it were read, and a few mistakes mended. Flagged are documents with an issue of confidence 0.5 or more; hints are less sure."
    yield "Many of the flags in them are real slips of their writers."
    yield ""
    yield row(
        "detector",
        "human texts flagged",
        "with their source",
        "with hints",
        "flags per 1,000 words",
        "seconds per million words",
    )
    yield "|---|" + "---:|" * 5
    for name, found in figures.items():
        alone, sourced = (found.get(f"human texts, {mode}", {}) for mode in ("target alone", "with source"))
        seconds = found.get("time", {}).get("seconds_per_million_words")
        yield row(
            name,
            alone.get("documents_flagged"),
            sourced.get("documents_flagged"),
            sourced.get("with_hints"),
            alone.get("flags_per_1000_words"),
            seconds,
        )
    yield ""
    yield from found_table(figures)


def found_table(figures: dict[str, Any]) -> Iterator[str]:
    """Recall and precision of every detector on everything that has marks."""
    yield "What is found. The annotated articles were looked at in development; everything else is of the half that was"
    yield "not. Marked segments are MQM segments that an annotator marked, and twice as many that none did; false alarms"
    yield "are the share of these that is flagged, or of the good sentences behind the spoilt ones."
    yield ""
    yield row("detector", "on", "recall", "precision", "false alarms", "cases")
    yield "|---|---|" + "---:|" * 4
    for name, kinds in figures.items():
        for kind, found in kinds.items():
            if "recall" in found:
                false = found.get("unmarked_flagged", found.get("good_ones_flagged"))
                yield row(name, kind, found["recall"], found.get("precision"), false, found["of"])
    yield ""


def alignment() -> Iterator[str]:
    """Links and gaps."""
    yield "## Alignment (`benchmarks/alignment.py`)"
    yield ""
    yield row("texts", "links P", "links R", "gaps P", "gaps R", "in order: links P", "gaps P")
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for name, found in load("benchmarks/results/alignment.json").items():
        ours, peer = found["mtqe"], found["in order"]
        yield row(name, *ours.values(), peer["links_precision"], peer["gaps_precision"])
    yield ""


def segmentation() -> Iterator[str]:
    """F1 and speed of each library."""
    results = load("benchmarks/results/segmentation.json")
    languages = sorted(next(iter(results.values()), {}))
    yield "## Sentence segmentation (`benchmarks/segmentation.py`)"
    yield ""
    yield "F1 of sentence ends; mtqe is sentencex with tables of abbreviations and bounds. sentencex was chosen because it"
    yield "is maintained, knows scripts without spaces, keeps offsets, and is the fastest by far."
    yield ""
    yield row("library", *languages, "words/s (en)")
    yield "|---|" + "---:|" * (len(languages) + 1)
    for name, found in results.items():
        yield row(name, *(found[code]["f1"] for code in languages), found["en"]["words_per_second"])
    yield ""


def adequacy() -> Iterator[str]:
    """Agreement with people, beside floors."""
    results = load("benchmarks/results/adequacy.json")
    yield "## Adequacy (`benchmarks/adequacy.py`)"
    yield ""
    yield "Spearman's correlation with MQM accuracy points, and translations of one source put in the right order (0.5 is"
    yield "a coin), on held-out documents; in brackets the 95 % interval over documents."
    yield ""
    names = ("mtqe", "cosine", "length")
    heads = [
        f"{measure}{judge}" for measure in ("Spearman", "in order") for judge in ("", ", cosine", ", −length")
    ]
    yield from table_head("pair", "segments", *heads)
    for pair, found in results.get("mqm", {}).items():
        if found["segments"] >= _LEAST_SEGMENTS:
            cells = (value(found[name][measure]) for measure in ("spearman", "in order") for name in names)
            yield row(pair, found["segments"], *cells)
    yield ""
    if "demetr" in results:
        yield f"DEMETR, spoilt translation below the good one: {value(results['demetr']['all'])} of all kinds."
        yield ""


def fluency() -> Iterator[str]:
    """How often fluency is right about what people judged, beside floors."""
    figures = load("benchmarks/results/fluency.json").get("figures", {})
    yield "## Fluency (`benchmarks/fluency.py`)"
    yield ""
    yield "On documents that the models have not seen: two translations of one source put in order, a good sentence above"
    yield "the same one spoilt (0.5 is a coin), and Spearman's correlations; in brackets the 95 % interval over documents."
    yield ""
    yield from table_head("language", "measure", "cases", *figures, texts=2)
    for language, measures in figures.get("fluency_ngram", {}).items():
        for measure, ours in measures.items():
            first, *rest = (found[language][measure] for found in figures.values())
            others = (other["value"] for other in rest)
            yield row(language, measure.replace("_", " "), ours["count"], value(first), *others)
    yield ""


def language_model() -> Iterator[str]:
    """How a real language model orders translations, beside mtqe's own quality and together with it."""
    results = load("benchmarks/results/real_language_model.json")
    yield "## With a language model beside mtqe's own (`benchmarks/real_language_model.py`)"
    yield ""
    yield f"With {results['model']}, named to the scorer `fluency_language_model`: two translations of one"
    yield "source put in order of MQM points, on documents that nothing was trained on (0.5 is a coin; in brackets the"
    yield "95 % interval over documents)."
    yield ""
    sets = results["sets"]
    yield from table_head("set", "segments", *next(iter(sets.values()))["judges"], "CPU seconds a segment")
    for name, found in sets.items():
        cells = (value(figures["in order"]) for figures in found["judges"].values())
        yield row(name, found["translations"], *cells, found["CPU seconds a segment"])
    yield ""
    shares = (f"{value(found['all'])} {judge}" for judge, found in results["demetr"].items())
    yield f"DEMETR, spoilt translation below the good one: {', '.join(shares)}."
    yield ""
    articles = results["articles"]["quality"]
    yield f"English articles, quality from the target alone: people's above machines' {value(articles['people above machines'])};"
    yield f"Spearman with a reader's quality among machines' {value(articles['Spearman'])}."
    yield ""


def speed() -> Iterator[str]:
    """Articles per minute, memory and start."""
    yield "## Speed (`benchmarks/speed.py`)"
    yield ""
    yield from speed_table()
    yield ""


def speed_table() -> Iterator[str]:
    """The table that the README has as well."""
    yield row(
        "mode",
        "articles a minute",
        "words a second",
        "peak memory",
        "start to first report",
        "× sacrebleu's chrF",
    )
    yield "|---|---:|---:|---:|---:|---:|"
    for mode, found in load("benchmarks/results/speed.json").items():
        memory, start = f"{found['peak_memory_mb']} MB", f"{found['first_report_seconds']} s"
        yield row(
            mode,
            found["articles_per_minute"],
            found["words_per_second"],
            memory,
            start,
            found["ratio_to_chrf"],
        )


def detector_table() -> Iterator[str]:
    """The README's table: one figure of what each detector finds, and what it flags in people's texts."""
    yield row("detector", "finds", "of what", "precision", "human texts flagged", "with their source")
    yield "|---|---:|---|---:|---:|---:|"
    for name, found in load("mtqe/figures.json").items():
        kind = next((kind for kind, figures in found.items() if "recall" in figures), None)
        best = found[kind] if kind else {}
        human = (found[f"human texts, {mode}"] for mode in ("target alone", "with source"))
        flagged = (percent(figures["documents_flagged"]) for figures in human)
        yield row(name, percent(best.get("recall")), kind, percent(best.get("precision")), *flagged)


def percent(share: float | None) -> str | None:
    """A share as people read it."""
    return None if share is None else f"{100 * share:.1f} %".replace(".0 %", " %")


def between(text: str, mark: str, lines: Iterator[str]) -> str:
    """``text`` with new lines between the marks of that name."""
    before, _, rest = text.partition(f"<!-- {mark} -->\n")
    _, _, after = rest.partition(f"<!-- /{mark} -->\n")
    table = "\n".join(lines)
    return f"{before}<!-- {mark} -->\n{table}\n<!-- /{mark} -->\n{after}"


def page() -> str:
    """The page of all figures."""
    parts = (detectors, quality, fluency, language_model, adequacy, spans, alignment, segmentation, speed)
    lines = ["# What was measured", "", "Made by `python docs/figures.py` from the benchmarks' results.", ""]
    return "\n".join([*lines, *(line for part in parts for line in part())])


def readme(text: str) -> str:
    """The README with its tables made anew, between their marks."""
    tables = {"speed": speed_table, "quality": quality_table, "detectors": detector_table}
    for mark, table in tables.items():
        text = between(text, mark, table())
    return text


def main() -> None:
    """Write the page, and the README's tables."""
    (ROOT / "docs" / "figures.md").write_text(page(), encoding="utf-8")
    path = ROOT / "README.md"
    path.write_text(readme(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
