"""MetricX's models give the original's numbers, whatever the batch, and cut nothing in silence."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqe.errors import ConfigError, ModelError
from mtqe.models import metricx as module
from mtqe.models.metricx import MetricX, Row, load_metricx
from mtqe.models.metricx_files import Version, version_of
from mtqe.models.running import Running
from tests.models.metricx_folders import GOLDEN, SAMPLES, SCORE, build_folder, build_vocabulary

ORIGINAL = json.loads(GOLDEN.read_text(encoding="utf-8"))
CLOSE = 1e-5

# Longer than the pieces that MetricX-23 reads.
LONG_SOURCE = "Der Bürgermeister eröffnete die Brücke. Es regnete den ganzen Tag, und niemand kam. " * 40
LONG_TARGET = "The mayor opened the bridge. It rained all day, and nobody came to see it. " * 40


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model, as safetensors."""
    return build_folder(tmp_path_factory.mktemp("metricx") / "model")


@pytest.fixture(scope="session")
def pickled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same in torch's own format, as most published ones are."""
    return build_folder(tmp_path_factory.mktemp("metricx") / "model", ".bin")


def fresh(path: Path, version: Version = "24", vocabulary: str | None = None, **running: Any) -> MetricX:
    """A model that was not loaded before."""
    load_metricx.cache_clear()
    return load_metricx(str(path), Running(**running), version=version, vocabulary=vocabulary)


def rows(mode: str) -> list[Row]:
    """The samples with what is read in a mode."""
    return [
        Row(
            sample["hypothesis"],
            sample["source"] if mode != "23" else None,
            None if mode.endswith("-qe") else sample["reference"],
        )
        for sample in SAMPLES
    ]


def points(model: MetricX, given_rows: list[Row]) -> list[float]:
    """Their points alone."""
    return [found.points for found in model.judge(given_rows)]


VERSIONS: dict[str, Version] = {"24": "24", "24-qe": "24", "23": "23", "23-qe": "23-qe"}


@pytest.mark.parametrize("mode", sorted(ORIGINAL))
def test_points_are_those_of_the_original(folder: Path, mode: str) -> None:
    """Both versions, with and without reference, as the published command predicts them."""
    found = fresh(folder, VERSIONS[mode]).judge(rows(mode))
    assert [one.points for one in found] == pytest.approx(ORIGINAL[mode], abs=CLOSE)
    assert {one.windows for one in found} == {1}


def test_torchs_own_format_gives_the_same(pickled: Path) -> None:
    """Weights alone are read of it."""
    assert points(fresh(pickled), rows("24")) == pytest.approx(ORIGINAL["24"], abs=CLOSE)


def test_a_checkpoint_in_parts_gives_the_same(folder: Path, tmp_path: Path) -> None:
    """As the largest models are published: an index names the part of each tensor."""
    from safetensors.torch import load_file, save_file

    tensors = load_file(folder / "model.safetensors")
    names = sorted(tensors)
    parts = {"one.safetensors": names[::2], "two.safetensors": names[1::2]}
    for part, held in parts.items():
        save_file({name: tensors[name] for name in held}, tmp_path / part)
    index = {"weight_map": {name: part for part, held in parts.items() for name in held}}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")
    (tmp_path / "config.json").write_bytes((folder / "config.json").read_bytes())
    found = points(fresh(tmp_path, vocabulary=str(folder)), rows("24"))
    assert found == pytest.approx(ORIGINAL["24"], abs=CLOSE)


def test_the_batch_never_shows(folder: Path) -> None:
    """One row after the other, all at once, backwards, in batches of any size: the same numbers."""
    together = points(fresh(folder, batch_tokens=100_000, threads=1), rows("24"))
    apart = points(fresh(folder, batch_tokens=1, threads=2), rows("24")[::-1])[::-1]
    model = fresh(folder)
    alone = [points(model, [row])[0] for row in rows("24")]
    assert apart == pytest.approx(together, abs=CLOSE)
    assert alone == pytest.approx(together, abs=CLOSE)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from(range(len(SAMPLES))), max_size=12), st.integers(1, 400))
def test_points_come_in_the_order_of_the_rows(folder: Path, chosen: list[int], budget: int) -> None:
    """However often a row stands in a list, and whatever fits into a batch."""
    model = replace(load_metricx(str(folder), version="24"), batch_tokens=budget)
    expected = [ORIGINAL["24"][number] for number in chosen]
    assert points(model, [rows("24")[number] for number in chosen]) == pytest.approx(expected, abs=CLOSE)


@pytest.mark.parametrize("precision", ["bf16", "int8"])
def test_lower_precision_is_near_and_depends_on_no_batch_mate(folder: Path, precision: str) -> None:
    """A scale for a whole batch, as usual in int8, would let a score depend on its neighbours."""
    model = fresh(folder, precision=precision)
    together = points(model, rows("24"))
    alone = [points(model, [row])[0] for row in rows("24")]
    assert torch.corrcoef(torch.tensor([together, ORIGINAL["24"]]))[0, 1] > 0.99
    assert alone == pytest.approx(together, abs=1e-4 if precision == "int8" else 0.05)


def test_int8_bears_gains_that_are_far_larger_than_others(folder: Path, tmp_path: Path) -> None:
    """As trained models have them: all other features keep their steps of 8 bits."""
    from safetensors.torch import load_file, save_file

    tensors = load_file(folder / "model.safetensors")
    for name in tensors:
        if name.startswith("encoder") and name.endswith("layer_norm.weight"):
            tensors[name][[3, 9]] *= 20.0
    build_vocabulary(tmp_path)
    (tmp_path / "config.json").write_bytes((folder / "config.json").read_bytes())
    save_file(tensors, tmp_path / "model.safetensors")
    exact, near = (points(fresh(tmp_path, precision=name), rows("24")) for name in ("fp32", "int8"))
    assert torch.corrcoef(torch.tensor([exact, near]))[0, 1] > 0.99


def test_points_end_at_0_and_25(folder: Path) -> None:
    """As the original's: a regression may go beyond what it was taught."""
    network = fresh(folder).network
    for factor, end in ((99, 25.0), (-99, 0.0)):
        changed = replace(network, column=network.column * factor)
        assert points(replace(fresh(folder), network=changed), rows("24")) == [end] * len(SAMPLES)


def test_the_score_is_the_logit_of_one_piece_and_of_no_other(folder: Path) -> None:
    """<extra_id_10>; of the product before the vocabulary nothing else is computed."""
    from safetensors import safe_open

    with safe_open(folder / "model.safetensors", framework="pt") as stored:
        row = stored.get_tensor("lm_head.weight")[SCORE]
        gain = stored.get_tensor("decoder.final_layer_norm.weight")
    torch.testing.assert_close(fresh(folder).network.column, row * gain)


@pytest.mark.parametrize("mode", ["24", "24-qe", "23", "23-qe"])
def test_a_long_row_is_read_in_windows_and_its_tail_counts(folder: Path, mode: str) -> None:
    """The original cuts the end in silence: of MetricX-24's input the reference, or the target itself."""
    sides = {"24": (True, True), "24-qe": (True, False), "23": (False, True), "23-qe": (True, False)}[mode]

    def row(target: str, other: str) -> Row:
        return Row(target, other if sides[0] else None, other if sides[1] else None)

    model = fresh(folder, VERSIONS[mode])
    whole = model.judge([row(LONG_TARGET, LONG_SOURCE)])[0]
    changed = model.judge([row(LONG_TARGET + "Pigs fly.", LONG_SOURCE)])[0]
    other = model.judge([row(LONG_TARGET, LONG_SOURCE + "Schweine fliegen.")])[0]
    assert whole.windows > 1
    assert whole.tokens > module._LONGEST[VERSIONS[mode]]
    assert abs(changed.points - whole.points) > CLOSE
    assert abs(other.points - whole.points) > CLOSE


def test_a_passage_that_the_target_leaves_out_counts(folder: Path) -> None:
    """Its windows have no target to weigh them by."""
    model = fresh(folder, "24")
    source, left_out = "Der Hund bellte. ", "Es regnete den ganzen Tag, und niemand kam. " * 200
    whole, changed = (
        model.judge([Row("The dog barked.", source + left_out + end)])[0] for end in ("", "Ja.")
    )
    assert whole.windows > 1
    assert abs(changed.points - whole.points) > CLOSE


def test_several_devices_give_what_one_gives(folder: Path) -> None:
    """In order, each but the first in a process of its own."""
    one = points(fresh(folder, threads=1), rows("24"))
    assert points(fresh(folder, devices=("cpu", "cpu"), threads=1), rows("24")) == pytest.approx(
        one, abs=CLOSE
    )


def test_every_window_fits_and_none_of_the_text_is_left_out(folder: Path) -> None:
    """Windows are parallel parts: together they are the whole of either side."""
    model = fresh(folder, "23")
    read = [model.pieces.decode(list(ids)) for ids, _ in model._windows(Row(LONG_TARGET, None, LONG_SOURCE))]
    assert all(len(model._encoded(text)) <= 1023 for text in read)
    pairs = [text.removeprefix("candidate: ").split(" reference: ") for text in read]
    assert " ".join(target for target, _ in pairs).split() == LONG_TARGET.split()
    assert " ".join(reference for _, reference in pairs).split() == LONG_SOURCE.split()


def test_what_just_fits_is_read_at_once(folder: Path) -> None:
    """1,023 pieces are what the original reads: its limit of 1,024 counts the end of the text."""
    model = fresh(folder, "23")
    spare = 1023 - len(model._ids(("target", "reference"), ("", "a")))
    fits, too_long = (Row("bridge " * (spare + extra), None, "a") for extra in (0, 1))
    assert [(one.tokens, one.windows) for one in model.judge([fits])] == [(1023, 1)]
    assert model.judge([too_long])[0].windows == 2


def test_the_end_of_the_text_is_text_where_it_is_written_out(folder: Path) -> None:
    """The original's tokenizer takes it for the mark itself."""
    pieces = fresh(folder).pieces
    assert pieces.eos_id() not in pieces.encode("The town </s> the bridge")


@pytest.mark.parametrize("text", ["a\ud800b", "\udcff", "a\x00b", "", " ", "\n", "👩‍👩‍👧", "\U0010ffff"])
def test_odd_characters_are_no_errors(folder: Path, text: str) -> None:
    """Lone surrogates come out of JSON, and other things out of anywhere."""
    (found,) = load_metricx(str(folder), version="24").judge([Row(text, text, text)])
    assert 0 <= found.points <= 25


def test_characters_that_the_vocabulary_lacks_are_read_as_bytes(tmp_path: Path, folder: Path) -> None:
    """mT5's pieces have all bytes among them: two unknown characters are not the same one."""
    import sentencepiece

    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["the mayor opened the bridge candidate source reference : ."] * 50),
        model_prefix=str(tmp_path / "spiece"),
        vocab_size=320,
        byte_fallback=True,
        hard_vocab_limit=False,
        minloglevel=2,
        pad_id=0,
        eos_id=1,
        unk_id=2,
        bos_id=-1,
    )
    model = fresh(folder, vocabulary=str(tmp_path))
    first, second = (found.points for found in model.judge([Row("龍", "x"), Row("鳳", "x")]))
    assert abs(first - second) > CLOSE


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("metricx-24-hybrid-large", "24"),
        ("google/metricx-24-hybrid-xl-v2p6-bfloat16", "24"),
        ("metricx-23-large", "23"),
        ("google/metricx-23-qe-xxl-v2p0", "23-qe"),
        ("/models/MetricX-23-QE-Large", "23-qe"),
    ],
)
def test_a_name_says_which_metricx_it_is(name: str, version: str) -> None:
    """Known ones, those of the hub, and folders that are called like them."""
    assert version_of(name) == version


@pytest.mark.parametrize(
    ("name", "message"),
    [("/models/mine", "no such file"), ("wmt22-comet-da", "is no MetricX")],
)
def test_what_is_no_metricx_is_the_users_to_mend(name: str, message: str) -> None:
    """Each in its own words."""
    with pytest.raises(ConfigError, match=message):
        version_of(name)


def test_a_folder_that_does_not_say_its_version_is_the_users_to_mend(folder: Path) -> None:
    """Another version's prompt would give numbers without meaning."""
    with pytest.raises(ConfigError, match="give the option 'version'"):
        version_of(str(folder))


def test_a_model_without_its_vocabulary_says_where_to_get_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Published folders lack it; any mT5 in the hub's cache has it."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.delenv("MTQE_FETCH", raising=False)
    bare = tmp_path / "metricx-24-bare"
    bare.mkdir()
    for name in ("config.json", "model.safetensors"):
        (bare / name).symlink_to(folder / name)
    with pytest.raises(
        ModelError, match=r"also needs spiece\.model of https://huggingface\.co/google/mt5-large"
    ):
        fresh(bare)
    snapshot = tmp_path / "hub" / "models--google--mt5-xl" / "snapshots" / "main"
    snapshot.mkdir(parents=True)
    build_vocabulary(snapshot)
    assert points(fresh(bare), rows("24")) == pytest.approx(ORIGINAL["24"], abs=CLOSE)
    with pytest.raises(ModelError, match=r"lacks spiece\.model"):
        fresh(bare, vocabulary=str(bare))


def test_a_pickle_that_could_run_code_is_not_loaded(folder: Path, tmp_path: Path) -> None:
    """And the message says so."""

    class Evil:
        def __reduce__(self) -> tuple[object, ...]:
            return (print, ("ran",))

    build_vocabulary(tmp_path)
    (tmp_path / "config.json").write_bytes((folder / "config.json").read_bytes())
    torch.save({"shared.weight": Evil()}, tmp_path / "pytorch_model.bin")
    with pytest.raises(ModelError, match="could run code"):
        fresh(tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("config.json", b"{", "config.json: is missing or damaged"),
        ("config.json", b'{"model_type": "bert"}', "not that of an mT5"),
        ("config.json", b'{"model_type": "mt5", "feed_forward_proj": "gated-gelu"}', "lacks 'd_model'"),
        ("model.safetensors", b"junk", "is missing or damaged"),
        ("model.safetensors", b"", "is empty; fetch it again"),
        ("model.safetensors", b"version https://git-lfs.github.com/spec/v1", "is a pointer of Git LFS"),
        ("model.safetensors.index.json", b"[]", "is damaged"),
        ("spiece.model", b"junk", "spiece.model: is missing or damaged"),
    ],
)
def test_damaged_files_are_named(
    folder: Path, tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    """With what is wrong, and no traceback."""
    for path in folder.iterdir():
        (tmp_path / path.name).symlink_to(path)
    (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ModelError, match=message):
        fresh(tmp_path)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"num_layers": 2}, "says 2 for num_layers, its weights have 3"),
        ({"num_decoder_layers": 1}, "says 1 for num_decoder_layers, its weights have 2"),
        ({"num_heads": 4}, "says 4 for num_heads, its weights have 3"),
        ({"d_kv": 4}, "says 4 for d_kv, its weights have 8"),
        ({"num_layers": "x"}, "something else in place of a number"),
    ],
)
def test_the_settings_of_another_model_are_refused(
    folder: Path, tmp_path: Path, changed: dict[str, Any], message: str
) -> None:
    """Half of its layers would give points, too, and wrong ones."""
    for name in ("model.safetensors", "spiece.model"):
        (tmp_path / name).symlink_to(folder / name)
    settings = json.loads((folder / "config.json").read_text(encoding="utf-8")) | changed
    (tmp_path / "config.json").write_text(json.dumps(settings), encoding="utf-8")
    with pytest.raises(ModelError, match=message):
        fresh(tmp_path)


def test_a_checkpoint_that_lacks_weights_names_them(folder: Path, tmp_path: Path) -> None:
    """A usual mT5 or T5 is not taken for a MetricX."""
    from safetensors.torch import load_file, save_file

    tensors = load_file(folder / "model.safetensors")
    tensors["lm_head.weight"] = tensors["lm_head.weight"][:1000].clone()
    for path in folder.iterdir():
        (tmp_path / path.name).symlink_to(path)
    (tmp_path / "model.safetensors").unlink()
    save_file(tensors, tmp_path / "model.safetensors")
    with pytest.raises(ModelError, match="no row 250089"):
        fresh(tmp_path)
    del tensors["encoder.final_layer_norm.weight"]
    save_file(tensors, tmp_path / "model.safetensors")
    with pytest.raises(ModelError, match=r"lacks the weights 'encoder\.final_layer_norm\.weight'"):
        fresh(tmp_path)


def test_int8_is_for_a_cpu(folder: Path) -> None:
    """Said before anything is loaded."""
    with pytest.raises(ConfigError, match=r"can't be used|is for device 'cpu'"):
        fresh(folder, precision="int8", device="cuda")
