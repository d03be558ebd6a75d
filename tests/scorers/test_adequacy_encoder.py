"""Adequacy by a sentence encoder that the user names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mtqe.data import Article, Score, Segment
from mtqe.scorers.adequacy_encoder import AdequacyEncoder
from tests.models import tiny

PAIRS = (
    ("The council met on Monday.", "Le conseil s’est réuni lundi."),
    ("It voted for a bridge.", "Il a voté pour un pont."),
    ("Nobody spoke.", None),
    ("…", "…"),
)


@pytest.fixture(scope="module")
def scorer(tmp_path_factory: pytest.TempPathFactory) -> AdequacyEncoder:
    """The scorer with a tiny encoder."""
    return AdequacyEncoder(model=str(tiny.encoder(tmp_path_factory.mktemp("encoder"), "mean")))


def article(side: str = "source") -> Article:
    """An article of segments with a source or a reference."""
    segments = tuple(
        Segment(i, 0, (0, len(target)), target, **{side: other})  # type: ignore[arg-type]
        for i, (target, other) in enumerate(PAIRS)
    )
    return Article("a", " ".join(target for target, _ in PAIRS), segments=segments, source_lang="fr")


def test_every_segment_has_a_score_or_a_reason(scorer: AdequacyEncoder) -> None:
    """Its range is the cosine's."""
    scores = scorer.score([article()])[0]
    assert [score.note for score in scores] == [None, None, "no counterpart in the source", "no words in it"]
    for score in scores[:2]:
        assert score.value is not None
        assert -1 <= score.value <= 1
        assert score.range == (-1.0, 1.0)
        assert score.stats["target_windows"] == score.stats["other_windows"] == 1


def test_the_article_is_the_mean_over_its_words(scorer: AdequacyEncoder) -> None:
    """Both segments have five words."""
    scores = scorer.score([article()])[0]
    pooled = scorer.pool(article(), scores)
    assert pooled.value == pytest.approx(sum(s.value or 0 for s in scores[:2]) / 2)
    assert pooled.range == (-1.0, 1.0)
    assert pooled.note == "2 segments not scored"


def test_without_a_source_the_reference_is_what_is_measured_against(scorer: AdequacyEncoder) -> None:
    """And the note says so; with neither there is no score."""
    against = scorer.score([article("reference")])[0][0]
    assert against.value == scorer.score([article()])[0][0].value
    assert against.note == "against the reference"
    alone = Article("a", "Nobody spoke.", segments=(Segment(0, 0, (0, 13), "Nobody spoke."),))
    assert scorer.score([alone])[0][0].note == "no source given"


def test_excluded_segments_and_other_articles_never_show(scorer: AdequacyEncoder) -> None:
    """Each segment has the score that it has alone."""
    first = article()
    excluded = replace(first.segments[0], excluded="boilerplate: a link")
    found = scorer.score([replace(first, segments=(excluded, *first.segments[1:])), first])
    assert found[0][0] == Score(None, "boilerplate: a link", (-1.0, 1.0))
    assert found[0][1].value == pytest.approx(found[1][1].value)


def test_scores_are_kept_where_a_file_is_named(
    scorer: AdequacyEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second run gives the very same; another prefix is another score."""
    kept = replace(scorer, cache=tmp_path / "scores.sqlite3")
    first = kept.score([article()])
    other = replace(kept, prefix="query: ").score([article()])
    assert other[0][0].value != first[0][0].value
    monkeypatch.setattr(AdequacyEncoder, "_judged", lambda *_: pytest.fail("computed again"))
    assert kept.score([article()]) == first
