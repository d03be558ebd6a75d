"""Human judgements of documents that no model was trained on, as tables; made from the data folder."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shared import in_turn

from mtqe.bench.human.base import HumanRatings, MarkedError, Rating, Text
from mtqe.bench.meta_table import HumanTable, table_of
from mtqe.models.adequacy import covers
from mtqe.training.calibration import VIEW, licensed
from mtqe.training.corpora import is_for_tuning, is_held_out, rows
from mtqe.training.provenance import note_read
from mtqe.training.quality_examples import is_human

SETS = ("mqm20", "mqm21news", "mqm21ted", "bio21")

# Sets of fewer judged segments are not reported; of larger ones, whole documents until there are so many.
LEAST_SEGMENTS, MOST_SEGMENTS = 250, 2500

Row = dict[str, Any]


def mqm_sets(data: Path) -> dict[str, HumanTable]:
    """MQM points of held-out documents, and of sets that nothing was trained on, by pair and set."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows(data / f"{VIEW}.jsonl.gz"):
        known = row.get("src") and _has_words(row["mt"]) and all(map(covers, row["lp"].split("-")))
        unseen = not licensed(row) or is_held_out(str(row["doc_id"]))
        if known and unseen and row["dataset"] in SETS:
            found[f"{row['lp']} {row['dataset']}"].append(row)
    enough = {name: _some(rows) for name, rows in sorted(found.items()) if len(rows) >= LEAST_SEGMENTS}
    return {name: _mqm_table(name, some) for name, some in enough.items()}


def assessed_sets(data: Path) -> dict[str, HumanTable]:
    """MLQE-PE's direct assessments (z) of held-out documents, by pair; one system each."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows(data / "da" / "mlqe_da.jsonl.gz"):
        row["doc_id"] = str(row.get("doc_id") or row["id"])
        if is_held_out(row["doc_id"]) and _has_words(row["mt"]):
            found[row["lp"]].append(row)
    return {pair: _assessed_table(pair, some) for pair, some in sorted(found.items())}


def unseen_contrasts(data: Path) -> list[Row]:
    """DEMETR's contrasts of documents that neither the network nor the n-grams have seen."""
    some = rows(data / "contrastive" / "demetr.jsonl.gz")
    return [row for row in some if is_held_out(name := str(row["doc_id"])) and not is_for_tuning(name)]


def english_articles(data: Path) -> tuple[list[str], NDArray[np.bool_], NDArray[np.float64]]:
    """Articles by people and machines, which are people's, and a reader's quality of machines' ones."""
    path = data / "articles" / "annotated_articles.jsonl"
    note_read(path)
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
    english = [record for record in records if record["lang"] == "en"]
    human = np.array([record["class"] == "human" for record in english])
    read = np.array([float(record.get("quality") or 0) for record in english])
    return [record["text"] for record in english], human, read


def _has_words(text: str | None) -> bool:
    return any(map(str.isalpha, text or ""))


def _some(some: list[Row]) -> list[Row]:
    by_document: dict[str, list[Row]] = defaultdict(list)
    for row in some:
        by_document[str(row["doc_id"])].append(row)
    chosen: list[Row] = []
    for document in in_turn(by_document):
        if len(chosen) < MOST_SEGMENTS:
            chosen += by_document[document]
    return chosen


def _mqm_table(name: str, some: list[Row]) -> HumanTable:
    """Segments with a reference; what is the reference itself is left out: chrF would find it perfect."""
    texts = _texts(some)
    kept = [row for row in some if _is_fair(row, texts[_segment(row)].reference)]
    points = [row["adequacy_penalty"] + row["fluency_penalty"] for row in kept]
    ratings = tuple(
        Rating(
            row["system"],
            _segment(row),
            -penalty,
            str(row["doc_id"]),
            errors=(MarkedError("minor"),) if penalty else (),
            target=row["mt"],
        )
        for row, penalty in zip(kept, points, strict=True)
    )
    return judged_table(name, ratings, "MQM points, negated", texts)


def _is_fair(row: Row, reference: str | None) -> bool:
    return reference is not None and not (is_human(row["system"]) and row["mt"] == reference)


def _assessed_table(pair: str, some: list[Row]) -> HumanTable:
    ratings = tuple(
        Rating("nmt", str(row["id"]), row["score"], row["doc_id"], target=row["mt"]) for row in some
    )
    texts = {str(row["id"]): Text(row["src"]) for row in some}
    return judged_table(f"{pair} mlqe", ratings, "direct assessment, z", texts)


def judged_table(name: str, ratings: tuple[Rating, ...], unit: str, texts: dict[str, Text]) -> HumanTable:
    """Ratings as a table; the name begins with the pair of languages."""
    source, target = name.split(" ")[0].split("-")
    return table_of(HumanRatings(name, ratings, unit, texts, source_lang=source, target_lang=target))


def _segment(row: Row) -> str:
    return f"{row['doc_id']}:{row['seg_id']}"


def _texts(some: Iterable[Row]) -> dict[str, Text]:
    """Sources, and the reference that most systems were laid beside: a reference has another."""
    references: dict[str, Counter[str]] = defaultdict(Counter)
    sources = {_segment(row): row["src"] for row in some}
    for row in some:
        if row.get("ref"):
            references[_segment(row)][row["ref"]] += 1
    best = {segment: counts.most_common(1)[0][0] for segment, counts in references.items()}
    return {segment: Text(source, best.get(segment)) for segment, source in sources.items()}
