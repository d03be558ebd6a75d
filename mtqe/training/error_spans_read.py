"""Translations with annotators' marks, and what the quality network says of their words.

Of documents that the network has not learnt from: those of the set that was left out of it, and those
that are held out of everything. n-grams are estimated anew without the set that was left out: references
of a sentence that the n-gram model has seen tell it what a translation should have said (in WMT21, AUC
of marked words rises from 0.60 to 0.65 into German, and from 0.69 to 0.71 into English, by that alone).

Where several annotators judged, a word counts as marked by the share of them who marked it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from mtqe.data import Span
from mtqe.models.error_spans import Floats, measure
from mtqe.models.ngram import NgramModel
from mtqe.models.quality_net import QualityNet
from mtqe.models.sentence_encoder import LANGUAGES as READ
from mtqe.training.corpora import fluent_texts, is_held_out, rows
from mtqe.training.fluency import estimate
from mtqe.training.quality_examples import SPAN_SETS, Marks, marks_of

# Target languages that have enough marks. Of the others' (of WMT21 biomedical) AUC of marked words is 0.58
# together, and 0.52 into Chinese, which has most.
LANGUAGES = ("de", "en")

_AT_ONCE = 200


class Annotated(NamedTuple):
    """A translation with the marks of each of its annotators."""

    target: str
    source: str | None
    language: str
    pair: str
    data: str
    document: str
    system: str
    marks: tuple[Marks, ...]


@dataclass(frozen=True)
class Measured:
    """A translation's units, their features, and the shares of annotators who marked each."""

    one: Annotated
    units: list[Span]
    features: Floats
    marked: Floats  # in any way, and as more than minor


def read(data: Path, left_out: str | None) -> Iterator[Annotated]:
    """Translations that a network, trained without one set, has not learnt from; of all documents."""
    for name in SPAN_SETS:
        found: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
        for row in rows(data / "spans" / f"{name}.jsonl.gz"):
            if row["dataset"] == left_out or is_held_out(str(row["doc_id"])):
                key = (row["lp"], row["doc_id"], row["seg_id"], row["system"], row["mt"])
                found[tuple(map(str, key))].append(row)
        yield from (annotated(same) for same in found.values() if _can_be_read(same[0]))


def annotated(same: Sequence[Mapping[str, Any]]) -> Annotated:
    """The rows of one translation as one, each of an annotator."""
    row = same[0]
    source_lang, language = row["lp"].split("-")
    source = row["src"] if source_lang in READ else None
    names = row["dataset"], str(row["doc_id"]), str(row.get("system"))
    marks = tuple(_widened(marks_of(one)) for one in same)
    return Annotated(row["mt"], source, language, row["lp"], *names, marks)


def _can_be_read(row: Mapping[str, Any]) -> bool:
    return row["lp"].split("-")[1] in READ and bool((row["mt"] or "").strip() and (row["src"] or "").strip())


def _widened(marks: Marks) -> Marks:
    """With a character for marks that have none, such as what is missing at a place."""
    return Marks(tuple((start, max(end, start + 1), serious) for start, end, serious in marks.spans))


def measured(
    found: Sequence[Annotated], mode: str, net: QualityNet, ngrams: Mapping[str, NgramModel]
) -> Iterator[Measured]:
    """Features of translations, with their sources or without."""
    for start in range(0, len(found), _AT_ONCE):
        some = found[start : start + _AT_ONCE]
        pairs = [(one.target, one.source if mode == "source" else None) for one in some]
        for one, marks in zip(some, net.marks(pairs), strict=True):
            units, features = measure(one.target, marks, net, ngrams.get(one.language))
            if units:
                yield Measured(one, units, features, _marked(one, units))


def _marked(one: Annotated, units: Sequence[Span]) -> Floats:
    """Of each unit, how much of it annotators marked, on average, and marked as more than minor."""
    found = np.zeros((len(one.target) + 1, 2))
    for marks in one.marks:
        by_this = np.zeros((len(one.target), 2), bool)
        for start, end, serious in marks.spans:
            by_this[start:end] |= np.array([True, serious])
        found[1:] += by_this
    sums = (found / len(one.marks)).cumsum(0)
    starts, ends = np.array(units).T
    return np.asarray((sums[ends] - sums[starts]) / (ends - starts)[:, None])


def unseen_ngrams(data: Path, found: Sequence[Annotated], left_out: str | None) -> dict[str, NgramModel]:
    """n-grams of texts that are not of the set that was left out of the network."""
    documents = {one.document for one in found if one.data == left_out}

    def texts(language: str) -> list[str]:
        return list(fluent_texts(data, language, lambda document: document not in documents))

    return {name: NgramModel(name, estimate(texts(name), name), {}) for name in LANGUAGES}
