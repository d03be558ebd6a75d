"""Windows hold every character, run parallel where sides differ in what they say, and are few."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqe.models.windows import Window, windows

# Sentences and their translations.
PAIRS = (
    (
        "The mayor opened the new bridge on Monday.",
        "Die Bürgermeisterin eröffnete am Montag die neue Brücke.",
    ),
    (
        "It rained all day, and only 40 people came to see it.",
        "Es regnete den ganzen Tag, und nur 40 Menschen kamen.",
    ),
    ("Her deputy, Mr Brown, spoke of the cost.", "Ihr Stellvertreter, Herr Brown, sprach von den Kosten."),
    (
        "The work had taken three years and 12 million euros.",
        "Die Arbeiten hatten drei Jahre und 12 Millionen Euro gekostet.",
    ),
    ("A band played until the evening.", "Eine Kapelle spielte bis zum Abend."),
    (
        "Nobody asked who had signed the contract.",
        "Niemand fragte, wer den Vertrag unterschrieben hatte.",
    ),
)
GERMAN = dict(PAIRS)

SENTENCES = st.sampled_from([english for english, _ in PAIRS])
ODD = st.text(alphabet="ab .。\n😀é", max_size=300) | st.just("word " * 90) | st.text(max_size=200)


def of_words(most: int) -> object:
    """Room for so many words of all texts together; a long word is several."""

    def fits(texts: Sequence[str]) -> bool:
        return sum(-(-len(word) // 12) for text in texts for word in text.split()) <= most

    return fits


def cut(texts: Sequence[str], most: int, least: int = 2) -> list[Window]:
    """Windows of so many words."""
    return windows(texts, least, of_words(most))  # type: ignore[arg-type]


def sides(found: Sequence[Window], number: int) -> list[str]:
    """What the windows have of one text."""
    return [window[number].text.strip() for window in found]


def translated(text: str) -> list[str]:
    """The German sentences that should stand beside an English piece."""
    return [german for english, german in PAIRS if english in text]


def test_sentences_stand_beside_their_translations() -> None:
    """In the plain case, of like lengths."""
    found = cut([" ".join(e for e, _ in PAIRS), " ".join(g for _, g in PAIRS)], 45)
    assert len(found) in (2, 3)
    for window in found:
        assert [g for _, g in PAIRS if g in window[1].text] == translated(window[0].text)


@pytest.mark.parametrize(("target", "source"), [((0, 5), (0, 1, 2, 3, 4, 5)), ((0, 1, 2, 3, 4, 5), (0, 5))])
def test_a_long_omission_or_addition_moves_no_other_sentence(
    target: Sequence[int], source: Sequence[int]
) -> None:
    """At equal shares of both texts, the last sentence would be read beside others."""
    english = " ".join(PAIRS[number][0] for number in target)
    german = " ".join(PAIRS[number][1] for number in source)
    found = cut([english, german], 30)
    for number in (0, 5):
        (window,) = (one for one in found if PAIRS[number][0] in one[0].text)
        assert PAIRS[number][1] in window[1].text
    assert (
        sum(
            bool(target.strip()) and bool(source.strip())
            for target, source in zip(sides(found, 0), sides(found, 1), strict=True)
        )
        >= 2
    )


def test_what_is_left_out_of_one_of_three_texts_leaves_the_others_parallel() -> None:
    """A reference that is shorter than source and target."""
    english = " ".join(e for e, _ in PAIRS)
    german = " ".join(g for _, g in PAIRS)
    short = " ".join(PAIRS[number][1] for number in (0, 1, 4, 5))
    for target, source, reference in cut([english, german, short], 60):
        beside = translated(target.text)
        assert [g for _, g in PAIRS if g in source.text] == beside
        assert [g for _, g in PAIRS if g in reference.text] == [g for g in beside if g in short]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.lists(SENTENCES, max_size=12).map(" ".join) | ODD, min_size=1, max_size=3),
    st.integers(12, 60),
)
def test_every_character_is_in_a_window(texts: list[str], most: int) -> None:
    """Whatever the texts: pieces follow one another from beginning to end, and each is where it says."""
    found = cut(texts, most)
    for number, text in enumerate(texts):
        pieces = [window[number] for window in found]
        assert all(text[piece.start : piece.end] == piece.text for piece in pieces)
        assert (pieces[0].start, pieces[-1].end) == (0, len(text))
        assert all(a.start <= b.start <= a.end <= b.end for a, b in pairwise(pieces))


@settings(max_examples=25, deadline=None)
@given(st.lists(SENTENCES, min_size=4, max_size=14), st.integers(25, 60))
def test_windows_fit_are_parallel_and_few(sentences: list[str], most: int) -> None:
    """Translated sentence by sentence: whole sentences, hardly more windows than it takes."""
    target, source = " ".join(sentences), " ".join(GERMAN[one] for one in sentences)
    found = cut([target, source], most, least=1)
    fits = of_words(most)
    assert all(fits([piece.text for piece in window]) for window in found)  # type: ignore[operator]
    counts = [[text.count(".") for text in sides(found, number)] for number in (0, 1)]
    assert sum(counts[0]) == sum(counts[1]) == len(sentences)
    words = len(target.split()) + len(source.split())
    assert len(found) <= 2 * -(-words // most) + 1


def test_a_sentence_that_is_too_long_is_cut_beside_its_translation() -> None:
    """At the same shares of both."""
    long, longer = "and so it went on " * 20, "und so ging es immer weiter " * 20
    found = cut([long, longer], 60)
    shares = [(window[0].end / len(long), window[1].end / len(longer)) for window in found]
    assert len(found) > 3
    assert all(abs(a - b) < 0.1 for a, b in shares)


def test_a_short_counterpart_is_read_with_every_part() -> None:
    """A few words can't be cut in parallel."""
    target = (
        "The mayor opened the new bridge on Monday, and then she spoke for a long time of what it had cost."
    )
    source = "Die Bürgermeisterin eröffnete am Montag die neue Brücke."
    found = cut([target, source], 20)
    assert len(found) > 1
    assert set(sides(found, 1)) == {source}
    assert "".join(window[0].text for window in found) == target


def test_texts_in_no_known_language_are_aligned_by_what_they_share() -> None:
    """Numbers and names, and lengths."""
    target = " ".join(f"Kvek plonti {n}. Ronti merk Zubat{n} olvi trem." for n in range(11, 19))
    source = " ".join(f"Dorsu {n} manti. Zubat{n} felm orti, granu sev." for n in range(11, 19))
    for window in cut([target, source], 30):
        numbers = [{w for w in map(str, range(11, 19)) if w in piece.text} for piece in window]
        assert len(numbers[0] ^ numbers[1]) <= 1
