"""Cheap rules first: the same is kept, for less work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqe.data import Article
from mtqe.evaluate import Evaluator
from mtqe.filters.run_file import filter_run
from mtqe.filters.stages import Decision, Stages
from tests.models.reading import texts_read

TEXTS = [
    "It rained.",
    "The council met met on Monday and and voted for the new new bridge over the river.",
    "Les travaux devraient durer jusqu’à la fin du mois, a dit le maire hier soir à la radio.",
    "The men were released mercredi after a long talk. They went home in the evening and slept.",
    "Herr MÃ¼ller ging nach Hause. Er war mÃ¼de und wollte schlafen.",
    "",
    "Share on Facebook\n\nSubscribe to our newsletter",
    "会议决定从明年开始实施这项计划。",
]
RULES: list[dict[str, Any]] = [
    {"name": "length", "at_least": 5},
    {"name": "language", "one_of": ["en", "zh"]},
    {"name": "score", "score": "fluency", "at_least": 30, "null": "drop"},
    {"name": "issues", "category": "repetition", "at_most": 20},
    {"name": "score", "score": "quality", "at_least": 40},
    {"name": "foreign_share", "at_most": 0.1},
    {"name": "boilerplate_share", "at_most": 0.5},
    {"name": "letters", "at_least": 0.9},
    {
        "name": "bad_translation",
        "at_most": 0.4,
        "bias": -1.5,
        "scores": {"fluency": 0.4, "human_written": 0.2},
        "usual": {"fluency": {"en": 5.0}, "human_written": {"en": 12.0}},
        "issues": {"repetition": 1.6, "mojibake": 3.0},
    },
    {"name": "any", "of": [{"name": "length", "at_least": 12}, {"name": "issues", "at_most": 0}]},
]


@settings(deadline=None, max_examples=12)
@given(st.lists(st.sampled_from(TEXTS), max_size=5), st.lists(st.sampled_from(RULES), max_size=4))
def test_stages_keep_what_all_rules_together_keep(texts: list[str], chosen: list[dict[str, Any]]) -> None:
    """And name the same rule and first reason, whatever is left out on the way.

    Where a rule is sure before others are asked, it is named.
    """
    articles = [Article(str(number), text) for number, text in enumerate(texts)]
    staged = list(filter_run({"rules": chosen}).filter.decide(articles))
    together = list(filter_run({"rules": chosen, "every_rule": True}).filter.decide(articles))
    assert [d.keep for d in staged] == [d.keep for d in together]
    usual = [(a, b) for a, b in zip(staged, together, strict=True) if not _early(a)]
    assert all((a.rule, a.reasons[:1]) == (b.rule, b.reasons[:1]) for a, b in usual)


def _early(decision: Decision) -> bool:
    return any("translation at least " in reason for reason in decision.reasons)


def test_what_is_sure_by_its_scores_is_dropped_before_detectors_run() -> None:
    """With a reason that says so; issues could only make it worse."""
    rule = next(rule for rule in RULES if rule["name"] == "bad_translation")
    keep = filter_run({"rules": [rule, {"name": "foreign_share", "at_most": 0.3}]}).filter
    good = "The council met on Monday and voted for the new bridge over the river."
    bad = "The the of of to to in in and and it it at at."
    articles = [Article(text, text, target_lang="en") for text in (good, bad)]
    kept, dropped = keep.decide(articles)
    assert (kept.keep, dropped.keep, dropped.report.issues) == (True, False, ())
    assert dropped.reasons[0].startswith("probability of bad machine translation at least 1,")
    assert "(most of it from fluency)" in dropped.reasons[0]
    worse = filter_run({"rules": [rule | {"issues": {"repetition": -1.0}}]}).filter
    assert [step.early for step in worse.stages.steps] == [False]


def test_stages_say_the_numbers_of_a_report() -> None:
    """Scores and issues are those that ``mtqe report`` gives, where nothing is left out."""
    articles = [Article(str(number), text) for number, text in enumerate(TEXTS)]
    whole = filter_run(
        {"rules": [{"name": "score", "score": "quality", "at_least": 0, "null": "keep"}]}
    ).filter
    for decision, report in zip(whole.decide(articles), Evaluator().evaluate(articles), strict=True):
        assert decision.report.issues == report.issues
        assert decision.report.words == report.words
        for name, score in decision.report.scores.items():
            assert score == report.scores[name]


@dataclass(frozen=True)
class _Counting:
    """A scorer that counts what it is asked to score."""

    seen: list[str] = field(default_factory=list, compare=False)
    name: ClassVar[str] = "counting"
    gives: ClassVar[str] = "fluency"
    default: ClassVar[bool] = False

    def score(self, articles: Sequence[Article]) -> list[list[Any]]:
        self.seen.extend(article.id for article in articles)
        return [[None for _ in article.segments] for article in articles]

    def pool(self, article: Article, scores: Sequence[Any]) -> Any:
        from mtqe.data import Score

        return Score(50.0)


def test_a_model_sees_only_what_survived() -> None:
    """Whatever the order of the rules in the run file."""
    rules = [
        {"name": "score", "score": "fluency", "at_least": 40},
        {"name": "length", "at_least": 5},
    ]
    scorer = _Counting()
    built = filter_run({"rules": rules}).filter.stages.rules
    stages = Stages(built, Evaluator((scorer,), ()))
    articles = [Article("short", "It rained."), Article("long", "It rained all day in the old town.")]
    assert [decision.keep for decision in stages.decide(articles)] == [False, True]
    assert scorer.seen == ["long"]


def test_sentences_beside_a_source_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are aligned by what the model of adequacy reads, as in a report."""
    asked = texts_read(monkeypatch)
    keep = filter_run({"rules": [{"name": "score", "score": "adequacy", "at_least": 1}]}).filter
    target = "The lighthouse keeper counted nine gulls. Nobody had counted them for three weeks."
    source = "Der Leuchtturmwärter zählte neun Möwen. Niemand hatte sie seit drei Wochen gezählt."
    [decision] = keep.decide([Article("a", target, source, source_lang="de", target_lang="en")])
    assert decision.keep
    assert len(decision.report.article.segments) == 2
    assert len(asked) == len(set(asked)) == 4


def test_what_is_no_part_of_an_article_is_known_before_anything_is_scored() -> None:
    """So a page of nothing else costs no more than its sentences."""
    rules = [
        {"name": "score", "score": "fluency", "at_least": 10},
        {"name": "issues", "category": "mojibake", "at_most": 900},
        {"name": "boilerplate_share", "at_most": 0.5},
    ]
    scorer = _Counting()
    run = filter_run({"rules": rules}).filter.stages
    stages = Stages(run.rules, Evaluator((scorer,), run.evaluator.detectors))
    page = Article("page", "Share on Facebook\n\nSubscribe to our newsletter", target_lang="en")
    prose = Article("prose", "Herr MÃ¼ller went home in the rain.\n\nPrint this page", target_lang="en")
    dropped, kept = stages.decide([page, prose])
    assert (dropped.rule, scorer.seen) == ("boilerplate share at most 0.5", ["prose"])
    assert {issue.category for issue in dropped.report.issues} == {"boilerplate"}
    assert {issue.category for issue in kept.report.issues} == {"boilerplate", "mojibake"}


def test_scores_alone_show_no_issues() -> None:
    """Though what is no part of an article was looked for."""
    keep = filter_run({"rules": [{"name": "score", "score": "fluency", "at_least": 1}]}).filter
    (decision,) = keep.decide([Article("a", "It rained.\n\nPrint this page", target_lang="en")])
    assert keep.added(decision)["issues"] == {}


def test_what_is_named_is_worked_out_of_all_that_is_kept() -> None:
    """Though no rule asks for it."""
    run = filter_run({"rules": [{"name": "length", "at_least": 1}], "score": ["fluency_ngram"]})
    (decision,) = run.filter.decide([Article("a", "It rained all day.", target_lang="en")])
    assert run.filter.added(decision)["scores"]["fluency"] is not None


def test_a_relative_rule_is_fitted_to_what_it_would_judge() -> None:
    """Articles that other rules drop don't count."""
    rules = [{"name": "length", "at_least": 3}, {"name": "best", "score": "fluency", "keep": "50 %"}]
    keep = filter_run({"rules": rules}).filter
    texts = ["Rain.", "It rained all day.", "The the of of to to.", "He went home.", "She said so."]
    articles = [Article(text, text, target_lang="en") for text in texts]
    assert keep.sample == 2000
    kept = [decision.keep for decision in keep.fitted(articles).decide(articles)]
    assert kept[0] is False
    assert sum(kept) == 2
