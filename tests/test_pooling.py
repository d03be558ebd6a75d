"""An article's score is its sentences' penalty per 100 words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mtqe.data import Article, Omission, Score, Segment
from mtqe.pooling import pool, pool_mean, pool_with_omissions


def segments(*texts: str) -> list[Segment]:
    """Segments of these texts."""
    return [Segment(i, 0, (0, len(text)), text) for i, text in enumerate(texts)]


def test_a_long_article_is_not_worse_for_being_long() -> None:
    """Ten times the same sentences, the same score."""
    texts, scores = ["one two three", "four five"], [Score(40.0), Score(90.0)]
    once = pool(segments(*texts), scores)
    assert pool(segments(*texts * 10), scores * 10).value == pytest.approx(once.value)


def test_longer_sentences_weigh_more() -> None:
    """A bad sentence of a hundred words is worse than a bad caption."""
    bad_long = pool(segments("word " * 100, "caption"), [Score(10.0), Score(90.0)])
    bad_short = pool(segments("word " * 100, "caption"), [Score(90.0), Score(10.0)])
    assert bad_long.value is not None
    assert bad_short.value is not None
    assert bad_long.value < 15 < 80 < bad_short.value


def test_null_scores_are_left_out_and_counted() -> None:
    """What can't be judged is neither 0 nor forgotten."""
    pooled = pool(segments("a b", "c d"), [Score(50.0), Score(None, "boilerplate")])
    assert pooled.value == pytest.approx(50.0)
    assert pooled.note == "1 segments not scored"
    assert pooled.stats["skipped"] == 1


def test_an_article_without_scores_is_null_and_says_why() -> None:
    """The reason of the sentences is the reason of the article."""
    pooled = pool(segments("a"), [Score(None, "no source given")])
    assert (pooled.value, pooled.note) == (None, "no source given")
    assert pool([], []).note == "the article has no sentence to score"


def test_missing_source_sentences_cost_adequacy() -> None:
    """Half a translation is not an adequate one, however good that half is."""
    segment = Segment(0, 0, (0, 18), "one two three four", source="un deux trois quatre")
    whole = Article("a", "x", target_lang="en", source_lang="fr", segments=(segment,))
    half = replace(whole, omissions=(Omission((21, 41), "cinq six sept neuf", 1),))
    full, cut = (pool_with_omissions(article, [Score(95.0)]) for article in (whole, half))
    assert full.value == pytest.approx(95.0)
    assert cut.value is not None
    assert cut.value < 15
    assert cut.stats["omitted_words"] == 4


def test_an_omission_that_a_neighbour_has_room_for_costs_nothing() -> None:
    """A translator who joins two sentences leaves neither out."""
    joined = "one two three four, and then five six seven eight as well"
    pairs = [("un deux trois quatre", joined)] + [("un deux trois", "one two three")] * 3
    parts = tuple(Segment(i, 0, (0, len(t)), t, source=s) for i, (s, t) in enumerate(pairs))
    omission = Omission((0, 9), "puis cinq six sept huit", 1)
    article = Article("a", "x", target_lang="en", source_lang="fr", segments=parts, omissions=(omission,))
    assert "omitted_words" not in pool_with_omissions(article, [Score(95.0)] * 4).stats


def test_scores_of_another_scale_are_averaged_by_words_on_their_own() -> None:
    """Range and direction stay; a long sentence counts for more, a null one not at all."""
    both = segments("one two three", "four")
    scores = [Score(1.0, range=(0.0, 25.0), higher_is_better=False), Score(5.0, range=(0.0, 25.0))]
    pooled = pool_mean(both, scores)
    assert (pooled.value, pooled.range, pooled.higher_is_better) == (2.0, (0.0, 25.0), False)
    partly = pool_mean(both, [scores[0], Score(None, "no source given")])
    assert (partly.value, partly.note) == (1.0, "1 segments not scored")
    nothing = pool_mean(both, [replace(scores[0], value=None, note="no source given")] * 2)
    assert (nothing.value, nothing.note) == (None, "no source given")
    assert (nothing.range, nothing.higher_is_better) == ((0.0, 25.0), False)
