"""The numbers that the sentinel metrics give by their own code, for tests/models/test_sentinel.py.

python benchmarks/sentinel_golden.py --sentinel ENVIRONMENT/bin/python --source CLONE [--check]

``CLONE`` is one of https://github.com/SapienzaNLP/guardians-mt-eval; the environment is that of
benchmarks/comet_golden.py, which has all that it needs. Checkpoints are made anew from a seed each time
(tests/models/sentinel_folders.py). ``--check`` compares with the file that is there instead of writing it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests" / "models" / "golden" / "sentinel.json"

BATCH = 4
_DIGITS = 8


def main() -> None:
    """Call ourselves in an environment that has what the original needs."""
    if "--inside" in sys.argv:
        return inside()
    if "--sentinel" not in sys.argv or "--source" not in sys.argv:
        return print("skipped: needs the original's code and environment (--sentinel, --source; see above)")
    python, source = (sys.argv[sys.argv.index(option) + 1] for option in ("--sentinel", "--source"))
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), source])}
    command = [python, "-P", __file__, "--inside"]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)
    found = json.loads(done.stdout.decode("utf-8").splitlines()[-1])
    if "--check" in sys.argv:
        known = json.loads(GOLDEN.read_text(encoding="utf-8"))
        worst = max(abs(a - b) for case in found for a, b in zip(known[case], found[case], strict=True))
        print(f"largest difference from {GOLDEN.name}: {worst:.2g}")
        sys.exit(worst > 1e-6)
    lines = (f"{json.dumps(case)}: {json.dumps(found[case])}" for case in sorted(found))
    GOLDEN.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    return None


def inside() -> None:
    """Score the samples by every case; the last line printed is all of it as JSON."""
    import warnings

    warnings.filterwarnings("ignore")
    from tests.models.sentinel_folders import CASES

    print(json.dumps({case: _scores(case) for case in CASES}))


def _scores(case: str) -> list[float]:
    import torch
    from sentinel_metric import load_from_checkpoint

    from tests.models.sentinel_folders import CASES, SAMPLES, build_folder

    with tempfile.TemporaryDirectory() as place:
        path = build_folder(Path(place) / case, case) / "checkpoints" / "model.ckpt"
        model = load_from_checkpoint(path)
        known = set(torch.load(path, weights_only=True)["state_dict"])
        if known != set(model.state_dict()):
            sys.exit(f"{case}: weights that don't fit: {sorted(known ^ set(model.state_dict()))}")
        given = [{CASES[case]: sample[CASES[case]]} for sample in SAMPLES]
        found = model.predict(given, batch_size=BATCH, gpus=0, progress_bar=False, num_workers=0)
        return [round(score, _DIGITS) for score in found["scores"]]


if __name__ == "__main__":
    main()
