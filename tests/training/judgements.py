"""A folder of judgements in the shape of the real ones, with sentences of our own."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

# Words of a small world, in English, German and Chinese.
_ADJECTIVES = (("old", "alte", "老"), ("young", "junge", "年轻的"), ("quiet", "stille", "安静的"))
_ANIMALS = (("cat", "Katze", "猫"), ("goat", "Ziege", "山羊"), ("duck", "Ente", "鸭子"), ("cow", "Kuh", "牛"))
_VERBS = (("sees", "sieht", "看见"), ("follows", "verfolgt", "跟着"), ("wakes", "weckt", "叫醒"))
_PLACES = (
    ("at the harbour", "am Hafen", "在港口"),
    ("behind the mill", "hinter der Mühle", "在磨坊后面"),
    ("near the bakery", "nahe der Bäckerei", "在面包店旁边"),
    ("on the green hill", "auf dem grünen Hügel", "在绿山上"),
)
_SYSTEMS = ("Online-A", "Online-B", "Human-A.0")

Row = dict[str, Any]


def sentences(rng: random.Random) -> tuple[str, str, str]:
    """One sentence in the three languages."""
    (a, b), (verb, place, number) = (
        [[rng.choice(_ADJECTIVES), rng.choice(_ANIMALS)] for _ in range(2)],
        (rng.choice(_VERBS), rng.choice(_PLACES), rng.randrange(2, 90)),
    )
    return (
        f"The {a[0][0]} {a[1][0]} {verb[0]} the {b[0][0]} {b[1][0]} {place[0]}, {number} days later.",
        f"Die {a[0][1]} {a[1][1]} {verb[1]} die {b[0][1]} {b[1][1]} {place[1]}, {number} Tage später.",
        f"{number}天以后，{a[0][2]}{a[1][2]}{place[2]}{verb[2]}{b[0][2]}{b[1][2]}。",
    )


def worse(text: str, rng: random.Random) -> str:
    """A text with a word lost and another one twice."""
    words = text.split()
    gone = rng.randrange(1, len(words) - 2)
    return " ".join([*words[:gone], *words[gone + 1 : -1], words[-2], words[-1]])


def build_data(folder: Path, documents: int = 12) -> Path:
    """Write the files that trainings read into ``folder``."""
    rng = random.Random(7)
    view: list[Row] = []
    for dataset in ("mqm20", "mqm21news", "bio21"):
        for languages in ("en-de", "zh-en"):
            found = [row for d in range(documents) for row in _document(dataset, languages, d, rng)]
            view += found
            name = "bio21" if dataset == "bio21" else f"{dataset}.{languages}"
            _write(folder / "spans" / f"{name}.jsonl.gz", map(_marked, found))
    _write(folder / "views" / "mqm_adequacy_fluency_segments.jsonl.gz", view)
    _write(folder / "views" / "untranslated_eval.jsonl.gz", _untranslated(documents, rng))
    _write(folder / "da" / "mlqe_da.jsonl.gz", _assessed(4 * documents, rng))
    _write(folder / "contrastive" / "ced_critical_errors.jsonl.gz", _assessed(documents, rng))
    _write(folder / "contrastive" / "demetr.jsonl.gz", _contrasts(2 * documents, rng))
    return folder


def _write(path: Path, rows: Iterable[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as stream:
        stream.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _document(dataset: str, languages: str, document: int, rng: random.Random) -> Iterable[Row]:
    for segment in range(2):
        english, german, chinese = sentences(rng)
        source, good = (english, german) if languages == "en-de" else (chinese, english)
        for system in _SYSTEMS:
            is_bad = system == "Online-B"
            yield {
                "dataset": dataset,
                "lp": languages,
                "doc_id": f"{dataset}:{languages}:{document}",
                "seg_id": str(segment),
                "system": system,
                "src": source,
                "mt": worse(good, rng) if is_bad else good,
                "ref": good,
                "n_raters": 1,
                "adequacy_penalty": 5.0 if is_bad else 0.0,
                "fluency_penalty": 1.0 if is_bad else 0.0,
            }


def _marked(row: Row) -> Row:
    spans = [{"start": 0, "end": 3, "text": row["mt"][:3], "severity": "major", "family": "accuracy"}]
    return {**row, "spans": spans if row["adequacy_penalty"] else [], "annotator": "a_1"}


def _untranslated(documents: int, rng: random.Random) -> Iterable[Row]:
    for document in range(4 * documents):
        english, german, _ = sentences(rng)
        kept = rng.choice(english.split()[1:4])
        target = f"{german} Hafen {kept} Radio"
        start = target.index(kept, len(german))
        span = {"start": start, "end": start + len(kept), "family": "untranslated"}
        same = {"dataset": "mqm20", "lp": "en-de", "doc_id": f"u:{document}", "seg_id": "0", "system": "A"}
        yield {**same, "src": f"{english} Radio", "mt": target, "spans": [span]}


def _assessed(count: int, rng: random.Random) -> Iterable[Row]:
    for number in range(count):
        english, german, _ = sentences(rng)
        is_bad = number % 2
        same = {"dataset": "mlqe_da", "lp": "en-de", "doc_id": f"m:{number}", "id": f"m:{number}"}
        target = worse(german, rng) if is_bad else german
        yield {**same, "system": "mt", "src": english, "mt": target, "score": -1.0 if is_bad else 0.8}


def _contrasts(count: int, rng: random.Random) -> Iterable[Row]:
    kinds = ("base_id35_reference", "minor_id4_word_swap", "critical_id9_negation")
    for number in range(count):
        english, _, chinese = sentences(rng)
        kind = kinds[number % len(kinds)]
        same = {"dataset": "demetr", "lp": "zh-en", "doc_id": f"d:{number}", "perturbation": kind}
        bad = english.replace("days", "long days") if kind == kinds[0] else worse(english, rng)
        yield {**same, "src": chinese, "mt_good": english, "mt": bad, "ref": english, "system": "perturbed"}
