"""What mtqe filter costs: overhead, memory, models, cheap rules first, kills; and OpusFilter beside it.

python benchmarks/filter.py [--size 1000000] [--articles 10000] [--only PART] [--opusfilter PYTHON]

The articles are made as ``filter_articles_made.py`` says. Each measurement is a process of its own; times
are CPU seconds of all its processes, which other work on the machine disturbs least, start-up included.
Modules are compiled beforehand, as installing them does. Parts:

* overhead: a run without rules, against reading and writing the same file with orjson; the median of five.
* memory: of all processes together, when 10,000 articles are done and at the end.
* long_run: the same with the default models. A million take half an hour of CPU time.
* models: all models on everything (quality and every issue), articles for a CPU second.
* costs: milliseconds for an article of each thing that a rule may need.
* cheap_first: half of the articles plainly bad, of seven kinds. All models on everything, as a report has
  them (nothing is written), against the same rules in order of cost. In turn, the quickest of three runs
  each; verdicts must be equal. Both look for cycles of objects as rarely as ``mtqe filter`` does, which
  reports don't; what they then take has a line of its own.
* kills: kill -9 at 20 random moments, each followed by --resume; outputs must be equal.
* opusfilter: nearest filters of OpusFilter on the same mix, in an environment of its own that has it.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import yaml
from filter_articles_made import write

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "filter.json"
KILLS = 20
LANG = "en"

MODELS: dict[str, Any] = {"rules": [{"name": "score", "score": "quality", "at_least": 20}]}
RULES: dict[str, Any] = {
    "rules": [
        {"name": "length", "at_least": 30},
        {"name": "language", "one_of": [LANG], "detect": True},
        {"name": "score", "score": "fluency", "at_least": 40, "null": "drop"},
        {"name": "issues", "category": ["untranslated", "garbled_name"], "at_most": 20},
    ]
}

ORJSON = """
import sys, orjson
with open(sys.argv[1], "rb") as source, open(sys.argv[2], "wb") as target:
    for line in source:
        target.write(orjson.dumps(orjson.loads(line)) + b"\\n")
"""

ALL_MODELS = """
import json, sys
from contextlib import nullcontext
from pathlib import Path
from mtqe.data import Article
from mtqe.evaluate import Evaluator
from mtqe.filters.collector import collecting_rarely
from mtqe.filters.run_file import filter_run
rules = filter_run(json.loads(sys.argv[2])).filter.stages.rules
records = (json.loads(line) for line in open(sys.argv[1], encoding="utf-8"))
articles = (Article(r["id"], r["target"], target_lang="en") for r in records)
kept = []
with collecting_rarely() if sys.argv[4] == "rarely" else nullcontext():
    for report in Evaluator().evaluate(articles):
        if all(rule.judge(report).keep for rule in rules):
            kept.append(report.article.id)
Path(sys.argv[3]).write_text(json.dumps(kept), encoding="utf-8")
"""

COSTS = """
import json, sys, time
from mtqe.data import Article
from mtqe.evaluate import Evaluator
from mtqe.issues import find_issues, set_aside
from mtqe.prepare import prepare, with_languages
records = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
texts = [Article(r["id"], r["target"]) for r in records]
whole = Evaluator()
found = {}
def timed(name, work, given):
    list(map(work, given[:100]))  # models are loaded, and lists of words
    started = time.process_time()
    made = [work(one) for one in given[100:]]
    found[name] = round(1000 * (time.process_time() - started) / len(made), 3)
    return [work(one) for one in given[:100]] + made
named = timed("language", with_languages, texts)
prepared = timed("sentences", prepare, named)
aside = timed("boilerplate", lambda a: set_aside(a, whole.detectors)[0], prepared)
for scorer in whole.scorers:
    timed(scorer.gives, lambda a: scorer.pool(a, scorer.score([a])[0]), aside)
timed("all issues", lambda a: find_issues(a, whole.detectors), prepared)
timed("whole report", lambda a: next(iter(whole.evaluate([a]))), texts)
print(json.dumps(found))
"""

OPUSFILTER = """
import json, sys
from pathlib import Path
from opusfilter import filters
# Not TerminalPunctuationFilter: it counts the marks of a pair of sentences, and drops all texts of more
# than four, whatever they are. AlphabetRatioFilter would count spaces as no letters.
chosen = [
    filters.LengthFilter(unit="word", min_length=30, max_length=100000),
    filters.CharacterScoreFilter(scripts=["Latin"], thresholds=[0.9]),
    filters.AverageWordLengthFilter(min_length=2, max_length=20),
    filters.LongWordFilter(threshold=40),
    filters.AlphabetRatioFilter(threshold=0.75, exclude_whitespace=True),
    filters.Cld2Filter(languages=["en"], thresholds=[0.5]),
    filters.RepetitionFilter(),
]
kept = []
for line in open(sys.argv[1], encoding="utf-8"):
    record = json.loads(line)
    pair = [record["target"].replace("\\n", " ")]
    if all(f.accept(next(f.score([pair]))) for f in chosen):
        kept.append(record["id"])
Path(sys.argv[2]).write_text(json.dumps(kept), encoding="utf-8")
"""


def cpu(command: list[str], **options: Any) -> tuple[float, float]:
    """CPU and wall seconds of a command that must succeed, with all its processes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    subprocess.run(command, check=True, env=environment, stderr=subprocess.PIPE, **options)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used, time.perf_counter() - started


def mtqe(folder: Path, source: Path, sections: dict[str, Any], *options: str, name: str = "out") -> list[str]:
    """The command line of a filter run."""
    config = folder / f"{name}.yaml"
    config.write_text(yaml.safe_dump({k: v for k, v in sections.items() if v is not None}), encoding="utf-8")
    output = ["-o", str(folder / f"{name}.jsonl"), "--config", str(config)]
    return [sys.executable, "-m", "mtqe", "filter", str(source), *output, *options]


def overhead(folder: Path, size: int, articles: int) -> dict[str, Any]:
    """CPU and wall seconds of a run without rules and of orjson, in turn; the median of their ratios."""
    source = write(folder / "in.jsonl", size, 40)
    few = write(folder / "few.jsonl", 1, 40)
    runs = []
    for _ in range(5):
        free = cpu(mtqe(folder, source, {"rules": []}, "--add", "nothing"))
        plain = cpu([sys.executable, "-c", ORJSON, str(source), str(folder / "copy.jsonl")])
        runs.append((free[0] / plain[0], free[1] / plain[1], free[0], plain[0]))
    same = source.read_bytes() == (folder / "out.jsonl").read_bytes()
    start = min(cpu(mtqe(folder, few, {"rules": []}, "--add", "nothing"))[0] for _ in range(3))
    verdict = cpu(mtqe(folder, source, RULES | {"rules": RULES["rules"][:1]}, "--add", "verdict"))[0]
    ratio, wall, free_, plain_ = (statistics.median(column) for column in zip(*runs, strict=True))
    return {
        "records": size,
        "megabytes": round(source.stat().st_size / 1e6, 1),
        "mtqe_cpu_seconds": round(free_, 2),
        "mtqe_start_cpu_seconds": round(start, 2),
        "orjson_cpu_seconds": round(plain_, 2),
        "ratio": round(ratio, 2),
        "ratios": sorted(round(run[0], 2) for run in runs),
        "wall_ratio": round(wall, 2),
        "same_bytes": same,
        "length_rule_and_verdict_cpu_seconds": round(verdict, 2),
    }


def memory(folder: Path, size: int, articles: int) -> dict[str, Any]:
    """Megabytes of all processes at 10,000 articles and after, by a rule that reads every article."""
    rules = {"rules": [{"name": "length", "at_least": 5}], "output": {"shard_megabytes": 1.0}}
    return _watched(folder, size, rules)


def long_run(folder: Path, size: int, articles: int) -> dict[str, Any]:
    """The same with the default models, and their throughput."""
    return _watched(folder, size, MODELS | {"output": {"shard_megabytes": 1.0}})


def _watched(folder: Path, size: int, sections: dict[str, Any]) -> dict[str, Any]:
    """A run in two processes: its memory, and short articles for a CPU second."""
    source = write(folder / "in.jsonl", size, 40)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    process = subprocess.Popen(mtqe(folder, source, sections, "--workers", "2"), stderr=subprocess.DEVNULL)
    journal = folder / "out.parts" / "journal.jsonl"
    early, late = 0.0, 0.0
    while process.poll() is None:
        done = bool(late) or _done(journal) >= 10_000
        used = tree_megabytes(process.pid)
        early, late = (early, max(late, used)) if done else (max(early, used), late)
        time.sleep(0.1)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "records": size,
        "peak_to_10000_mb": round(early),
        "peak_after_mb": round(late),
        "growth": round(late / early - 1, 3) if early else None,
        "cpu_seconds": round(seconds, 1),
        "wall_seconds": round(wall, 1),
        "articles_per_cpu_second": round(size / seconds, 1),
    }


def _done(journal: Path) -> int:
    """Articles in the shards that are done."""
    try:
        lines = journal.read_text(encoding="utf-8").split("\n")[:-1]
    except OSError:
        return 0
    counts = (json.loads(line)["counts"] for line in lines)
    return sum(count["kept"] + count["dropped"] for count in counts)


def tree_megabytes(root: int) -> float:
    """Resident memory of a process and its children, shared pages counted once for each (Linux)."""
    total = 0.0
    todo = [root]
    while todo:
        pid = todo.pop()
        try:
            status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
            todo += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split())
        except OSError:
            continue
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        total += int(found[1]) / 1024 if found else 0
    return total


def models(folder: Path, size: int, articles: int) -> dict[str, Any]:
    """Articles and words for a CPU second with quality and every issue."""
    source = write(folder / "in.jsonl", articles, 200)
    used, _ = cpu(mtqe(folder, source, MODELS, "--workers", "1"))
    words = sum(len(json.loads(line)["target"].split()) for line in source.open(encoding="utf-8"))
    return {
        "articles": articles,
        "words": words,
        "cpu_seconds": round(used, 1),
        "articles_per_cpu_second": round(articles / used, 1),
        "words_per_cpu_second": round(words / used),
    }


def costs(folder: Path, size: int, articles: int) -> dict[str, Any]:
    """Milliseconds of CPU for an article of each thing, in the order in which it is worked out."""
    source = write(folder / "in.jsonl", 1_000, 200)
    done = subprocess.run(
        [sys.executable, "-c", COSTS, str(source)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    return dict(json.loads(done.stdout))


def cheap_first(folder: Path, size: int, articles: int) -> dict[str, Any]:
    """CPU seconds of all models on everything and of rules in order of cost; and their verdicts."""
    source = write(folder / "in.jsonl", articles, 200, share_bad=0.5)
    kinds = {r["id"]: r["kind"] for r in map(json.loads, source.open(encoding="utf-8"))}
    shipped = yaml.safe_load((ROOT / "configs" / "filter-articles.yaml").read_text(encoding="utf-8"))
    found = {}
    for name, rules in (("simple_rules", RULES["rules"]), ("filter_articles", shipped["rules"])):
        kept = folder / "kept.json"
        command = [sys.executable, "-c", ALL_MODELS, str(source), json.dumps({"rules": rules}), str(kept)]
        everything, as_reports = [*command, "rarely"], [*command, "as usual"]
        options = ("--workers", "1", "--add", "verdict", "--target-lang", LANG)
        staging = mtqe(folder, source, {"rules": rules}, *options)
        # In turn, and the quickest of three each: times vary by a third when the machine is busy.
        runs = [(cpu(everything)[0], cpu(staging)[0]) for _ in range(3)]
        whole, staged = (min(column) for column in zip(*runs, strict=True))
        usual, _ = cpu(as_reports)
        ours = [json.loads(line)["id"] for line in (folder / "out.jsonl").open(encoding="utf-8")]
        theirs = json.loads(kept.read_text(encoding="utf-8"))
        found[name] = {
            "all_models_cpu_seconds": round(whole, 1),
            "all_models_as_reports_cpu_seconds": round(usual, 1),
            "cheap_first_cpu_seconds": round(staged, 1),
            "ratio": round(whole / staged, 2),
            "ratios": sorted(round(a / b, 2) for a, b in runs),
            "kept": len(ours),
            "kept_of_kind": dict(sorted(Counter(kinds[name] for name in ours).items())),
            "verdicts_that_differ": len(set(ours) ^ set(theirs)),
            "of": articles,
        }
    return found


def kills(folder: Path, size: int, articles: int) -> dict[str, Any]:
    """How many of 20 runs that were killed gave, once resumed, the files of the undisturbed run."""
    source = write(folder / "in.jsonl", 8_000, 40)
    rules = {"rules": [{"name": "length", "at_least": 45}], "output": {"shard_megabytes": 0.3}}
    started = time.perf_counter()
    command = mtqe(folder, source, rules, "--workers", "2", "--rejected", str(folder / "no.jsonl.gz"))
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    length = time.perf_counter() - started
    wanted = _hashes(folder)
    rng = random.Random(11)
    equal = interrupted = 0
    for _ in range(KILLS):
        for path in folder.glob("out*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        mtqe(folder, source, rules)  # writes the run file again
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        time.sleep(rng.uniform(0, length))
        interrupted += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        done = subprocess.run([*command, "--resume"], check=False, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(done.stderr)
        equal += _hashes(folder) == wanted
    return {"kills": KILLS, "of_a_run_under_way": interrupted, "equal": equal}


def _hashes(folder: Path) -> dict[str, str]:
    files = [*folder.glob("out*"), *folder.glob("no*")]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files if path.is_file()}


def opusfilter(folder: Path, size: int, articles: int, python: str | None = None) -> dict[str, Any]:
    """CPU seconds of OpusFilter's nearest filters, of ours of the same kind, and of all our models."""
    if python is None:
        return {"not measured": "give --opusfilter the python of an environment that has it"}
    source = write(folder / "in.jsonl", articles, 200, share_bad=0.5)
    good = {r["id"] for r in map(json.loads, source.open(encoding="utf-8")) if r["kind"] == "good"}
    kept = folder / "theirs.json"
    theirs, _ = cpu([python, "-c", OPUSFILTER, str(source), str(kept)])
    shipped = yaml.safe_load((ROOT / "configs" / "filter-articles.yaml").read_text(encoding="utf-8"))
    repetition = {"name": "issues", "category": "repetition", "at_most": 20}
    sets = {
        "nearest_rules": {"rules": [*RULES["rules"][:2], repetition]},
        "simple_rules": RULES,
        "filter_articles": {"rules": shipped["rules"]},
        "all_models": MODELS,
    }
    found: dict[str, Any] = {
        "articles": articles,
        "good": len(good),
        "opusfilter": _rated(theirs, set(json.loads(kept.read_text(encoding="utf-8"))), good, theirs),
    }
    for name, rules in sets.items():
        used, _ = cpu(mtqe(folder, source, rules, "--workers", "1", "--target-lang", LANG))
        ours = {json.loads(line)["id"] for line in (folder / "out.jsonl").open(encoding="utf-8")}
        found[f"mtqe_{name}"] = _rated(used, ours, good, theirs)
    return found


def _rated(seconds: float, kept: set[str], good: set[str], theirs: float) -> dict[str, Any]:
    """What one of the filters took and kept; the ratio is of its throughput to OpusFilter's."""
    return {
        "cpu_seconds": round(seconds, 1),
        "kept": len(kept),
        "kept_of_good": len(kept & good),
        "throughput_ratio": round(theirs / seconds, 2),
    }


PARTS: dict[str, Callable[..., dict[str, Any]]] = {
    part.__name__: part
    for part in (overhead, memory, long_run, models, costs, cheap_first, kills, opusfilter)
}


@click.command()
@click.option("--size", default=1_000_000, help="Short articles for overhead and memory.")
@click.option("--articles", default=10_000, help="Articles of 200 words for models.")
@click.option("--only", type=click.Choice(list(PARTS)), help="Measure one part.")
@click.option("--opusfilter", "python", help="Python of an environment that has OpusFilter.")
def main(size: int, articles: int, only: str | None, python: str | None) -> None:
    """Print the figures and keep them beside those of the other parts."""
    with tempfile.TemporaryDirectory() as compiled:
        os.environ["PYTHONPYCACHEPREFIX"] = compiled
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        for name in [only] if only else PARTS:
            with tempfile.TemporaryDirectory() as folder:
                few = write(Path(folder) / "few.jsonl", 2, 40)
                cpu(mtqe(Path(folder), few, MODELS))  # compiles the modules
            with tempfile.TemporaryDirectory() as folder:
                extra = {"python": python} if name == "opusfilter" else {}
                found = PARTS[name](Path(folder), size, articles, **extra)
            print(name, json.dumps(found))
            keep(name, found)


def keep(name: str, found: dict[str, Any]) -> None:
    """Put a part's figures beside those of the other parts."""
    known = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    if "not measured" not in found:
        known[name] = found
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
