"""Articles are made ready: languages, sentences, counterparts."""

from __future__ import annotations

from pathlib import Path

from mtqe.data import Article, Segment
from mtqe.prepare import prepare

EXAMPLES = Path(__file__).parents[1] / "examples"


def test_languages_that_are_not_given_are_detected_and_said_so() -> None:
    """The report must not look as if somebody had said it."""
    article = prepare(Article("a", "Das Wetter war gestern in ganz Norddeutschland schlecht."))
    assert (article.target_lang, article.detected) == ("de", ("target",))
    assert "not given" in article.notes[0]


def test_languages_that_are_given_stay() -> None:
    """Also when the text is in another one: that is for detectors to say."""
    article = prepare(Article("a", "The weather was bad.", target_lang="pt-BR"))
    assert (article.target_lang, article.detected) == ("pt-BR", ())


def test_text_without_letters_has_no_language() -> None:
    """No guess is made from digits."""
    article = prepare(Article("a", "12 34 56"))
    assert article.target_lang is None
    assert any("no letters" in note for note in article.notes)


def test_a_word_is_too_little_to_detect_a_language_by() -> None:
    """A guess among a hundred languages is worse than none."""
    article = prepare(Article("a", "Paris"))
    assert article.target_lang is None
    assert "too little text" in article.notes[0]


def test_short_chinese_is_chinese() -> None:
    """And not Cantonese, for which there is no model."""
    assert prepare(Article("a", "你好")).target_lang == "zh"


def test_the_source_language_of_segment_records_is_detected() -> None:
    """Their source is in the segments."""
    segment = Segment(0, 0, (0, 21), "The weather was poor.", source="Gestern war das Wetter sehr schlecht.")
    article = prepare(Article("a", "The weather was poor.", target_lang="en", segments=(segment,)))
    assert (article.source_lang, article.detected) == ("de", ("source",))


def test_segments_lie_in_the_text_where_they_say() -> None:
    """``target[start:end]`` is the segment, for source and reference as well."""
    texts = [
        (EXAMPLES / name).read_text(encoding="utf-8")
        for name in ("article.txt", "article.fr.txt", "article.ref.txt")
    ]
    article = prepare(Article("a", texts[0], source=texts[1], reference=texts[2]))
    for segment in article.segments:
        assert texts[0][slice(*segment.target_span)] == segment.target
        for text, span, found in (
            (texts[1], segment.source_span, segment.source),
            (texts[2], segment.reference_span, segment.reference),
        ):
            assert (span is None) == (found is None)
            assert span is None or text[slice(*span)] == found


def test_a_sentence_that_was_left_out_is_an_omission() -> None:
    """The example's translation lacks the party on the quay."""
    target, source = (
        (EXAMPLES / name).read_text(encoding="utf-8") for name in ("article.txt", "article.fr.txt")
    )
    article = prepare(Article("a", target, source=source, target_lang="en", source_lang="fr"))
    assert [omission.text[:28] for omission in article.omissions] == ["Les voisins ont prévu une pe"]


def test_given_segments_stay_as_they_are() -> None:
    """Segment records are the user's units, however many sentences are in one."""
    segment = Segment(0, 0, (0, 20), "One sentence. Second", source="Eins. Zwei")
    article = prepare(Article("a", "One sentence. Second", segments=(segment,)))
    assert article.segments == (segment,)


def test_an_empty_article_has_no_segments() -> None:
    """Nothing to score is no crash."""
    assert prepare(Article("a", " \n\n ")).segments == ()
