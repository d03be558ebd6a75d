"""What the quality network learns from: judged translations, contrasts, and spoilt sentences.

Only sets whose licence lets weights ship (``mtqe.training.corpora``, ``mtqe.training.calibration``).
Texts are numbered, so that each is encoded once.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from mtqe.models.sentence_encoder import LANGUAGES
from mtqe.models.style import TYPOGRAPHY
from mtqe.text.words import count_words
from mtqe.training.calibration import VIEW, licensed
from mtqe.training.corpora import DEMETR_REFERENCE, is_for_tuning, is_held_out, rows
from mtqe.training.spoil import spoilt

SEED = 5

# The kind of a contrast between a person's translation and a machine's: neither is the worse.
MACHINE = "machine"

# Beside quotation marks and dashes, spaces say which word processor a text comes from.
_TYPOGRAPHY = TYPOGRAPHY | str.maketrans({"\xa0": " "})

# Spoilt versions of one sentence; more of them only repeat it.
_SPOILT = 4

# How often it is the reference that is spoilt, where there is one, and not a translation.
_REFERENCES = 0.6

SPAN_SETS = ("mqm20.en-de", "mqm20.zh-en", "mqm21news.en-de", "mqm21news.zh-en", "bio21")


class Marks(NamedTuple):
    """What one annotator marked in a target: start, end, and whether it is more than minor."""

    spans: tuple[tuple[int, int, bool], ...]


@dataclass(frozen=True)
class Judged:
    """A translation with MQM points; ``source`` is None if the encoder lacks its language."""

    source: int | None
    target: int
    group: tuple[str, str]  # languages and source text: translations of one group can be compared
    accuracy: float
    fluency: float
    words: int
    raters: int
    marks: tuple[Marks, ...]
    data: str
    document: str
    system: str
    held_out: bool


@dataclass(frozen=True)
class Assessed:
    """A translation with a direct assessment, as a z-score."""

    source: int | None
    target: int
    languages: str
    value: float
    held_out: bool


@dataclass(frozen=True)
class Contrast:
    """A good translation and a worse one, and in what it is worse."""

    source: int | None
    good: int
    bad: int
    kind: str
    data: str
    held_out: bool


@dataclass
class Examples:
    """All of them, with their texts in the order of their numbers."""

    numbers: dict[str, int] = field(default_factory=dict)
    judged: list[Judged] = field(default_factory=list)
    references: dict[int, int] = field(default_factory=dict)  # of a translation, if there is one
    assessed: list[Assessed] = field(default_factory=list)
    demetr: list[Contrast] = field(default_factory=list)
    machine: list[Contrast] = field(default_factory=list)  # a person's translation and a machine's
    spoilt: list[Contrast] = field(default_factory=list)

    def number(self, text: str) -> int:
        """The number of a text, given at its first use."""
        return self.numbers.setdefault(text, len(self.numbers))

    def source(self, row: dict[str, Any]) -> int | None:
        """The number of a row's source, or None if the encoder does not know its language."""
        known = row["lp"].split("-")[0] in LANGUAGES
        return self.number(row["src"]) if known and row.get("src") else None


def read(data: Path) -> Examples:
    """Everything in the data folder that may be learnt from, held-out documents included."""
    examples = Examples()
    _read_judged(data, examples)
    _read_assessed(data, examples)
    _read_demetr(data, examples)
    _compare_with_people(examples)
    _spoil(examples)
    return examples


def _read_judged(data: Path, examples: Examples) -> None:
    marked = _marks(data)
    for row in rows(data / f"{VIEW}.jsonl.gz"):
        words = count_words(row["mt"] or "")
        if not (licensed(row) and words and row.get("src") and row["lp"].split("-")[1] in LANGUAGES):
            continue
        examples.judged.append(
            Judged(
                examples.source(row),
                examples.number(row["mt"]),
                (row["lp"], row["src"]),
                row["adequacy_penalty"],
                row["fluency_penalty"],
                words,
                row["n_raters"],
                tuple(marks for text, marks in marked[_key(row)] if text == row["mt"]),
                row["dataset"],
                str(row["doc_id"]),
                row["system"],
                is_held_out(str(row["doc_id"])),
            )
        )
        if row.get("ref"):
            examples.references[examples.judged[-1].target] = examples.number(row["ref"])


def _marks(data: Path) -> dict[tuple[str, ...], list[tuple[str, Marks]]]:
    """By translation, each annotator's marks."""
    found: dict[tuple[str, ...], list[tuple[str, Marks]]] = defaultdict(list)
    for name in SPAN_SETS:
        for row in rows(data / "spans" / f"{name}.jsonl.gz"):
            found[_key(row)].append((row["mt"], marks_of(row)))
    return found


def marks_of(row: Mapping[str, Any]) -> Marks:
    """What one annotator marked in a target; source errors and neutral marks are none."""
    spans = (
        (s["start"], s["end"], s["severity"] != "minor")
        for s in row["spans"]
        if s["severity"] in ("minor", "major", "critical") and s["family"] != "source"
    )
    return Marks(tuple(spans))


def _key(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in ("dataset", "lp", "doc_id", "seg_id", "system"))


def _read_assessed(data: Path, examples: Examples) -> None:
    for row in rows(data / "da" / "mlqe_da.jsonl.gz"):
        if row["lp"].split("-")[1] in LANGUAGES and row["mt"].strip():
            document = str(row.get("doc_id") or row["id"])
            numbers = examples.source(row), examples.number(row["mt"])
            examples.assessed.append(Assessed(*numbers, row["lp"], row["score"], is_held_out(document)))


def _read_demetr(data: Path, examples: Examples) -> None:
    """Half of the documents are for training, the others are held out."""
    for row in rows(data / "contrastive" / "demetr.jsonl.gz"):
        if (row["mt"] or "").strip():
            numbers = examples.source(row), examples.number(row["mt_good"]), examples.number(row["mt"])
            held_out = not is_for_tuning(str(row["doc_id"]))
            contrast = Contrast(*numbers, row["perturbation"], "demetr", held_out)
            if contrast.kind != DEMETR_REFERENCE:
                examples.demetr.append(contrast)
            else:
                examples.machine.append(
                    _by_people(examples, contrast.source, row["mt"], row["mt_good"], contrast)
                )


def _compare_with_people(examples: Examples) -> None:
    """The reference beside one machine translation of each source, where there is one."""
    texts = list(examples.numbers)
    firsts = {one.group: one for one in examples.judged if one.target in examples.references}
    for one in firsts.values():
        reference, target = texts[examples.references[one.target]], texts[one.target]
        if reference != target and not is_human(one.system):
            contrast = Contrast(one.source, 0, 0, MACHINE, one.data, one.held_out)
            examples.machine.append(_by_people(examples, one.source, reference, target, contrast))


def _by_people(
    examples: Examples, source: int | None, by_people: str, by_machine: str, like: Contrast
) -> Contrast:
    good, bad = (examples.number(text.translate(_TYPOGRAPHY)) for text in (by_people, by_machine))
    return Contrast(source, good, bad, MACHINE, like.data, like.held_out)


def is_human(system: str) -> bool:
    """Whether the name of a system says that people translated."""
    return system.lower().startswith(("human", "ref"))


def _spoil(examples: Examples) -> None:
    """One translation or reference of each source, spoilt in some ways."""
    rng = random.Random(SEED)  # noqa: S311 (no secret)
    texts = list(examples.numbers)
    firsts = {one.group: one for one in reversed(examples.judged) if one.source is not None}
    chosen = list(firsts.values())
    by_languages: dict[str, list[Judged]] = defaultdict(list)
    for one in chosen:
        by_languages[one.group[0]].append(one)
    for one in chosen:
        reference = examples.references.get(one.target)
        base = one.target if reference is None or rng.random() > _REFERENCES else reference
        other = texts[rng.choice(by_languages[one.group[0]]).target]
        worse = spoilt(texts[base], other, one.group[1], one.group[0].split("-")[1], rng)
        for kind in rng.sample(sorted(worse), min(_SPOILT, len(worse))):
            bad = examples.number(worse[kind])
            examples.spoilt.append(Contrast(one.source, base, bad, kind, one.data, one.held_out))


def groups(judged: Iterable[Judged]) -> Iterator[list[Judged]]:
    """Translations of one source together."""
    found: dict[tuple[str, str], list[Judged]] = defaultdict(list)
    for one in judged:
        found[one.group].append(one)
    yield from found.values()


def languages(judged: Sequence[Judged]) -> dict[str, int]:
    """How many judged translations each pair of languages has."""
    counts: dict[str, int] = defaultdict(int)
    for one in judged:
        counts[one.group[0]] += 1
    return dict(sorted(counts.items()))
