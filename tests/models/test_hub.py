"""Models by name, hub id and path, without a network."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mtqe.errors import ConfigError, ModelError
from mtqe.models.hub import licence_of, resolve, revision, shown_name, terms
from mtqe.models.hub_fetch import wanted
from mtqe.models.hub_files import digest, pick_weights
from mtqe.models.hub_table import known_models

KIWI = "Unbabel/wmt22-cometkiwi-da"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A hub cache of this test's own; nothing is fetched."""
    root = tmp_path / "hub"
    monkeypatch.setenv("HF_HUB_CACHE", str(root))
    monkeypatch.delenv("MTQE_FETCH", raising=False)
    return root


def cached(root: Path, hub_id: str, *names: str, revision: str = "main", commit: str = "c0ffee") -> Path:
    """A model in the hub's cache, with files of these names."""
    folder = root / f"models--{hub_id.replace('/', '--')}"
    (folder / "refs").mkdir(parents=True, exist_ok=True)
    (folder / "refs" / revision).write_text(commit, encoding="utf-8")
    snapshot = folder / "snapshots" / commit
    for name in names:
        (snapshot / name).parent.mkdir(parents=True, exist_ok=True)
        (snapshot / name).write_text("{}", encoding="utf-8")
    return snapshot


@pytest.mark.parametrize("name", ["wmt22-cometkiwi-da", "WMT22-CometKiwi-DA", KIWI])
def test_a_known_name_and_its_hub_id_are_the_same_folder(cache: Path, name: str) -> None:
    """Whatever the case."""
    folder = cached(cache, KIWI, "hparams.yaml", "checkpoints/model.ckpt")
    assert resolve(name) == folder
    assert shown_name(name) == "wmt22-cometkiwi-da"


def test_any_model_of_the_hub_is_found_in_the_cache(cache: Path) -> None:
    """Known or not, and at a revision that was asked for."""
    folder = cached(cache, "someone/some.model_1", "model.safetensors")
    older = cached(cache, "someone/some.model_1", "model.safetensors", revision="v1", commit="abc123")
    assert resolve("someone/some.model_1") == folder
    assert resolve("someone/some.model_1@v1") == older
    assert resolve("someone/some.model_1@abc123") == older


def test_a_path_is_a_folder_or_a_file_of_weights_in_it(tmp_path: Path) -> None:
    """As COMET's users give it: the checkpoint itself."""
    checkpoint = tmp_path / "my model" / "checkpoints" / "model.ckpt"
    checkpoint.parent.mkdir(parents=True)
    checkpoint.write_bytes(b"weights")
    assert resolve(checkpoint) == resolve(tmp_path / "my model") == tmp_path / "my model"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("wmt22-comet-dq", r"no model is called 'wmt22-comet-dq'; did you mean 'wmt22-comet-da'\?"),
        ("qqq", "no model is called 'qqq'; mtqe models lists the known ones, others go by 'owner/name'"),
        ("./no/such/folder", r"\./no/such/folder: there is no such file or folder"),
        ("C:\\models\\comet", "there is no such file or folder"),
    ],
)
def test_unknown_names_and_paths_are_told_apart(name: str, message: str) -> None:
    """The error says what was taken for what."""
    with pytest.raises(ConfigError, match=message):
        resolve(name)


def test_a_file_that_is_no_model_is_an_error(tmp_path: Path) -> None:
    """An article, say."""
    (tmp_path / "article.txt").write_text("text", encoding="utf-8")
    with pytest.raises(ConfigError, match="is neither a folder nor a file of weights"):
        resolve(tmp_path / "article.txt")


def test_what_is_not_here_is_not_fetched_unasked(cache: Path) -> None:
    """The way out is named: the command, and how to do without a network."""
    with pytest.raises(ModelError, match="run: mtqe models fetch wmt22-comet-da; or copy the files of https"):
        resolve("wmt22-comet-da")


def test_a_broken_off_download_is_seen(cache: Path) -> None:
    """Settings came, weights did not; for a vocabulary alone that is enough."""
    folder = cached(cache, "FacebookAI/xlm-roberta-large", "config.json", "tokenizer.json")
    with pytest.raises(ModelError, match=r"lacks its weights .*; run: mtqe models fetch FacebookAI/xlm"):
        resolve("FacebookAI/xlm-roberta-large")
    assert resolve("FacebookAI/xlm-roberta-large", weights=False) == folder


def test_a_missing_part_of_the_weights_is_named(cache: Path) -> None:
    """Large models come in parts, listed in an index; that of another format does not count."""
    folder = cached(cache, "a/b", "model-00001-of-00002.safetensors")
    parts = [f"model-0000{number}-of-00002.safetensors" for number in (1, 2)]
    index = {"weight_map": {"one": parts[0], "two": parts[1]}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")
    (folder / "pytorch_model.bin.index.json").write_text(
        json.dumps({"weight_map": {"one": "pytorch_model-00001-of-00001.bin"}}), encoding="utf-8"
    )
    with pytest.raises(ModelError, match=r"lacks model-00002-of-00002\.safetensors"):
        resolve("a/b")
    (folder / parts[1]).write_bytes(b"")
    assert resolve("a/b") == folder


def test_a_digest_is_of_the_content_and_not_of_the_place(tmp_path: Path) -> None:
    """The same files elsewhere are the same model; a changed byte or vocabulary is another."""
    folders = [tmp_path / "one", tmp_path / "two" / "deeper"]
    for folder in folders:
        folder.mkdir(parents=True)
        (folder / "model.safetensors").write_bytes(b"1234")
        (folder / "vocab.txt").write_text("a", encoding="utf-8")
        (folder / "README.md").write_text(str(folder), encoding="utf-8")
    first = digest(folders[0])
    assert first == digest(folders[1])
    (folders[1] / "vocab.txt").write_text("b", encoding="utf-8")
    assert digest(folders[1]) != first
    (folders[0] / "model.safetensors").write_bytes(b"1235")
    assert digest(folders[0]) not in (first, digest(folders[1]))


def test_a_licence_that_forbids_commercial_use_is_in_signature_and_note(cache: Path) -> None:
    """By the table for known models, by name and by path; none for a free one."""
    folder = cached(cache, KIWI, "checkpoints/model.ckpt")
    assert revision(KIWI) == f"{digest(folder)}/cc-by-nc-sa-4.0/non-commercial"
    assert terms(folder) == "wmt22-cometkiwi-da: licence cc-by-nc-sa-4.0, not for commercial use"
    free = cached(cache, "Unbabel/wmt22-comet-da", "checkpoints/model.ckpt")
    assert revision("wmt22-comet-da") == digest(free)
    assert terms("wmt22-comet-da") is None


@pytest.mark.parametrize(
    ("card", "licence", "commercial"),
    [
        ("---\nlanguage: en\nlicense: cc-by-nc-4.0\n---\nText", "cc-by-nc-4.0", False),
        ("---\nlicense: 'mit'\n---", "mit", True),
        ("---\nlicense: some-own-terms\n---", "some-own-terms", None),
        ("No head. license: mit", "unknown", None),
        ("---\nlicense: encore-1.0\n---", "encore-1.0", None),
    ],
)
def test_the_licence_of_any_model_is_read_from_its_card(
    tmp_path: Path, card: str, licence: str, commercial: bool | None
) -> None:
    """Where the table does not know the model."""
    (tmp_path / "README.md").write_text(card, encoding="utf-8")
    found = licence_of(tmp_path)
    assert (found.name, found.commercial) == (licence, commercial)


def test_one_format_of_weights_is_fetched_in_each_folder() -> None:
    """The safe one, without exports for other programs and leftovers of training."""
    names = [
        "model.safetensors",
        "pytorch_model.bin",
        "training_args.bin",
        "2_Dense/pytorch_model.bin",
        "onnx/model.safetensors",
        "tf_model.h5",
        "config.json",
        "sentencepiece.bpe.model",
        "README.md",
        "picture.png",
        "modeling_own.py",
    ]
    settings = ["README.md", "config.json", "sentencepiece.bpe.model"]
    assert wanted(names) == sorted([*settings, "2_Dense/pytorch_model.bin", "model.safetensors"])
    assert wanted(names, weights=False) == sorted(settings)
    assert pick_weights(["optimizer.pt", "pytorch_model.bin"]) == ["pytorch_model.bin"]


def test_every_known_model_is_described_in_full() -> None:
    """Names, licences and ranges that users rely on."""
    for name, model in known_models().items():
        assert name == model.name == name.lower()
        assert model.hub.count("/") == 1
        assert set(model.modes) <= {"target_only", "source", "reference"}
        assert model.commercial == ("nc" not in model.licence.split("-")), name
        low, high = model.range
        assert low is None or high is None or low < high
        assert model.memory_gb > 0.1
        assert all(companion.count("/") == 1 for companion in model.companions)
