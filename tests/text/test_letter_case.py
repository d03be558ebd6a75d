"""Small letters at the beginning of a sentence, and what only looks like them."""

from __future__ import annotations

import pytest

from mtqe.text.letter_case import begins_small


@pytest.mark.parametrize(
    "sentence",
    [
        "the mayor opened the new bridge.",
        "“we have waited for years,” said the mayor.",
        "мэр открыл в понедельник новый мост.",
    ],
)
def test_a_sentence_that_begins_small(sentence: str) -> None:
    """With quotation marks before it, in any script that has capitals."""
    assert begins_small(sentence)
    assert begins_small(sentence, "It rained.")


@pytest.mark.parametrize(
    "sentence",
    [
        "The mayor opened the new bridge.",
        "iPhone sales fell in the first quarter.",
        "example.com reported it on the same day.",
        "e-mail is older than the web.",
        "40 people came to the new bridge.",
        "- the bridge was closed for a year.",
        "bread, milk and a pound of butter",
        "closed on Mondays.",
        "市长星期一为新桥剪彩。",
        "",
    ],
)
def test_hard_negatives(sentence: str) -> None:
    """Names, addresses, numbers, items of lists, captions, and scripts without capitals."""
    assert not begins_small(sentence)


def test_a_sentence_may_go_on_from_the_line_before() -> None:
    """As subtitles do."""
    assert not begins_small("the light comes back from the moon.", "We can see how")
