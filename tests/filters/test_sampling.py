"""Long articles by a sample of their segments: which, how surely, and when the rest is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import exp
from pathlib import Path
from random import Random
from statistics import fmean
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqe.data import Article, Omission, Score, Segment
from mtqe.errors import ConfigError
from mtqe.evaluate import Evaluator
from mtqe.filters.article_filter import ArticleFilter
from mtqe.filters.base import Rule
from mtqe.filters.intervals import student_quantile
from mtqe.filters.rules.compound import Any_
from mtqe.filters.rules.issues import Issues
from mtqe.filters.rules.score import Score as ScoreRule
from mtqe.filters.run_file import filter_run
from mtqe.filters.sampling import Sampling
from mtqe.filters.stages import Decision, Stages
from mtqe.pooling import pool, pool_with_omissions
from mtqe.scale import penalty_to_score

from .engine import read_lines, run, write_lines

SENTENCES = (
    "The council met on Monday and voted for the new bridge over the river.",
    "It rained all day in the old town, and nobody went out.",
    "He told reporters that work would begin in the spring of next year.",
    "The the of of to to by by with with was was.",
)


def article(points: Sequence[float], name: str = "a", omissions: tuple[Omission, ...] = ()) -> Article:
    """An article whose segments' texts are their points, a word each."""
    texts = [f"{value:.3f}" for value in points]
    segments, start = [], 0
    for index, text in enumerate(texts):
        segments.append(Segment(index, 0, (start, start + len(text)), text))
        start += len(text) + 1
    target = " ".join(texts)
    return Article(name, target, target_lang="en", segments=tuple(segments), omissions=omissions)


@dataclass(frozen=True)
class Reads:
    """A scorer that reads the points from the text, and notes what it was asked for."""

    seen: list[int] = field(default_factory=list, compare=False)
    name: ClassVar[str] = "reads"
    gives: ClassVar[str] = "fluency"
    default: ClassVar[bool] = False

    def score(self, articles: Sequence[Article]) -> list[list[Score]]:
        self.seen.extend(sum(s.excluded is None for s in one.segments) for one in articles)
        return [[self._score(segment) for segment in one.segments] for one in articles]

    def _score(self, segment: Segment) -> Score:
        if segment.excluded:
            return Score(None, segment.excluded)
        return Score(penalty_to_score(float(segment.target)))

    def pool(self, article: Article, scores: Sequence[Score]) -> Score:
        return pool(article.segments, scores)


@dataclass(frozen=True)
class ReadsWhole(Reads):
    """The same, of whole articles only."""

    whole_article: ClassVar[bool] = True


def decided(
    articles: Sequence[Article], rules: Sequence[Rule], sampling: Sampling | None, scorer: Reads | None = None
) -> list[Decision]:
    """What becomes of articles by rules on their fluency."""
    stages = Stages(tuple(rules), Evaluator((scorer or Reads(),), ()), sampling=sampling)
    return list(ArticleFilter(stages).decide(articles))


def gamma_points(seed: int, count: int, mean: float) -> list[float]:
    """Points as segments have them: many with few, few with many."""
    rng = Random(seed)
    return [rng.gammavariate(0.8, mean / 0.8) for _ in range(count)]


def test_a_sample_is_that_of_the_article_and_the_seed() -> None:
    """Not of the run, and other articles and seeds have others; short articles have none."""
    long = article(gamma_points(1, 200, 5))
    drawn = Sampling(segments=50).drawn(long)
    assert drawn is not None
    assert len(set(drawn.chosen)) == 50
    again = Sampling(segments=50).drawn(long)
    assert again is not None
    assert again.chosen == drawn.chosen
    for other in (replace(long, id="b"), replace(long, target=long.target + ".")):
        different = Sampling(segments=50).drawn(other)
        assert different is not None
        assert different.chosen != drawn.chosen
    seeded = Sampling(segments=50, seed=1).drawn(long)
    assert seeded is not None
    assert seeded.chosen != drawn.chosen
    assert Sampling(segments=200).drawn(long) is None


def test_what_is_no_part_of_an_article_is_no_part_of_its_sample() -> None:
    """Boilerplate stays left out, and says so."""
    long = article(gamma_points(1, 100, 5))
    margins = tuple(replace(s, excluded="boilerplate") if s.index < 50 else s for s in long.segments)
    drawn = Sampling(segments=30).drawn(replace(long, segments=margins))
    assert drawn is not None
    assert min(drawn.chosen) >= 50
    assert {s.excluded for s in drawn.article.segments} == {None, "boilerplate", "not in the sample"}


@pytest.mark.parametrize("untranslated", [0, 2, 20])
def test_intervals_cover_as_often_as_they_say(untranslated: int) -> None:
    """Also where a few segments of many are no translation, which a sample may well miss."""
    below = above = 0
    errors = []
    for seed in range(100):
        points = [*gamma_points(seed, 240 - untranslated, 4.0), *[120.0] * untranslated]
        one = article(points, f"a{seed}")
        (by_sample,) = decided([one], [ScoreRule("fluency", at_least=1)], Sampling(unsure="estimate"))
        (whole,) = decided([one], [ScoreRule("fluency", at_least=1)], None)
        score, truth = by_sample.report.scores["fluency"], whole.report.scores["fluency"].value
        assert truth is not None
        assert score.value is not None
        below += truth < score.stats["low"]
        above += truth > score.stats["high"]
        errors.append((score.value - truth) / score.stats["standard_error"])
    assert below <= 3
    assert above <= 8
    if not untranslated:
        assert abs(fmean(errors)) < 0.3  # no bias to speak of
        assert 0.8 < fmean(error**2 for error in errors) ** 0.5 < 1.25


@settings(deadline=None, max_examples=40)
@given(
    st.integers(0, 10_000),
    st.sampled_from([0.5, 3.0, 8.0]),
    st.floats(1, 99),
    st.sampled_from([0, 40, 200]),
)
def test_what_a_sample_leaves_open_is_read(seed: int, mean: float, limit: float, count: int) -> None:
    """A verdict by a sample is one that no number in its interval would change; others are the whole's."""
    scorer = Reads()
    one = article(gamma_points(seed, count, mean))
    rule = ScoreRule("fluency", at_least=limit)
    (decision,) = decided([one], [rule], Sampling(segments=60), scorer)
    score = decision.report.scores["fluency"]
    if "sampled" in score.stats:
        assert scorer.seen == [60]
        assert (score.stats["low"] >= limit) == (score.stats["high"] >= limit) == decision.keep
        assert score.note == f"from 60 of {count} segments"
    else:
        (whole,) = decided([one], [rule], None)
        assert (decision.keep, decision.reasons, decision.numbers) == (
            whole.keep,
            whole.reasons,
            whole.numbers,
        )
        assert scorer.seen == ([60, 200] if count == 200 else [count])


def test_an_estimate_may_be_enough() -> None:
    """Where the run file says so, nothing more is read."""
    one = article(gamma_points(3, 200, 5))
    (whole,) = decided([one], [ScoreRule("fluency", at_least=1)], None)
    limit = whole.report.scores["fluency"].value
    for unsure, seen in (("read", [60, 200]), ("estimate", [60])):
        scorer = Reads()
        rule = ScoreRule("fluency", at_least=limit)
        (decision,) = decided([one], [rule], Sampling(unsure=unsure), scorer)  # type: ignore[arg-type]
        assert scorer.seen == seen
        value = decision.report.scores["fluency"].value
        assert value is not None
        assert limit is not None
        assert decision.keep is (value >= limit)


def test_limits_on_both_sides_are_no_limits_on_one() -> None:
    """An interval that reaches beyond both is open, though its ends agree."""
    one = article(gamma_points(3, 200, 5))
    (by_sample,) = decided([one], [ScoreRule("fluency", at_least=1)], Sampling(unsure="estimate"))
    score = by_sample.report.scores["fluency"]
    assert score.value is not None
    scorer = Reads()
    rule = ScoreRule("fluency", at_least=score.value - 0.01, at_most=score.value + 0.01)
    decided([one], [rule], Sampling(), scorer)
    assert scorer.seen == [60, 200]


def test_rules_made_of_rules_are_read_on_for_what_they_are_made_of() -> None:
    """One that another decides needs no more."""
    one = article(gamma_points(3, 200, 5))
    (whole,) = decided([one], [ScoreRule("fluency", at_least=1)], None)
    close = ScoreRule("fluency", at_least=whole.report.scores["fluency"].value)
    for sure, seen in ((ScoreRule("fluency", at_least=1), [60]), (Issues(at_most=0), [60])):
        scorer = Reads()
        (decision,) = decided([one], [Any_((sure, close))], Sampling(), scorer)
        assert scorer.seen == seen
        assert decision.keep


def test_who_must_see_all_sees_all() -> None:
    """A scorer that says so is not given a sample."""
    scorer = ReadsWhole()
    one = article(gamma_points(3, 200, 5))
    (decision,) = decided([one], [ScoreRule("fluency", at_least=1)], Sampling(), scorer)
    assert scorer.seen == [200]
    assert "sampled" not in decision.report.scores["fluency"].stats


def test_what_is_missing_is_sampled_as_often_as_what_is_there() -> None:
    """A source sentence that nobody translated goes with the segment that it would stand before."""
    omissions = tuple(Omission((n, n + 1), "x" * 200, before_segment=n) for n in range(0, 201, 2))
    one = article([1.0] * 200, omissions=omissions)
    drawn = Sampling(segments=60).drawn(one)
    assert drawn is not None
    owners = [min(omission.before_segment, 199) for omission in omissions]
    assert len(drawn.article.omissions) == sum(owner in drawn.chosen for owner in owners)
    for part, kept in drawn.parts():
        assert len(part.omissions) == sum(owner in kept for owner in owners)


def test_the_error_is_that_of_what_was_not_read() -> None:
    """It falls with the share that was read (finite population), to nothing when that is all."""
    errors = []
    for count in (61, 120, 2000):
        one = article(gamma_points(5, count, 5.0))
        (decision,) = decided([one], [ScoreRule("fluency", at_least=1)], Sampling(unsure="estimate"))
        errors.append(decision.report.scores["fluency"].stats["standard_error"])
    assert errors[0] < 0.3 * errors[1] < errors[2]


PAIRS = (
    ("Le conseil a voté lundi pour le nouveau pont.", "The council voted for the new bridge on Monday."),
    ("Il a plu toute la journée dans la vieille ville.", "It rained all day in the old town."),
    ("Les travaux commenceront au printemps.", "He bought three red apples in Paris."),
)


@pytest.mark.usefixtures("here")
def test_shipped_models_on_a_sample_agree_with_themselves_on_the_whole(tmp_path: Path) -> None:
    """Adequacy is estimated, and quality with it; fluency sees all; records say how sure they are."""
    rng = Random(1)
    pairs = [
        (name, rng.choice(PAIRS)) for name, count in (("long", 150), ("short", 20)) for _ in range(count)
    ]
    languages = {"source_lang": "fr", "target_lang": "en"}
    rows = [{"article": a, "source": s, "target": t, **languages} for a, (s, t) in pairs]
    source = write_lines(tmp_path / "in.jsonl", *rows)
    rules = [{"name": "score", "score": "quality", "at_least": 1}]
    run(source, output=tmp_path / "whole.jsonl", rules=rules)
    run(source, output=tmp_path / "out.jsonl", rules=rules, sample={"segments": 60})
    long, short = (read_lines(tmp_path / "out.jsonl")[row]["mtqe"] for row in (0, 150))
    assert "standard_errors" not in short
    assert long["signature"] == short["signature"] + "|sample:60 segments, seed 0"
    assert set(long["standard_errors"]) == {"adequacy", "quality"}
    whole = read_lines(tmp_path / "whole.jsonl")[0]["mtqe"]["scores"]
    assert long["scores"]["fluency"] == whole["fluency"]
    for name, error in long["standard_errors"].items():
        assert 0 < abs(long["scores"][name] - whole[name]) < 4 * error < 40


@pytest.mark.usefixtures("here")
def test_what_is_known_of_all_segments_is_not_estimated(tmp_path: Path) -> None:
    """Without a source quality is fluency and issues."""
    text = " ".join(SENTENCES[n % 4] for n in range(100))
    source = write_lines(tmp_path / "in.jsonl", {"target": text, "target_lang": "en"})
    rules = [{"name": "score", "score": "quality", "at_least": 1}]
    run(source, output=tmp_path / "whole.jsonl", rules=rules)
    run(source, output=tmp_path / "out.jsonl", rules=rules, sample={"segments": 60})
    assert (tmp_path / "out.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_a_mistake_in_the_run_file_is_named() -> None:
    """As any other."""
    with pytest.raises(ConfigError, match=r"sample.*segment"):
        filter_run({"sample": {"segment": 60}})
    with pytest.raises(ConfigError, match="greater than or equal to 30"):
        filter_run({"sample": {"segments": 5}})
    rules = [{"name": "score", "score": "fluency", "at_least": 30}]
    with pytest.raises(ConfigError, match=r"nothing .* by a sample \(issues, fluency always see whole"):
        filter_run({"rules": rules, "sample": {"segments": 60}})


def test_quantiles_are_students() -> None:
    """Of the printed tables."""
    table = {(0.975, 14): 2.1448, (0.95, 14): 1.7613, (0.995, 14): 2.9768, (0.975, 29): 2.0452}
    for (probability, freedom), value in table.items():
        assert student_quantile(probability, freedom) == pytest.approx(value, abs=2e-4)


def test_scores_of_a_scale_are_within_it() -> None:
    """The ends of an interval, too."""
    nearly = article([0.0] * 190 + [30.0] * 10)
    (decision,) = decided([nearly], [ScoreRule("fluency", at_least=1)], Sampling(unsure="estimate"))
    stats: Any = decision.report.scores["fluency"].stats
    assert 100 * exp(-2) < stats["low"] <= stats["high"] <= 100
    assert pool_with_omissions(nearly, Reads().score([nearly])[0]).value is not None
