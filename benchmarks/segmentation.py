"""Sentence segmentation: whose sentence ends are those of the segments of WMT.

python benchmarks/segmentation.py [--data ../shared/data]

The segments of a document are joined, and each library says where sentences end. A WMT segment may
hold several sentences, so precision is a lower bound; recall is not. Libraries that are not
installed are named and left out: pip install pysbd syntok blingfire.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from mtqe.text.sentences import split_sentences
from mtqe.training.corpora import rows

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "segmentation.json"
SETS = ("mqm20.en-de", "mqm20.zh-en", "mqm21news.en-ru", "bio21")
LANGUAGES = ("en", "de", "ru", "zh", "fr", "es", "it", "pt")
MOST_DOCUMENTS = 60

Splitter = Callable[[str, str], Sequence[int]]  # text and language to ends of sentences


def documents(data: Path) -> dict[str, list[list[str]]]:
    """For each language, documents as lists of segments."""
    texts: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for name in SETS:
        for row in rows(data / "spans" / f"{name}.jsonl.gz"):
            source, target = row["lp"].split("-")
            if row.get("doc_id") and str(row["seg_id"]).isdigit():
                texts[source, row["doc_id"]][row["seg_id"]] = row["src"]
                if row.get("ref"):
                    texts[target, row["doc_id"]][row["seg_id"]] = row["ref"]
    found: dict[str, list[list[str]]] = defaultdict(list)
    for (language, _), segments in sorted(texts.items()):
        if language in LANGUAGES and len(segments) > 3 and len(found[language]) < MOST_DOCUMENTS:
            found[language].append([segments[key].strip() for key in sorted(segments, key=int)])
    return found


def splitters() -> Iterator[tuple[str, Splitter]]:
    """Ours, and every other that is installed."""
    yield "mtqe", lambda text, language: [end for _, end in split_sentences(text, language)]
    for name, make in (
        ("sentencex", _sentencex),
        ("pysbd", _pysbd),
        ("syntok", _syntok),
        ("blingfire", _blingfire),
    ):
        try:
            yield name, make()
        except ImportError:
            print(f"{name}: not installed, left out")


def _sentencex() -> Splitter:
    import sentencex

    def split(text: str, language: str) -> list[int]:
        found = sentencex.get_sentence_boundaries(language, text)
        return [b["end_index"] - len(b["text"]) + len(b["text"].rstrip()) for b in found]

    return split


def _pysbd() -> Splitter:
    import pysbd

    known: dict[str, Any] = {}

    def split(text: str, language: str) -> list[int]:
        if language not in known:
            code = language if language in pysbd.languages.LANGUAGE_CODES else "en"
            known[language] = pysbd.Segmenter(language=code, clean=False, char_span=True)
        return [span.start + len(span.sent.rstrip()) for span in known[language].segment(text)]

    return split


def _syntok() -> Splitter:
    from syntok import segmenter

    def split(text: str, language: str) -> list[int]:
        sentences = (sentence for paragraph in segmenter.analyze(text) for sentence in paragraph)
        return [s[-1].offset + len(s[-1].value) for s in map(list, sentences) if s]

    return split


def _blingfire() -> Splitter:
    import blingfire

    return lambda text, language: [end for _, end in blingfire.text_to_sentences_and_offsets(text)[1]]


def measure(split: Splitter, language: str, found: Sequence[Sequence[str]]) -> dict[str, float]:
    """Precision, recall and F1 of the inner sentence ends, and words per second."""
    right = said = wanted = words = 0
    started = time.perf_counter()
    for segments in found:
        separator = "" if language in ("zh", "ja") else " "
        text = separator.join(segments)
        ends, at = set(), 0
        for segment in segments[:-1]:
            at += len(segment)
            ends.add(at)
            at += len(separator)
        guesses = set(split(text, language)) - {len(text)}
        right, said, wanted = right + len(guesses & ends), said + len(guesses), wanted + len(ends)
        words += len(text.split()) if separator else len(text) // 2
    seconds = time.perf_counter() - started
    precision, recall = right / max(said, 1), right / max(wanted, 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return {
        "precision": round(precision, 3),
        "recall": round(recall, 3),
        "f1": round(f1, 3),
        "words_per_second": round(words / seconds),
    }


@click.command()
@click.option("--data", type=Path, default=ROOT.parent / "shared" / "data", show_default="../shared/data")
def main(data: Path) -> None:
    """Measure, print and keep the figures."""
    if not data.is_dir():
        print(f"{data}: no such folder; the texts are not part of this repository. Nothing measured.")
        return
    found = documents(data)
    results: dict[str, dict[str, dict[str, float]]] = {}
    for name, split in splitters():
        results[name] = {language: measure(split, language, found[language]) for language in sorted(found)}
        for language, figures in results[name].items():
            print(f"{name:10} {language} {json.dumps(figures)}")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
