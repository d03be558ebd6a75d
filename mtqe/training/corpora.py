"""Fluent text for language models, from sets whose licences allow weights to ship.

Only these sets of the data folder are read: WMT20 and WMT21 news (Google's MQM labels,
Apache-2.0), WMT21 biomedical (Apache-2.0), MLQE-PE and critical errors (CC0), DEMETR (MIT), and,
where their folders are given, Tatoeba's English-Spanish and English-Ukrainian pairs (CC BY 2.0 FR) and
the sentences that Common Voice has people read aloud (CC0).
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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

# Of Tatoeba's files, the columns in each language.
_COLUMNS = {"en": (("spa.tsv", 0), ("ukr.tsv", 0)), "es": (("spa.tsv", 1),)}

# Languages of which Common Voice's sentences are read: people's judgements are there, and too little text.
# More German of this kind does not order translations better (en-de, WMT20 and WMT21).
_READ_ALOUD = ("fr", "it", "pt")
_LEAST_WORDS = 3

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


@dataclass(frozen=True)
class MoreText:
    """Sentences without judgements, from folders that need not be there.

    ``tatoeba`` holds Tatoeba's pairs (``spa.tsv``, ``ukr.tsv``), ``common_voice`` a sentence a line for each
    language (``common-voice.fr.txt``).
    """

    tatoeba: Path | None = None
    common_voice: Path | None = None

    def of(self, language: str) -> list[str]:
        """All in a language, each once."""
        found = _tatoeba(self.tatoeba, language) if self.tatoeba else []
        if self.common_voice and language in _READ_ALOUD:
            found += _common_voice(self.common_voice / f"common-voice.{language}.txt")
        return list(dict.fromkeys(found))

    def shown(self, language: str) -> str:
        """What of it is there in a language, and its licence, for a weight file's header."""
        tatoeba = ", Tatoeba (CC BY 2.0 FR)" if self.tatoeba and language in _COLUMNS else ""
        read_aloud = ", Common Voice (CC0)" if self.common_voice and language in _READ_ALOUD else ""
        return tatoeba + read_aloud


def _tatoeba(folder: Path, language: str) -> list[str]:
    pairs = _COLUMNS.get(language, ())
    return [text for name, column in pairs for text in _column(folder / name, column)]


def _column(path: Path, column: int) -> Iterator[str]:
    note_read(path)
    with path.open(encoding="utf-8") as stream:
        yield from (line.split("\t")[column] for line in stream)


def _common_voice(path: Path) -> list[str]:
    """Its sentences; lines of a word or two are none."""
    note_read(path)
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if len(line.split()) >= _LEAST_WORDS]
