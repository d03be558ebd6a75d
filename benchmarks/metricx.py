"""Speed of MetricX beside its published prediction loop, and how far lower precisions are from fp32.

python benchmarks/metricx.py --metricx ENVIRONMENT/bin/python --source CLONE [--pairs 1000] [--wall]

Environment and clone are those of benchmarks/metricx_golden.py. Both run in one process on the same
random weights of mT5-large's size (the smallest MetricX) and the same pairs, in turn, block by block.
The loop is MetricX-24's own, transformers' Trainer with a batch of one as its README has it: it reads no
padding, and batches of more fail where lengths differ. Its time is that of ``trainer.predict`` alone;
ours has the tokenizing in it. Pairs are made of words drawn by how frequent they are, with lengths
like those of real segments. Seconds are of processor time on one thread; with ``--wall`` also on the
clock on all cores, which says something on a machine with nothing else to do. A second set of weights
has two features far larger than all others, as trained models have.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import click  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results" / "metricx.json"
PRECISIONS = ("fp32", "bf16", "int8")
BLOCK = 32

# mT5-large.
CONFIG = {
    "d_model": 1024,
    "d_kv": 64,
    "d_ff": 2816,
    "num_heads": 16,
    "num_layers": 24,
    "num_decoder_layers": 24,
}

# Lengths in words, as drawn for the anchors of COMET's speed: source and target of real segments.
_MEAN, _SHAPE = 20.0, 2.7
_WORDS = 20_000
_OUTLIERS = (3, 517)

# Sets of weights, and the gain that their norms give to two features.
SETS = {"plain": 1.0, "outliers": 20.0}
_POINTS, _SPREAD = 10.0, 3.0


def pairs(number: int) -> list[dict[str, str]]:
    """Random German and English of one length or nearly."""
    from wordfreq import top_n_list, word_frequency

    rng = random.Random(5)
    words = {language: top_n_list(language, _WORDS) for language in ("de", "en")}
    weights = {language: [word_frequency(word, language) for word in words[language]] for language in words}

    def text(language: str, length: float) -> str:
        drawn = rng.choices(words[language], weights[language], k=max(round(length), 1))
        return " ".join(drawn).capitalize() + "."

    found = []
    for _ in range(number):
        length = rng.gammavariate(_SHAPE, _MEAN / _SHAPE)
        source, target = text("de", length), text("en", length * rng.uniform(0.8, 1.2))
        found.append({"source": source, "hypothesis": target, "reference": ""})
    return found


def build(place: Path) -> None:
    """Two checkpoints of mT5-large's architecture: the same matrices, plain norms and such with outliers."""
    import torch

    from tests.models import metricx_folders as small

    torch.manual_seed(7)
    config = small.CONFIG | CONFIG
    shapes = dict(_shapes(small, config))
    large = {n: torch.randn(shape) * _deviation(n, config) for n, shape in shapes.items() if len(shape) > 1}
    large |= {f"{side}.embed_tokens.weight": large["shared.weight"] for side in ("encoder", "decoder")}
    torch.save(large, place / "large.bin")
    for name, gain in SETS.items():
        norms = {n: torch.ones(shape) for n, shape in shapes.items() if len(shape) == 1}
        for norm in norms.values():
            norm[list(_OUTLIERS)] = gain
        parts = {"large.bin": large, "norms.bin": norms, "last.bin": {"lm_head.weight": None}}
        _write(place / name, config, parts)


def _write(folder: Path, config: dict[str, Any], parts: dict[str, dict[str, Any]]) -> None:
    """Everything but the last matrix."""
    import torch

    from tests.models import metricx_folders as small

    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    small.build_vocabulary(folder)
    (folder / "large.bin").symlink_to(folder.parent / "large.bin")
    torch.save(parts["norms.bin"], folder / "norms.bin")
    names = {name: part for part, tensors in parts.items() for name in tensors}
    index = {"metadata": {}, "weight_map": names}
    (folder / "pytorch_model.bin.index.json").write_text(json.dumps(index), encoding="utf-8")


def _shapes(small: Any, config: dict[str, Any]) -> list[tuple[str, tuple[int, ...]]]:
    sizes = {"WIDTH": "d_model", "HEADS": "num_heads", "HEAD": "d_kv", "INNER": "d_ff"}
    for name, key in sizes.items():
        setattr(small, name, config[key])
    return list(small._shapes(config))


def _deviation(name: str, config: dict[str, Any]) -> float:
    """As transformers draws the weights of an mT5."""
    width, inner, head = (float(config[key]) for key in ("d_model", "d_ff", "d_kv"))
    if name == "shared.weight":
        return 1.0
    if name.endswith(".q.weight"):
        return (width * head) ** -0.5
    return inner**-0.5 if name.endswith((".wo.weight",)) else width**-0.5


def finish(folder: Path, texts: Sequence[dict[str, str]]) -> None:
    """Choose the column that is read so that points lie about ``_POINTS``."""
    import torch

    from mtqe.models.metricx import Row, load_metricx
    from mtqe.models.running import Running

    _write_last(folder, torch.zeros(CONFIG["d_model"]))
    model = load_metricx(str(folder), Running("bf16", threads=1), version="24")
    ids = [model._windows(Row(text["hypothesis"], text["source"]))[0][0] for text in texts[:8]]
    everything = replace(model.network, column=torch.eye(CONFIG["d_model"]))
    states = torch.tensor(everything(ids))
    mean = states.mean(0)
    drawn = torch.randn(CONFIG["d_model"])
    across = drawn - mean * (drawn @ mean) / (mean @ mean)
    gain = SETS[folder.name]
    column = mean / (mean @ mean) * _POINTS + across * (_SPREAD / (states @ across).std())
    column[list(_OUTLIERS)] /= gain  # the last norm's gain comes back on top
    _write_last(folder, column)
    load_metricx.cache_clear()


def _write_last(folder: Path, column: Any) -> None:
    """A last matrix whose rows are all the same: a file of one row."""
    import torch

    torch.save({"lm_head.weight": column.expand(250112, len(column))}, folder / "last.bin")


def published(
    folder: Path, work: Path
) -> Callable[[Sequence[dict[str, str]]], tuple[float, float, list[float]]]:
    """The published loop over some pairs: seconds of processor time, seconds on the clock, points."""
    import datasets
    import torch
    import transformers
    from metricx24 import models, predict

    datasets.disable_progress_bar()
    transformers.logging.set_verbosity_error()
    tokenizer = transformers.AutoTokenizer.from_pretrained(str(folder))
    model = models.MT5ForRegression.from_pretrained(str(folder), torch_dtype="auto")
    model.eval()
    settings = transformers.TrainingArguments(
        output_dir=str(work), per_device_eval_batch_size=1, dataloader_pin_memory=False, disable_tqdm=True
    )
    trainer = transformers.Trainer(model=model, args=settings)

    def run(texts: Sequence[dict[str, str]]) -> tuple[float, float, list[float]]:
        path = work / f"{random.random()}.jsonl"
        path.write_text("".join(json.dumps(text) + "\n" for text in texts), encoding="utf-8")
        given = predict.get_dataset(str(path), tokenizer, 1536, torch.device("cpu"), True)
        return timed(lambda: trainer.predict(test_dataset=given["test"])[0].tolist())

    return run


def ours(
    folder: Path, precision: Any, threads: int
) -> Callable[[Sequence[dict[str, str]]], tuple[float, float, list[float]]]:
    """The same of mtqe."""
    from mtqe.models.metricx import Row, load_metricx
    from mtqe.models.running import Running

    model = load_metricx(str(folder), Running(precision, threads=threads), version="24")

    def run(texts: Sequence[dict[str, str]]) -> tuple[float, float, list[float]]:
        rows = [Row(text["hypothesis"], text["source"]) for text in texts]
        return timed(lambda: [found.points for found in model.judge(rows)])

    return run


def timed(work: Callable[[], list[float]]) -> tuple[float, float, list[float]]:
    """Seconds of processor time, seconds on the clock, and what came out."""
    started, clock = time.process_time(), time.perf_counter()
    found = work()
    return time.process_time() - started, time.perf_counter() - clock, found


def compared(folder: Path, work: Path, texts: Sequence[dict[str, str]], threads: int) -> dict[str, Any]:
    """The loop and each precision in turn, block by block."""
    import torch

    torch.set_num_threads(threads)
    runs = {"published": published(folder, work)}
    runs |= {precision: ours(folder, precision, threads) for precision in PRECISIONS}
    taken = {name: [0.0, 0.0] for name in runs}
    points: dict[str, list[float]] = {name: [] for name in runs}
    blocks = [texts[start : start + BLOCK] for start in range(0, len(texts), BLOCK)]
    for run in runs.values():
        run(texts[:1])  # what is done once, such as reading weights for the first time
    for number, block in enumerate(blocks):
        for name in list(runs)[:: 1 if number % 2 else -1]:
            cpu, clock, found = runs[name](block)
            taken[name] = [taken[name][0] + cpu, taken[name][1] + clock]
            points[name] += found
    return _figures(taken, points, threads)


def _figures(taken: dict[str, list[float]], points: dict[str, list[float]], threads: int) -> dict[str, Any]:
    number = len(points["published"])
    which = 0 if threads == 1 else 1
    found: dict[str, Any] = {
        "published": {
            "pairs_per_second": round(number / taken["published"][which], 3),
            "cores_used": round(taken["published"][0] / taken["published"][1], 2),
        }
    }
    for name in PRECISIONS:
        found[name] = {
            "pairs_per_second": round(number / taken[name][which], 3),
            "ratio": round(taken["published"][which] / taken[name][which], 2),
            "cores_used": round(taken[name][0] / taken[name][1], 2),
            **_deviation_of(points[name], points["published"]),
        }
    return found


def _deviation_of(found: Sequence[float], right: Sequence[float]) -> dict[str, float]:
    import numpy as np

    a, b = np.array(found), np.array(right)
    apart = np.abs(a - b)
    return {
        "pearson": round(float(np.corrcoef(a, b)[0, 1]), 6),
        "largest_difference": float(f"{apart.max():.2g}"),
        "difference_in_deviations": float(f"{apart.max() / b.std():.2g}"),
    }


def with_outliers(folder: Path, texts: Sequence[dict[str, str]]) -> dict[str, Any]:
    """How far lower precisions are from fp32 on weights with outlier features."""
    import torch

    torch.set_num_threads(1)
    right = ours(folder, "fp32", 1)(texts)[2]
    return {name: _deviation_of(ours(folder, name, 1)(texts)[2], right) for name in PRECISIONS[1:]}


def lengths(folder: Path, texts: Sequence[dict[str, str]]) -> dict[str, float]:
    """Mean and deviation of the pieces of a pair, those of the prompt with them."""
    import numpy as np

    from mtqe.models.metricx import Row, load_metricx
    from mtqe.models.running import Running

    model = load_metricx(str(folder), Running(threads=1), version="24")
    sizes = [len(model._windows(Row(text["hypothesis"], text["source"]))[0][0]) for text in texts]
    return {
        "pieces_mean": round(float(np.mean(sizes)), 1),
        "pieces_deviation": round(float(np.std(sizes)), 1),
    }


def inside(place: Path, wall: bool) -> None:
    """What runs in MetricX's environment; the last line printed is all of it as JSON."""
    import warnings

    warnings.filterwarnings("ignore")
    texts = json.loads((place / "pairs.json").read_text(encoding="utf-8"))
    plain, odd = place / "plain", place / "outliers"
    found = {"pairs": len(texts), **lengths(plain, texts)}
    found["one_thread"] = compared(plain, place, texts, 1)
    if wall:
        found["whole_machine"] = compared(plain, place, texts, os.cpu_count() or 1)
    print(json.dumps(found), file=sys.stderr)  # the slow part is done
    found["outlier_features"] = with_outliers(odd, texts)
    print(json.dumps(found))


def prepare(place: Path, number: int) -> None:
    """Pairs and both sets of weights."""
    texts = pairs(number)
    (place / "pairs.json").write_text(json.dumps(texts), encoding="utf-8")
    build(place)
    for name in SETS:
        finish(place / name, texts)


@click.command()
@click.option("--metricx", help="Python of an environment with what MetricX needs.")
@click.option("--source", type=click.Path(exists=True, path_type=Path), help="Clone of MetricX.")
@click.option("--pairs", "number", default=1000, help="How many pairs.")
@click.option("--wall", is_flag=True, help="Also the clock, on all cores.")
def main(metricx: str | None, source: Path | None, number: int, wall: bool) -> None:
    """Print the figures and keep them."""
    if metricx is None or source is None:
        print("skipped: needs MetricX's own code and environment (--metricx, --source; see the file's head)")
        return
    with tempfile.TemporaryDirectory() as place:
        prepare(Path(place), number)
        path = os.pathsep.join([str(ROOT), str(source)])
        environment = os.environ | {"PYTHONPATH": path, "HF_DATASETS_CACHE": f"{place}/cache"}
        environment |= {"HF_HUB_OFFLINE": "1"} | ({} if wall else {"OMP_NUM_THREADS": "1"})
        command = [metricx, __file__, "--inside", place, *(["wall"] if wall else [])]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    figures = json.loads(done.stdout.splitlines()[-1])
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1, sort_keys=True))


if __name__ == "__main__":
    if "--inside" in sys.argv:
        at = sys.argv.index("--inside")
        inside(Path(sys.argv[at + 1]), "wall" in sys.argv)
    else:
        main()
