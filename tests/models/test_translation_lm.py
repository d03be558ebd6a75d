"""Forced decoding gives what a plain run of the model does, whatever the batch and the length."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqe.errors import ModelError
from mtqe.models.translation_languages import pick_code
from mtqe.models.translation_lm import Translation, TranslationLM, load_translation_lm
from tests.models import tiny

PAIRS = [
    Translation("le conseil s est réuni lundi", "the council met on monday", "fr", "en"),
    Translation("il a voté pour un pont", "it voted for a bridge", "fr", "en"),
    Translation("le pont", "the bridge over the river", "fr", "en"),
]
LONG = Translation(
    "il a voté pour un nouveau pont sur la rivière . " * 6,
    "it voted for a new bridge over the river . " * 6,
    "fr",
    "en",
)
NLLB = ("eng_Latn", "fra_Latn", "zho_Hans", "zho_Hant", "yue_Hant", "arb_Arab", "ary_Arab", "pes_Arab")
NLLB += ("prs_Arab", "npi_Deva", "nob_Latn", "nno_Latn", "srp_Cyrl", "por_Latn", "tgl_Latn", "swh_Latn")
NLLB += ("lvs_Latn", "est_Latn")
M2M = ("en", "fr", "zh", "ar", "no", "pt", "tl")
MBART = ("en_XX", "fr_XX", "zh_CN", "pt_XX")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A tiny model with languages, and one of a pair."""
    return {
        kind: tiny.translator(tmp_path_factory.mktemp(kind) / "model", kind) for kind in ("m2m", "marian")
    }


@pytest.fixture(scope="module", params=["m2m", "marian"])
def model(request: pytest.FixtureRequest, folders: dict[str, Path]) -> TranslationLM:
    """Each of them as mtqe loads it."""
    return load_translation_lm(str(folders[request.param]))


def plain(model: TranslationLM, pair: Translation) -> tuple[float, int]:
    """The log-probability of one target, alone, by the library's own loss; and its tokens."""
    own, net = model.loaded.tokenizer, model.loaded.model
    if hasattr(own, "src_lang"):
        own.src_lang, own.tgt_lang = pair.source_lang, pair.target_lang
    inputs: Any = own(pair.source, text_target=pair.target, return_tensors="pt")
    with torch.no_grad():
        log_probs = net(**inputs).logits[0].log_softmax(-1)
    labels = inputs["labels"][0].tolist()
    first = 1 if hasattr(own, "src_lang") else 0  # the mark of the language
    return sum(float(log_probs[i, labels[i]]) for i in range(first, len(labels))), len(labels) - first


def test_a_target_has_the_probability_that_a_plain_run_gives(model: TranslationLM) -> None:
    """To five digits, in a batch; the mark of the language is no part of it, the end is."""
    for pair, found in zip(PAIRS, model.judge(PAIRS), strict=True):
        total, tokens = plain(model, pair)
        assert found.total == pytest.approx(total, abs=1e-5)
        assert (found.tokens, found.windows) == (tokens, 1)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.sampled_from([*PAIRS, LONG]), min_size=1, max_size=5))
def test_the_batch_never_shows(model: TranslationLM, pairs: list[Translation]) -> None:
    """Alone or among others, a target has the same probability."""
    for pair, found in zip(pairs, model.judge(pairs), strict=True):
        assert found.total == pytest.approx(model.judge([pair])[0].total, abs=1e-4)


def test_a_long_pair_is_read_in_parallel_windows_to_its_end(model: TranslationLM) -> None:
    """The last word of either side counts."""
    found = model.judge(
        [
            LONG,
            replace(LONG, target=LONG.target + "monday"),
            replace(LONG, source=LONG.source + "lundi"),
        ]
    )
    assert found[0].windows > 1
    assert len({round(one.total, 3) for one in found}) == 3


def test_a_model_without_its_pieces_is_refused_in_words(folders: dict[str, Path], tmp_path: Path) -> None:
    """Its vocabulary is of several files, some of which came."""
    copied = shutil.copytree(folders["marian"], tmp_path / "model")
    for path in copied.glob("*.spm"):
        path.unlink()
    with pytest.raises(ModelError, match="vocabulary"):
        load_translation_lm(str(copied))


def test_languages_that_the_model_does_not_know_are_named(folders: dict[str, Path]) -> None:
    """A model of one pair does not say what it knows."""
    many = load_translation_lm(str(folders["m2m"]))
    assert many.why_not("fr", "en-GB") is None
    assert many.why_not("fr", "tlh") == "the translation model does not know 'tlh'"
    assert load_translation_lm(str(folders["marian"])).why_not("fr", "tlh") is None


def test_the_languages_count(folders: dict[str, Path]) -> None:
    """As German the same words are less or more probable."""
    many = load_translation_lm(str(folders["m2m"]))
    english, german = many.judge([PAIRS[0], replace(PAIRS[0], target_lang="de")])
    assert english.total != pytest.approx(german.total, abs=1e-3)


@pytest.mark.parametrize(
    ("tag", "codes", "code"),
    [
        ("en", NLLB, "eng_Latn"),
        ("zh", NLLB, "zho_Hans"),
        ("zh-TW", NLLB, "zho_Hant"),
        ("zh-Hant", NLLB, "zho_Hant"),
        ("yue", NLLB, "yue_Hant"),
        ("ar", NLLB, "arb_Arab"),
        ("fa", NLLB, "pes_Arab"),
        ("fa-AF", NLLB, "prs_Arab"),
        ("ne", NLLB, "npi_Deva"),
        ("no", NLLB, "nob_Latn"),
        ("nn", NLLB, "nno_Latn"),
        ("pt-BR", NLLB, "por_Latn"),
        ("fil", NLLB, "tgl_Latn"),
        ("lv", NLLB, "lvs_Latn"),
        ("et", NLLB, "est_Latn"),
        ("sr", NLLB, "srp_Cyrl"),
        ("ja", NLLB, None),
        ("und", NLLB, None),
        ("not a tag", NLLB, None),
        ("nb", M2M, "no"),
        ("zh-Hans", M2M, "zh"),
        ("fil", M2M, "tl"),
        ("zh-TW", MBART, "zh_CN"),
        ("pt-PT", MBART, "pt_XX"),
        ("fr", (">>fra<<", ">>por<<"), ">>fra<<"),
    ],
)
def test_a_language_is_found_under_the_name_that_a_model_has_for_it(
    tag: str, codes: tuple[str, ...], code: str | None
) -> None:
    """Macrolanguages, scripts and territories are told apart where the model does."""
    assert pick_code(tag, codes) == code
