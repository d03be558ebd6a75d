"""Speed, memory and precision of COMET's models here, beside the original in the same run.

python benchmarks/comet.py --comet /path/to/environment/bin/python [--segments 64] [--rounds 3]
    [--size base|large] [--parts one_thread,outliers,matrix_rate,ten_systems,first_score,whole_machine]

The environment has unbabel-comet (see comet_golden.py); without ``--comet`` only our own precisions are
compared. Weights are random, the architecture is that of XLM-R base or large with COMET's heads. Texts
are words drawn so that the numbers of tokens are those of WMT's sentences (mean 29 and 26, deviation 18
and 16), since time depends on nothing else. Each side is a process of its own on one core, and they take
turns; what is compared is the CPU time of one thread, the least of the rounds. Wall time of the whole
machine is given with the share of it that the process had, since other work may run beside;
``load_average`` says how much did.
"""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "comet.json"
BATCH = 16  # COMET's own default
SYSTEMS, SHARED_SEGMENTS = 10, 8

SIZES = {"base": (768, 12, 12, 3072), "large": (1024, 24, 16, 4096)}
WORDS, VOCABULARY = 60_000, 250_002

# Tokens of a source by a gamma distribution, and the length of its translation beside it.
SHAPE, SCALE, RATIO, RATIO_SPREAD = 2.7, 10.9, 0.9, 0.22

PRECISIONS = ("fp32", "bf16", "int8")

# What is measured; the first ones need no COMET.
PARTS = ("one_thread", "outliers", "matrix_rate", "ten_systems", "first_score", "whole_machine")
WITHOUT_COMET = 3

# Rows of the products that the processor's rate is measured by, and how long each try lasts in seconds.
RATE_ROWS, RATE_SECONDS = 1024, 1.0
OUTLIERS, OUTLIER_GAIN = (77, 388), 20.0

Sample = dict[str, str]


@dataclass
class Side:
    """A process that scores on request; ``name`` is "comet" or one of our precisions."""

    name: str
    process: subprocess.Popen[str]

    @classmethod
    def start(cls, name: str, python: str, folder: Path, threads: int = 1) -> Side:
        """Start one, pinned to a core if it has one thread, and wait until its model is loaded."""
        cores = ["taskset", "-c", "1"] if threads == 1 else []
        command = [*cores, python, "-P", __file__, "--inside", name, str(folder), str(threads)]
        environment = os.environ | {"OMP_NUM_THREADS": str(threads), "TOKENIZERS_PARALLELISM": "false"}
        pipe = subprocess.PIPE
        process = subprocess.Popen(
            command, env=environment, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True
        )
        side = cls(name, process)
        side._answer()
        return side

    def run(self, samples: Sequence[Sample], spans: bool = False) -> dict[str, Any]:
        """Scores, seconds of CPU and of wall time, and the peak of memory so far in megabytes."""
        _stream(self.process.stdin).write(json.dumps([spans, list(samples)]) + "\n")
        _stream(self.process.stdin).flush()
        return self._answer()

    def stop(self) -> None:
        """Let it end."""
        _stream(self.process.stdin).close()
        self.process.wait()

    def _answer(self) -> dict[str, Any]:
        for line in _stream(self.process.stdout):
            if line.startswith("{"):
                answer: dict[str, Any] = json.loads(line)
                return answer
        sys.exit(f"{self.name}: its process ended without an answer")


def _stream(stream: IO[str] | None) -> IO[str]:
    if stream is None:
        sys.exit("a process without pipes")
    return stream


def main() -> None:
    """Print the figures and keep them."""
    options = dict(zip(sys.argv[1::2], sys.argv[2::2], strict=False))
    if "--inside" in options:
        return inside(*sys.argv[2:5])
    python, size = options.get("--comet"), options.get("--size", "base")
    number, rounds = int(options.get("--segments", 64)), int(options.get("--rounds", 3))
    wanted = options.get("--parts", ",".join(PARTS if python else PARTS[:WITHOUT_COMET])).split(",")
    about = {"segments": number, "rounds": rounds, "model": f"XLM-R {size}, random weights"}
    with tempfile.TemporaryDirectory(dir=options.get("--work")) as place:
        for part in wanted:
            found = about | measure(part, Path(place), python, size, number, rounds)
            found["load_average"] = round(os.getloadavg()[2], 1)  # of the last quarter of an hour
            print(json.dumps({part: found}, indent=1), flush=True)
            if python or part in PARTS[1:WITHOUT_COMET]:
                keep(size, part, found)
    return None


def keep(size: str, part: str, found: dict[str, Any]) -> None:
    """Put the figures of one part beside the others."""
    known = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    known.setdefault(size, {})[part] = found
    RESULTS.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def measure(
    part: str, place: Path, python: str | None, size: str, number: int, rounds: int
) -> dict[str, Any]:
    """The figures of one part; its model is built for it and removed, since several fill a disk."""
    samples = blocks(pairs(1000), number)
    family = "regression_metric" if part == "ten_systems" else "unified_metric"
    folder = build(place / part, family, size, part == "outliers")
    try:
        if part == "outliers":
            return outliers(folder, samples, rounds)
        if part == "one_thread":
            padded = {"padding_of_comet": round(padding(samples), 3)}
            return one_thread(folder, python, samples, rounds) | padded
        if part == "matrix_rate":
            return matrix_rate(folder, samples, size, rounds)
        if python is None:
            sys.exit(f"{part}: needs --comet")
        if part == "ten_systems":
            return ten_systems(folder, python, rounds)
        if part == "whole_machine":
            return whole_machine(folder, python, samples, rounds)
        return {name: first_score(name, p, folder) for name, p in _both(python)} | {"segments": 1}
    finally:
        shutil.rmtree(folder)


def _both(python: str) -> list[tuple[str, str]]:
    return [("comet", python), ("fp32", sys.executable)]


def one_thread(folder: Path, python: str | None, samples: Sequence[Sample], rounds: int) -> dict[str, Any]:
    """CPU seconds of one thread of each side, without and with word scores; they take turns."""
    sides = [Side.start("comet", python, folder)] if python else []
    sides += [Side.start(name, sys.executable, folder) for name in PRECISIONS]
    runs: dict[str, list[dict[str, Any]]] = {}
    for _ in range(rounds):
        for side in sides:
            runs.setdefault(side.name, []).append(side.run(samples))
        runs.setdefault("fp32 with words", []).append(
            next(side for side in sides if side.name == "fp32").run(samples, True)
        )
    for side in sides:
        side.stop()
    exact = runs["comet" if python else "fp32"][0]["scores"]
    return _against(runs, exact)


def _against(runs: Mapping[str, Sequence[Mapping[str, Any]]], exact: Sequence[float]) -> dict[str, Any]:
    """Each side's least CPU time, its ratio to COMET's, and how far its scores are from exact ones."""
    least = {name: min(run["cpu"] for run in found) for name, found in runs.items()}
    spread = _deviation(exact)
    return {
        name: {
            "cpu_seconds": round(least[name], 2),
            "peak_mb": round(max(run["peak_mb"] for run in found)),
            "times_comet": round(least["comet"] / least[name], 2) if "comet" in least else None,
            "largest_difference": float(f"{_furthest(found[0]['scores'], exact):.2g}"),
            "difference_by_deviation_of_scores": float(
                f"{_furthest(found[0]['scores'], exact) / spread:.2g}"
            ),
            "pearson": round(_pearson(found[0]["scores"], exact), 6),
        }
        for name, found in runs.items()
    }


def whole_machine(folder: Path, python: str, samples: Sequence[Sample], rounds: int) -> dict[str, Any]:
    """Wall seconds with all cores, and the processors that each had on average."""
    threads = len(os.sched_getaffinity(0))
    sides = [Side.start(name, p, folder, threads) for name, p in [*_both(python), ("bf16", sys.executable)]]
    found = {}
    for side in sides:
        run = min((side.run(samples) for _ in range(rounds)), key=lambda run: float(run["wall"]))
        busy = run["cpu"] / run["wall"]
        found[side.name] = {"wall_seconds": round(run["wall"], 2), "cores_used": round(busy, 2)}
        side.stop()
    for ours in found.values():
        ours["times_comet"] = round(found["comet"]["wall_seconds"] / ours["wall_seconds"], 2)
    return found | {"cores": threads}


def first_score(name: str, python: str, folder: Path) -> dict[str, float]:
    """Seconds from starting an interpreter to the first score, of wall and of CPU time; peak memory."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    side = Side.start(name, python, folder)
    peak = side.run(pairs(1))["peak_mb"]
    wall = time.perf_counter() - started
    side.stop()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall_seconds": round(wall, 2), "cpu_seconds": round(cpu, 2), "peak_mb": round(peak)}


def outliers(folder: Path, samples: Sequence[Sample], rounds: int) -> dict[str, Any]:
    """How far lower precisions are off, and how fast, where two features are far larger than all others."""
    runs = {}
    for name in PRECISIONS:
        side = Side.start(name, sys.executable, folder)
        runs[name] = [side.run(samples) for _ in range(rounds)]
        side.stop()
    kept = ("largest_difference", "difference_by_deviation_of_scores", "pearson")
    found = _against(runs, runs["fp32"][0]["scores"])
    faster = {name: round(found["fp32"]["cpu_seconds"] / found[name]["cpu_seconds"], 2) for name in found}
    return {
        name: {key: found[name][key] for key in kept} | {"times_fp32": faster[name]}
        for name in PRECISIONS[1:]
    }


def matrix_rate(folder: Path, samples: Sequence[Sample], size: str, rounds: int) -> dict[str, Any]:
    """Billions of operations a second that fp32 has of one thread, and that its products have by themselves.

    What is counted is the arithmetic that is done: of the last layer keys and values, and one row.
    """
    side = Side.start("fp32", sys.executable, folder)
    rate = Side.start("rate", sys.executable, folder)
    seconds, fastest = [], []
    for _ in range(rounds):
        fastest.append(rate.run([])["gflops"])
        seconds.append(side.run(samples)["cpu"])
    side.stop()
    rate.stop()
    model = operations(samples, size) / min(seconds) / 1e9
    return {
        "model_gflops": round(model, 1),
        "products_gflops": round(max(fastest), 1),
        "share": round(model / max(fastest), 3),
    }


def operations(samples: Sequence[Sample], size: str) -> float:
    """Multiplications and additions of an encoder's products over these pairs, read once each."""
    width, layers, *_ = SIZES[size]
    lengths = [len(s["src"].split()) + len(s["mt"].split()) + 4 for s in samples]
    whole = sum(n * 24 * width**2 + 4 * n * n * width for n in lengths)
    last = sum(n * 4 * width**2 + 20 * width**2 + 4 * n * width for n in lengths)
    return float((layers - 1) * whole + last)


def _rate(folder: str) -> Any:
    """What multiplies as a layer of the model does, and says how fast."""
    import torch

    from mtqe.models.packed_linear import Fp32

    config = json.loads((Path(folder) / "encoder" / "config.json").read_text(encoding="utf-8"))
    width, inner = config["hidden_size"], config["intermediate_size"]
    product = Fp32(torch.randn(inner, width), torch.zeros(inner))
    rows = torch.randn(RATE_ROWS, width)

    @torch.inference_mode()
    def run() -> float:
        done, started = 0, time.process_time()
        while time.process_time() - started < RATE_SECONDS:
            product(rows)
            done += 1
        seconds = time.process_time() - started
        return float(done * 2 * RATE_ROWS * width * inner / seconds / 1e9)

    return run


def ten_systems(folder: Path, python: str, rounds: int) -> dict[str, Any]:
    """CPU seconds for ten systems that share sources and references, by a regression model."""
    shared = pairs(SHARED_SEGMENTS, seed=5)
    rng = random.Random(6)
    samples = [
        {**sample, "ref": sample["mt"], "mt": _varied(sample["mt"], rng)}
        for _ in range(SYSTEMS)
        for sample in shared
    ]
    sides = [Side.start(name, p, folder) for name, p in _both(python)]
    runs: dict[str, list[dict[str, Any]]] = {side.name: [] for side in sides}
    for _ in range(rounds):
        for side in sides:
            runs[side.name].append(side.run(samples))
    for side in sides:
        side.stop()
    return _against(runs, runs["comet"][0]["scores"]) | {"segments": len(samples)}


def _varied(text: str, rng: random.Random) -> str:
    """Another translation of about the length."""
    return " ".join(word if rng.random() < 0.7 else _word(rng) for word in text.split())


def pairs(number: int, seed: int = 1) -> list[Sample]:
    """Sources and translations by the distribution of their lengths."""
    rng = random.Random(seed)
    return [_pair(rng) for _ in range(number)]


def blocks(samples: Sequence[Sample], number: int) -> list[Sample]:
    """Some of COMET's batches of all samples, evenly from its order: so it pads as much as with all."""
    if number >= len(samples):
        return list(samples)
    ordered = sorted(samples, key=lambda sample: len(sample["src"]))
    count, step = number // BATCH, len(ordered) * BATCH // number
    starts = (step // 2 + step * block - BATCH // 2 for block in range(count))
    return [sample for start in starts for sample in ordered[start : start + BATCH]]


def _pair(rng: random.Random) -> Sample:
    source = min(max(round(rng.gammavariate(SHAPE, SCALE)), 2), 200)
    target = min(max(round(source * rng.lognormvariate(0, RATIO_SPREAD) * RATIO), 2), 200)
    return {"src": _text(source, rng), "mt": _text(target, rng)}


def _text(words: int, rng: random.Random) -> str:
    return " ".join(_word(rng) for _ in range(words))


def _word(rng: random.Random) -> str:
    """A word of one token; common ones are common, and words differ in length."""
    number = min(int(rng.paretovariate(0.7)), WORDS - 1)
    return f"w{number}" + "x" * (number % 7)


def padding(samples: Sequence[Sample]) -> float:
    """The share of COMET's tokens that is padding: its batches are sorted by characters of the source."""
    ordered = sorted(samples, key=lambda sample: len(sample["src"]))
    lengths = [len(s["src"].split()) + len(s["mt"].split()) + 4 for s in ordered]
    batches = [lengths[start : start + BATCH] for start in range(0, len(lengths), BATCH)]
    return 1 - sum(lengths) / sum(max(batch) * len(batch) for batch in batches)


def build(folder: Path, family: str, size: str, with_outliers: bool = False) -> Path:
    """A folder as the hub has it, of random weights."""
    sys.path.insert(0, str(ROOT))
    import torch
    import yaml

    from tests.models import comet_folders as small

    width, layers, heads, inner = SIZES[size]
    small.WIDTH, small.LAYERS, small.INNER, small.VOCABULARY = width, layers, inner, VOCABULARY
    small.POSITIONS = 514
    hparams = {
        "class_identifier": family,
        "encoder_model": "XLM-RoBERTa",
        "pretrained_model": str(folder / "encoder"),
        "pool": "avg",
        "layer": "mix",
        "layer_norm": False,
        "layer_transformation": "sparsemax",
        "hidden_sizes": [3072, 1024],
        "activations": "Tanh",
        "final_activation": None,
    }
    if family == "unified_metric":
        hparams |= {
            "sent_layer": "mix",
            "input_segments": ["mt", "src"],
            "word_level_training": True,
            "word_layer": layers,
            "error_labels": ["minor", "major"],
        }
    (folder / "checkpoints").mkdir(parents=True)
    (folder / "encoder").mkdir()
    (folder / "hparams.yaml").write_text(yaml.safe_dump(hparams), encoding="utf-8")
    torch.manual_seed(0)
    weights = {name: _weight(name, shape) for name, shape in small._shapes(hparams)}
    for name in weights:
        if with_outliers and name.endswith("LayerNorm.weight"):
            weights[name][list(OUTLIERS)] *= OUTLIER_GAIN
    torch.save(
        {"state_dict": weights, "hyper_parameters": hparams, "pytorch-lightning_version": "2.6.6"},
        folder / "checkpoints" / "model.ckpt",
    )
    config = small._CONFIG | small._TYPES["XLM-RoBERTa"]
    config |= {"vocab_size": VOCABULARY, "hidden_size": width, "num_hidden_layers": layers}
    config |= {"num_attention_heads": heads, "intermediate_size": inner, "max_position_embeddings": 514}
    (folder / "encoder" / "config.json").write_text(json.dumps(config), encoding="utf-8")
    _tokenizer().save(str(folder / "encoder" / "tokenizer.json"))
    return folder


def _weight(name: str, shape: tuple[int, ...]) -> Any:
    import torch

    if name.endswith(("orm.weight", ".gamma")):
        return torch.ones(shape)
    # As an encoder is initialised; the head wider, so that scores differ as much as trained ones do.
    return torch.randn(shape) * (0.06 if "estimator" in name else 0.02)


def _tokenizer() -> Any:
    """Every word is one token, spread over the vocabulary of XLM-R."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    special = ["<s>", "<pad>", "</s>", "<unk>"]
    step = (VOCABULARY - len(special)) // WORDS
    words = {f"w{number}" + "x" * (number % 7): 4 + step * number for number in range(WORDS)}
    vocabulary = {token: number for number, token in enumerate(special)} | words
    inner = Tokenizer(models.WordLevel(vocabulary, unk_token=special[-1]))
    inner.add_special_tokens(special)
    inner.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    inner.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return inner


def inside(name: str, folder: str, threads: str) -> None:
    """The scoring process: load, say so, then a line of samples in, a line of figures out."""
    if name == "rate":
        return _answer_rates(_rate(folder))
    score = _comet(folder) if name == "comet" else _ours(name, folder, int(threads))
    print("{}", flush=True)
    for line in sys.stdin:
        spans, samples = json.loads(line)
        wall, cpu = time.perf_counter(), time.process_time()
        scores = score(samples, spans)
        figures = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall, "scores": scores}
        print(json.dumps(figures | {"peak_mb": _peak_mb()}), flush=True)
    return None


def _answer_rates(rate: Any) -> None:
    print("{}", flush=True)
    for _ in sys.stdin:
        print(json.dumps({"gflops": rate()}), flush=True)


def _peak_mb() -> float:
    """The most memory that this program had; what getrusage says counts the parent's, too."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def _comet(folder: str) -> Any:
    import warnings

    warnings.filterwarnings("ignore")
    from comet import load_from_checkpoint

    model = load_from_checkpoint(f"{folder}/checkpoints/model.ckpt", local_files_only=True)

    def score(samples: Sequence[Sample], spans: bool) -> list[float]:
        found = model.predict(samples, batch_size=BATCH, gpus=0, progress_bar=False, num_workers=0)
        return list(found["scores"])

    return score


def _ours(precision: str, folder: str, threads: int) -> Any:
    from mtqe.models.comet import Row, load_comet
    from mtqe.models.running import Running

    model = load_comet(folder, Running(precision, threads=threads))  # type: ignore[arg-type]

    def score(samples: Sequence[Sample], spans: bool) -> list[float]:
        model.known.clear()
        getattr(model.model, "known", {}).clear()
        rows = [Row(sample["mt"], sample["src"], sample.get("ref")) for sample in samples]
        return [judgement.score for judgement in model.judge(rows, spans)]

    return score


def _furthest(scores: Sequence[float], exact: Sequence[float]) -> float:
    return max(abs(a - b) for a, b in zip(scores, exact, strict=True))


def _deviation(scores: Sequence[float]) -> float:
    mean = sum(scores) / len(scores)
    return float((sum((score - mean) ** 2 for score in scores) / len(scores)) ** 0.5)


def _pearson(scores: Sequence[float], exact: Sequence[float]) -> float:
    a, b = ([one - sum(found) / len(found) for one in found] for found in (scores, exact))
    return sum(map(float.__mul__, a, b)) / (sum(x * x for x in a) * sum(x * x for x in b)) ** 0.5


if __name__ == "__main__":
    main()
