"""Whether people wrote an article: what it takes for a machine's, and where it says nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mtqe.data import Article, Score
from mtqe.prepare import prepare
from mtqe.scorers.human_written import HumanWritten

PEOPLE = (
    "I had not expected much of the place, and for once I was right. The hotel, if that is the word for "
    "it, stood at the end of a lane so narrow that the postman leaves his van by the church and walks. "
    "Nobody met us. A dog did, briefly, and then thought better of it. By the time we had found a key "
    "that fitted, it was dark, the soup was cold and my brother had stopped speaking to either of us. "
    "Still, you could hear the sea, and nobody had told us about that."
)
MACHINE = (
    "According to the information, the relevant departments have also carried out the inspection of the "
    "equipment, and the relevant personnel said that the problem has been solved. It is reported that, at "
    "present, the construction of the project has been completed, and it is expected that the project will "
    "be put into use in the near future. At the same time, the person in charge also said that, in the "
    "next step, the department will continue to strengthen the management and the service, and will "
    "further improve the level of the service for the masses."
)


def judged(text: str, language: str = "en") -> Score:
    """The article's score."""
    article = prepare(Article("a", text, target_lang=language))
    scorer = HumanWritten()
    return scorer.pool(article, scorer.score([article])[0])


def test_prose_of_a_person_is_told_from_a_machines_officialese() -> None:
    """What the number is for."""
    people, machine = judged(PEOPLE).value, judged(MACHINE).value
    assert people is not None
    assert machine is not None
    assert machine < 40 < 60 < people


def test_a_person_is_above_the_alarm() -> None:
    """A false alarm is the worst that it can do."""
    score = judged(PEOPLE)
    assert score.value is not None
    alarm = score.components["alarm"].value
    assert alarm is not None
    assert alarm < 20 < score.value


@pytest.mark.parametrize(
    ("text", "language", "note"),
    [
        ("It rained all day.", "en", "fewer than 50 words"),
        ("", "en", "fewer than 50 words"),
        ("Il pleut depuis ce matin sur toute la ville. " * 12, "fr", "no model of machines' style for 'fr'"),
        ("Es regnet seit heute früh in der Stadt. " * 12, "de", "no model of machines' style for 'de'"),
    ],
)
def test_it_says_nothing_where_it_can_not_know(text: str, language: str, note: str) -> None:
    """Of a short text, and in a language without a model."""
    found = judged(text, language)
    assert (found.value, found.note) == (None, note)


def test_names_and_numbers_change_little() -> None:
    """Content is taken out before the style is judged."""
    text = "The council of Bremen met on Monday and gave 40 people a medal, the mayor said. " * 8
    other = text.replace("Bremen", "Kyoto").replace("40", "7300").replace("Monday", "Friday")
    ours, theirs = judged(text).value, judged(other).value
    assert ours == pytest.approx(theirs, abs=3)


def test_what_is_left_out_of_scoring_does_not_count() -> None:
    """Boilerplate is no prose."""
    article = prepare(Article("a", PEOPLE, target_lang="en"))
    excluded = replace(article, segments=tuple(replace(s, excluded="boilerplate") for s in article.segments))
    assert HumanWritten().pool(excluded, []).value is None
