"""Chinese characters read aloud, and the names that they write."""

from mtqe.text.chinese_names import (
    foreign_rows,
    heard_as,
    pinyin,
    read_as,
    readings,
    surname_length,
    writes_sound,
)


def test_a_character_is_read_in_mandarin_without_its_tone() -> None:
    """Tones are of no use beside a target without them."""
    assert readings("林") == ("lin",)
    assert readings("x") == ()


def test_a_character_of_names_has_both_of_its_readings() -> None:
    """Which of them a name has is not to be seen."""
    assert set(readings("长")) == {"zhang", "chang"}


def test_a_row_of_characters_is_read_as_one_word() -> None:
    """Syllables are joined."""
    assert pinyin("林文德") == "linwende"


def test_letters_are_found_where_whole_characters_read_so() -> None:
    """No syllable is cut."""
    text = "昨天林文德来了"
    assert list(read_as(text, "wende")) == [(3, 5)]
    assert list(read_as(text, "wend")) == []
    assert list(read_as(text, "linwende", at_most=2)) == []


def test_letters_are_found_by_the_rarer_reading_too() -> None:
    """A translator may have known better than the transliterator."""
    assert list(read_as("在长水", "changshui")) == [(1, 3)]


def test_a_surname_has_one_or_two_characters() -> None:
    """The longer surname wins."""
    assert [surname_length("欧阳文来", start) for start in (0, 2)] == [2, 0]
    assert surname_length("林文德", 0) == 1


def test_foreign_names_stand_in_rows_of_sound_characters() -> None:
    """Their characters say little in ordinary text."""
    text = "他说德尔加佐夫很好"
    assert any(start <= 2 and end >= 7 for start, end in foreign_rows(text))
    assert writes_sound("德尔加佐夫", 0.5)
    assert not writes_sound("很好", 0.5)


def test_a_foreign_name_sounds_otherwise_than_mandarin_reads_it() -> None:
    """Characters that were not counted keep their Mandarin reading."""
    assert heard_as("梅里肯") != pinyin("梅里肯")
    assert heard_as("说") == pinyin("说")
