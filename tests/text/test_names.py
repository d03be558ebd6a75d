"""Mentions of names, and which differences between names are legitimate."""

from __future__ import annotations

import pytest

from mtqe.data import Article
from mtqe.prepare import prepare
from mtqe.text.names import Mention, find_mentions, lower_words, name_words
from mtqe.text.same_name import is_clipped, is_derived, is_inhabitant, is_pinyin, keeps_case
from mtqe.text.tables import table
from mtqe.text.unspaced_names import respelling

NEAR = 0.2


def mentions(text: str, language: str = "en") -> list[Mention]:
    """The mentions of a text."""
    return find_mentions(prepare(Article("a", text, target_lang=language)), lower_words(text))


def names(text: str, language: str = "en") -> list[str]:
    """The mentions of a text as strings."""
    return [" ".join(word.text for word in mention.words) for mention in mentions(text, language)]


def test_titles_are_no_part_of_a_name_but_are_remembered() -> None:
    """Two people with one title may be one person, so that titles count."""
    found = mentions("They met Prime Minister Anton Velkov there.")
    assert [word.text for word in found[0].words] == ["Anton", "Velkov"]
    assert found[0].title == ("prime", "minister")


def test_a_point_after_a_title_or_initial_does_not_end_a_name() -> None:
    """One mention: "Mr. J. Velkov"."""
    assert names("We saw Mr. J. Velkov there.") == ["J Velkov"]


def test_particles_belong_to_a_name_only_inside_it() -> None:
    """What looks like a particle before a lower-case word is none."""
    assert names("We met Luis de la Fuente de nuevo.") == ["Luis de la Fuente"]


def test_possessives_and_suffixes_are_cut_off() -> None:
    """A mention's range is that of the name alone."""
    text = "They liked Velkov’s song and Moriyama-san too."
    found = [text[slice(*word.span)] for mention in mentions(text) for word in mention.words]
    assert found == ["Velkov", "Moriyama"]


def test_the_first_word_of_a_sentence_is_no_name_if_it_is_an_everyday_word() -> None:
    """Else "The" and "Many" would be the commonest names."""
    assert names("The house is big. Velkov built it. Many came.") == ["Velkov"]


def test_a_language_without_a_table_is_not_known() -> None:
    """What is not supported can be asked for."""
    assert name_words("en").known
    assert not name_words("xx").known


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Canada", "Canadians"),
        ("Kant", "Kantian"),
        ("Velkov", "Velkova"),
        ("Petrovsky", "Petrovskaya"),
        ("Keller", "Keller-Brandt"),
        ("Zoë", "Zoe"),
    ],
)
def test_derived_names_are_legitimate(a: str, b: str) -> None:
    """Plurals, adjectives, feminine forms, hyphens and accents are no mistakes."""
    assert is_derived(a, b, "en")
    assert is_derived(b, a, "en")


@pytest.mark.parametrize(("a", "b"), [("Velkov", "Felkof"), ("Velkov", "Velkovym"), ("Ísolda", "Ísoldu")])
def test_a_case_ending_of_another_language_is_not_legitimate(a: str, b: str) -> None:
    """A Russian instrumental in an English text was left over."""
    assert not is_derived(a, b, "en")


def test_case_endings_are_legitimate_in_languages_that_have_them() -> None:
    """In Russian the instrumental is right."""
    assert is_derived("Кольцов", "Кольцовым", "ru")


def test_chinese_names_are_told_from_others() -> None:
    """Names in Pinyin are too alike to be compared."""
    assert is_pinyin("Xudong")
    assert not is_pinyin("Velkov")


@pytest.mark.parametrize("language", sorted(set(table("name_words")) - {"any"}))
def test_the_table_of_every_language_is_words(language: str) -> None:
    """YAML reads an unquoted "no" as false."""
    words = name_words(language)
    assert words.known
    assert all(
        isinstance(word, str) for word in (*words.endings, *words.inhabitants, *words.role, *words.speech)
    )


def test_the_country_of_a_title_is_no_part_of_the_name() -> None:
    """What stands before "President" is not a first name."""
    (found,) = mentions("They met Velkovian President Anton Keller there.")
    assert [word.text for word in found.words] == ["Anton", "Keller"]
    assert found.title[-1] == "president"


@pytest.mark.parametrize(
    ("odd", "usual", "kept"),
    [
        ("Kellerom", "Keller", True),
        ("Ísoldu", "Ísolda", True),
        ("Kellera", "Keller", True),
        ("Velkova", "Velkov", False),
        ("Keller", "Kellerom", False),
        ("Kellerburg", "Keller", False),
    ],
)
def test_a_case_ending_is_told_from_the_surname_of_a_woman(odd: str, usual: str, kept: bool) -> None:
    """Both may add an "a"; only some surnames of men do so for their wives."""
    assert keeps_case(odd, usual) is kept


def test_a_plural_or_an_inhabitant_is_no_clipped_name() -> None:
    """What is left after a letter was lost is told from what takes an ending."""
    assert is_clipped("Tarnod", "Tarnody")
    assert not is_clipped("Tarn", "Tarnody")
    assert is_inhabitant("Velkovia", "Velkovian", "en")
    assert is_inhabitant("Keller", "Kellers", "en")
    assert not is_inhabitant("Tarnod", "Tarnody", "en")


def test_foreign_names_in_chinese_are_found_by_their_point_and_characters() -> None:
    """A first name that the table lacks is known by its last two characters."""
    assert names("总理安东·维尔科夫说，让·马尔切克来了。", "zh") == ["安东 维尔科夫", "让 马尔切克"]


def test_katakana_names_are_found_in_japanese() -> None:
    """Short words alone are none."""
    assert names("アントン・ベルコフ氏とマルチェク氏はパンを買った。", "ja") == [
        "アントン ベルコフ",
        "マルチェク",
    ]


@pytest.mark.parametrize(
    ("odd", "usual", "language", "near"),
    [
        ("维尔柯夫", "维尔科夫", "zh", True),
        ("维尔科夫斯", "维尔科夫", "zh", False),
        ("马尔切克", "维尔科夫", "zh", False),
        ("ベルゴフ", "ベルコフ", "ja", True),
        ("ミュラー", "ミューラー", "ja", False),
        ("ゲイツ", "ゲーツ", "ja", False),
    ],
)
def test_spellings_of_one_name_are_told_from_style_and_from_other_names(
    odd: str, usual: str, language: str, near: bool
) -> None:
    """Long vowels are style; another length is another name in Chinese."""
    distance = respelling(odd, usual, language)
    assert (distance is not None and distance <= NEAR) is near


def test_an_elided_article_is_no_part_of_a_name() -> None:
    """“L’” that opens a sentence makes no name of the noun behind it, and “l’” hides none."""
    assert names("L’accord d’Anton Velkov plaît à l’Albanie.", "fr") == ["Anton Velkov", "Albanie"]
    assert names("L’accordo di Ugo D’Arvenzo piace all’Albania.", "it") == ["Ugo D’Arvenzo", "Albania"]
