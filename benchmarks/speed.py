"""Speed and memory of whole reports: 200 articles of 1,000 words, with the default models.

python benchmarks/speed.py [--source]

The articles are put together from the example's sentences with changing names and numbers, so
that nothing is remembered from one to the next. Each measurement is a process of its own, as a
user starts it. The peer is a sacrebleu chrF run over the same sentences: what reading, splitting
and n-gram counting cost in the field's own tool.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "speed.json"
ARTICLES, WORDS = 200, 1_000
NAMES = [
    "Adler",
    "Brecht",
    "Costa",
    "Duarte",
    "Egan",
    "Fuchs",
    "Grosz",
    "Haas",
    "Ilves",
    "Jansen",
    "Kral",
    "Lund",
]


def main_sides() -> tuple[list[str], list[str]]:
    """Paragraphs of the example's reference and source, which say the same."""
    target = (ROOT / "examples" / "article.ref.txt").read_text(encoding="utf-8").strip().split("\n\n")
    source = (ROOT / "examples" / "article.fr.txt").read_text(encoding="utf-8").strip().split("\n\n")
    return target, source


def article(rng: random.Random, number: int, with_source: bool) -> dict[str, str]:
    """A record of about a thousand words that no other record repeats."""
    paragraphs = list(zip(*main_sides(), strict=True))
    target: list[str] = []
    source: list[str] = []
    while sum(len(text.split()) for text in target) < WORDS:
        for ours, theirs in paragraphs:
            name, year = rng.choice(NAMES), str(rng.randrange(1900, 2100))
            target.append(f"{ours.replace('Kerdoncuff', name)} That was in {year}, {name} said.")
            source.append(f"{theirs.replace('Kerdoncuff', name)} C’était en {year}, a dit {name}.")
    record = {"id": f"a{number}", "target": "\n\n".join(target), "target_lang": "en"}
    return record | ({"source": "\n\n".join(source), "source_lang": "fr"} if with_source else {})


def timed(command: list[str]) -> float:
    """Seconds of wall time of a command that must succeed."""
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def chrf_seconds(path: Path) -> float:
    """The peer: sentence chrF of every line of the articles against itself, in a process."""
    code = (
        "import json,sys\nfrom sacrebleu.metrics import CHRF\nc=CHRF()\n"
        "for l in open(sys.argv[1],encoding='utf-8'):\n"
        "  for s in json.loads(l)['target'].split('\\n\\n'): c.sentence_score(s,[s])"
    )
    return timed([sys.executable, "-c", code, str(path)])


@click.command()
@click.option("--source", "with_source", is_flag=True, help="Give every article its source.")
def main(with_source: bool) -> None:
    """Print the figures and keep them beside those of the other mode."""
    rng = random.Random(7)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "articles.jsonl"
        records = [article(rng, number, with_source) for number in range(ARTICLES)]
        path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
        words = sum(len(record["target"].split()) for record in records)
        mtqe = [sys.executable, "-m", "mtqe", "report"]
        first = timed([*mtqe, str(ROOT / "examples" / "article.txt")])
        seconds = timed([*mtqe, str(path), "-f", "jsonl", "-o", str(Path(folder) / "out.jsonl")])
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        peer = chrf_seconds(path)
    found = {
        "articles": ARTICLES,
        "words": words,
        "seconds": round(seconds, 2),
        "articles_per_minute": round(60 * ARTICLES / seconds),
        "words_per_second": round(words / seconds),
        "peak_memory_mb": round(peak),
        "first_report_seconds": round(first, 2),
        "chrf_seconds": round(peer, 2),
        "ratio_to_chrf": round(seconds / peer, 2),
    }
    known = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    known["source" if with_source else "target_only"] = found
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
