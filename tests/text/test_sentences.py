"""Sentences and paragraphs with exact offsets, in any language, from any text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqe.text.sentences import split_paragraphs, split_sentences

# Sentences of our own with what segmenters trip over; each list is one paragraph.
HARD_CASES = {
    "en": [
        ["Mr. Ito met Mrs. Vale at No. 5.", "They left at 3.30 p.m. sharp.", "Nobody saw them."],
        ["“We will go.”", "She left.", "“Will he?” asked Ana."],
        ["The U.S. Senate voted.", "J. K. Marlow wrote it in 1997.", "It cost $3.5 million!"],
        ["See www.example.org/a.b for more.", "Is that all?", "Yes…"],
    ],
    "fr": [
        ["M. Durand est parti.", "MM. Petit et Roux sont restés avec Mme Blanc.", "C’est tout."],
        ["« Bonjour. »", "Elle sourit."],
    ],
    "de": [
        ["Das ist z. B. Dr. Maier.", "Am 3. Mai kam er zurück.", "„Gut.“", "Dann ging er."],
        ["Sie endet am 10. September, dem Tag der Wahl.", "Im 19. Jahrhundert war das anders."],
        ["Der 1. FC Hemme gewann.", "Das war 1990.", "Danach zahlte er 30.", "Der Rest blieb."],
    ],
    "hr": [["Rođena je 5. svibnja 1990.", "Otac joj je bio kovač."]],
    "pl": [["Wrócił w 1990 r.", "10. Dywizja przybyła później."]],
    "es": [["El Sr. Ruiz llegó.", "¿Quién es?", "Nadie lo sabe."]],
    "it": [["Il Sig. Riva è qui.", "Non lo sapeva nessuno.", "Davvero?"]],
    "pt": [["O Sr. Lima chegou.", "Ninguém sabe.", "Pois é."]],
    "ru": [["В 1990 г. Белов жил на ул. Мира.", "Потом он уехал.", "Почему?"]],
}
UNSPACED = {
    "zh": ["他说：“我们走吧。”", "然后他离开了。", "这是第二句！"],
    "ja": ["「行こう。」と彼は言った。", "雨が降っていた。", "誰もいない。"],
}


def texts(text: str, language: str) -> list[str]:
    """The sentences of a paragraph as strings."""
    return [text[start:end] for start, end in split_sentences(text, language)]


@pytest.mark.parametrize(
    ("language", "sentences"), [(code, s) for code, found in HARD_CASES.items() for s in found]
)
def test_hard_sentence_ends_are_found(language: str, sentences: list[str]) -> None:
    """Titles, initials, dates, quotes and addresses don't end a sentence; these do."""
    assert texts(" ".join(sentences), language) == sentences


@pytest.mark.parametrize("language", sorted(UNSPACED))
def test_sentences_without_spaces_between_are_found(language: str) -> None:
    """Chinese and Japanese, with quotations that a sentence goes on after."""
    assert texts("".join(UNSPACED[language]), language) == UNSPACED[language]


def test_an_opening_mark_belongs_to_the_sentence_that_it_opens() -> None:
    """Even where quotation marks are not in pairs."""
    text = "He had lost much. “He is tired, but he held good, “Ms. Roe told reporters."
    assert texts(text, "en")[0] == "He had lost much."


def test_a_stray_closing_mark_belongs_to_the_sentence_before() -> None:
    """A space got between the full stop and the mark."""
    assert texts("We support our friends. ” Then they left.", "en")[0] == "We support our friends. ”"


@given(st.text(max_size=400), st.sampled_from(["en", "fr", "zh", "ar", "xx"]))
def test_every_character_but_white_space_is_in_exactly_one_sentence(text: str, language: str) -> None:
    """Nothing is lost and nothing is twice: emoji, combining marks, controls, surrogates."""
    spans = [
        (start + a, start + b)
        for start, end in split_paragraphs(text)
        for a, b in split_sentences(text[start:end], language)
    ]
    assert spans == sorted(spans)
    covered = [i for start, end in spans for i in range(start, end)]
    assert len(covered) == len(set(covered))
    left = set(range(len(text))) - set(covered)
    assert all(text[i].isspace() for i in left)
    assert all(text[a:b].strip() == text[a:b] for a, b in spans)


def test_a_byline_is_a_paragraph_and_hard_wrapped_lines_are_not() -> None:
    """Crawled pages have one line each; old text files break lines at 70 columns."""
    byline = "Ida Holm\nThe Northern Post\n\nIt rained."
    assert [byline[a:b] for a, b in split_paragraphs(byline)] == [
        "Ida Holm",
        "The Northern Post",
        "It rained.",
    ]
    wrapped = (
        "The harbour was quiet on the morning after the storm, and only the\n"
        "Widow Marsh had opened her shop, as she had done every day for thirty\n"
        "years and more."
    )
    assert [wrapped[a:b] for a, b in split_paragraphs(wrapped)] == [wrapped]


def test_other_line_separators_are_characters() -> None:
    """U+2028 and U+0085 are no line ends here."""
    text = "One\u2028two\u0085three."
    assert split_paragraphs(text) == [(0, len(text))]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("unit", ["word ", "a", "....", "“", "He said. ”", "Yes. "])
def test_long_text_without_an_end_is_cut_and_takes_linear_time(unit: str, language: str) -> None:
    """A line of a megabyte is done in seconds and in sentences that a model can take."""
    text = unit * (1_000_000 // len(unit))
    started = time.process_time()
    spans = split_sentences(text, language)
    assert max(end - start for start, end in spans) <= 2_000
    assert time.process_time() - started < 30
