"""What every scorer promises, whatever it measures."""

from __future__ import annotations

from dataclasses import is_dataclass, replace

import pytest

from mtqe.data import Article, Score
from mtqe.prepare import prepare
from mtqe.scorers.base import scorers

# Those that need a model to be named are held to the same in their own tests, with tiny models.
NAMES = [cls.name for cls in scorers.without_options()]

ENGLISH = (
    "The council met on Monday. It voted for a new bridge over the river. Nobody spoke against it.\n\n"
    "Work will begin in the spring, the mayor said, and will take two years. "
    "Until then the ferry runs every half an hour, and on Sundays it is free for those who live here."
)
FRENCH = (
    "Le conseil s’est réuni lundi. Il a voté pour un nouveau pont sur la rivière. "
    "Personne ne s’y est opposé.\n\n"
    "Les travaux commenceront au printemps, a dit la maire, et dureront deux ans. "
    "D’ici là, le bac passe toutes les demi-heures, et le dimanche il est gratuit pour les riverains."
)
ARTICLES = (
    Article("alone", ENGLISH, target_lang="en"),
    Article("with source", ENGLISH, source=FRENCH, target_lang="en", source_lang="fr"),
    Article("with all", ENGLISH, source=FRENCH, reference=ENGLISH, target_lang="en", source_lang="fr"),
    Article("with reference", ENGLISH, reference=ENGLISH, target_lang="en"),
    Article("empty", "", target_lang="en"),
    Article("one word", "Hello", target_lang="en"),
    Article("no words", "… — !!! 🙂", target_lang="en"),
    Article("unknown language", "Qwrt plk zzz.", target_lang="xx"),
    Article("mixed direction", "He said שלום and مرحبا to them.", target_lang="en"),
    Article("long", "many words and no full stop " * 400, target_lang="en"),
)


@pytest.fixture(scope="module", params=NAMES)
def scored(request: pytest.FixtureRequest) -> list[tuple[Article, list[Score]]]:
    """Every article above with its scores by one scorer."""
    scorer = scorers.get(request.param)()
    articles = [prepare(article) for article in ARTICLES]
    return list(zip(articles, scorer.score(articles), strict=True))


def test_every_segment_has_a_score_or_a_reason(scored: list[tuple[Article, list[Score]]]) -> None:
    """No number without meaning and no missing number without a note; never NaN."""
    for article, scores in scored:
        assert len(scores) == len(article.segments)
        for score in scores:
            if score.value is None:
                assert score.note
            else:
                low, high = score.range
                assert low is not None
                assert high is not None
                assert low <= score.value <= high


@pytest.mark.parametrize("name", NAMES)
def test_the_batch_never_shows_in_a_score(name: str) -> None:
    """An article alone has the scores that it has among others."""
    scorer = scorers.get(name)()
    articles = [prepare(article) for article in ARTICLES]
    together = scorer.score(articles)
    for article, scores in zip(articles, together, strict=True):
        for alone, batched in zip(scorer.score([article])[0], scores, strict=True):
            assert alone.value == pytest.approx(batched.value, abs=1e-3)


@pytest.mark.parametrize("name", NAMES)
def test_excluded_segments_are_null_with_the_reason(name: str) -> None:
    """Boilerplate is left out of scoring, and said so."""
    article = prepare(ARTICLES[2])
    excluded = replace(article.segments[0], excluded="boilerplate: a link")
    article = replace(article, segments=(excluded, *article.segments[1:]))
    score = scorers.get(name)().score([article])[0][0]
    assert (score.value, score.note) == (None, "boilerplate: a link")


@pytest.mark.parametrize("name", NAMES)
def test_a_scorer_is_documented_and_pools(name: str) -> None:
    """Each scorer says what it measures, and gives an article one number."""
    cls = scorers.get(name)
    assert is_dataclass(cls)
    assert cls.__doc__
    assert not cls.__doc__.startswith(cls.__name__ + "(")
    article = prepare(ARTICLES[2])
    scorer = cls()
    pooled = scorer.pool(article, scorer.score([article])[0])
    assert pooled.value is not None
    assert 0 <= pooled.value <= 100


def test_what_is_not_given_is_not_scored() -> None:
    """Without a source there is no adequacy, and the note says why."""
    article = prepare(ARTICLES[0])
    by_name = {cls.gives: cls().score([article])[0][0] for cls in scorers if cls.default}
    assert by_name["adequacy"].value is None
    assert "source" in str(by_name["adequacy"].note)
    assert by_name["fluency"].value is not None
