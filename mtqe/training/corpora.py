"""Fluent text for language models, from sets whose licences allow weights to ship.

Only these sets of the data folder are read: WMT20 and WMT21 news (Google's MQM labels,
Apache-2.0), WMT21 biomedical (Apache-2.0), MLQE-PE and critical errors (CC0), DEMETR (MIT), and,
where the file is given, Tatoeba's English-Spanish and English-Ukrainian pairs (CC BY 2.0 FR).
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from mtqe.training.provenance import note_read

SETS = (
    "spans/mqm20.en-de",
    "spans/mqm20.zh-en",
    "spans/mqm21news.en-de",
    "spans/mqm21news.zh-en",
    "spans/bio21",
    "da/mlqe_da",
    "contrastive/ced_critical_errors",
    "contrastive/demetr",
)

# DEMETR has the reference as a "worse" translation, to compare with. It is none.
DEMETR_REFERENCE = "base_id35_reference"

# What words in the names of DEMETR's kinds say that the damage is one of meaning.
_MEANING = ("antonym", "negation", "number", "ne_", "gender", "hyper", "tense", "aspect", "modal", "removed")

_HUMAN = re.compile(r"^(human|ref)", re.I)

# A tenth of the documents is never trained on: it is what benchmarks report on.
_HELD_OUT = 10


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a compressed JSONL file; an ``InputError`` if it is not there."""
    note_read(path)
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)


def is_held_out(document: str) -> bool:
    """Whether a document belongs to the tenth that is kept for reporting.

    Documents of one source text in several languages or systems fall together.
    """
    return hashlib.sha256(document.encode()).digest()[0] % _HELD_OUT == 0


def is_calibration(document: str) -> bool:
    """Whether a document belongs to the half that language models are calibrated with.

    The model that is calibrated has not seen these documents, in any language or translation:
    texts that a model has seen look better to it than texts ever will again.
    """
    return hashlib.sha256(document.encode()).digest()[1] % 2 == 0


def is_for_tuning(document: str) -> bool:
    """Whether a document belongs to the half that detectors are tuned on; figures come of the other."""
    return zlib.crc32(document.encode()) % 2 == 0


def changes_meaning(kind: str) -> bool:
    """Whether one of DEMETR's kinds of damage shows beside the source rather than in the target alone."""
    return any(word in kind for word in _MEANING)


def fluent_texts(data: Path, language: str, keep: Callable[[str], bool] = lambda _: True) -> Iterator[str]:
    """Texts in ``language`` that people wrote or translated, each once, of the documents to keep.

    Held-out documents are never among them.
    """
    seen: set[str] = set()
    for name in SETS:
        for row in rows(data / f"{name}.jsonl.gz"):
            document = str(row.get("doc_id") or row["id"])
            if is_held_out(document) or not keep(document):
                continue
            for text in _texts(row, language):
                if text and text not in seen:
                    seen.add(text)
                    yield text


def _texts(row: dict[str, Any], language: str) -> Iterator[str | None]:
    source, _, target = str(row.get("lp") or "").partition("-")
    if source == language:
        yield row.get("src")
    if target == language:
        yield row.get("ref")
        yield row.get("mt_good")
        if _HUMAN.match(row.get("system") or ""):
            yield row.get("mt")


def tatoeba_texts(path: Path, column: int) -> Iterator[str]:
    """One side of a file of tab-separated pairs, each sentence once."""
    note_read(path)
    seen: set[str] = set()
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            text = line.split("\t")[column]
            if text not in seen:
                seen.add(text)
                yield text
