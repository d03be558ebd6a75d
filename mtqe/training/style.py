"""Train the style models that ship (``configs/train-style.yaml``; needs ``mtqe[train]``).

For each language: a logistic regression between texts by people and translations by machines. Most
weight have people's and machines' translations of the same documents, where topics can teach
nothing; a third have originals of the same sets. For English also what Apertium, a rule-based system
(Debian's apertium-spa-eng, run as a program), makes of Tatoeba's Spanish sentences, beside the
English ones: bad machine translation of everyday language. Held-out documents are left out, and
the set that calibration uses. Wikipedia's and Reddit's translations of MLQE-PE are not used: no
person's are beside them, and a model that learnt from them took any first person for a machine.
"""

from __future__ import annotations

import hashlib
import random
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from mtqe.bench.agreement import auc
from mtqe.errors import ConfigError
from mtqe.models.style import ROWS, StyleModel, grams
from mtqe.training.calibration import CALIBRATION_SET, VIEW, licensed
from mtqe.training.corpora import DEMETR_REFERENCE, is_held_out, rows
from mtqe.training.provenance import write_tensors
from mtqe.training.quality_examples import is_human

LANGUAGES = ("de", "en")

# How strongly large weights are held back (scikit-learn's C), and the weight of other documents.
_STRENGTH = 0.1
_UNPAIRED = 0.3

# Tatoeba's sentences that Apertium translates, the words that they have at least, and how many make
# a document.
_RULE_BASED = 3000
_LEAST_WORDS = 9
_TOGETHER = 20
SEED = 3


class Text(NamedTuple):
    """A text, its document, whether a machine made it, and whether its document has both kinds."""

    text: str
    document: str
    machine: bool
    original: bool = False


def texts(data: Path, language: str) -> list[Text]:
    """All texts in a language of which it is known who made them, each once."""
    found = {text.text: text for read in (_judged, _demetr) for text in read(data, language)}
    return [text for text in found.values() if text.text.strip()]


def _judged(data: Path, language: str) -> Iterator[Text]:
    for row in rows(data / f"{VIEW}.jsonl.gz"):
        source, target = row["lp"].split("-")
        document = f"{row['dataset']} {row['doc_id']}"
        if not licensed(row) or row["dataset"] == CALIBRATION_SET:
            continue
        if target == language:
            yield Text(row["mt"] or "", document, not is_human(row["system"]))
            yield Text(row.get("ref") or "", document, False)
        elif source == language:
            yield Text(row.get("src") or "", document, False, True)


def _demetr(data: Path, language: str) -> Iterator[Text]:
    for row in rows(data / "contrastive" / "demetr.jsonl.gz"):
        document = f"demetr {row['lp']} {row['doc_id']}"
        if row["perturbation"] != DEMETR_REFERENCE:
            continue
        if language == "en":
            yield Text(row["mt"], document, False)
            yield Text(row["mt_good"], document, True)
        elif row["lp"].startswith(f"{language}-"):
            yield Text(row["src"], document, False, True)


def by_rules(tatoeba: Path) -> list[Text]:
    """Tatoeba's English sentences, and Apertium's translations of the Spanish ones beside them."""
    with (tatoeba / "spa.tsv").open(encoding="utf-8") as stream:
        pairs = [line.rstrip("\n").split("\t")[:2] for line in stream]
    random.Random(SEED).shuffle(pairs)  # noqa: S311 (no secret)
    once = {english: spanish for english, spanish in pairs if len(english.split()) >= _LEAST_WORDS}
    chosen = list(once.items())[:_RULE_BASED]
    translated = _apertium([spanish for _, spanish in chosen])
    found = []
    for number, ((english, _), machine) in enumerate(zip(chosen, translated, strict=True)):
        document = f"tatoeba {number // _TOGETHER}"
        found += [Text(english, document, False), Text(machine, document, True)]
    return found


def _apertium(texts: Sequence[str]) -> list[str]:
    """Each text translated from Spanish to English."""
    program = shutil.which("apertium")
    if program is None:
        raise ConfigError("apertium is not installed; on Debian: apt-get install apertium-spa-eng")
    command = [program, "-u", "spa-eng"]
    done = subprocess.run(command, input="\n".join(texts), capture_output=True, text=True, check=True)  # noqa: S603
    return done.stdout.rstrip("\n").split("\n")


def weights_of(found: Sequence[Text]) -> Any:
    """How much each text counts, so that in every document, and among the others, kinds are balanced."""
    kinds = Counter((text.document, text.machine) for text in found if not text.original)
    others = Counter(text.machine for text in found if text.original)
    return np.array([_weight(text, kinds, others) for text in found])


def _weight(text: Text, kinds: Counter[tuple[str, bool]], others: Counter[bool]) -> float:
    if text.original:
        least = min(others[True], others[False])
        return _UNPAIRED * least / others[text.machine]
    least = min(kinds[text.document, True], kinds[text.document, False])
    return least / kinds[text.document, text.machine]


def matrix(found: Sequence[str], language: str) -> Any:
    """n-gram counts of each text over the root of its length, as a sparse matrix."""
    from scipy.sparse import csr_matrix

    all_grams = grams(found, language)
    ends = np.append(all_grams.starts[1:], len(all_grams.rows))
    values = np.repeat(1 / np.sqrt(all_grams.tokens), ends - all_grams.starts)
    return csr_matrix((values, all_grams.rows, np.append(all_grams.starts, ends[-1])), (len(found), ROWS))


def fit(found: Sequence[Text], language: str) -> tuple[Any, float]:
    """Weights of the rows, and the bias."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=_STRENGTH, max_iter=400)
    counted = weights_of(found)
    used = counted > 0
    x = matrix([text.text for text in found], language)
    model.fit(x[used], [text.machine for text, use in zip(found, used, strict=True) if use], counted[used])
    return model.coef_[0].astype(np.float32), float(model.intercept_[0])


def make(data: Path, tatoeba: Path | None, language: str, out: Path) -> Path:
    """Train the model of one language and write it; the same data gives the same bytes."""
    found = [text for text in texts(data, language) if not is_held_out(text.document.split(" ", 1)[1])]
    more = by_rules(tatoeba) if tatoeba and language == "en" else []
    found += more
    weights, bias = fit(found, language)
    # The largest are few: beyond the 127 steps they are cut.
    scale = np.float32(np.quantile(np.abs(weights[weights != 0]), 0.999) / 127)
    steps = np.clip(np.round(weights / scale), -127, 127).astype(np.int8)
    about = {
        "bias": round(bias, 5),
        "data": "WMT20 news and WMT21 biomedical (Apache-2.0), DEMETR (MIT)"
        + (", Tatoeba (CC BY 2.0 FR) with translations by Apertium" if more else ""),
        "digest": hashlib.sha256("\n".join(text.text for text in found).encode()).hexdigest()[:16],
        "language": language,
        "licence": "Apache-2.0",
        "texts": {"machines": sum(t.machine for t in found), "people": sum(not t.machine for t in found)},
    }
    path = out / f"style.{language}.safetensors"
    arrays = {"weights": steps, "scale": np.array([scale], np.float32)}
    write_tensors(arrays, about, path)
    return path


def held_out_figures(data: Path, model: StyleModel) -> dict[str, float | None]:
    """AUC of machines' above people's texts of held-out documents: of translations, and of all.

    None where no text is held out, or all are of one kind.
    """
    found = [t for t in texts(data, model.language) if is_held_out(t.document.split(" ", 1)[1])]
    scores = model.log_odds([text.text for text in found])
    machine = np.array([text.machine for text in found])
    translated = np.array([not text.original for text in found])
    found_all, found_translated = auc(scores, machine), auc(scores[translated], machine[translated])
    return {"translations": found_translated.rounded(), "all": found_all.rounded()}
