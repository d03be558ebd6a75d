"""Makes ``text/tables/chinese_sounds.yaml``: how the characters of foreign names sound in English.

python -m mtqe.training.chinese_sounds NAMES OUT

NAMES is a JSONL file (``.jsonl.gz``) of name pairs: ``lang`` ("chinese"), ``name`` and ``en``, such
as those of Wikidata (CC0) that Merhav and Ash (2018) collected. Letters are aligned to characters by
expectation maximisation: each character takes a row of letters, in order.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import click

from mtqe.text.chinese_names import readings
from mtqe.text.phonetics import romanise

# A character stands for so many letters at most ("什" for "sch").
MOST_LETTERS = 5
ROUNDS = 6

HEADER = """\
# The usual letters of each character that writes foreign names, in English: 杰 of "Je" in "Jeremy".
# Made by ``python -m mtqe.training.chinese_sounds`` from the Chinese names of Wikidata (CC0), as
# collected by Merhav and Ash (2018). Characters that lack here are read in Mandarin.
zh:
"""

# Rarer characters write no sound that could be learnt.
LEAST_NAMES = 15

# What a row of letters is worth that the character was never seen with.
UNSEEN = 1e-6

Weights = Mapping[str, Mapping[str, float]]


def pairs(path: Path) -> Iterator[tuple[str, str]]:
    """Chinese names of two characters or more, and their letters in English."""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            row = json.loads(line)
            letters = romanise(row["en"]) if row["lang"] == "chinese" else ""
            if letters and len(row["name"]) > 1 and all(map(readings, row["name"])):
                yield row["name"], letters


def learn(names: Sequence[tuple[str, str]]) -> dict[str, Counter[str]]:
    """How often each character stands for each row of letters, by the best alignments."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for _ in range(ROUNDS):
        weights = {char: _shares(seen) for char, seen in counts.items()}
        counts = defaultdict(Counter)
        for name, letters in names:
            for char, row in zip(name, _best_rows(name, letters, weights), strict=False):
                counts[char][row] += 1
    return counts


def _shares(seen: Counter[str]) -> dict[str, float]:
    total = seen.total()
    return {row: count / total for row, count in seen.items()}


def _best_rows(name: str, letters: str, weights: Weights) -> list[str]:
    """The most likely letters of each character; none if there are too many letters."""
    best: list[dict[int, tuple[float, int]]] = [{0: (1.0, 0)}]
    for char in name:
        ends: dict[int, tuple[float, int]] = {}
        for begin, (score, _) in best[-1].items():
            for end in range(begin + 1, min(len(letters), begin + MOST_LETTERS) + 1):
                likely = score * _weight(char, letters[begin:end], weights)
                if likely > ends.get(end, (0.0, 0))[0]:
                    ends[end] = likely, begin
        best.append(ends)
    if len(letters) not in best[-1]:
        return []
    cuts = [len(letters)]
    for ends in reversed(best[1:]):
        cuts.append(ends[cuts[-1]][1])
    cuts.reverse()
    return [letters[a:b] for a, b in pairwise(cuts)]


def _weight(char: str, row: str, weights: Weights) -> float:
    """The share of ``row`` among the letters of ``char``; at first by likeness to its reading."""
    if not weights:
        return 1.0 if row[0] == readings(char)[0][0] else 0.2
    return weights.get(char, {}).get(row, UNSEEN)


@click.command()
@click.argument("names", type=Path)
@click.argument("out", type=Path)
def main(names: Path, out: Path) -> None:
    """Write the usual sound of each character that foreign names are written with."""
    counts = learn(sorted(set(pairs(names))))
    usual = {char: seen.most_common(1)[0][0] for char, seen in counts.items() if seen.total() >= LEAST_NAMES}
    lines = [f"  {char}: {json.dumps(usual[char])}" for char in sorted(usual)]
    out.write_text(HEADER + "\n".join([*lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
