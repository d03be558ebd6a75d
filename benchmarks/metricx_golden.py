"""The numbers that MetricX's published code gives to small checkpoints, for tests/models/test_metricx.py.

python benchmarks/metricx_golden.py --metricx ENVIRONMENT/bin/python --source CLONE [--check]

``CLONE`` is one of https://github.com/google-research/metricx. The environment is one of its
own, since its requirements pin what mtqe does not::

    python3.11 -m venv metricx
    metricx/bin/pip install torch==2.13.0 transformers==4.30.2 accelerate==0.20.3 datasets==2.13.1
    metricx/bin/pip install sentencepiece==0.1.99 'numpy<2' 'pyarrow<20' 'protobuf<3.21' 'setuptools<80'

What is run is the published command, ``python -m metricx24.predict``, as its README says it: tokenizer,
truncation and batches of one are all its own. Checkpoints are made anew from a seed each time
(tests/models/metricx_folders.py). ``--check`` compares with the file that is there instead of writing it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import click  # noqa: E402

from tests.models.metricx_folders import GOLDEN, SAMPLES, build_folder  # noqa: E402

# What tests call a mode, the module that is run, its longest input, and whether it is without reference.
MODES = {
    "24": ("metricx24", 1536, False),
    "24-qe": ("metricx24", 1536, True),
    "23": ("metricx23", 1024, False),
    "23-qe": ("metricx23", 1024, True),
}
_DIGITS = 7

# Numbers differ by as much with the number of threads.
_CLOSE = 1e-5

# The models' parent class draws what it does not find; then numbers would mean nothing.
_INCOMPLETE = "newly initialized"


def predicted(python: str, source: Path, folder: Path, mode: str) -> list[float]:
    """The published command's predictions for all samples."""
    module, longest, without = MODES[mode]
    given, written = folder / "input.jsonl", folder / "output" / f"{mode}.jsonl"
    given.write_text("".join(json.dumps(sample) + "\n" for sample in SAMPLES), encoding="utf-8")
    command = [python, "-m", f"{module}.predict", "--tokenizer", str(folder), "--model_name_or_path"]
    command += [str(folder), "--max_input_length", str(longest), "--batch_size", "1"]
    command += ["--input_file", str(given), "--output_file", str(written), *(["--qe"] if without else [])]
    environment = os.environ | {"HF_DATASETS_CACHE": str(folder / "cache"), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(command, cwd=source, env=environment, capture_output=True, text=True, check=False)
    if done.returncode or _INCOMPLETE in done.stderr:
        sys.exit(done.stderr)
    return [json.loads(line)["prediction"] for line in written.read_text(encoding="utf-8").splitlines()]


def furthest(known: dict[str, list[float]], found: dict[str, list[float]]) -> float:
    """The largest difference of two numbers in one place."""
    pairs = [(a, b) for mode in found for a, b in zip(known[mode], found[mode], strict=True)]
    return max(abs(a - b) for a, b in pairs)


def lines(found: dict[str, Sequence[float]]) -> str:
    """JSON with a line for each mode."""
    return (
        "{\n" + ",\n".join(f"{json.dumps(mode)}: {json.dumps(row)}" for mode, row in found.items()) + "\n}\n"
    )


@click.command()
@click.option("--metricx", help="Python of an environment with what MetricX needs.")
@click.option("--source", type=click.Path(exists=True, path_type=Path), help="Clone of MetricX.")
@click.option("--check", is_flag=True, help="Compare only.")
def main(metricx: str | None, source: Path | None, check: bool) -> None:
    """Write the golden numbers, or say how far they are from those that are there."""
    if metricx is None or source is None:
        print("skipped: needs MetricX's own code and environment (--metricx, --source; see the file's head)")
        return
    with tempfile.TemporaryDirectory() as place:
        folder = build_folder(Path(place) / "metricx", ".bin")
        found = {
            mode: [round(x, _DIGITS) for x in predicted(metricx, source, folder, mode)] for mode in MODES
        }
    if check:
        worst = furthest(json.loads(GOLDEN.read_text(encoding="utf-8")), found)
        print(f"largest difference from {GOLDEN.name}: {worst:.2g}")
        sys.exit(worst > _CLOSE)
    GOLDEN.write_text(lines(found), encoding="utf-8")


if __name__ == "__main__":
    main()
