"""Fluency from the target alone: what it hears, in which languages, and when it says nothing."""

from __future__ import annotations

import random

import pytest

from mtqe.data import Article, Score, Segment
from mtqe.scorers.fluency_ngram import FluencyNgram

SENTENCES = {
    "en": "The mayor opened the new bridge on Monday and thanked all those who had worked on it.",
    "de": "Der Bürgermeister eröffnete am Montag die neue Brücke und dankte allen, die daran gebaut hatten.",
    "fr": "Le maire a inauguré le nouveau pont lundi et a remercié tous ceux qui y avaient travaillé.",
    "it": "Il sindaco ha aperto lunedì il nuovo ponte e ha ringraziato tutti coloro che vi hanno lavorato.",
    "pt": "O prefeito abriu a nova ponte na segunda-feira e agradeceu a todos que trabalharam nela.",
    "es": "El alcalde abrió el lunes el nuevo puente y dio las gracias a todos los que trabajaron en él.",
    "ru": "Мэр открыл в понедельник новый мост и поблагодарил всех, кто над ним работал.",
}
CHINESE = "市长星期一为新桥剪彩，并感谢了所有参与建设的人。"


def scores(targets: list[str], language: str) -> list[Score]:
    """One score for each sentence of an article."""
    segments = tuple(Segment(i, i, (0, len(text)), text) for i, text in enumerate(targets))
    article = Article("a", " ".join(targets), target_lang=language, segments=segments)
    return FluencyNgram().score([article])[0]


def values(targets: list[str], language: str) -> list[float]:
    """Scores that must be there."""
    found = [score.value for score in scores(targets, language)]
    assert None not in found
    return [value for value in found if value is not None]


def shuffled(sentence: str) -> str:
    """The same words, or characters, in another order."""
    words = sentence.split() if " " in sentence else list(sentence)
    random.Random(4).shuffle(words)
    return (" " if " " in sentence else "").join(words)


@pytest.mark.parametrize("language", SENTENCES)
def test_words_in_disorder_cost(language: str) -> None:
    """In every language with a model."""
    good, bad = values([SENTENCES[language], shuffled(SENTENCES[language])], language)
    assert good > bad + 10


def test_doubled_words_cost() -> None:
    """In English, of which there is text enough."""
    words = SENTENCES["en"].split()
    good, bad = values([SENTENCES["en"], " ".join([*words[:4], *words[2:]])], "en")
    assert good > bad


def test_chinese_is_told_when_it_is_broken_and_not_ranked_otherwise() -> None:
    """What n-grams think of ordinary Chinese has nothing to do with what people think of it."""
    ordinary = values([CHINESE, "他说，这座桥花了四千万欧元。"], "zh")
    assert ordinary[0] == pytest.approx(ordinary[1])
    assert values([shuffled(CHINESE)], "zh")[0] < ordinary[0] - 10


@pytest.mark.parametrize("language", ["nl", "ja", "sw", "und"])
def test_without_a_model_there_is_no_score_and_a_reason(language: str) -> None:
    """A guess would look like a number."""
    (found,) = scores(["Le maire a ouvert le nouveau pont lundi."], language)
    assert found.value is None
    assert found.note


def test_a_sentence_is_judged_by_itself() -> None:
    """Whatever stands beside it."""
    alone = values([SENTENCES["en"]], "en")[0]
    beside = values([shuffled(SENTENCES["en"]), SENTENCES["en"], "No."], "en")[1]
    assert alone == pytest.approx(beside)


def test_one_word_says_little() -> None:
    """A heading is neither fluent nor not: between the best and the worst."""
    one, bad = values(["Weather", shuffled(SENTENCES["en"])], "en")
    assert bad < one < 100


def test_a_small_letter_at_the_beginning_costs_one_minor_error() -> None:
    """But not where a sentence goes on from the line before, nor where a name is written so."""
    small = SENTENCES["en"][0].lower() + SENTENCES["en"][1:]
    whole, costs, goes_on = values([SENTENCES["en"], small], "en") + values(["Said she", small], "en")[1:]
    assert costs < whole == pytest.approx(goes_on)
