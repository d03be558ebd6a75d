"""What every detector finds, misses and flags in vain; the figures that ``mtqe explain`` shows.

python benchmarks/detectors.py [--data ../shared/data]

* Annotated articles (target alone): recall of the flags that a reader marked as detectable, and
  precision, by overlap. The readers' articles were looked at in development.
* Segments with their source (MQM spans): the share of marked segments found, the precision among
  marked and unmarked ones, and the share of unmarked ones flagged.
* Human texts: annotated human articles, and references of WMT20 and WMT21 news joined to documents.
"""

from __future__ import annotations

import gzip
import json
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from mtqe.data import Article, Segment
from mtqe.detectors.base import detectors
from mtqe.evaluate import default_detectors
from mtqe.issues import find_issues
from mtqe.prepare import prepare
from mtqe.text.words import count_words

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "mtqe" / "figures.json"

# What the annotators call the same; "detectable" flags alone count for recall.
ARTICLE_CATEGORIES = ("untranslated", "garbled_name", "garbled_honorific", "boilerplate")
VIEWS = {"untranslated": "untranslated_eval", "garbled_name": "name_errors_eval"}
HUMAN_SETS = ("mqm20.en-de", "mqm20.zh-en", "mqm21news.en-de", "mqm21news.zh-en")
MOST_VIEW_ROWS = 4_000


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Records of a JSONL file, compressed or not."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)


def overlaps(spans: Iterable[tuple[int, int]], other: tuple[int, int]) -> bool:
    """Whether a span shares a character with one of the others."""
    return any(start < other[1] and other[0] < end for start, end in spans)


def share(part: float, whole: float) -> float | None:
    """A share to three digits, or None of nothing."""
    return round(part / whole, 3) if whole else None


def on_articles(data: Path) -> dict[str, dict[str, Any]]:
    """Recall and precision on the annotated machine translations in English, target alone."""
    counts: dict[str, dict[str, int]] = {name: defaultdict(int) for name in ARTICLE_CATEGORIES}
    for row in rows(data / "articles" / "annotated_articles.jsonl"):
        if row["class"] != "mt" or row["lang"] != "en":
            continue
        _, issues = find_issues(
            prepare(Article(row["id"], row["text"], target_lang="en")), default_detectors()
        )
        for name, count in counts.items():
            gold = [flag for flag in row["flags"] if flag["category"] == name]
            found = [(issue.start, issue.end) for issue in issues if issue.category == name]
            wanted = [(f["start"], f["end"]) for f in gold if f.get("detectable", True) is not False]
            count["wanted"] += len(wanted)
            count["hit"] += sum(overlaps(found, span) for span in wanted)
            count["flags"] += len(found)
            count["right"] += sum(overlaps([(f["start"], f["end"]) for f in gold], span) for span in found)
    return {
        name: {
            "recall": share(c["hit"], c["wanted"]),
            "precision": share(c["right"], c["flags"]),
            "detectable_flags": c["wanted"],
            "flags": c["flags"],
        }
        for name, c in counts.items()
    }


def on_segments(data: Path, name: str) -> dict[str, Any]:
    """Segments with their source: marked ones found, and unmarked ones flagged."""
    detector = detectors.get(name)()
    found = {0: [0, 0], 1: [0, 0]}
    for row in list(rows(data / "views" / f"{VIEWS[name]}.jsonl.gz"))[:MOST_VIEW_ROWS]:
        source, target = row["lp"].split("-")
        segment = Segment(0, 0, (0, len(row["mt"])), row["mt"], source=row["src"])
        article = Article("s", row["mt"], target_lang=target, source_lang=source, segments=(segment,))
        label = int(row["label"])
        found[label][0] += 1
        found[label][1] += any(True for _ in detector.detect(prepare(article)))
    return {
        "recall": share(found[1][1], found[1][0]),
        "precision": share(found[1][1], found[1][1] + found[0][1]),
        "negatives_flagged": share(found[0][1], found[0][0]),
        "segments": found[0][0] + found[1][0],
    }


def human_documents(data: Path) -> Iterator[tuple[str, str]]:
    """Languages and texts by people: annotated articles, and references joined to documents."""
    for row in rows(data / "articles" / "annotated_articles.jsonl"):
        if row["class"] == "human":
            yield row["lang"], row["text"]
    for name in HUMAN_SETS:
        documents: dict[str, dict[str, str]] = defaultdict(dict)
        for row in rows(data / "spans" / f"{name}.jsonl.gz"):
            if row.get("ref"):
                documents[row["doc_id"]][row["seg_id"]] = row["ref"]
        for segments in documents.values():
            yield name.split("-")[1], "\n".join(segments[key] for key in sorted(segments, key=int))


def on_humans(data: Path) -> dict[str, dict[str, Any]]:
    """How often each detector flags what people wrote, and how long it takes."""
    texts = list(human_documents(data))
    articles = [prepare(Article("h", text, target_lang=language)) for language, text in texts]
    words = sum(count_words(text) for _, text in texts)
    result = {}
    for detector in default_detectors():
        started = time.process_time()
        flags = [sum(1 for _ in detector.detect(article)) for article in articles]
        seconds = time.process_time() - started
        result[detector.name] = {
            "documents": len(articles),
            "documents_flagged": share(sum(map(bool, flags)), len(articles)),
            "flags_per_1000_words": share(1000 * sum(flags), words),
            "seconds_per_million_words": round(1e6 * seconds / words, 1),
        }
    return result


@click.command()
@click.option("--data", type=Path, default=ROOT.parent / "shared" / "data", show_default="../shared/data")
def main(data: Path) -> None:
    """Measure, print, and keep the figures in the package."""
    if not data.is_dir():
        print(f"{data}: no such folder; the judgements are not part of this repository. Nothing measured.")
        return
    on_target, on_human = on_articles(data), on_humans(data)
    figures: dict[str, dict[str, Any]] = {}
    for name in detectors.names():
        measured = {
            "annotated articles, target alone": on_target.get(name),
            "segments with source": on_segments(data, name) if name in VIEWS else None,
            "human texts": on_human.get(name),
        }
        figures[name] = {kind: found for kind, found in measured.items() if found}
        print(name, json.dumps(figures[name], indent=1))
    RESULTS.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
