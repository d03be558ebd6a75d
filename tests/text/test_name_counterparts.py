"""Names of a translation beside those of its source; all names are invented."""

from collections.abc import Sequence

from mtqe.data import Article, Mark, Segment
from mtqe.text.name_counterparts import source_marks
from mtqe.text.names import find_mentions, lower_words


def translated(pairs: Sequence[tuple[str, str]], source_lang: str, *, aligned: bool = True) -> Article:
    """An article of segments, each a source and its translation into English."""
    segments, start, begin = [], 0, 0
    for index, (source, target) in enumerate(pairs):
        span = (begin, begin + len(source)) if aligned else None
        segments.append(Segment(index, 0, (start, start + len(target)), target, source, span))
        start, begin = start + len(target) + 1, begin + len(source) + 1
    source, target = ("\n".join(texts) for texts in zip(*pairs, strict=True))
    return Article("a", target, source, None, "en", source_lang, segments=tuple(segments))


def marks(article: Article, *, rare_names: bool = True) -> list[Mark]:
    """The marks of the source part alone."""
    mentions = find_mentions(article, lower_words(article.target))
    return list(source_marks(article, mentions, rare_names=rare_names))


def marked(pairs: Sequence[tuple[str, str]], source_lang: str, *, rare_names: bool = True) -> list[str]:
    """The marked words."""
    article = translated(pairs, source_lang)
    return [article.target[mark.start : mark.end] for mark in marks(article, rare_names=rare_names)]


PLAIN = ("天气很好。", "The weather was fine.")
FOREIGN = ("教练感谢德尔加佐夫。", "The coach thanked Dergatsov.")
OTHER = ("他也感谢博尔达夫。", "He thanked Boldaf too.")
RARE = ("昨天林文宏说话。", "Yesterday the teacher Wenhong spoke.")


def test_a_name_that_is_nearly_one_of_its_source_is_garbled() -> None:
    """The spelling of the source is suggested."""
    (mark,) = marks(translated([("Le maire remercia Velkov.", "The mayor thanked Velkof.")], "fr"))
    assert mark.suggestion == "Velkov"
    assert mark.source_span == (18, 24)


def test_a_name_is_copied_or_spelt_as_the_language_spells_it() -> None:
    """German writes Russian names in its own way."""
    assert marked([("Le maire remercia Velkov.", "The mayor thanked Velkov.")], "fr") == []
    assert marked([("Der Bürgermeister dankte Katschurow.", "The mayor thanked Kachurov.")], "de") == []


def test_capitals_of_a_headline_in_the_source_say_nothing() -> None:
    """Its words need not be names."""
    assert marked([("Velkov Parle De Marchek", "The mayor thanked Velkof.")], "fr") == []


def test_common_words_of_the_source_are_no_names() -> None:
    """German nouns have capitals."""
    assert marked([("Er kam ins Zentrum der Stadt.", "He came to the Zentrom of the town.")], "de") == []


def test_a_source_without_its_place_has_marks_without_a_source_span() -> None:
    """Segment records may give no whole source."""
    article = translated([("Le maire remercia Velkov.", "The mayor thanked Velkof.")], "fr", aligned=False)
    assert [mark.source_span for mark in marks(article)] == [None]


def test_a_short_text_out_of_chinese_is_judged_name_by_name() -> None:
    """There is no other evidence in it."""
    assert marked([FOREIGN], "zh") == ["Dergatsov"]


def test_one_doubtful_name_in_a_longer_article_is_a_rare_name() -> None:
    """Most often it is spelt right."""
    assert marked([FOREIGN, PLAIN, PLAIN, PLAIN], "zh") == []


def test_two_doubtful_names_in_a_longer_article_are_marked() -> None:
    """Their translator does not know such names."""
    assert marked([FOREIGN, PLAIN, OTHER, PLAIN], "zh") == ["Dergatsov", "Boldaf"]


def test_a_known_rendering_elsewhere_in_the_article_is_suggested() -> None:
    """One name in two ways is evidence enough."""
    pairs = [("默克尔来了。", "Yesterday Mercol came."), PLAIN, PLAIN, ("默克尔走了。", "Then Merkel went.")]
    (mark,) = marks(translated(pairs, "zh"))
    assert mark.suggestion == "Merkel"


def test_rare_names_are_an_option_and_a_matter_of_short_texts() -> None:
    """In articles they would be false alarms."""
    assert marked([RARE], "zh") == ["Wenhong"]
    assert marked([RARE], "zh", rare_names=False) == []
    assert marked([RARE, PLAIN, PLAIN, PLAIN], "zh") == []


def test_a_text_without_a_source_has_no_marks() -> None:
    """Nothing to compare with."""
    target = "The coach thanked Dergatsov."
    segment = Segment(0, 0, (0, len(target)), target)
    assert marks(Article("a", target, target_lang="en", source_lang="zh", segments=(segment,))) == []


def test_a_source_that_was_not_divided_is_not_searched() -> None:
    """It would take time in proportion to its square."""
    assert marked([("教练感谢德尔加佐夫。" * 300, "The coach thanked Dergatsov.")], "zh") == []
