"""Adequacy by a translation model that the user names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mtqe.data import Article, Score, Segment
from mtqe.scorers.adequacy_forced_decoding import AdequacyForcedDecoding
from tests.models import tiny

PAIRS = (
    ("the council met on monday", "le conseil s est réuni lundi"),
    ("it voted for a bridge", "il a voté pour un pont"),
    ("nobody spoke", None),
    ("…", "…"),
)


@pytest.fixture(scope="module")
def scorer(tmp_path_factory: pytest.TempPathFactory) -> AdequacyForcedDecoding:
    """The scorer with a tiny model."""
    folder = tiny.translator(tmp_path_factory.mktemp("translator") / "model", "m2m")
    return AdequacyForcedDecoding(model=str(folder))


def article(source_lang: str = "fr") -> Article:
    """An article of the pairs."""
    segments = tuple(
        Segment(i, 0, (0, len(target)), target, source=source) for i, (target, source) in enumerate(PAIRS)
    )
    text = " ".join(target for target, _ in PAIRS)
    return Article("a", text, segments=segments, source_lang=source_lang, target_lang="en")


def values(scores: list[Score]) -> list[float | None]:
    """The scores' numbers."""
    return [score.value for score in scores]


def test_every_segment_has_a_score_or_a_reason(scorer: AdequacyForcedDecoding) -> None:
    """A log-probability is negative, and beside it stand its tokens and windows."""
    scores = scorer.score([article()])[0]
    assert [score.note for score in scores] == [None, None, "no counterpart in the source", "no words in it"]
    for score in scores[:2]:
        assert score.value is not None
        assert score.value < 0
        assert score.range == (None, 0.0)
        assert score.value == pytest.approx(score.stats["log_prob"] / score.stats["tokens"])


def test_the_article_is_the_mean_over_its_tokens(scorer: AdequacyForcedDecoding) -> None:
    """Not over its sentences."""
    scores = scorer.score([article()])[0]
    pooled = scorer.pool(article(), scores)
    total = sum(score.stats["log_prob"] for score in scores[:2])
    assert pooled.value == pytest.approx(total / sum(score.stats["tokens"] for score in scores[:2]))
    assert pooled.note == "2 segments not scored"


def test_back_and_forth_is_the_mean_of_both(scorer: AdequacyForcedDecoding) -> None:
    """Each direction stands beside it; the other direction is that of the article turned round."""
    both = replace(scorer, back=True)
    scores = both.score([article()])[0]
    forward = scorer.score([article()])[0]
    turned = tuple(
        replace(segment, target=segment.source or "", source=segment.target)
        for segment in article().segments[:2]
    )
    backward = scorer.score([replace(article("en"), segments=turned, target_lang="fr")])[0]
    for score, one, other in zip(scores[:2], forward[:2], backward, strict=True):
        assert score.components["forward"].value == pytest.approx(one.value)
        assert score.components["backward"].value == pytest.approx(other.value)
        assert score.value == pytest.approx(((one.value or 0) + (other.value or 0)) / 2)
    pooled = both.pool(article(), scores)
    assert pooled.value == pytest.approx(
        sum(pooled.components[name].value or 0 for name in ("forward", "backward")) / 2
    )


def test_a_language_that_the_model_does_not_know_is_null(scorer: AdequacyForcedDecoding) -> None:
    """And said so."""
    notes = [score.note for score in scorer.score([article("tlh")])[0]]
    assert notes[0] == "the translation model does not know 'tlh'"
    assert scorer.score([article("fr-CA")])[0][0].value == scorer.score([article()])[0][0].value


def test_excluded_segments_and_other_articles_never_show(scorer: AdequacyForcedDecoding) -> None:
    """Each segment has the score that it has alone."""
    first = article()
    excluded = replace(first.segments[0], excluded="boilerplate: a link")
    found = scorer.score([replace(first, segments=(excluded, *first.segments[1:])), first])
    assert found[0][0] == Score(None, "boilerplate: a link")
    assert found[0][1].value == pytest.approx(found[1][1].value)


def test_scores_are_kept_where_a_file_is_named(
    scorer: AdequacyForcedDecoding, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second run gives the very same; languages are part of what is asked."""
    kept = replace(scorer, cache=tmp_path / "scores.sqlite3")
    first = kept.score([article()])
    assert values(kept.score([article("de")])[0]) != values(first[0])
    monkeypatch.setattr(AdequacyForcedDecoding, "_judged", lambda *_: pytest.fail("computed again"))
    assert kept.score([article()]) == first
