"""COMET's models give the original's numbers, whatever the batch, and cut nothing in silence."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqe.errors import ConfigError, ModelError
from mtqe.models.comet import Comet, Row, load_comet
from mtqe.models.comet_heads import sparsemax
from mtqe.models.running import Running
from tests.models.comet_folders import (
    CASES,
    CONTEXT_MODE,
    GOLDEN,
    SAMPLES,
    WITH_CONTEXT,
    build_encoder_folder,
    build_folder,
    context_samples,
)

ORIGINAL = json.loads((GOLDEN / "comet.json").read_text(encoding="utf-8"))
MODES = [(case, mode) for case, modes in ORIGINAL.items() for mode in modes if mode != CONTEXT_MODE]
SIDES = {"src": "source", "ref": "reference"}

# In 32 bits; the original's own scores differ by as much between two of its batch sizes.
CLOSE = 1e-5

# Longer than the 171 tokens that the small models read.
LONG_SOURCE = "Der Bürgermeister eröffnete die Brücke. Es regnete den ganzen Tag, und niemand kam. " * 6
LONG_TARGET = "The mayor opened the bridge. It rained all day, and nobody came to see it. " * 6

Folder = Callable[..., Path]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """Folders of small models, each built once."""
    built: dict[str, Path] = {}

    def get(case: str, **changed: object) -> Path:
        key = f"{case}{sorted(changed.items())}"
        if key not in built:
            built[key] = build_folder(tmp_path_factory.mktemp("comet") / case, case, **changed)
        return built[key]

    return get


def rows(mode: str) -> list[Row]:
    """The samples with the sides that a mode names."""
    given = mode.split("+")
    return [Row(s["mt"], **{SIDES[side]: s[side] for side in given}) for s in SAMPLES]


def fresh(path: Path, encoder: str | None = None, **running: Any) -> Comet:
    """A model that remembers nothing yet."""
    load_comet.cache_clear()
    return load_comet(str(path), Running(**running), encoder=encoder)


@pytest.mark.parametrize(("case", "mode"), MODES)
def test_scores_are_those_of_the_original(folder: Folder, case: str, mode: str) -> None:
    """Every family in every mode, with padding there and without it here."""
    found = fresh(folder(case)).judge(rows(mode))
    assert [one.score for one in found] == pytest.approx(ORIGINAL[case][mode]["scores"], abs=CLOSE)
    assert {one.windows for one in found} == {1}


@pytest.mark.parametrize(("case", "mode"), [(c, m) for c, m in MODES if "error_spans" in ORIGINAL[c][m]])
def test_error_spans_are_those_of_the_original(folder: Folder, case: str, mode: str) -> None:
    """Places, severities and confidences; what the original marks before the text is empty."""
    found = fresh(folder(case)).judge(rows(mode))
    for ours, theirs in zip(found, ORIGINAL[case][mode]["error_spans"], strict=True):
        assert [(s.start, s.end, s.severity) for s in ours.spans] == [
            (s["start"], s["end"], s["severity"]) for s in theirs
        ]
        assert [s.confidence for s in ours.spans] == pytest.approx(
            [s["confidence"] for s in theirs], abs=CLOSE
        )


@pytest.mark.parametrize("case", ["unite", "unite_tags", "xcomet", "xcomet_outliers"])
def test_parts_of_a_score_are_those_of_the_original(folder: Folder, case: str) -> None:
    """With source and reference there are three scores in one, and the one by spans of xCOMET."""
    found = fresh(folder(case)).judge(rows("src+ref"))
    names = {"src_scores": "by_source", "ref_scores": "by_reference", "unified_scores": "by_both"}
    for theirs, ours in {**names, "mqm_scores": "by_spans"}.items():
        expected = ORIGINAL[case]["src+ref"].get(theirs)
        if expected is not None:
            assert [one.parts[ours] for one in found] == pytest.approx(expected, abs=CLOSE)


@pytest.mark.parametrize("case", sorted(CASES))
def test_the_batch_never_shows(folder: Folder, case: str) -> None:
    """One row after the other, all at once, backwards, in batches of any size: the same numbers."""
    mode = max((mode for mode in ORIGINAL[case] if mode != CONTEXT_MODE), key=len)
    together = fresh(folder(case), batch_tokens=10_000, threads=1).judge(rows(mode))
    model = fresh(folder(case), batch_tokens=1, threads=2)
    backwards = model.judge(rows(mode)[::-1])[::-1]
    alone = [fresh(folder(case)).judge([row])[0] for row in rows(mode)[:3]]
    assert [one.score for one in backwards] == pytest.approx([one.score for one in together], abs=2e-6)
    assert [one.score for one in alone] == pytest.approx([one.score for one in together[:3]], abs=2e-6)
    assert [one.windows for one in backwards] == [one.windows for one in together]


def test_several_devices_give_what_one_gives(folder: Folder) -> None:
    """In order, spans included, each but the first in a process of its own."""
    path, given = folder("xcomet"), rows("src+ref")
    one = fresh(path, threads=1).judge(given)
    model = fresh(path, devices=("cpu", "cpu"), threads=1)
    found = model.judge(given)
    assert len(model.others) == 1
    assert [judgement.score for judgement in found] == pytest.approx([j.score for j in one], abs=2e-6)
    places = [[(span.start, span.end) for span in judgement.spans] for judgement in found]
    assert places == [[(span.start, span.end) for span in judgement.spans] for judgement in one]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
@pytest.mark.parametrize("case", sorted(CASES))
def test_a_gpu_gives_the_processors_scores(folder: Folder, case: str) -> None:
    """In 32 bits, whose sums it takes in another order."""
    mode = max((mode for mode in ORIGINAL[case] if mode != CONTEXT_MODE), key=len)
    found = [
        [one.score for one in fresh(folder(case), device=device).judge(rows(mode))]
        for device in ("cpu", "cuda")
    ]
    assert found[0] == pytest.approx(found[1], abs=CLOSE)


def test_memory_that_runs_out_never_shows_in_scores(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A device with room for few tokens: batches are halved until they fit."""
    expected = [one.score for one in fresh(folder("kiwi")).judge(rows("src"))]
    model = fresh(folder("kiwi"), threads=1)
    states, sizes = model.model.engine.encoder.states, []

    def small(sequences: Sequence[Sequence[int]], *rest: object) -> object:
        sizes.append(sum(map(len, sequences)))
        if len(sequences) > 2:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2 GiB")
        return states(sequences, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(model.model.engine.encoder, "states", small)
    found = [one.score for one in model.judge(rows("src"))]
    assert found == pytest.approx(expected, abs=2e-6)
    assert sizes[0] > 2 * sizes[-1]


@pytest.mark.parametrize("precision", ["bf16", "int8"])
@pytest.mark.parametrize("case", ["regression_norm", "kiwi", "xcomet_outliers"])
def test_lower_precision_is_near_and_depends_on_no_batch_mate(
    folder: Folder, case: str, precision: str
) -> None:
    """A scale for a whole batch, as usual in int8, would let a score depend on its neighbours."""
    mode = max((mode for mode in ORIGINAL[case] if mode != CONTEXT_MODE), key=len)
    exact = fresh(folder(case)).judge(rows(mode))
    model = fresh(folder(case), precision=precision)
    together = model.judge(rows(mode))
    alone = [fresh(folder(case), precision=precision).judge([row])[0] for row in rows(mode)]
    scores = torch.tensor([[one.score for one in exact], [one.score for one in together]])
    assert torch.corrcoef(scores)[0, 1] > 0.95
    assert [one.score for one in alone] == pytest.approx([one.score for one in together], abs=2e-6)


def test_equal_texts_are_read_once(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten systems share a source and a reference: two texts and ten translations are read."""
    model = fresh(folder("regression"))
    read: list[int] = []
    states = model.model.engine.encoder.states

    def counted(sequences: Sequence[Sequence[int]], *rest: object) -> object:
        read.append(len(sequences))
        return states(sequences, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(model.model.engine.encoder, "states", counted)
    model.judge([Row("The bridge " * n, "Der Bürgermeister.", "The mayor.") for n in range(10)])
    assert sum(read) == 12
    model.judge([Row("The bridge " * 3, "Der Bürgermeister.", "The mayor came.")])
    assert sum(read) == 13


def test_a_text_that_differs_in_one_token_is_not_taken_for_another(folder: Folder) -> None:
    """The original's cache goes by a tensor's first and last numbers, and can hit falsely."""
    model = fresh(folder("regression"))
    long = ["The mayor opened the bridge and nobody knew why it rained all day"] * 4
    changed = " ".join(long).replace("nobody", "the mayor", 1)
    scores = [
        one.score for one in model.judge([Row(" ".join(long), "Ja.", "Yes."), Row(changed, "Ja.", "Yes.")])
    ]
    assert scores[0] != pytest.approx(scores[1], abs=1e-4)


@pytest.mark.parametrize("case", ["regression", "referenceless", "kiwi", "unite", "xcomet"])
@pytest.mark.parametrize("side", ["target", "source"])
def test_a_changed_tail_beyond_the_models_places_changes_the_score(
    folder: Folder, case: str, side: str
) -> None:
    """The original drops the end of a long input, of a joint one the whole source, and does not say so."""
    model = fresh(folder(case))
    row = Row(LONG_TARGET, LONG_SOURCE, LONG_TARGET)
    tail = getattr(row, side) + " Niemand wusste warum."
    found, changed = model.judge([row, row._replace(**{side: tail})])
    assert found.windows > 1
    differences = [changed.parts[name] - found.parts[name] for name in found.parts]  # xCOMET caps its score
    assert max(map(abs, [changed.score - found.score, *differences])) > 1e-6
    assert changed.tokens > found.tokens


def test_windows_are_weighted_by_the_tokens_of_their_targets(folder: Folder) -> None:
    """A long row's score is that of its windows, which are rows of their own."""
    model = fresh(folder("kiwi"))
    half, other = "The mayor opened the bridge. " * 4, "Nobody came to see it today. " * 4
    source, rest = "Der Bürgermeister kam. " * 5, "Niemand sah ihn heute. " * 5
    whole = model.judge([Row(half + other, source + rest)])[0]
    parts = model.judge([Row(half, source), Row(other, rest)])
    lengths = [len(tokens) for tokens in model.tokenizer.read([half, other])]
    assert whole.windows == 2
    expected = sum(length * part.score for length, part in zip(lengths, parts, strict=True)) / sum(lengths)
    assert whole.score == pytest.approx(expected, abs=CLOSE)
    assert whole.tokens == sum(part.tokens for part in parts)


def test_a_passage_that_the_target_leaves_out_counts_by_its_length(folder: Folder) -> None:
    """It has no translation to weigh it by, and must not go unread."""
    model = fresh(folder("kiwi"))
    target, source = "The mayor opened the bridge.", "Der Bürgermeister eröffnete die Brücke."
    left_out = "Es regnete den ganzen Tag, und niemand kam, um sie zu sehen. " * 12
    found, changed, alone = model.judge(
        [
            Row(target, f"{source} {left_out}"),
            Row(target, f"{source} {left_out}Wusste niemand warum?"),
            Row(target, source),
        ]
    )
    assert found.windows > 1
    assert abs(found.score - changed.score) > 1e-6
    assert abs(found.score - alone.score) > 10 * CLOSE


def test_spans_in_later_windows_stand_where_they_are_in_the_text(folder: Folder) -> None:
    """Each window's spans are moved by where it begins."""
    model = fresh(folder("xcomet"))
    found = model.judge([Row(LONG_TARGET, LONG_SOURCE)])[0]
    starts = [span.start for span in found.spans]
    assert found.windows > 1
    assert max(starts) > len(LONG_TARGET) / 2
    assert starts == sorted(starts)
    assert all(0 <= span.start <= span.end <= len(LONG_TARGET) for span in found.spans)


@settings(max_examples=40, deadline=None)
@given(
    target=st.text(max_size=600),
    source=st.text(alphabet="abc é。😀\n", max_size=900) | st.just("word " * 700),
)
def test_any_text_is_read_whole(folder: Folder, target: str, source: str) -> None:
    """However long one side is beside the other, every character is in a window."""
    model = load_comet(str(folder("kiwi")))
    found = model.judge([Row(target, source)])[0]
    assert found.score == found.score  # not NaN
    assert found.tokens >= max(len(tokens) for tokens in model.tokenizer.read([target, source]))


def test_padding_written_out_in_a_text_counts_for_nothing(folder: Folder) -> None:
    """The original drops it from joint inputs and stumbles over it elsewhere."""
    for case in ("kiwi", "regression"):
        model = fresh(folder(case))
        plain, padded = model.judge(
            [Row("The mayor came.", "Ja.", "Yes."), Row("The mayor came.<pad>", "Ja.", "Yes.")]
        )
        assert plain.score == pytest.approx(padded.score, abs=1e-6)


@pytest.mark.parametrize("case", WITH_CONTEXT)
def test_scores_in_context_are_those_of_the_original(folder: Folder, case: str) -> None:
    """As in COMET's document mode (Vernikos et al., 2022): context is read and not averaged."""
    model = fresh(folder(case))
    contexts = [
        Row(s["mt"], s["src"], s["ref"], tuple(Row(b["mt"], b["src"], b["ref"]) for b in before))
        for s, before in context_samples()
    ]
    found = model.judge(contexts)
    assert [one.score for one in found] == pytest.approx(ORIGINAL[case][CONTEXT_MODE]["scores"], abs=CLOSE)
    alone = model.judge([row._replace(context=()) for row in contexts])
    assert found[0].score == pytest.approx(alone[0].score, abs=1e-6)
    assert found[5].score != pytest.approx(alone[5].score, abs=1e-4)


def test_context_that_does_not_fit_is_left_out_from_its_beginning(folder: Folder) -> None:
    """The sentence itself is never cut for the sake of what comes before it."""
    model = fresh(folder("regression"))
    near, far = Row("Nobody came.", "Niemand kam.", "No one."), Row(LONG_TARGET, LONG_SOURCE, LONG_TARGET)
    row = Row("It rained.", "Es regnete.", "It rained all day.")
    found = model.judge([row._replace(context=(far, near)), row._replace(context=(near,))])
    assert found[0].score == pytest.approx(found[1].score, abs=1e-6)
    assert found[0].windows == 1


def test_a_sparsemax_is_the_nearest_point_of_the_simplex() -> None:
    """By a case that can be worked out by hand, and sums of 1."""
    assert sparsemax(torch.tensor([1.0, 0.5, -2.0])).tolist() == pytest.approx([0.75, 0.25, 0.0])
    assert sparsemax(torch.tensor([0.0, 0.0])).tolist() == pytest.approx([0.5, 0.5])


def test_layers_that_have_no_part_are_not_computed(folder: Folder) -> None:
    """A sparse mix may leave out the upper layers."""
    mix = fresh(folder("regression")).model.mix
    assert mix.last == 3
    assert replace(mix, weights=(0.5, 0.5, 0.0, 0.0)).last == 1


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("hparams.yaml", "lacks hparams.yaml"),
        ("encoder/tokenizer.json", "lacks tokenizer.json"),
        ("encoder/config.json", "config.json: can't be read"),
        ("checkpoints/model.ckpt", "lacks its weights"),
    ],
)
def test_what_is_missing_is_named(tmp_path: Path, name: str, message: str) -> None:
    """A folder that was copied in part."""
    path = build_folder(tmp_path / "model", "kiwi")
    (path / name).unlink()
    with pytest.raises(ModelError, match=message):
        fresh(path)


def test_a_checkpoint_that_would_run_code_is_refused(tmp_path: Path) -> None:
    """Pickled objects are not loaded, only tensors and plain values."""
    path = build_folder(tmp_path / "model", "kiwi")
    torch.save({"state_dict": {}, "callbacks": Path("x")}, path / "checkpoints" / "model.ckpt")
    with pytest.raises(ModelError, match="could run code"):
        fresh(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty; fetch it again"),
        (b"<html>not found</html>", "is damaged: it is no file of weights"),
        (b"PK\x03\x04 and then nothing", "is damaged: PytorchStreamReader failed"),
        (b"version https://git-lfs.github.com/spec/v1", "is a pointer of Git LFS"),
        (b"\x80\x02}q\x00.", "is damaged|could run code"),
    ],
)
def test_a_damaged_checkpoint_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    """A download that broke off, or brought something else; in words for users."""
    path = build_folder(tmp_path / "model", "kiwi")
    (path / "checkpoints" / "model.ckpt").write_bytes(content)
    with pytest.raises(ModelError, match=rf"model\.ckpt: ({message})"):
        fresh(path)


def test_damaged_safetensors_are_named(tmp_path: Path) -> None:
    """As every other format."""
    path = build_folder(tmp_path / "model", "kiwi")
    (path / "model.safetensors").write_bytes(b"junk")
    (path / "checkpoints" / "model.ckpt").unlink()
    with pytest.raises(ModelError, match=r"model\.safetensors: is damaged"):
        fresh(path)


def test_a_checkpoint_of_before_torch_1_6_is_read(tmp_path: Path) -> None:
    """Its format can't be mapped into memory."""
    path = build_folder(tmp_path / "model", "kiwi")
    checkpoint = path / "checkpoints" / "model.ckpt"
    loaded = torch.load(checkpoint, weights_only=True)
    torch.save(loaded, checkpoint, _use_new_zipfile_serialization=False)
    found = fresh(path).judge(rows("src"))
    assert [one.score for one in found] == pytest.approx(ORIGINAL["kiwi"]["src"]["scores"], abs=CLOSE)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("[1]", r"config\.json: can't be read"),
        ('{"model_type": "xlm-roberta"}', r"config\.json: lacks 'num_hidden_layers'"),
        ({"hidden_size": 64}, "says 64 features, its weights have 32"),
        ({"num_hidden_layers": 2}, "says 2 layers, its weights have 3"),
        ({"num_hidden_layers": 4}, "says 4 layers, its weights have 3"),
        ({"max_position_embeddings": 514}, "says 512 places, its weights have 171"),
    ],
)
def test_the_settings_of_another_encoder_are_refused(
    tmp_path: Path, config: str | dict[str, int], message: str
) -> None:
    """Half of its layers would give scores, too, and wrong ones."""
    path = build_folder(tmp_path / "model", "regression")
    settings = path / "encoder" / "config.json"
    if not isinstance(config, str):
        config = json.dumps(json.loads(settings.read_text(encoding="utf-8")) | config)
    settings.write_text(config, encoding="utf-8")
    with pytest.raises(ModelError, match=message):
        fresh(path)


def test_the_vocabulary_of_another_encoder_is_refused(tmp_path: Path) -> None:
    """Its tokens would be other ones, or none."""
    path = build_folder(tmp_path / "model", "regression")
    place = path / "encoder" / "tokenizer.json"
    tokenizer = json.loads(place.read_text(encoding="utf-8"))
    tokenizer["model"]["vocab"] += [[f"more{number}", -20.0] for number in range(5)]
    place.write_text(json.dumps(tokenizer), encoding="utf-8")
    with pytest.raises(ModelError, match="is the vocabulary of another encoder"):
        fresh(path)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"class_identifier": "ranking_metric"}, "ranking_metric"),
        ({"encoder_model": "RemBERT"}, "RemBERT"),
        ({"hidden_sizes": [48, 16, 8]}, "lacks the weights"),
        ({"sent_layer": 9}, "layer 9"),
    ],
)
def test_models_of_other_kinds_are_refused_in_words(
    tmp_path: Path, changed: dict[str, object], message: str
) -> None:
    """Nothing is guessed: a weight that is not there is not left random."""
    path = build_folder(tmp_path / "model", "kiwi")
    checkpoint = torch.load(path / "checkpoints" / "model.ckpt", weights_only=True)
    checkpoint["hyper_parameters"] |= changed
    torch.save(checkpoint, path / "checkpoints" / "model.ckpt")
    text = (path / "hparams.yaml").read_text(encoding="utf-8")
    if "class_identifier" in changed:
        (path / "hparams.yaml").write_text(text.replace("unified_metric", "ranking_metric"), encoding="utf-8")
    with pytest.raises(ModelError, match=message):
        fresh(path)


def test_the_encoder_of_another_kind_is_refused(tmp_path: Path, folder: Folder) -> None:
    """An XL checkpoint needs an XL configuration."""
    build_encoder_folder(tmp_path / "encoder")
    with pytest.raises(ModelError, match="xlm-roberta-xl"):
        fresh(folder("kiwi_xl"), encoder=str(tmp_path / "encoder"))


def test_an_encoder_that_is_not_here_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The published folders do not hold it."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("MTQE_FETCH", raising=False)
    path = build_folder(tmp_path / "model", "kiwi", pretrained_model="xlm-roberta-large")
    (path / "encoder").rename(tmp_path / "elsewhere")
    with pytest.raises(ModelError, match=r"needs config\.json and tokenizer\.json of its encoder"):
        fresh(path)
    assert fresh(path, encoder=str(tmp_path / "elsewhere"))


def test_the_same_weights_as_safetensors(tmp_path: Path, folder: Folder) -> None:
    """Who does not trust pickles at all converts them."""
    from safetensors.torch import save_file

    path = build_folder(tmp_path / "model", "xcomet")
    checkpoint = path / "checkpoints" / "model.ckpt"
    save_file(torch.load(checkpoint, weights_only=True)["state_dict"], path / "model.safetensors")
    checkpoint.unlink()
    found = fresh(path).judge(rows("src"))
    assert [one.score for one in found] == pytest.approx(ORIGINAL["xcomet"]["src"]["scores"], abs=CLOSE)


def test_a_device_that_is_not_there_is_the_users_mistake(folder: Folder) -> None:
    """Said before anything is loaded."""
    if torch.cuda.is_available():
        pytest.skip("this machine has the device")
    with pytest.raises(ConfigError, match="can't be used"):
        fresh(folder("kiwi"), device="cuda")


def test_what_a_model_needs_is_said(folder: Folder) -> None:
    """Each family in its own words."""
    assert fresh(folder("regression")).why_not(["source"]) == "this model needs a source and a reference"
    assert fresh(folder("kiwi")).why_not(["reference"]) == "this model needs a source"
    assert fresh(folder("unite")).why_not([]) == "this model needs a source or a reference"
    assert fresh(folder("unite")).why_not(["reference"]) is None
