"""The numbers that COMET itself gives to small checkpoints, for tests/models/test_comet.py.

python benchmarks/comet_golden.py --comet /path/to/environment/bin/python [--check]

The environment is one of its own, since unbabel-comet pins what mtqe does not::

    python3.11 -m venv comet && comet/bin/pip install torch==2.13.0
    comet/bin/pip install unbabel-comet==2.2.7 'setuptools<81' sentencepiece==0.2.0

Checkpoints are made anew from a seed each time (tests/models/comet_folders.py). ``--check`` compares
with the file that is there instead of writing it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests" / "models" / "golden" / "comet.json"

# What a sample has beside the translation, by family.
MODES: dict[str, tuple[tuple[str, ...], ...]] = {
    "regression": (("src", "ref"),),
    "referenceless": (("src",),),
    "kiwi": (("src",),),
    "unite": (("src",), ("ref",), ("src", "ref")),
    "unified": (("ref",),),
    "xcomet": (("src",), ("ref",), ("src", "ref")),
}

BATCH = 4
_DIGITS = 8


def main() -> None:
    """Call ourselves in COMET's environment, where the package is imported."""
    if "--inside" in sys.argv:
        return inside()
    if "--comet" not in sys.argv:
        return print("needs --comet PYTHON: an interpreter whose environment has unbabel-comet (see above)")
    python = sys.argv[sys.argv.index("--comet") + 1]
    if subprocess.run([python, "-P", "-c", "import comet.models"], capture_output=True).returncode:
        sys.exit(f"{python}: its environment lacks unbabel-comet, or 'import comet' fails there")
    made = subprocess.run([python, "-P", __file__, "--inside"], check=True, stdout=subprocess.PIPE).stdout
    found = json.loads(made.decode("utf-8").splitlines()[-1])
    if "--check" in sys.argv:
        known = json.loads(GOLDEN.read_text(encoding="utf-8"))
        worst = _furthest(known, found)
        print(f"largest difference from {GOLDEN.name}: {worst:.2g}")
        sys.exit(worst > 1e-6)
    lines = (f"{json.dumps(case)}: {json.dumps(found[case], ensure_ascii=False)}" for case in sorted(found))
    GOLDEN.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    return None


def inside() -> None:
    """Score the samples by every case in every mode; the last line printed is all of it as JSON."""
    import warnings

    warnings.filterwarnings("ignore")
    sys.path.insert(0, str(ROOT / "tests" / "models"))
    import comet_folders

    print(json.dumps({case: _case(comet_folders, case) for case in comet_folders.CASES}))


def _case(folders: Any, case: str) -> dict[str, Any]:
    from comet import load_from_checkpoint

    with tempfile.TemporaryDirectory() as place:
        folder = folders.build_folder(Path(place) / case, case)
        model = load_from_checkpoint(str(folder / "checkpoints" / "model.ckpt"), local_files_only=True)
        _complete(model, folder)
        modes = MODES[case.split("_")[0]]
        found = {"+".join(mode): _predicted(model, folders.SAMPLES, mode) for mode in modes}
        if case in folders.WITH_CONTEXT:
            model.enable_context()
            found[folders.CONTEXT_MODE] = _predicted(model, _joined(folders.context_samples()), modes[0])
        return found


def _joined(samples: Sequence[tuple[Mapping[str, str], Sequence[Mapping[str, str]]]]) -> list[dict[str, str]]:
    """Texts behind their context, with the separator that COMET's document mode wants between them."""
    return [
        {side: " </s> ".join([*(one[side] for one in before), sample[side]]) for side in sample}
        for sample, before in samples
    ]


def _complete(model: Any, folder: Path) -> None:
    """COMET loads what it finds: a weight that is called otherwise would stay random."""
    import torch

    loaded = set(torch.load(folder / "checkpoints" / "model.ckpt", weights_only=True)["state_dict"])
    lacking = {n for n, _ in model.named_parameters()} - loaded
    unknown = loaded - set(model.state_dict())
    if lacking or unknown:
        sys.exit(f"{folder.name}: weights that don't fit: {sorted(lacking)} {sorted(unknown)}")


def _predicted(model: Any, samples: Sequence[Mapping[str, str]], mode: Sequence[str]) -> dict[str, Any]:
    given = [{side: sample[side] for side in ("mt", *mode)} for sample in samples]
    found = model.predict(given, batch_size=BATCH, gpus=0, progress_bar=False, num_workers=0)
    columns = {"scores": found["scores"], **found.get("metadata", {})}
    return {name: _rounded(values) for name, values in columns.items()}


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, _DIGITS)
    if isinstance(value, dict):
        # A span's text is decoded from tokens there, which is not what stands in the translation.
        return {key: _rounded(inner) for key, inner in value.items() if key != "text"}
    return [_rounded(inner) for inner in value] if isinstance(value, list) else value


def _furthest(known: Any, found: Any) -> float:
    """The largest difference of two numbers in one place; infinite where texts or shapes differ."""
    if isinstance(known, dict) and isinstance(found, dict) and known.keys() == found.keys():
        return max((_furthest(known[key], found[key]) for key in known), default=0.0)
    if isinstance(known, list) and isinstance(found, list) and len(known) == len(found):
        return max((_furthest(a, b) for a, b in zip(known, found, strict=True)), default=0.0)
    if isinstance(known, float | int) and isinstance(found, float | int):
        return abs(known - found)
    return 0.0 if known == found else float("inf")


if __name__ == "__main__":
    main()
